/** When a failover's cause is decided, and what the new master had to wait for. */
import { describe, expect, test } from 'vitest';
import { Replay } from '../../src/analysis/replay.ts';
import type { FailoverEntry } from '../../src/analysis/result.ts';
import { textReport } from '../../src/report/text.ts';
import { Concert, type Craft, craft } from './detectors/craft.ts';
import { A, A_IP, advert, B, B_IP, C, held, VIP } from './scene.ts';

const FLAPPING_VIP = '192.168.0.89';
const SLOW: Craft = { vrid: 1, interval: 10 };
const FAST: Craft = { vrid: 2, version: 3, interval: 10, addresses: [FLAPPING_VIP] };
const NODES = [
  { source: A, ip: A_IP, priority: 100 },
  { source: B, ip: B_IP, priority: 100 },
] as const;

/** One advert each `step` seconds from `from` on, as long as it is before `to`. */
function heard(concert: Concert, times: [number, number, number], fields: Craft): void {
  const [from, to, step] = times;
  for (let i = 0; from + i * step < to - 1e-9; i++) concert.at(from + i * step, craft(fields));
}

/** The VIP moves at 45 s, and for 20 s nobody can say why: its adverts come each 10 s. */
function undecided(concert: Concert): void {
  heard(concert, [0, 50, 10], { ...SLOW, ...NODES[0] });
  concert.announce(0.01, A, VIP);
  heard(concert, [45, 200, 10], { ...SLOW, ...NODES[1], priority: 150 });
  concert.announce(45.01, B, VIP);
}

/** Another address crashes from node to node, once a second, `times` times. */
function flapping(concert: Concert, times: number): void {
  for (let i = 0; i <= times; i++) {
    const node = NODES[i % 2] as (typeof NODES)[number];
    heard(concert, [46 + i, 46.5 + i, 0.1], { ...FAST, ...node });
    concert.announce(46.001 + i, node.source, FLAPPING_VIP);
  }
}

/** The failovers in the order in which a listener is told. */
async function toldOf(concert: Concert): Promise<FailoverEntry[]> {
  const told: FailoverEntry[] = [];
  const listener = {
    onClaim: () => {},
    onTimeline: () => {},
    onFailover: (failover: FailoverEntry) => void told.push(failover),
    onOutage: () => {},
    onFinding: () => {},
  };
  const options = { site: null, allClaims: false, limit: 0, from: null, to: null, listener };
  const replay = new Replay(options, ['x.pcap']);
  await concert.scene().run(replay);
  replay.result();
  return told;
}

describe('failovers of several virtual routers', () => {
  test('wait for their own adverts alone', async () => {
    const concert = new Concert();
    undecided(concert);
    flapping(concert, 10);
    const { failovers } = await concert.scene().replay();
    const causes = failovers.map(({ ip, cause }) => [ip, cause]);
    const crashes = Array.from({ length: 10 }, () => [FLAPPING_VIP, 'crash']);
    expect(causes).toEqual([[VIP, 'preemption'], ...crashes]);
  });

  test('are told as soon as each is decided', async () => {
    const concert = new Concert();
    undecided(concert);
    flapping(concert, 2);
    const told = (await toldOf(concert)).map(({ ip }) => ip);
    expect(told).toEqual([FLAPPING_VIP, FLAPPING_VIP, VIP]);
  });

  test('are decided by the adverts of a node that came back with another version', async () => {
    const concert = new Concert();
    heard(concert, [0, 10.1, 1], NODES[0]);
    concert.announce(0.01, A, VIP);
    // It claims before it speaks; what it does later must not be needed.
    concert.announce(10.5, B, VIP);
    for (let i = 0; i < 5; i++) {
      heard(concert, [11 + 10 * i, 16 + 10 * i, 1], { ...NODES[1], version: 3, priority: 150 });
    }
    const { failovers } = await concert.scene().replay();
    expect(failovers).toMatchObject([{ cause: 'preemption' }]);
  });
});

