import { describe, expect, test } from 'vitest';
import * as fault from '../../src/wire/fault.ts';
import {
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  ETHERTYPE_NONE,
  ETHERTYPE_OPAQUE,
  isVlanType,
  Link,
  readEthernetType,
  readLink,
} from '../../src/wire/link.ts';
import { formatMac, macFromHalves } from '../../src/wire/mac.ts';
import { octets } from './octets.ts';

const MACS = 'ffffffffffff00163ea100d1';
const link = new Link();

function read(hex: string, linkType = 1): Link {
  const view = octets(hex);
  readLink(view, 0, view.byteLength, linkType, link);
  return link;
}

/** What tests mostly look at. */
function summary(hex: string, linkType = 1): (number | string | undefined)[] {
  const { fault: found, etherType, packet, vlan, outerVlan, tags } = read(hex, linkType);
  return [fault.FAULT_NAMES[found], etherType, packet, vlan, outerVlan, tags];
}

describe('Ethernet', () => {
  test.each([
    ['0800', ETHERTYPE_IPV4],
    ['0806', ETHERTYPE_ARP],
    ['86dd', ETHERTYPE_IPV6],
    ['88cc', 0x88cc],
    ['0600', 0x0600],
  ])('type %s', (type, etherType) => {
    expect(summary(MACS + type + '00')).toEqual(['none', etherType, 14, 0, 0, 0]);
    expect(link.tagged).toBe(false);
    expect(link.hasEthernet && link.hasSource && link.hasDestination).toBe(true);
    expect(formatMac(macFromHalves(link.sourceHigh, link.sourceLow))).toBe('00:16:3e:a1:00:d1');
    expect(macFromHalves(link.destinationHigh, link.destinationLow)).toBe(0xffffffffffff);
    expect(link.payload).toBe(14);
  });

  test('readEthernetType reads the field alone', () => {
    expect(readEthernetType(octets('00' + MACS + '88a8'), 1)).toBe(0x88a8);
  });

  test('a runt is a fault and forgets the frame before it', () => {
    read(MACS + '81000064' + '0806');
    expect(summary(MACS + '08')).toEqual(['ethernet-truncated', 0, 0, 0, 0, 0]);
    expect([link.hasSource, link.sourceLow, link.hasEthernet]).toEqual([false, 0, true]);
  });

  test('1501 to 1535 is neither type nor length', () => {
    expect(summary(MACS + '05dd' + 'aaaa030000000806')).toEqual(['none', 0, 14, 0, 0, 0]);
    expect(summary(MACS + '05ff' + 'aaaa030000000806')).toEqual(['none', 0, 14, 0, 0, 0]);
  });
});

describe('802.3 with LLC', () => {
  test('SNAP with OUI 00-00-00 carries an EtherType', () => {
    expect(summary(MACS + '0024' + 'aaaa030000000806')).toEqual(['none', 0x0806, 22, 0, 0, 0]);
    expect(summary(MACS + '05dc' + 'aaaa03000000' + '0800')).toEqual(['none', 0x0800, 22, 0, 0, 0]);
  });

  test('another OUI, or LLC without SNAP, carries none', () => {
    expect(summary(MACS + '0024' + 'aaaa0300000c2000')).toEqual(['none', 0, 22, 0, 0, 0]);
    expect(summary(MACS + '0024' + 'aaaa0308000b0800')).toEqual(['none', 0, 22, 0, 0, 0]);
    expect(summary(MACS + '0026' + '424203000000')).toEqual(['none', 0, 14, 0, 0, 0]);
  });

  test('a cut LLC or SNAP header is a fault', () => {
    expect(summary(MACS + '0024' + 'aaaa')[0]).toBe('snap-truncated');
    expect(summary(MACS + '0024' + 'aaaa0300000008')[0]).toBe('snap-truncated');
  });

  test('behind a tag', () => {
    const hex = MACS + '81000064' + '0024' + 'aaaa030000000806';
    expect(summary(hex)).toEqual(['none', 0x0806, 26, 100, 0, 1]);
  });
});

