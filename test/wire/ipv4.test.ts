import { describe, expect, test } from 'vitest';
import {
  FAULT_IPV4_HEADER,
  FAULT_IPV4_LENGTH,
  FAULT_IPV4_TRUNCATED,
  FAULT_IPV4_VERSION,
  FAULT_NONE,
} from '../../src/wire/fault.ts';
import { formatIpv4, parseIpv4 } from '../../src/wire/ip-address.ts';
import {
  emitIpv4,
  ipv4Check,
  ipv4ChecksumOk,
  ipv4End,
  isIpv4Cut,
  isIpv4Fragment,
  readIpv4Destination,
  readIpv4FragmentOffset,
  readIpv4HeaderLength,
  readIpv4Identification,
  readIpv4Protocol,
  readIpv4Source,
  readIpv4TimeToLive,
  readIpv4TotalLength,
  readIpv4TypeOfService,
} from '../../src/wire/ipv4.ts';
import { dirty, hexOf, octets } from './octets.ts';

/** keepalived's advert 10.10.10.21 to 10.10.10.22, as tshark decodes it. */
const HEADER = '45c0002000010000ff70926e0a0a0a150a0a0a16';

describe('IPv4 header', () => {
  test('reads', () => {
    const view = octets(HEADER);
    expect(ipv4Check(view, 0, 20)).toBe(FAULT_NONE);
    expect(readIpv4HeaderLength(view, 0)).toBe(20);
    expect(readIpv4TypeOfService(view, 0)).toBe(0xc0);
    expect(readIpv4TotalLength(view, 0)).toBe(32);
    expect(readIpv4Identification(view, 0)).toBe(1);
    expect(isIpv4Fragment(view, 0)).toBe(false);
    expect(readIpv4TimeToLive(view, 0)).toBe(255);
    expect(readIpv4Protocol(view, 0)).toBe(112);
    expect(formatIpv4(readIpv4Source(view, 0))).toBe('10.10.10.21');
    expect(formatIpv4(readIpv4Destination(view, 0))).toBe('10.10.10.22');
    expect(ipv4ChecksumOk(view, 0)).toBe(true);
  });

  test('emits every octet', () => {
    const view = dirty(22);
    const end = emitIpv4(view, 1, {
      totalLength: 32,
      timeToLive: 255,
      protocol: 112,
      source: parseIpv4('10.10.10.21'),
      destination: parseIpv4('10.10.10.22'),
      typeOfService: 0xc0,
      identification: 1,
    });
    expect(end).toBe(21);
    expect(hexOf(view)).toBe('a5' + HEADER + 'a5');
    emitIpv4(view, 1, { totalLength: 20, timeToLive: 1, protocol: 1, source: 0, destination: 0 });
    expect(ipv4ChecksumOk(view, 1)).toBe(true);
  });

  test('refuses', () => {
    expect(ipv4Check(octets(HEADER.slice(0, 38)), 0, 19)).toBe(FAULT_IPV4_TRUNCATED);
    expect(ipv4Check(octets('65' + HEADER.slice(2)), 0, 20)).toBe(FAULT_IPV4_VERSION);
    expect(ipv4Check(octets('44' + HEADER.slice(2)), 0, 20)).toBe(FAULT_IPV4_HEADER);
    expect(ipv4Check(octets('46' + HEADER.slice(2)), 0, 20)).toBe(FAULT_IPV4_TRUNCATED);
    expect(ipv4Check(octets('45c00013' + HEADER.slice(8)), 0, 20)).toBe(FAULT_IPV4_LENGTH);
    const damaged = octets(HEADER);
    damaged.setUint8(8, 254);
    expect(ipv4ChecksumOk(damaged, 0)).toBe(false);
  });

  test('ends where its own length says, never past the frame', () => {
    const padded = octets(HEADER + '00'.repeat(26));
    expect(ipv4End(padded, 0, 46)).toBe(32);
    expect(isIpv4Cut(padded, 0, 46)).toBe(false);
    expect(ipv4End(padded, 0, 24)).toBe(24);
    expect(isIpv4Cut(padded, 0, 24)).toBe(true);
    const offloaded = octets('45c00000' + HEADER.slice(8) + '00'.repeat(26));
    expect(ipv4Check(offloaded, 0, 46)).toBe(FAULT_NONE);
    expect(ipv4End(offloaded, 0, 46)).toBe(46);
  });

  test('tells fragments', () => {
    const view = octets(HEADER);
    view.setUint16(6, 0x2000);
    expect(isIpv4Fragment(view, 0)).toBe(true);
    view.setUint16(6, 0x0002);
    expect(isIpv4Fragment(view, 0)).toBe(true);
    expect(readIpv4FragmentOffset(view, 0)).toBe(16);
    view.setUint16(6, 0x4000);
    expect(isIpv4Fragment(view, 0)).toBe(false);
  });
});
