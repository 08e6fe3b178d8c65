/** The password of an advert, wherever the advert says that it is. */
import { describe, expect, test } from 'vitest';
import { LINKTYPE_ETHERNET } from '../../src/capture/index.ts';
import { Classifier } from '../../src/dataplane/classifier.ts';
import { maskPasswords } from '../../src/report/mask-passwords.ts';
import { foldSum } from '../../src/wire/checksum.ts';

const IP = 14;
const ADVERT = IP + 20;
const PASSWORD = 'HIDEME12';

/** A whole advert of two addresses with a password, that tells of `count` addresses. */
function advert(count: number, behind = ''): Uint8Array {
  const text = Buffer.from(PASSWORD + behind);
  const body = Buffer.from([0x21, 51, 100, count, 1, 1, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, ...text]);
  const ethernet = Buffer.from('01005e00001200163e0000010800', 'hex');
  const ip = Buffer.from('4500000000000000ff7000000a000009e0000012', 'hex');
  ip.writeUInt16BE(20 + body.length, 2);
  body.writeUInt16BE(0xffff - sumOf(body), 6);
  return Buffer.concat([ethernet, ip, body]);
}

function sumOf(octets: Uint8Array): number {
  let sum = 0;
  for (const [i, octet] of octets.entries()) sum += i % 2 === 0 ? octet << 8 : octet;
  return foldSum(sum);
}

function masked(frame: Uint8Array): { text: string; sum: number } {
  const copy = Uint8Array.from(frame);
  const about = { at: 0, end: copy.length, linkType: LINKTYPE_ETHERNET };
  expect(maskPasswords(new DataView(copy.buffer), about, new Classifier())).toBe(true);
  return { text: Buffer.from(copy).toString('latin1'), sum: sumOf(copy.subarray(ADVERT)) };
}

describe('a password', () => {
  test.each([0, 1, 2, 3, 9, 255])('of an advert that tells of %i addresses is masked', (count) => {
    const { text, sum } = masked(advert(count));
    for (let i = 0; i + 2 <= PASSWORD.length; i += 2) {
      expect(text).not.toContain(PASSWORD.slice(i, i + 2));
    }
    expect(text.slice(-8)).toBe('********');
    expect(sum).toBe(0xffff);
  });

  test('is masked where octets stand behind it, an odd number too', () => {
    for (const behind of ['a', 'ab', 'abcdefghijk']) {
      const { text, sum } = masked(advert(2, behind));
      expect(text).not.toMatch(/HI|DE|ME|12/);
      expect(sum).toBe(0xffff);
    }
  });

  test('is all that changes in an advert as it should be, and in what is there of a cut one', () => {
    const frame = advert(2);
    const text = Buffer.from(frame).toString('latin1');
    const ofRest = (one: string) => one.slice(0, ADVERT + 6) + one.slice(ADVERT + 8, -8);
    expect(ofRest(masked(frame).text)).toBe(ofRest(text));
    const cut = masked(frame.subarray(0, frame.length - 4)).text;
    expect(cut.slice(ADVERT + 8)).toBe(`${text.slice(ADVERT + 8, -8)}****`);
  });
});
