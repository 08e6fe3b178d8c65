import { expect, test } from 'vitest';
import { isKnownLinkType, linkTypeName } from '../../src/capture/link-types.ts';

test('the names tcpdump prints', () => {
  const names: [number, string][] = [
    [0, 'NULL'],
    [1, 'EN10MB'],
    [101, 'RAW'],
    [108, 'LOOP'],
    [113, 'LINUX_SLL'],
    [228, 'IPV4'],
    [229, 'IPV6'],
    [239, 'NFLOG'],
    [276, 'LINUX_SLL2'],
    [285, 'DSA_TAG_EDSA'],
  ];
  for (const [number, name] of names) expect(linkTypeName(number)).toBe(name);
});

test('a number without a name', () => {
  expect(linkTypeName(9999)).toBe('LINKTYPE_9999');
  expect(isKnownLinkType(9999)).toBe(false);
  expect(isKnownLinkType(1)).toBe(true);
});

test('numbers for private use are lawful', () => {
  expect(isKnownLinkType(147)).toBe(true);
  expect(isKnownLinkType(162)).toBe(true);
  expect(isKnownLinkType(163)).toBe(true);
  expect(linkTypeName(150)).toBe('LINKTYPE_150');
});
