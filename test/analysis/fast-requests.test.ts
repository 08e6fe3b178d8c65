/** Outages of clients that ask fast. */
import { describe, expect, test } from 'vitest';
import type { OutageEntry } from '../../src/analysis/result.ts';
import { A, advert, echo, Scene } from './scene.ts';

interface Asking {
  /** Requests in a second. */
  rate: number;
  until: number;
  isAnswered?: (second: number) => boolean;
  delayAt?: (second: number) => number;
}

/** A is master and announces at second 0. */
function held(): Scene {
  const scene = new Scene();
  scene.at(0, advert({ priority: 100 }));
  scene.announce(0, A);
  return scene;
}

/** A client asks from 1 s on. */
function asked(asking: Asking): Scene {
  const { rate, until, isAnswered = () => true, delayAt = () => 0.0002 } = asking;
  const frames: [number, DataView][] = [];
  for (let i = 0; 1 + i / rate < until; i++) {
    const second = 1 + i / rate;
    frames.push([second, echo(true, { sequence: i })]);
    if (isAnswered(second)) {
      frames.push([second + delayAt(second), echo(false, { sequence: i })]);
    }
  }
  const scene = held();
  for (const [second, view] of frames.sort(([a], [b]) => a - b)) scene.at(second, view);
  return scene;
}

async function outagesOf(scene: Scene): Promise<Pick<OutageEntry, 'seconds' | 'unanswered'>[]> {
  const { outages } = await scene.replay();
  return outages.map(({ seconds, unanswered }) => ({ seconds, unanswered }));
}

describe.each([10, 125, 5000])('%d requests a second', (rate) => {
  test('those of the last second are no evidence', async () => {
    const scene = asked({ rate, until: 3, isAnswered: (second) => second < 2.1 });
    expect(await outagesOf(scene)).toEqual([]);
  });

  test('an answer may take longer than before', async () => {
    const delayAt = (second: number) => (second < 1.5 ? 0.0002 : 0.35);
    expect(await outagesOf(asked({ rate, until: 3, delayAt }))).toEqual([]);
  });
});

test.each([
  [125, 250],
  [1000, 2000],
])('%d requests a second: those before the last second are counted', async (rate, unanswered) => {
  const scene = asked({ rate, until: 6, isAnswered: (second) => second < 3 });
  // The last second begins before the last request, and that is not one step before 6 s.
  expect((await outagesOf(scene))[0]?.unanswered).toBe(unanswered);
});

test('more unanswered requests than are remembered count all the same', async () => {
  const isAnswered = (second: number) => second < 1.5 || second >= 12;
  const scene = asked({ rate: 10, until: 14, isAnswered });
  expect(await outagesOf(scene)).toEqual([{ seconds: 10.6, unanswered: 105 }]);
});