describe('VLAN tags', () => {
  test.each(['8100', '88a8', '9100', '9200'])('TPID %s', (tpid) => {
    expect(isVlanType(Number.parseInt(tpid, 16))).toBe(true);
    // PCP 5 and DEI 1 are no part of the VID.
    expect(summary(MACS + tpid + 'b064' + '0806')).toEqual(['none', 0x0806, 18, 100, 0, 1]);
    expect(link.tagged).toBe(true);
  });

  test('stacked: the innermost VID and the one around it', () => {
    const two = MACS + '88a80064' + '810000c8' + '0806';
    expect(summary(two)).toEqual(['none', 0x0806, 22, 200, 100, 2]);
    const three = MACS + '88a80064' + '810000c8' + '8100012c' + '86dd';
    expect(summary(three)).toEqual(['none', 0x86dd, 26, 300, 200, 3]);
  });

  test('VID 0 is a priority tag: it names no VLAN', () => {
    expect(summary(MACS + '8100e000' + '0806')).toEqual(['none', 0x0806, 18, 0, 0, 1]);
    expect(link.tagged).toBe(true);
    const inside = MACS + '88a80064' + '8100e000' + '0806';
    expect(summary(inside)).toEqual(['none', 0x0806, 22, 100, 0, 2]);
  });

  test('VID 4095 is a fault, the frame still counts by its type', () => {
    expect(summary(MACS + '81000fff' + '0806')).toEqual(['vlan-reserved', 0x0806, 18, 4095, 0, 1]);
  });

  test('eight tags are read, nine are opaque', () => {
    const eight = MACS + '81000001'.repeat(8) + '0806';
    expect(summary(eight)).toEqual(['none', 0x0806, 46, 1, 1, 8]);
    const nine = MACS + '81000001'.repeat(9) + '0806';
    expect(summary(nine).slice(0, 2)).toEqual(['vlan-depth', 0]);
  });

  test('a cut tag is a fault', () => {
    expect(summary(MACS + '8100')).toEqual(['vlan-truncated', 0, 14, 0, 0, 0]);
    expect(summary(MACS + '8100000108')[0]).toBe('vlan-truncated');
    expect(summary(MACS + '81000064' + '8100')).toEqual(['vlan-truncated', 0, 18, 100, 0, 1]);
  });
});

describe('cooked captures', () => {
  /** Sent by us (4), Ethernet (1), six octets of address. */
  const SLL = '0004' + '0001' + '0006' + '00163ea100d1' + '0000';
  const SLL2 = (protocol: string) =>
    protocol + '0000' + '00000003' + '0001' + '04' + '06' + '00163ea100d1' + '0000';

  test('version 1: source, packet type, no destination', () => {
    expect(summary(SLL + '0806', 113)).toEqual(['none', 0x0806, 16, 0, 0, 0]);
    expect([link.hasSource, link.hasDestination, link.hasEthernet]).toEqual([true, false, false]);
    expect(macFromHalves(link.sourceHigh, link.sourceLow)).toBe(0x00163ea100d1);
    expect([link.packetType, link.interfaceIndex, link.payload]).toEqual([4, 0, 16]);
  });

  test('version 2: interface as well', () => {
    expect(summary(SLL2('86dd'), 276)).toEqual(['none', 0x86dd, 20, 0, 0, 0]);
    expect([link.packetType, link.interfaceIndex, link.payload]).toEqual([4, 3, 20]);
    expect(macFromHalves(link.sourceHigh, link.sourceLow)).toBe(0x00163ea100d1);
  });

  test('tags and LLC may follow', () => {
    expect(summary(SLL + '8100' + '00640806', 113)).toEqual(['none', 0x0806, 20, 100, 0, 1]);
    expect(summary(SLL2('0004') + 'aaaa030000000806', 276)).toEqual(['none', 0x0806, 28, 0, 0, 0]);
  });

  test('protocol numbers that are no EtherType', () => {
    expect(summary(SLL + '000c', 113)[1]).toBe(ETHERTYPE_NONE);
    const netlink = '0000' + '0338' + '0000' + '00'.repeat(8) + '0800';
    expect(summary(netlink, 113)).toEqual(['none', 0, 16, 0, 0, 0]);
    expect(link.hasSource).toBe(false);
  });

  test('cut headers', () => {
    expect(summary(SLL + '08', 113)[0]).toBe('sll-truncated');
    expect(summary(SLL2('0806').slice(0, 38), 276)[0]).toBe('sll-truncated');
  });
});

describe('no link layer', () => {
  test.each([
    ['02000000', 0, 0x0800],
    ['00000002', 0, 0x0800],
    ['0a000000', 0, 0x86dd],
    ['18000000', 0, 0x86dd],
    ['1c000000', 0, 0x86dd],
    ['1e000000', 0, 0x86dd],
    ['00000018', 108, 0x86dd],
    ['07000000', 0, 0],
  ])('loopback family %s of link type %i', (family, linkType, etherType) => {
    expect(summary(family + '45', linkType)).toEqual(['none', etherType, 4, 0, 0, 0]);
    expect(link.payload).toBe(4);
    expect(link.hasSource || link.hasEthernet).toBe(false);
  });

  test('raw IP by its version nibble, or by the link type', () => {
    expect(summary('45', 101)).toEqual(['none', 0x0800, 0, 0, 0, 0]);
    expect(summary('60', 101)).toEqual(['none', 0x86dd, 0, 0, 0, 0]);
    expect(summary('60', 12)[1]).toBe(ETHERTYPE_IPV6);
    expect(summary('45', 14)[1]).toBe(ETHERTYPE_IPV4);
    expect(summary('', 228)[1]).toBe(ETHERTYPE_IPV4);
    expect(summary('', 229)[1]).toBe(ETHERTYPE_IPV6);
  });

  test('damage', () => {
    expect(summary('020000', 0)[0]).toBe('loopback-truncated');
    expect(summary('', 101)[0]).toBe('raw-truncated');
    expect(summary('00', 101).slice(0, 2)).toEqual(['raw-version', 0]);
  });

  test('other link types are opaque', () => {
    expect(summary('00'.repeat(60), 7)).toEqual(['none', ETHERTYPE_OPAQUE, 0, 0, 0, 0]);
  });
});
