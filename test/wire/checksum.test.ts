import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checksumOf,
  foldSum,
  isSumValid,
  pseudoHeaderSumIpv4,
  pseudoHeaderSumIpv6,
  sumWords,
} from '../../src/wire/checksum.ts';
import { octets } from './octets.ts';

describe('Internet checksum', () => {
  test('the example of RFC 1071 section 3', () => {
    const view = octets('0001f203f4f5f6f7');
    expect(sumWords(view, 0, 8)).toBe(0x2ddf0);
    expect(foldSum(0x2ddf0)).toBe(0xddf2);
    expect(checksumOf(0x2ddf0)).toBe(0x220d);
  });

  test('an odd last octet counts as the high one, its neighbour not at all', () => {
    expect(sumWords(octets('0001f2ff'), 0, 3)).toBe(0x0001 + 0xf200);
  });

  test('what is written verifies', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 64 }), (bytes) => {
        const view = new DataView(bytes.slice().buffer);
        view.setUint16(0, 0);
        view.setUint16(0, checksumOf(sumWords(view, 0, view.byteLength)));
        return isSumValid(sumWords(view, 0, view.byteLength));
      }),
    );
  });

  test('sums over 64 KiB do not overflow', () => {
    const view = new DataView(new Uint8Array(262144).fill(0xff).buffer);
    expect(foldSum(sumWords(view, 0, view.byteLength))).toBe(0xffff);
  });

  test('pseudo-headers count addresses, protocol and length', () => {
    expect(pseudoHeaderSumIpv4(0x0a000001, 0xe0000012, 112, 20)).toBe(
      0x0a00 + 0x0001 + 0xe000 + 0x0012 + 112 + 20,
    );
    const header = octets('00'.repeat(8) + '0001'.repeat(16));
    expect(pseudoHeaderSumIpv6(header, 0, 58, 0x10002)).toBe(16 + 58 + 1 + 2);
  });
});