test('those of one address are told in their order, also where a later one needs no advert', async () => {
  const concert = new Concert();
  heard(concert, [0, 20, 1], NODES[0]);
  concert.announce(0.01, A, VIP);
  // Who this is may still show for two intervals; that A comes back says no advert of the rogue.
  concert.announce(10.2, C, VIP);
  concert.announce(10.5, A, VIP);
  concert.announce(10.7, C, VIP);
  const told = await toldOf(concert);
  expect(told.map(({ t, cause }) => [t, cause])).toEqual([
    [10.2, 'announcement'],
    [10.5, 'announcement'],
    [10.7, 'announcement'],
  ]);
});

describe('masterDownIntervalSeconds', () => {
  /** A is master until 4 s, each `step`; the rest is told by `after`. */
  const waited = async (after: (concert: Concert) => void, fields: Craft = {}, step = 1) => {
    const concert = new Concert();
    heard(concert, [0, 4.1, step], { ...NODES[0], ...fields });
    concert.announce(0.01, A, VIP);
    after(concert);
    const { failovers } = await concert.scene().replay();
    return failovers.map(({ cause, masterDownIntervalSeconds }) => [
      cause,
      masterDownIntervalSeconds,
    ]);
  };

  // RFC 3768 6.1: (256 - 90) / 256 s.
  test.each([
    ['the skew after priority 0, whatever the cause', false, 0.6484375],
    ['the whole of it where the old master spoke again after its priority 0', true, 3.6484375],
  ])('is %s', async (_, speaksAgain, seconds) => {
    const late = await waited((concert) => {
      concert.at(4.5, craft({ ...NODES[0], priority: 0 }));
      if (speaksAgain) concert.at(5, craft(NODES[0]));
      heard(concert, [9, 20, 1], { ...NODES[1], priority: 90 });
      concert.announce(9.01, B, VIP);
    });
    expect(late).toEqual([['crash', seconds]]);
  });

  test('goes by the priority at the claim', async () => {
    const raised = await waited((concert) => {
      concert.at(4.5, craft({ ...NODES[1], priority: 150 }));
      concert.announce(4.51, B, VIP);
      heard(concert, [5.5, 12, 1], { ...NODES[1], priority: 200 });
    });
    expect(raised).toEqual([['preemption', 3 + (256 - 150) / 256]]);
  });

  test('goes by the first advert where the claim came before it', async () => {
    const early = await waited((concert) => {
      concert.announce(4.4, B, VIP);
      concert.at(4.5, craft({ ...NODES[1], priority: 150 }));
      heard(concert, [5.5, 12, 1], { ...NODES[1], priority: 200 });
    });
    expect(early).toEqual([['preemption', 3 + (256 - 150) / 256]]);
  });

  test('goes by that of its new run, not of one long ago', async () => {
    const concert = new Concert();
    heard(concert, [0, 3, 1], { ...NODES[1], priority: 50 });
    heard(concert, [6, 11, 1], NODES[0]);
    concert.announce(6.01, A, VIP);
    concert.announce(14, B, VIP);
    heard(concert, [14.01, 20, 1], { ...NODES[1], priority: 90 });
    const { failovers } = await concert.scene().replay();
    expect(failovers.at(-1)).toMatchObject({ masterDownIntervalSeconds: 3.6484375 });
  });

  test('is unknown where the new master is heard for the first time long after', async () => {
    const late = await waited((concert) => {
      concert.announce(6.5, B, VIP);
      heard(concert, [8.6, 12, 1], NODES[1]);
    });
    expect(late).toEqual([['announcement', null]]);
  });

  test('is the skew where the old master announces an interval of 0', async () => {
    const after = (concert: Concert) => {
      heard(concert, [5.9, 12, 0.4], { ...NODES[1], priority: 90, interval: 0 });
      concert.announce(5.91, B, VIP);
    };
    expect(await waited(after, { interval: 0 }, 0.4)).toEqual([['announcement', 0.6484375]]);
  });

  test('follows the new master alone where the old one was never heard', async () => {
    const concert = new Concert();
    concert.announce(0, A, VIP);
    heard(concert, [4, 8, 1], { ...NODES[1], priority: 90 });
    concert.announce(4.01, B, VIP);
    const { failovers } = await concert.scene().replay();
    expect(failovers).toMatchObject([
      { cause: 'announcement', masterDownIntervalSeconds: 3.6484375 },
    ]);
  });

  test.each([
    ['as well where it claims a moment before its first advert', 4, 3, 3.6484375],
    ['not where that comes more than two intervals later', 6.1, null, null],
  ])('follows it %s', async (_, first, firstAdvertFrame, masterDownIntervalSeconds) => {
    const concert = new Concert();
    concert.announce(0, A, VIP);
    concert.announce(3.99, B, VIP);
    heard(concert, [first, 12, 1], { ...NODES[1], priority: 90 });
    const { failovers } = await concert.scene().replay();
    expect(failovers).toMatchObject([
      { masterDownIntervalSeconds, evidence: { firstClaimFrame: 2, firstAdvertFrame } },
    ]);
  });
});

