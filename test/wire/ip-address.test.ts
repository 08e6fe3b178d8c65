import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { Address6 } from 'ip-address';
import { describe, expect, test } from 'vitest';
import {
  formatIpv4,
  formatIpv6,
  formatIpv6At,
  isLoopbackIpv4,
  isMulticastIpv4,
  isMulticastIpv6,
  isSolicitedNodeIpv6,
  isUnspecifiedIpv6,
  parseIpv4,
  parseIpv6,
  readIpv6Word,
  readIpv6Words,
  writeIpv6Words,
} from '../../src/wire/ip-address.ts';
import { dirty, hexOf, octets } from './octets.ts';

const word = fc.integer({ min: 0, max: 0xffffffff });
const sparse = fc.oneof(word, fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
const canonical = (text: string) => {
  const words = parseIpv6(text);
  return words === null ? null : formatIpv6(...words);
};

describe('IPv4 address', () => {
  test('parses and formats unsigned', () => {
    expect(parseIpv4('192.168.0.88')).toBe(0xc0a80058);
    expect(formatIpv4(0xc0a80058)).toBe('192.168.0.88');
    fc.assert(fc.property(word, (address) => parseIpv4(formatIpv4(address)) === address));
  });

  test.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.0.0.1',
    '01.2.3.4',
    '1.2.3.',
    '1.2.3.4 ',
    '+1.2.3.4',
    '0x1.2.3.4',
    '1e1.0.0.0',
    '::1',
  ])('%j is no IPv4 address', (text) => {
    expect(parseIpv4(text)).toBeNaN();
  });

  test('knows groups and loopback', () => {
    expect(isMulticastIpv4(parseIpv4('224.0.0.18'))).toBe(true);
    expect(isMulticastIpv4(parseIpv4('240.0.0.1'))).toBe(false);
    expect(isLoopbackIpv4(parseIpv4('127.255.0.1'))).toBe(true);
    expect(isLoopbackIpv4(parseIpv4('128.0.0.1'))).toBe(false);
  });
});

describe('IPv6 address', () => {
  // The examples of RFC 5952 sections 1, 2, 4 and 5.
  test.each([
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:DB8::AAAA', '2001:db8::aaaa'],
    ['0:0:0:0:0:ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['::', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1::', '1::'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('%s is written %s', (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  test.each([
    '',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8:9',
    '12345::',
    'g::',
    '::1.2.3',
    '1.2.3.4::',
    'fe80::1%eth0',
    '::/0',
    '1:2:3:4:5:6:7:8::',
    ':1::',
  ])('%j is no IPv6 address', (text) => {
    expect(parseIpv6(text)).toBeNull();
  });

  test('agrees with the ip-address package', () => {
    fc.assert(
      fc.property(sparse, sparse, sparse, sparse, (a, b, c, d) => {
        const text = formatIpv6(a, b, c, d);
        expect(isIPv6(text)).toBe(true);
        expect(parseIpv6(text)).toEqual([a, b, c, d]);
        const groups = [a, b, c, d].flatMap((w) => [w >>> 16, w & 0xffff]);
        const other = Address6.fromByteArray(groups.flatMap((g) => [g >> 8, g & 255]));
        if (!text.includes('.')) expect(text).toBe(other.correctForm());
      }),
    );
  });

  test('is read and written by words', () => {
    const view = octets('ff fe800000000000000000000000000088');
    expect(formatIpv6At(view, 1)).toBe('fe80::88');
    expect(readIpv6Word(view, 1, 3)).toBe(0x88);
    const copy = dirty(18);
    writeIpv6Words(copy, 1, readIpv6Words(view, 1));
    expect(hexOf(copy)).toBe('a5fe800000000000000000000000000088a5');
  });

  test('knows ::, groups and solicited-node groups', () => {
    expect(isUnspecifiedIpv6(octets('00'.repeat(16)), 0)).toBe(true);
    for (const at of [3, 7, 11, 15]) {
      const view = octets('00'.repeat(16));
      view.setUint8(at, 1);
      expect(isUnspecifiedIpv6(view, 0)).toBe(false);
    }
    expect(isMulticastIpv6(0xff020000)).toBe(true);
    expect(isMulticastIpv6(0xfe800000)).toBe(false);
    expect(isSolicitedNodeIpv6(octets('ff0200000000000000000001ff000088'), 0)).toBe(true);
    expect(isSolicitedNodeIpv6(octets('ff020000000000000000000100000088'), 0)).toBe(false);
    expect(isSolicitedNodeIpv6(octets('ff020000000000000000000000000001'), 0)).toBe(false);
  });
});
