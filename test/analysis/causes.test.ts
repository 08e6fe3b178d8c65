/** Why a holder changed, by the runs of adverts around the claim; times are seconds here. */
import { describe, expect, test } from 'vitest';
import { causeOf } from '../../src/analysis/causes.ts';
import {
  CAUSE_ANNOUNCEMENT,
  CAUSE_CRASH,
  CAUSE_PREEMPTION,
  CAUSE_SHUTDOWN,
  CAUSE_SPLIT_BRAIN,
  CAUSE_UNDECIDED,
} from '../../src/analysis/logs.ts';
import type { Speaker } from '../../src/analysis/virtual-router.ts';
import { SpeakerObserver } from '../../src/vrrp/observer.ts';

const SECOND = 1e9;
/** RFC 3768 6.1 for priority 100: (256 - 100) / 256 s. */
const SKEW = 0.609375;

/** A version 2 speaker of one advert a second at these times; priority 0 resigns. */
function speaker(address: number, adverts: readonly (readonly [number, number])[]): Speaker {
  const observer = new SpeakerObserver(2);
  adverts.forEach(([time, priority], i) => {
    observer.onAdvert(priority, SECOND, time * SECOND, i + 1);
  });
  return { observer, words: [0, 0, 0, address] } as unknown as Speaker;
}

function each(from: number, to: number, priority = 100): [number, number][] {
  return Array.from({ length: to - from + 1 }, (_, i) => [from + i, priority]);
}

function finalCause(claim: number, from: Speaker, to: Speaker | null): number {
  return causeOf(claim * SECOND, from, to, 1000 * SECOND, true);
}

describe('shutdown', () => {
  const from = speaker(1, [...each(0, 10), [10, 0]]);

  test('skew and one interval after priority 0', () => {
    const claim = 10 + SKEW + 1;
    expect(finalCause(claim, from, speaker(2, each(claim, 15)))).toBe(CAUSE_SHUTDOWN);
  });

  test('later than that it is what else the adverts say', () => {
    const claim = 12.7;
    expect(finalCause(claim, from, speaker(2, each(claim, 15)))).toBe(CAUSE_CRASH);
  });

  test('a resignation after the claim explains nothing', () => {
    const late = speaker(1, [...each(0, 10), [10.2, 0]]);
    expect(finalCause(10.1, late, speaker(2, each(10.1, 15)))).not.toBe(CAUSE_SHUTDOWN);
  });
});

describe('split-brain', () => {
  test('the address returns to a master that never stopped', () => {
    const from = speaker(1, each(5, 10));
    expect(finalCause(10.5, from, speaker(2, each(0, 20)))).toBe(CAUSE_SPLIT_BRAIN);
  });

  test('two adverts of the old master after the first of the new', () => {
    const from = speaker(1, each(0.5, 11.5));
    expect(finalCause(10, from, speaker(2, each(10, 20, 150)))).toBe(CAUSE_SPLIT_BRAIN);
  });

  test('one advert after it is no split', () => {
    const from = speaker(1, each(0.5, 10.5));
    expect(finalCause(10, from, speaker(2, each(10, 20, 150)))).toBe(CAUSE_PREEMPTION);
  });
});

describe('crash', () => {
  const from = speaker(1, each(0, 8));

  test('silent for two intervals before the first advert of the new', () => {
    expect(finalCause(10, from, speaker(2, each(10, 20)))).toBe(CAUSE_CRASH);
  });

  test('silent for a little less is none', () => {
    const to = speaker(2, each(9.999999999, 20, 90));
    expect(finalCause(9.999999999, from, to)).toBe(CAUSE_ANNOUNCEMENT);
  });
});

describe('preemption', () => {
  const from = speaker(5, each(0, 9));

  test.each([
    ['a higher priority', 1, 101, CAUSE_PREEMPTION],
    ['a tie and the higher address', 6, 100, CAUSE_PREEMPTION],
    ['a tie and the lower address', 4, 100, CAUSE_ANNOUNCEMENT],
    ['a lower priority', 6, 99, CAUSE_ANNOUNCEMENT],
  ])('%s', (_, address, priority, cause) => {
    expect(finalCause(9.5, from, speaker(address, each(9.5, 20, priority)))).toBe(cause);
  });

  test('addresses are unsigned', () => {
    const low = speaker(0x0a000001, each(0, 9));
    const high = speaker(0xc0a80001, each(9.5, 20));
    expect(finalCause(9.5, low, high)).toBe(CAUSE_PREEMPTION);
  });
});

describe('announcement', () => {
  test('the old holder sent no adverts before the claim', () => {
    const from = speaker(1, each(6, 9));
    expect(finalCause(5, from, speaker(2, each(5, 9)))).toBe(CAUSE_ANNOUNCEMENT);
  });

  test('the new one begins more than two intervals after its claim', () => {
    const from = speaker(1, each(0, 5));
    expect(finalCause(5, from, speaker(2, each(7.1, 9)))).toBe(CAUSE_ANNOUNCEMENT);
    expect(finalCause(5, from, null)).toBe(CAUSE_ANNOUNCEMENT);
  });
});

describe('adverts that are still to come', () => {
  test('a newcomer has two intervals to begin', () => {
    const from = speaker(1, each(0, 5));
    const ask = (now: number): number => causeOf(5.5 * SECOND, from, null, now * SECOND, false);
    expect(ask(5.5)).toBe(CAUSE_UNDECIDED);
    expect(ask(7.5)).toBe(CAUSE_UNDECIDED);
    expect(ask(7.6)).toBe(CAUSE_ANNOUNCEMENT);
  });

  test('the old master may still be heard: split-brain or not is open until then', () => {
    const from = speaker(1, each(0.5, 9.5));
    const to = speaker(2, each(10, 11, 150));
    const ask = (now: number): number => causeOf(10 * SECOND, from, to, now * SECOND, false);
    expect(ask(11)).toBe(CAUSE_UNDECIDED);
    expect(ask(12)).toBe(CAUSE_PREEMPTION);
  });
});
