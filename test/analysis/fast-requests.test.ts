/** Outages of clients that ask fast, ask twice, or are seen to ask twice. */
import { describe, expect, test } from 'vitest';
import type { OutageEntry } from '../../src/analysis/result.ts';
import { A, echo, held, type Scene, SYN, SYN_ACK, tcp } from './scene.ts';

interface Asking {
  /** Requests in a second. */
  rate: number;
  until: number;
  /** Times of each frame in the file, and how far they are apart. */
  copies?: number;
  apart?: number;
  isAnswered?: (second: number) => boolean;
  delayAt?: (second: number) => number;
}

/** A client asks from 1 s on, and each frame may stand in the file repeatedly. */
function asked(asking: Asking): Scene {
  const { rate, until, copies = 1, apart = 20e-6 } = asking;
  const { isAnswered = () => true, delayAt = () => 0.0002 } = asking;
  const frames: [number, DataView][] = [];
  const add = (second: number, view: DataView): void => {
    for (let i = 0; i < copies; i++) frames.push([second + i * apart, view]);
  };
  for (let i = 0; 1 + i / rate < until; i++) {
    const second = 1 + i / rate;
    add(second, echo(true, { sequence: i }));
    if (isAnswered(second)) add(second + delayAt(second), echo(false, { sequence: i }));
  }
  const scene = held();
  for (const [second, view] of frames.sort(([a], [b]) => a - b)) scene.at(second, view);
  return scene;
}

async function outagesOf(scene: Scene): Promise<Pick<OutageEntry, 'seconds' | 'unanswered'>[]> {
  const { outages } = await scene.replay();
  return outages.map(({ seconds, unanswered }) => ({ seconds, unanswered }));
}

test('who asks faster while nobody answers has one outage, and it ends', async () => {
  const scene = held();
  // 20 a second from 1 s on, 50 a second from 6.3 s on: the first are forgotten, then memory grows.
  const slow = Array.from({ length: 106 }, (_, i) => 1 + i / 20);
  const fast = Array.from({ length: 200 }, (_, i) => 6.3 + i / 50);
  for (const [sequence, second] of [...slow, ...fast].entries()) {
    const isAnswered = second < 2.99 || second > 7.29;
    if (isAnswered) scene.ping(second, { sequence });
    else scene.at(second, echo(true, { sequence }));
  }
  const { outages } = await scene.replay();
  expect(outages).toMatchObject([{ seconds: 4.35, unanswered: 66 + 50 }]);
  expect(outages[0]?.firstServiceFrame).not.toBeNull();
});

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

describe.each([2, 3])('each frame stands there %d times', (copies) => {
  test('no outage where there is none', async () => {
    expect(await outagesOf(asked({ rate: 10, until: 4, copies }))).toEqual([]);
  });

  test.each([20e-6, 0.004])('one where there is one, copies %d s apart', async (apart) => {
    const isAnswered = (second: number) => second < 2 || second >= 3;
    const scene = asked({ rate: 10, until: 5, copies, apart, isAnswered });
    expect(await outagesOf(scene)).toEqual([{ seconds: 1.1, unanswered: 10 }]);
  });

  test('also when they overtake each other', async () => {
    const scene = asked({ rate: 1000, until: 2, copies, apart: 0.0011 });
    expect(await outagesOf(scene)).toEqual([]);
  });
});

test('the answer may stand between the copies of its request', async () => {
  const scene = held();
  for (let i = 1; i <= 9; i++) {
    const about = { sequence: i };
    scene.at(i, echo(true, about));
    scene.at(i + 0.0001, echo(false, about));
    scene.at(i + 0.00002, echo(true, about));
    scene.at(i + 0.0002, echo(false, about));
  }
  expect(await outagesOf(scene)).toEqual([]);
});

describe('a SYN that is sent again', () => {
  function opened(): Scene {
    const scene = held();
    scene.at(1, tcp({ flags: SYN, sequence: 100 }));
    scene.at(1.001, tcp({ flags: SYN_ACK, sequence: 100 }));
    return scene;
  }

  test.each([
    ['is asking again, though a copy is not', 3, 2],
    ['two hundred milliseconds later as well', 2.2, 2],
  ])('%s', async (_, again, unanswered) => {
    const scene = opened();
    const lost = tcp({ flags: SYN, sequence: 200, clientPort: 50_001 });
    for (const second of [2, 2.00002, again, again + 0.00002]) scene.at(second, lost);
    const next = { sequence: 300, clientPort: 50_002 };
    scene.at(4, tcp({ flags: SYN, ...next }));
    scene.at(4.001, tcp({ flags: SYN_ACK, ...next }));
    scene.announce(9, A);
    expect(await outagesOf(scene)).toEqual([{ seconds: 3, unanswered }]);
  });

  test('one answer is enough for all copies of the last', async () => {
    const scene = opened();
    const about = { sequence: 200, clientPort: 50_001 };
    for (const second of [2, 2.00002, 3, 3.00002]) scene.at(second, tcp({ flags: SYN, ...about }));
    for (const second of [3.001, 3.00102]) scene.at(second, tcp({ flags: SYN_ACK, ...about }));
    scene.announce(9, A);
    expect(await outagesOf(scene)).toEqual([{ seconds: 2, unanswered: 1 }]);
  });
});
