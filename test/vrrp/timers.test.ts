/** Worked examples of RFC 3768 and RFC 9568 section 6.1. */
import { describe, expect, test } from 'vitest';
import { masterDownInterval, skewTime } from '../../src/vrrp/timers.ts';

const SECOND = 1e9;

describe('VRRP timers', () => {
  test.each([
    [2, 100, 1 * SECOND, 3.609375 * SECOND],
    [2, 254, 1 * SECOND, 3.0078125 * SECOND],
    [2, 100, 10 * SECOND, 30.609375 * SECOND],
    [3, 100, 0.1 * SECOND, 0.3609375 * SECOND],
    [3, 100, 1 * SECOND, 3.609375 * SECOND],
    [3, 1, 40.95 * SECOND, 163.640039062 * SECOND],
  ] as const)('version %i, priority %i, interval %i ns: down after %d ns', (version, priority, interval, down) => {
    expect(masterDownInterval(version, priority, interval)).toBeCloseTo(down, -1);
  });

  test('after a resignation only the skew is waited', () => {
    expect(skewTime(2, 100, SECOND)).toBe(609_375_000);
    expect(skewTime(3, 100, 1e8)).toBe(60_937_500);
    expect(skewTime(2, 255, SECOND)).toBe(3_906_250);
  });

  test('an interval of 0 leaves the skew alone', () => {
    expect(masterDownInterval(2, 100, 0)).toBe(skewTime(2, 100, 0));
  });

  test("keepalived's down_timer_adverts", () => {
    expect(masterDownInterval(2, 100, SECOND, 2)).toBe(2_609_375_000);
  });
});
