/** Numbers as a person reads them. */
import { expect, test } from 'vitest';
import { displayWidth, wrap } from '../../src/report/layout.ts';
import {
  clockTime,
  count,
  date,
  dayAndTime,
  difference,
  duration,
  listed,
  octets,
} from '../../src/report/quantity.ts';

test.each([
  [0, '0 s'],
  [0.000_004, '4 µs'],
  [0.000_999_9, '1.0 ms'],
  [0.0042, '4.2 ms'],
  [0.292, '292 ms'],
  [0.999_9, '1.000 s'],
  [3.874, '3.874 s'],
  [119.9994, '119.999 s'],
  [120, '2 min 0.0 s'],
  [123.45, '2 min 3.5 s'],
  [179.97, '3 min 0.0 s'],
])('%d s is %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test('a difference carries its sign', () => {
  expect(difference(0.012)).toBe('+12 ms');
  expect(difference(-0.012)).toBe('-12 ms');
});

test('clock time is cut to milliseconds, never rounded up', () => {
  expect(clockTime('2026-11-20T23:59:59.999999999Z')).toBe('23:59:59.999');
  expect(clockTime(null)).toBe('-');
  expect(clockTime('18446744073709552000.000000000')).toBe('18446744073709552000.000000000');
  expect(clockTime('+012345-06-07T08:09:10.123456789Z')).toBe('08:09:10.123');
  expect(date('+012345-06-07T08:09:10.123456789Z')).toBe('+012345-06-07');
  expect(dayAndTime('2026-11-20T23:59:59.999999999Z')).toBe('2026-11-20, 23:59:59 UTC');
  expect(dayAndTime('18446744073709552000.000000000')).toBe('18446744073709552000.000000000 s');
});

test('counts, octets and lists', () => {
  expect(count(1234567)).toBe('1,234,567');
  expect(octets(999)).toBe('999 B');
  expect(octets(126_790)).toBe('126.8 kB');
  expect(octets(999_960)).toBe('1.0 MB');
  expect(octets(5e9)).toBe('5.0 GB');
  expect(listed(['a'])).toBe('a');
  expect(listed(['a', 'b', 'c'])).toBe('a, b and c');
});

test('wide, combining and plain characters take 2, 0 and 1 columns', () => {
  expect(displayWidth('node1')).toBe(5);
  expect(displayWidth('坏主机')).toBe(6);
  expect(displayWidth('e\u0301')).toBe(1);
  expect(displayWidth('😀')).toBe(2);
});

test('wrapping loses nothing and breaks what is too wide', () => {
  expect(wrap('a bb ccc', 4)).toEqual(['a bb', 'ccc']);
  expect(wrap('abcdefghij k', 4)).toEqual(['abcd', 'efgh', 'ij k']);
  expect(wrap('坏主机坏', 5)).toEqual(['坏主', '机坏']);
  expect(wrap('', 4)).toEqual(['']);
});
