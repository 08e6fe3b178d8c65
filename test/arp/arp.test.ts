import { describe, expect, test } from 'vitest';
import * as arp from '../../src/arp/arp.ts';
import { FAULT_ARP_FORMAT, FAULT_ARP_TRUNCATED, FAULT_NONE } from '../../src/wire/fault.ts';
import { formatIpv4, parseIpv4 } from '../../src/wire/ip-address.ts';
import { formatMac, parseMac } from '../../src/wire/mac.ts';
import { dirty, hexOf, octets } from '../wire/octets.ts';

/** keepalived's gratuitous request for 192.168.0.88, as tshark decodes it. */
const GRATUITOUS = '0001080006040001' + '00163ea100d1' + 'c0a80058' + 'ffffffffffff' + 'c0a80058';

function withOctet(at: number, value: number): DataView {
  const view = octets(GRATUITOUS);
  view.setUint8(at, value);
  return view;
}

describe('ARP', () => {
  test('reads', () => {
    const view = octets(GRATUITOUS);
    expect(arp.arpCheck(view, 0, 28)).toBe(FAULT_NONE);
    expect(arp.readHardwareType(view, 0)).toBe(1);
    expect(arp.readOperation(view, 0)).toBe(arp.ARP_REQUEST);
    expect(formatMac(arp.readSenderHardwareAddress(view, 0))).toBe('00:16:3e:a1:00:d1');
    expect(arp.readSenderHardwareHigh(view, 0)).toBe(0x0016);
    expect(arp.readSenderHardwareLow(view, 0)).toBe(0x3ea100d1);
    expect(formatIpv4(arp.readSenderProtocolAddress(view, 0))).toBe('192.168.0.88');
    expect(formatMac(arp.readTargetHardwareAddress(view, 0))).toBe('ff:ff:ff:ff:ff:ff');
    expect(arp.readTargetHardwareHigh(view, 0)).toBe(0xffff);
    expect(arp.readTargetHardwareLow(view, 0)).toBe(0xffffffff);
    expect(formatIpv4(arp.readTargetProtocolAddress(view, 0))).toBe('192.168.0.88');
  });

  test('emits every octet', () => {
    const view = dirty(30);
    const fields = {
      operation: arp.ARP_REQUEST,
      senderHardwareAddress: parseMac('00:16:3e:a1:00:d1'),
      senderProtocolAddress: parseIpv4('192.168.0.88'),
      targetHardwareAddress: parseMac('ff:ff:ff:ff:ff:ff'),
      targetProtocolAddress: parseIpv4('192.168.0.88'),
    };
    expect(arp.emitArp(view, 1, fields)).toBe(29);
    expect(hexOf(view)).toBe('a5' + GRATUITOUS + 'a5');
  });

  test('refuses what cannot be read at fixed offsets', () => {
    expect(arp.arpCheck(octets(GRATUITOUS.slice(0, 54)), 0, 27)).toBe(FAULT_ARP_TRUNCATED);
    expect(arp.arpCheck(octets(''), 0, 0)).toBe(FAULT_ARP_TRUNCATED);
    expect(arp.arpCheck(withOctet(1, 7), 0, 28)).toBe(FAULT_ARP_FORMAT);
    expect(arp.arpCheck(withOctet(2, 0x86), 0, 28)).toBe(FAULT_ARP_FORMAT);
    expect(arp.arpCheck(withOctet(4, 255), 0, 28)).toBe(FAULT_ARP_FORMAT);
    expect(arp.arpCheck(withOctet(5, 16), 0, 28)).toBe(FAULT_ARP_FORMAT);
    expect(arp.arpCheck(withOctet(1, 6), 0, 28)).toBe(FAULT_NONE);
  });

  test('padding after the packet is no fault', () => {
    expect(arp.arpCheck(octets(GRATUITOUS + '00'.repeat(18)), 0, 46)).toBe(FAULT_NONE);
  });
});
