import { describe, expect, test } from 'vitest';
import {
  FAULT_IPV6_EXTENSION,
  FAULT_IPV6_TRUNCATED,
  FAULT_IPV6_VERSION,
  FAULT_NONE,
} from '../../src/wire/fault.ts';
import { formatIpv6At, parseIpv6 } from '../../src/wire/ip-address.ts';
import {
  EXTENSION_HEADERS_MAX,
  emitIpv6,
  Ipv6Walk,
  ipv6Check,
  ipv6DestinationAt,
  ipv6End,
  ipv6SourceAt,
  isIpv6Cut,
  readIpv6HopLimit,
  readIpv6NextHeader,
  readIpv6PayloadLength,
  walkIpv6,
} from '../../src/wire/ipv6.ts';
import { dirty, hexOf, octets } from './octets.ts';

/** keepalived's unsolicited NA for fe80::88, as tshark decodes it. */
const ADDRESSES = 'fe800000000000000000000000000088ff020000000000000000000000000001';
const HEADER = '6000000000203aff' + ADDRESSES;
const walk = new Ipv6Walk();

/** A packet whose first next header is `next` and whose octets after the header are `rest`. */
function packet(next: number, rest: string): DataView {
  const length = (rest.length / 2).toString(16).padStart(4, '0');
  return octets(`60000000${length}${next.toString(16).padStart(2, '0')}ff${ADDRESSES}${rest}`);
}

function walkAll(view: DataView): number {
  return walkIpv6(view, 0, view.byteLength, walk);
}

describe('IPv6 header', () => {
  test('reads', () => {
    const view = octets(HEADER);
    expect(ipv6Check(view, 0, 40)).toBe(FAULT_NONE);
    expect(readIpv6PayloadLength(view, 0)).toBe(32);
    expect(readIpv6NextHeader(view, 0)).toBe(58);
    expect(readIpv6HopLimit(view, 0)).toBe(255);
    expect(formatIpv6At(view, ipv6SourceAt(0))).toBe('fe80::88');
    expect(formatIpv6At(view, ipv6DestinationAt(0))).toBe('ff02::1');
  });

  test('emits every octet', () => {
    const view = dirty(42);
    const fields = {
      payloadLength: 32,
      nextHeader: 58,
      hopLimit: 255,
      source: parseIpv6('fe80::88') ?? [0, 0, 0, 0],
      destination: parseIpv6('ff02::1') ?? [0, 0, 0, 0],
    } as const;
    expect(emitIpv6(view, 1, fields)).toBe(41);
    expect(hexOf(view)).toBe('a5' + HEADER + 'a5');
    emitIpv6(view, 1, { ...fields, trafficClass: 0xc0 });
    expect(hexOf(view, 1, 5)).toBe('6c000000');
  });

  test('refuses', () => {
    expect(ipv6Check(octets(''), 0, 0)).toBe(FAULT_IPV6_TRUNCATED);
    expect(ipv6Check(octets(HEADER.slice(0, 78)), 0, 39)).toBe(FAULT_IPV6_TRUNCATED);
    expect(ipv6Check(octets('45' + HEADER.slice(2)), 0, 40)).toBe(FAULT_IPV6_VERSION);
  });

  test('ends where its own length says, never past the frame', () => {
    const view = octets(HEADER + '00'.repeat(40));
    expect(ipv6End(view, 0, 80)).toBe(72);
    expect(isIpv6Cut(view, 0, 80)).toBe(false);
    expect(ipv6End(view, 0, 60)).toBe(60);
    expect(isIpv6Cut(view, 0, 60)).toBe(true);
    view.setUint16(4, 0);
    expect(ipv6End(view, 0, 80)).toBe(80);
    view.setUint8(6, 59);
    expect(ipv6End(view, 0, 80)).toBe(40);
  });
});

describe('walk over extension headers', () => {
  test('none', () => {
    expect(walkAll(packet(58, '88000000'))).toBe(FAULT_NONE);
    expect([walk.protocol, walk.at, walk.end, walk.isFragment]).toEqual([58, 40, 44, false]);
  });

  test('hop-by-hop with router alert, then destination options of 16 octets', () => {
    const view = packet(0, '3c00050200000000' + '3a01' + '00'.repeat(14) + '88000000');
    expect(walkAll(view)).toBe(FAULT_NONE);
    expect([walk.protocol, walk.at, walk.end]).toEqual([58, 64, 68]);
  });

  test('authentication header counts words of four less two', () => {
    const view = packet(51, '7004' + '00'.repeat(22) + '31'.repeat(8));
    expect(walkAll(view)).toBe(FAULT_NONE);
    expect([walk.protocol, walk.at]).toEqual([112, 64]);
  });

  test('first fragment goes on, a later one stops', () => {
    expect(walkAll(packet(44, '3a00000100000001' + '88000000'))).toBe(FAULT_NONE);
    expect([walk.protocol, walk.isFragment, walk.fragmentOffset]).toEqual([58, true, 0]);
    expect(walkAll(packet(44, '3c00001000000001' + 'ffffffff'))).toBe(FAULT_NONE);
    expect([walk.protocol, walk.isFragment, walk.fragmentOffset]).toEqual([60, true, 16]);
    expect(walkAll(packet(58, '88000000'))).toBe(FAULT_NONE);
    expect([walk.isFragment, walk.fragmentOffset]).toEqual([false, 0]);
  });

  test('ESP and no-next-header end it', () => {
    expect(walkAll(packet(50, '0000'))).toBe(FAULT_NONE);
    expect(walk.protocol).toBe(50);
    expect(walkAll(packet(59, ''))).toBe(FAULT_NONE);
    expect(walk.protocol).toBe(59);
  });

  test('a cut header and too many headers are faults', () => {
    expect(walkAll(packet(0, '3a0005'))).toBe(FAULT_IPV6_EXTENSION);
    expect(walkAll(packet(0, '3a01000000000000'))).toBe(FAULT_IPV6_EXTENSION);
    for (const type of [43, 60, 135, 139, 140]) {
      expect(walkAll(packet(type, '3a00000000000000'))).toBe(FAULT_NONE);
    }
    const chain = '3c00000000000000'.repeat(EXTENSION_HEADERS_MAX);
    expect(walkAll(packet(60, chain + '3a00000000000000'))).toBe(FAULT_IPV6_EXTENSION);
  });
});
