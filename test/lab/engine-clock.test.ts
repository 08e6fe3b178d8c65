import { expect, test } from 'vitest';
import { TimeBase } from '../../src/analysis/time-base.ts';
import { engineClock } from '../../src/lab/engine/engine-clock.ts';

const BASE = 1_763_760_000;

test('every time of the engine can be written down and read again', () => {
  let milliseconds = 0;
  const clock = engineClock(BASE, {
    timeOrigin: BASE * 1000 + 218.2548828125,
    now: () => milliseconds,
  });
  const times = new TimeBase();
  times.nowOf(BASE, 0, 0);
  for (let i = 0; i < 20_000; i++) {
    // As Node counts: milliseconds since the machine began, less those at which the thread did.
    milliseconds = 83_000_000 + (123_457 + i * 7919) / 1e6 - 82_993_729.000545;
    const now = clock();
    const text = times.format(now, 0) ?? '';
    expect(text).toMatch(/^2025-11-21T21:20:\d\d\.\d{9}Z$/);
    expect(Math.abs(now - 218_254_882 - milliseconds * 1e6)).toBeLessThan(300);
  }
});
