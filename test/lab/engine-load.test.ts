/** What counts as a heavy load, by the share of a processor it takes, and when it is over. */
import { beforeEach, describe, expect, test } from 'vitest';
import { EngineLoad } from '../../src/lab/engine/engine-load.ts';

const MILLISECOND = 1e6;

let load: EngineLoad;
let changes: boolean[];
let now: number;
let used: number;

beforeEach(() => {
  changes = [];
  now = 5000 * MILLISECOND;
  // What the thread had done before, such as the rehearsal, counts for nothing.
  used = 3000 * MILLISECOND;
  load = new EngineLoad(
    () => used,
    (isHeavy) => changes.push(isHeavy),
  );
});

/** Milliseconds in which the thread has `share` of a processor, a turn each 50 µs. */
function run(share: number, milliseconds = 1000): void {
  for (const end = now + milliseconds * MILLISECOND; now < end; ) {
    now += 0.05 * MILLISECOND;
    used += share * 0.05 * MILLISECOND;
    load.note(now);
  }
}

describe('a load', () => {
  test('of half a processor is light', () => {
    run(0.5);
    expect(changes).toEqual([]);
    expect(load.isHeavy).toBe(false);
  });

  test('of three quarters is heavy, until it is less than three fifths', () => {
    run(0.75);
    expect(changes).toEqual([true]);
    run(0.65);
    expect(changes).toEqual([true]);
    run(0.55);
    expect(changes).toEqual([true, false]);
  });

  test('of two thirds is not yet heavy', () => {
    run(0.66);
    expect(changes).toEqual([]);
  });

  test('that is over within a tenth of a second is not heavy', () => {
    run(0.1);
    run(1, 50);
    run(0.1);
    expect(changes).toEqual([]);
  });

  test('is light again when nothing comes for as long as a heavy one is patient', () => {
    run(0.9);
    for (let i = 0; i < 2; i++) load.note((now += EngineLoad.patience * MILLISECOND));
    expect(changes).toEqual([true, false]);
  });
});
