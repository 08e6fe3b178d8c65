/** ICMP, ICMPv6, TCP and AH: the frames are real ones, their values tshark's. */
import { describe, expect, test } from 'vitest';
import {
  ahCheck,
  readAhLength,
  readAhNextHeader,
  readAhSequenceNumber,
  readAhSpi,
} from '../../src/wire/ah.ts';
import * as fault from '../../src/wire/fault.ts';
import * as icmp from '../../src/wire/icmp.ts';
import * as icmpv6 from '../../src/wire/icmpv6.ts';
import * as tcp from '../../src/wire/tcp.ts';
import { dirty, hexOf, octets } from './octets.ts';

const ECHO =
  '0800f51a264e000dffc5006b0000000013860a0000000000101112131415161718191a1b1c1d1e1f' +
  '202122232425262728292a2b2c2d2e2f3031323334353637';
const ECHO6_HEADER =
  '6006664100403a40fd000061000000000000000000000050fd000061000000000000000000000088';
const ECHO6 =
  '8000bb6b3357000dfbc7006b00000000d113090000000000101112131415161718191a1b1c1d1e1f' +
  '202122232425262728292a2b2c2d2e2f3031323334353637';

describe('ICMP', () => {
  test('reads an echo request', () => {
    const view = octets(ECHO);
    expect(icmp.icmpCheck(view, 0, 64)).toBe(fault.FAULT_NONE);
    expect(icmp.readIcmpType(view, 0)).toBe(icmp.ICMP_ECHO_REQUEST);
    expect(icmp.readIcmpCode(view, 0)).toBe(0);
    expect(icmp.readIcmpIdentifier(view, 0)).toBe(9806);
    expect(icmp.readIcmpSequenceNumber(view, 0)).toBe(13);
    expect(icmp.icmpChecksumOk(view, 0, 64)).toBe(true);
    expect(icmp.icmpCheck(view, 0, 7)).toBe(fault.FAULT_ICMP_TRUNCATED);
  });

  test('emits it again over dirty octets', () => {
    const view = dirty(64);
    const data = octets(ECHO);
    for (let i = 8; i < 64; i++) view.setUint8(i, data.getUint8(i));
    const echo = { type: icmp.ICMP_ECHO_REQUEST, identifier: 9806, sequenceNumber: 13 };
    expect(icmp.emitIcmpEcho(view, 0, 64, echo)).toBe(8);
    expect(hexOf(view)).toBe(ECHO);
    icmp.writeIcmpType(view, 0, icmp.ICMP_ECHO_REPLY);
    expect(icmp.icmpChecksumOk(view, 0, 64)).toBe(false);
    icmp.writeIcmpChecksum(view, 0, 64);
    expect(icmp.icmpChecksumOk(view, 0, 64)).toBe(true);
  });
});

describe('ICMPv6', () => {
  test('reads an echo request and verifies it with the pseudo-header', () => {
    const view = octets(ECHO6_HEADER + ECHO6);
    expect(icmpv6.icmpv6Check(view, 40, 104)).toBe(fault.FAULT_NONE);
    expect(icmpv6.icmpv6Check(view, 40, 43)).toBe(fault.FAULT_ICMPV6_TRUNCATED);
    expect(icmpv6.readIcmpv6Type(view, 40)).toBe(icmpv6.ICMPV6_ECHO_REQUEST);
    expect(icmpv6.readIcmpv6Code(view, 40)).toBe(0);
    expect(icmpv6.readIcmpv6Identifier(view, 40)).toBe(0x3357);
    expect(icmpv6.readIcmpv6SequenceNumber(view, 40)).toBe(13);
    expect(icmpv6.icmpv6ChecksumOk(view, 0, 40, 104)).toBe(true);
    view.setUint8(23, 0x51);
    expect(icmpv6.icmpv6ChecksumOk(view, 0, 40, 104)).toBe(false);
  });

  test('writes type and checksum', () => {
    const view = octets(ECHO6_HEADER + ECHO6);
    icmpv6.writeIcmpv6Type(view, 40, icmpv6.ICMPV6_ECHO_REPLY);
    icmpv6.writeIcmpv6Checksum(view, 0, 40, 104);
    expect(icmpv6.icmpv6ChecksumOk(view, 0, 40, 104)).toBe(true);
    // RFC 1624: the type went up by one in the high octet, the checksum down by it.
    expect(view.getUint16(42)).toBe(0xba6b);
  });
});

describe('TCP', () => {
  const SYN_ACK = '01bb c001 11223344 55667788 a012 7210 0000 0000';

  test('reads what matching a SYN to its answer needs', () => {
    const view = octets(SYN_ACK);
    expect(tcp.tcpCheck(view, 0, 20)).toBe(fault.FAULT_NONE);
    expect(tcp.readTcpSourcePort(view, 0)).toBe(443);
    expect(tcp.readTcpDestinationPort(view, 0)).toBe(49153);
    expect(tcp.readTcpSequenceNumber(view, 0)).toBe(0x11223344);
    expect(tcp.readTcpAcknowledgmentNumber(view, 0)).toBe(0x55667788);
    expect(tcp.readTcpHeaderLength(view, 0)).toBe(40);
    expect(tcp.readTcpFlags(view, 0)).toBe(tcp.TCP_SYN | tcp.TCP_ACK);
  });

  test('refuses a cut header and a data offset below five', () => {
    const view = octets(SYN_ACK);
    expect(tcp.tcpCheck(view, 0, 19)).toBe(fault.FAULT_TCP_TRUNCATED);
    view.setUint8(12, 0x40);
    expect(tcp.tcpCheck(view, 0, 20)).toBe(fault.FAULT_TCP_HEADER);
  });
});

describe('AH', () => {
  /** Around keepalived's advert with `auth_type AH`. */
  const AH = '700400000a1000010000000122978391193e905dc853d2eb';

  test('reads', () => {
    const view = octets(AH);
    expect(ahCheck(view, 0, 24)).toBe(fault.FAULT_NONE);
    expect(readAhNextHeader(view, 0)).toBe(112);
    expect(readAhLength(view, 0)).toBe(24);
    expect(readAhSpi(view, 0)).toBe(0x0a100001);
    expect(readAhSequenceNumber(view, 0)).toBe(1);
  });

  test('refuses', () => {
    const view = octets(AH);
    expect(ahCheck(view, 0, 11)).toBe(fault.FAULT_AH_TRUNCATED);
    expect(ahCheck(view, 0, 23)).toBe(fault.FAULT_AH_TRUNCATED);
    view.setUint8(1, 0);
    expect(ahCheck(view, 0, 24)).toBe(fault.FAULT_AH_LENGTH);
  });
});

describe('fault table', () => {
  test('each constant has the name that it spells', () => {
    const constants = Object.entries(fault).filter(([key]) => /^FAULT_(?!NAMES)/.test(key));
    expect(constants.length).toBe(fault.FAULT_NAMES.length);
    for (const [key, value] of constants) {
      const spelled = key.slice('FAULT_'.length).toLowerCase().replaceAll('_', '-');
      expect(fault.FAULT_NAMES[value as number]).toBe(spelled);
    }
  });
});