test('a claim in the file behind an advert that came after it was detected at once', async () => {
  const scene = held();
  scene.adverts(1, 4, { priority: 100 });
  scene.at(5.000004, advert({ priority: 100 }));
  scene.announce(5, B);
  const [failover] = (await scene.replay()).failovers;
  expect(failover?.detectionSeconds).toBe(0);
});

describe('a failover whose client is answered before and after', () => {
  /** A falls silent after second 4, and B takes over 3.6 s later; a request comes at `asked`. */
  async function between(asked: number | null) {
    const scene = held();
    scene.adverts(1, 4, { priority: 100 });
    for (let i = 0; i < 8; i++) scene.ping(i / 2, { sequence: i });
    if (asked !== null) scene.ping(asked, { sequence: 8 });
    scene.at(7.6, advert({ source: B, ip: B_IP, priority: 100 }));
    scene.announce(7.601, B);
    for (let i = 9; i < 16; i++) scene.ping(4 + i / 2, { sequence: i, server: B });
    scene.adverts(9, 12, { source: B, ip: B_IP, priority: 100 });
    const result = await scene.replay();
    expect(result.failovers).toMatchObject([{ cause: 'crash', outageSeconds: 0 }]);
    return textReport(result, { width: 400, color: false, unicode: true });
  }

  test('was not felt, where it asked meanwhile', async () => {
    const text = await between(6);
    expect(text).toContain(`of ${VIP}, no client missed an answer, caused by a crash`);
    expect(text).toContain('outage     none: no client missed an answer\n');
  });

  test('was not noticed, where nobody did', async () => {
    const text = await between(null);
    expect(text).toContain(`of ${VIP}, no request is in the capture meanwhile (pings, new`);
    expect(text).toContain('outage     none: no request is in the capture meanwhile');
  });

  test('was not noticed, where the old master may have lived when it was asked last', async () => {
    expect(await between(5.1)).toContain('no request is in the capture meanwhile');
    expect(await between(5.3)).toContain('outage     none: no client missed an answer\n');
  });
});

test.each([
  ['ends before the new holder answers anybody', 0, null],
  ['goes on with its answers', 1, 0],
])('whether nobody missed an answer: a capture that %s', async (_, answers, seconds) => {
  const scene = held();
  scene.adverts(1, 4, { priority: 100 });
  for (let i = 0; i < 45; i++) scene.ping(0.5 + i / 10, { sequence: i });
  scene.at(5, advert({ source: B, ip: B_IP, priority: 200 }));
  scene.announce(5.001, B);
  for (let i = 0; i < answers; i++) scene.ping(5.002, { sequence: 45 + i, server: B });
  const [failover] = (await scene.replay()).failovers;
  expect(failover?.outageSeconds).toBe(seconds);
});
