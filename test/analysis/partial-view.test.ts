/** What a capture point that does not see everything may still say of a failover's outage. */
import { describe, expect, test } from 'vitest';
import type { FailoverEntry } from '../../src/analysis/result.ts';
import { arp } from '../dataplane/frames.ts';
import {
  A,
  advert,
  B,
  B_IP,
  CLIENT,
  CLIENT_IP,
  CLIENT2,
  CLIENT2_IP,
  echo,
  Scene,
  VIP,
} from './scene.ts';

const BROADCAST = 'ff:ff:ff:ff:ff:ff';
const NOBODY = '00:00:00:00:00:00';

interface Pings {
  from: number;
  to: number;
  server: string;
  /** Added to the sequence numbers: those left out passed elsewhere. */
  skipped?: number;
  onlyAnswers?: boolean;
}

/** Ten pings a second, all of them answered. */
function pings(scene: Scene, { from, to, server, skipped = 0, onlyAnswers }: Pings): void {
  for (let i = Math.round(from * 10); i < Math.round(to * 10); i++) {
    const about = { sequence: i + skipped, server };
    if (onlyAnswers === true) scene.at(i / 10 + 0.001, echo(false, about));
    else scene.ping(i / 10, about);
  }
}

/** B takes over from A at 3.05 s; another client's numbers show that requests are missing. */
async function takenOver(before: Pings, after: Pings): Promise<FailoverEntry> {
  const scene = new Scene();
  scene.announce(0, A);
  pings(scene, before);
  scene.announce(3.05, B);
  pings(scene, after);
  const other = { client: CLIENT2, clientIp: CLIENT2_IP, server: B };
  scene.ping(8, { sequence: 1, ...other });
  scene.ping(8.1, { sequence: 20, ...other });
  const { failovers } = await scene.replay();
  expect(failovers).toHaveLength(1);
  expect(failovers[0]?.evidence.vantage).toBe('host');
  return failovers[0] as FailoverEntry;
}

describe('the outage of a failover', () => {
  test('0 where a client in view went on being answered', async () => {
    const before = { from: 1, to: 3.1, server: A };
    const { outageSeconds } = await takenOver(before, { from: 3.1, to: 5, server: B });
    expect(outageSeconds).toBe(0);
  });

  test.each([
    ['three spacings', 3.3, 0],
    ['more than that: whoever was asked meanwhile was asked elsewhere', 3.4, null],
  ])('between the answers lie %s', async (_, from, seconds) => {
    const skipped = 20;
    const before = { from: 1, to: 3.1, server: A };
    const { outageSeconds } = await takenOver(before, { from, to: 5, server: B, skipped });
    expect(outageSeconds).toBe(seconds);
  });

  test('unknown where only answers are in view', async () => {
    const before = { from: 1, to: 3.1, server: A, onlyAnswers: true };
    const after = { from: 3.1, to: 5, server: B, onlyAnswers: true };
    expect((await takenOver(before, after)).outageSeconds).toBeNull();
  });

  test('unknown without answers before it', async () => {
    const before = { from: 1, to: 1, server: A };
    const { outageSeconds } = await takenOver(before, { from: 3.1, to: 5, server: B });
    expect(outageSeconds).toBeNull();
  });

  test('unknown where too few answers make a rhythm', async () => {
    const before = { from: 2.9, to: 3.1, server: A };
    const { outageSeconds } = await takenOver(before, { from: 3.1, to: 3.2, server: B });
    expect(outageSeconds).toBeNull();
  });
});

/**
 * A's own view: A resigns at 3.05 s and answers no more, B claims at 3.5 s and is pinged out of
 * sight, A takes the address back at `back` and answers from then on.
 */
function stopped(back: number): Scene {
  const scene = new Scene();
  scene.at(0, advert({ priority: 100 }));
  scene.announce(0, A);
  pings(scene, { from: 1, to: 3, server: A });
  scene.adverts(1, 3, { priority: 100 });
  scene.at(3.05, advert({ priority: 0 }));
  for (let i = 31; i < 35; i++) scene.at(i / 10, echo(true, { sequence: i, server: A }));
  scene.announce(3.5, B);
  for (let second = 3.5; second < back; second++) {
    scene.at(second, advert({ priority: 50, source: B, ip: B_IP }));
  }
  scene.announce(back - 0.05, A);
  scene.at(back - 0.04, advert({ priority: 100 }));
  return scene;
}

describe('a holder that announces again after a silence', () => {
  /** A is silent from 4 s on; `adverts` of B are in view, none of its claims. */
  async function resumed(adverts: number) {
    const scene = new Scene();
    scene.announce(0, A);
    scene.adverts(0, 4, { priority: 100 });
    const frame = scene.frames + 1;
    scene.adverts(12, 11 + adverts, { priority: 50, source: B, ip: B_IP });
    const lastFrame = scene.frames;
    scene.at(15, advert({ priority: 100 }));
    scene.announce(15.001, A);
    scene.adverts(16, 19, { priority: 100 });
    const { havips, failovers } = await scene.replay();
    expect(failovers).toEqual([]);
    expect(havips[0]?.timeline.map(({ cause }) => cause)).toEqual(['initial', 'resumed']);
    return { entry: havips[0]?.timeline[1], frame, lastFrame };
  }

  test('names who was master by its adverts until then', async () => {
    const { entry, frame, lastFrame } = await resumed(3);
    expect(entry?.meanwhile).toEqual({ mac: B, name: null, speaker: B_IP, frame, lastFrame });
  });

  test.each([0, 1])('nobody by %i adverts', async (adverts) => {
    expect((await resumed(adverts)).entry?.meanwhile).toBeUndefined();
  });
});

describe('an outage whose requests pass out of sight', () => {
  test('lasted to the last one in view at least, by the failover that it began with', async () => {
    const scene = stopped(8);
    pings(scene, { from: 8, to: 11, server: A });
    const { outages, failovers } = await scene.replay();
    expect(outages).toMatchObject([
      {
        ...{ t: 3.4, seconds: 0.499, unanswered: 4, firstServiceFrame: null, after: null },
        ...{ failover: 0, cause: 'shutdown', isLost: true },
      },
    ]);
    expect(failovers).toMatchObject([{ outageSeconds: 0.499 }, { outageSeconds: null }]);
  });

  test('does not go on where the first that is in view again has no answer', async () => {
    const scene = stopped(8);
    for (const i of [80, 81]) scene.at(i / 10, echo(true, { sequence: i, server: A }));
    pings(scene, { from: 8.2, to: 11, server: A });
    expect((await scene.replay()).outages).toMatchObject([{ seconds: 0.499 }]);
  });

  test.each([
    ['for less than a second', 4.2, null],
    ['but the client asked who has the address', 8, 5],
  ])('no: none is in view %s', async (_, back, asks) => {
    const scene = stopped(back);
    const question = { operation: 1, source: CLIENT, spa: CLIENT_IP, tha: NOBODY, tpa: VIP };
    if (asks !== null) scene.at(asks, arp({ ...question, destination: BROADCAST }));
    pings(scene, { from: back, to: back + 3, server: A });
    const [outage] = (await scene.replay()).outages;
    expect(outage).toMatchObject({ t: expect.closeTo(back + 0.001, 6), failover: 1 });
    expect(outage?.isLost).toBeUndefined();
  });
});
