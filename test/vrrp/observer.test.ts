/** What a speaker's adverts tell of its state machine: runs, and what ends them. */
import { describe, expect, test } from 'vitest';
import { SpeakerObserver } from '../../src/vrrp/observer.ts';

const second = 1e9;

/** An observer that heard these adverts: [seconds, priority]. */
function heard(
  adverts: readonly (readonly [number, number])[],
  version: 2 | 3 = 3,
): SpeakerObserver {
  const observer = new SpeakerObserver(version);
  adverts.forEach(([at, priority], i) => {
    observer.onAdvert(priority, second, at * second, i + 1);
  });
  return observer;
}

/** The runs as [first, last, resigned], in seconds, the newest first. */
function runs(observer: SpeakerObserver): (number | null)[][] {
  return observer.newestFirst().map(({ start, last, resigned }) => {
    const end = Number.isNaN(resigned) ? null : resigned / second;
    return [start / second, last / second, end];
  });
}

describe('a run', () => {
  test('is what follows within two and a half intervals', () => {
    expect(
      runs(
        heard([
          [0, 100],
          [1, 100],
          [3.4, 100],
        ]),
      ),
    ).toEqual([[0, 3.4, null]]);
    expect(
      runs(
        heard([
          [0, 100],
          [1, 100],
          [3.6, 100],
        ]),
      ),
    ).toEqual([
      [3.6, 3.6, null],
      [0, 1, null],
    ]);
  });

  test('ends with priority 0, and a new one begins with the next advert', () => {
    const observer = heard([
      [0, 100],
      [1, 100],
      [1.2, 0],
      [1.9, 100],
    ]);
    expect(runs(observer)).toEqual([
      [1.9, 1.9, null],
      [0, 1, 1.2],
    ]);
    expect(observer.lastResignation).toBe(1.2 * second);
    expect(observer.endOf(observer.newestFirst()[1]!)).toBe(1.2 * second);
  });

  test('that is over already is not ended by priority 0', () => {
    expect(
      runs(
        heard([
          [0, 100],
          [9, 0],
        ]),
      ),
    ).toEqual([[0, 0, null]]);
    expect(
      runs(
        heard([
          [0, 100],
          [1, 0],
          [1.5, 0],
        ]),
      ),
    ).toEqual([[0, 0, 1]]);
    expect(runs(heard([[0, 0]]))).toEqual([]);
  });

  test('knows its first frame, its last but one advert, its first and latest priority', () => {
    const [run] = heard([
      [0, 100],
      [5, 90],
      [6, 80],
    ]).newestFirst();
    expect(run).toMatchObject({ startFrame: 2, previous: 5 * second, priority: 80 });
    expect(run?.firstPriority).toBe(90);
  });

  test('is kept while it is among the last four', () => {
    const observer = heard([0, 10, 20, 30, 40, 50].map((at) => [at, 100] as const));
    expect(runs(observer).map(([start]) => start)).toEqual([50, 40, 30, 20]);
  });
});

describe('asked about a time', () => {
  const observer = heard([
    [10, 100],
    [11, 100],
    [20, 100],
    [20.5, 0],
  ]);

  test('it names the run before', () => {
    expect(observer.runBefore(20 * second)?.start).toBe(10 * second);
    expect(observer.runBefore(20.1 * second)?.start).toBe(20 * second);
    expect(observer.runBefore(10 * second)).toBeNull();
  });

  test('it names the run around, or the one that begins at once', () => {
    const around = (at: number): number | undefined => observer.runAround(at * second)?.start;
    expect([11, 13.4].map(around)).toEqual([10 * second, 10 * second]);
    expect([18.5, 20.4].map(around)).toEqual([20 * second, 20 * second]);
    expect([13.6, 17.9, 21, 7].map(around)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

test('the intervals follow RFC 9568 6.1 (and 3768 6.1 for version 2)', () => {
  const observer = heard([[0, 100]]);
  // Skew_Time = (256 - 100) x 1 s / 256 = 609.375 ms.
  expect(observer.skewTime(second) / 1e6).toBeCloseTo(609.375, 6);
  expect(observer.masterDownInterval() / 1e6).toBeCloseTo(3609.375, 6);
  expect(heard([[0, 0]]).priority).toBe(0);
});

test('an advert that announces no interval leaves the last one for its runs', () => {
  const observer = new SpeakerObserver(2);
  expect([observer.interval, observer.announcedInterval]).toEqual([second, Number.NaN]);
  observer.onAdvert(100, 3 * second, 0, 1);
  observer.onAdvert(100, 0, second, 2);
  expect([observer.interval, observer.lastAdvertFrame]).toEqual([3 * second, 2]);
  expect(observer.announcedInterval).toBe(0);
});

test('a backup awaits three adverts of a master, and none of one that resigned', () => {
  const observer = heard([
    [0, 100],
    [1, 0],
  ]);
  expect(observer.advertsAwaited).toBe(0);
  observer.onAdvert(100, second, 2 * second, 3);
  expect(observer.advertsAwaited).toBe(3);
});

test('a silence of masterDownInterval is remembered until the next one', () => {
  const silence = ({ silentSince, silentUntil }: SpeakerObserver): number[] =>
    [silentSince, silentUntil].map((time) => time / second);
  // 3.609375 s for priority 100.
  const adverts = [0, 1, 4.6, 10, 11, 13.6].map((at) => [at, 100] as const);
  expect(silence(heard(adverts.slice(0, 3)))).toEqual([Number.NEGATIVE_INFINITY, 0]);
  expect(silence(heard(adverts))).toEqual([4.6, 10]);
  expect(
    silence(
      heard([
        [0, 100],
        [1, 0],
        [5, 100],
      ]),
    ),
  ).toEqual([1, 5]);
});

test('it speaks until its run is over', () => {
  const observer = heard([[0, 100]]);
  expect(observer.isSpeaking(2.4 * second)).toBe(true);
  expect(observer.isSpeaking(2.5 * second)).toBe(false);
  observer.onAdvert(0, second, second, 2);
  expect(observer.isSpeaking(second)).toBe(false);
  expect(heard([]).isSpeaking(0)).toBe(false);
});
