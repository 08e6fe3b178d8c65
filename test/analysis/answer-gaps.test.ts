/** Which answers count: each once, however often and in whatever order of time it is seen. */
import { expect, test } from 'vitest';
import { AnswerGaps } from '../../src/analysis/answer-gaps.ts';
import { Clients } from '../../src/analysis/clients.ts';
import { Clock } from '../../src/analysis/clock.ts';
import { Logs } from '../../src/analysis/logs.ts';
import { Exchange } from '../../src/analysis/service.ts';
import { Track } from '../../src/analysis/track.ts';

test.each([
  ['10 ms after the first is the same', 10, 1],
  ['later than that is another', 10.1, 2],
  ['10 ms before it, from another processor, is the same', -10, 1],
  ['an hour before it, by a clock that stepped back, is another', -3.6e6, 2],
])('an answer with the key of the last, %s', (_, milliseconds, count) => {
  const clock = new Clock();
  const gaps = new AnswerGaps(clock, new Logs(0), new Clients());
  for (const later of [0, milliseconds]) {
    clock.now = 7.2e12 + later * 1e6;
    gaps.onAnswer(new Track(1, 0), 0, new Exchange(), 0x00163e000001);
  }
  expect(gaps.count(gaps.laneOf(0))).toBe(count);
});
