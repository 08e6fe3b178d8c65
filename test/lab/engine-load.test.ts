/** What counts as a heavy load, by the frames and octets that came, and when it is over. */
import { beforeEach, describe, expect, test } from 'vitest';
import { EngineLoad } from '../../src/lab/engine/engine-load.ts';

const MILLISECONDS = 1e6;

let load: EngineLoad;
let changes: boolean[];
let now: number;
const octetsIn = new Float64Array(3);

beforeEach(() => {
  changes = [];
  now = 0;
  octetsIn.fill(0);
  load = new EngineLoad((isHeavy) => changes.push(isHeavy));
});

/** A second of frames, evenly, `burst` at a time. */
function flow(framesPerSecond: number, octets: number, burst = 16): void {
  const end = now + 1000 * MILLISECONDS;
  while (now < end) {
    now += (burst / framesPerSecond) * 1e9;
    octetsIn[1]! += octets * burst;
    load.note(burst, octetsIn, now);
  }
}

describe('a load', () => {
  test('of 100,000 short frames a second is light', () => {
    flow(100_000, 64);
    expect(changes).toEqual([]);
    expect(load.isHeavy).toBe(false);
  });

  test('of 300,000 short frames a second is heavy, until they are fewer than 150,000', () => {
    flow(300_000, 64);
    expect(changes).toEqual([true]);
    flow(200_000, 64);
    expect(changes).toEqual([true]);
    flow(140_000, 64);
    expect(changes).toEqual([true, false]);
  });

  test('of one TCP stream in pieces of 64 kB is heavy by its octets', () => {
    flow(5000, 65_000, 1);
    expect(changes).toEqual([true]);
    flow(1000, 65_000, 1);
    expect(changes).toEqual([true, false]);
  });

  test('is light again when nothing comes for as long as a heavy one is patient', () => {
    flow(300_000, 64);
    for (let i = 0; i < 2; i++) load.note(0, octetsIn, (now += EngineLoad.patience * MILLISECONDS));
    expect(changes).toEqual([true, false]);
  });

  test('is never heavy where nobody is to be told', () => {
    load = new EngineLoad(null);
    flow(1_000_000, 64);
    expect(load.isHeavy).toBe(false);
  });
});
