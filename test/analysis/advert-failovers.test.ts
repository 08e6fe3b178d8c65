/** Failovers that show in adverts alone, and the captures in which adverts alone prove nothing. */
import { describe, expect, test } from 'vitest';
import { Replay } from '../../src/analysis/replay.ts';
import type { ReplayListener, ReplayResult } from '../../src/analysis/result.ts';
import { compile } from '../../src/havip/compile.ts';
import { announcement } from '../dataplane/frames.ts';
import { ROGUE, topologyOf } from '../dataplane/site.ts';
import { A, A_IP, advert, B, B_IP, C, echo, reply, Scene, VIP, VMAC } from './scene.ts';

const C_IP = '192.168.0.13';
const MASTER = { priority: 100 };
const BACKUP = { priority: 90, source: B, ip: B_IP };

/** A is master from 0 s to `last`, B from `first` to 14 s: each sends an advert a second. */
function changed(last: number, first: number): Scene {
  const scene = new Scene();
  scene.adverts(0, last, MASTER);
  scene.adverts(first, 14, BACKUP);
  return scene;
}

/** Adverts in the order of their times. */
function told(adverts: [number, Parameters<typeof advert>[0]][]): Scene {
  const scene = new Scene();
  for (const [second, fields] of adverts.sort(([a], [b]) => a - b)) {
    scene.at(second, advert(fields));
  }
  return scene;
}

function each(from: number, to: number, fields: Parameters<typeof advert>[0]) {
  return Array.from({ length: Math.floor(to - from) + 1 }, (_, i) => [from + i, fields]) as [
    number,
    Parameters<typeof advert>[0],
  ][];
}

async function causesOf(scene: Scene): Promise<string[]> {
  return (await scene.replay()).failovers.map(({ cause }) => cause);
}

describe('without any claim of the address', () => {
  test("a failover at the new master's first advert", async () => {
    const result = await changed(4, 8).replay();
    expect(result.failovers).toMatchObject([
      {
        ip: VIP,
        t: 8,
        frame: 6,
        from: { mac: A, speaker: A_IP },
        to: { mac: B, speaker: B_IP },
        cause: 'crash',
        detectionSeconds: 4,
        outageSeconds: null,
        // RFC 3768 6.1: three intervals and (256 - 90) / 256 s.
        masterDownIntervalSeconds: 3.6484375,
        evidence: { lastAdvertFrame: 5, firstClaimFrame: null, firstAdvertFrame: 6 },
      },
    ]);
    expect(result.havips).toMatchObject([
      {
        ip: VIP,
        holder: B,
        claims: { moved: 0, confirmed: 0, noted: 0 },
        timeline: [
          { t: 0, frame: 1, mac: A, speaker: A_IP, cause: 'initial' },
          { t: 8, frame: 6, mac: B, speaker: B_IP, cause: 'crash' },
        ],
      },
    ]);
    expect(result.claims).toEqual([]);
  });

  test('shutdown: the old master resigned', async () => {
    const scene = told([...each(0, 4, MASTER), [4.5, { priority: 0 }], ...each(5.1, 9.1, BACKUP)]);
    const { failovers } = await scene.replay();
    expect(failovers).toMatchObject([{ t: 5.1, cause: 'shutdown', detectionSeconds: 0.6 }]);
  });

  test('after priority 0 the skew is what the new master waits for, whatever the cause', async () => {
    const scene = told([...each(0, 4, MASTER), [4.5, { priority: 0 }], ...each(9, 14, BACKUP)]);
    expect((await scene.replay()).failovers).toMatchObject([
      // RFC 3768 6.1: (256 - 90) / 256 s.
      { t: 9, cause: 'crash', masterDownIntervalSeconds: 0.6484375 },
    ]);
  });

  test('a priority that the new master raises later says nothing of its wait', async () => {
    const raised = each(9, 14, { ...BACKUP, priority: 200 });
    const scene = told([...each(0, 4, MASTER), [8, BACKUP], ...raised]);
    expect((await scene.replay()).failovers).toMatchObject([
      { t: 8, masterDownIntervalSeconds: 3.6484375 },
    ]);
  });

  test('preemption: the higher one takes over and the other falls silent', async () => {
    const scene = told([...each(0, 4, BACKUP), ...each(4.4, 12.4, MASTER)]);
    expect((await scene.replay()).failovers).toMatchObject([
      { t: 4.4, from: { mac: B }, to: { mac: A }, cause: 'preemption' },
    ]);
  });

  test('split-brain: both were master, and the first one ended', async () => {
    const scene = told([...each(0, 8, MASTER), ...each(4.4, 14.4, BACKUP)]);
    expect(await causesOf(scene)).toEqual(['split-brain']);
  });

  test('there and back', async () => {
    const scene = told([
      ...each(0, 4, MASTER),
      ...each(8, 12, BACKUP),
      ...each(12.5, 20.5, MASTER),
    ]);
    const { failovers, havips } = await scene.replay();
    expect(failovers.map(({ to, cause }) => [to.mac, cause])).toEqual([
      [B, 'crash'],
      [A, 'preemption'],
    ]);
    expect(havips[0]?.timeline.map(({ mac }) => mac)).toEqual([A, B, A]);
  });

  test('a new master that stumbles began with its first advert', async () => {
    const scene = told([...each(0, 4, MASTER), [8, BACKUP], ...each(13, 16, BACKUP)]);
    expect((await scene.replay()).failovers).toMatchObject([{ t: 8, cause: 'crash' }]);
  });

  test.each([
    ['four changes in a minute are flapping', 15, 13],
    ['four in more than that are none', 20.1, null],
  ])('%s', async (_, each, frame) => {
    const scene = new Scene();
    for (let turn = 0; turn <= 4; turn++) {
      const master = turn % 2 === 0 ? MASTER : BACKUP;
      for (let i = 0; i < 3; i++) scene.at(turn * each + i, advert(master));
    }
    const { failovers, findings } = await scene.replay();
    expect(failovers).toHaveLength(4);
    const flapping = findings.filter(({ code }) => code === 'flapping');
    expect(flapping.map((finding) => finding.frame)).toEqual(frame === null ? [] : [frame]);
  });

  test('with a virtual MAC the speakers tell the masters apart', async () => {
    const scene = told([
      ...each(0, 4, { ...MASTER, source: VMAC }),
      ...each(8, 12, { ...BACKUP, source: VMAC }),
    ]);
    expect((await scene.replay()).failovers).toMatchObject([
      { from: { mac: VMAC, speaker: A_IP }, to: { mac: VMAC, speaker: B_IP } },
    ]);
  });

  test('an outage of a client is its outage, with its cause', async () => {
    const scene = new Scene();
    scene.adverts(0, 3, MASTER);
    scene.ping(3.1, { sequence: 1 });
    const last = scene.frames;
    for (let i = 2; i <= 6; i++) scene.at(i + 2.1, echo(true, { sequence: i }));
    scene.adverts(9, 9, BACKUP);
    const first = scene.ping(9.1, { sequence: 7, server: B });
    scene.adverts(10, 14, BACKUP);
    const { failovers, outages } = await scene.replay();
    expect(outages).toMatchObject([{ seconds: 6, unanswered: 5, failover: 0, cause: 'crash' }]);
    expect(failovers).toMatchObject([
      { outageSeconds: 6, evidence: { lastServiceFrame: last, firstServiceFrame: first } },
    ]);
  });

  test('who follows the capture is told', async () => {
    const heard: string[] = [];
    const listener: ReplayListener = {
      onClaim: () => heard.push('claim'),
      onTimeline: (ip, _, { mac, cause }) => heard.push(`${ip} ${mac} ${cause}`),
      onFailover: ({ cause, to }) => heard.push(`failover ${to.mac} ${cause}`),
      onOutage: () => heard.push('outage'),
      onFinding: () => heard.push('finding'),
    };
    const run = new Replay({ ...NOTHING, listener }, ['x.pcap']);
    await changed(4, 8).run(run);
    run.result();
    expect(heard).toEqual([`${VIP} ${A} initial`, `${VIP} ${B} crash`, `failover ${B} crash`]);
  });

  test('--limit keeps the first and the last, and counts all', async () => {
    const turns = [0, 1, 2, 3, 4, 5].flatMap((turn) =>
      each(turn * 8, turn * 8 + 4, turn % 2 === 0 ? MASTER : BACKUP),
    );
    const { failovers, elided, havips } = await told(turns).replay({ limit: 1 });
    expect(failovers.map(({ t }) => t)).toEqual([8, 40]);
    expect(elided).toMatchObject({ failovers: 3, timeline: 4 });
    expect(havips[0]?.holder).toBe(B);
  });
});

const NOTHING = { site: null, allClaims: false, limit: 0, from: null, to: null };

describe('no failover by adverts', () => {
  async function expectNone(scene: Scene): Promise<ReplayResult> {
    const result = await scene.replay();
    expect(result.failovers).toEqual([]);
    return result;
  }

  test('where the old master ever claimed the address: the switch goes on believing it', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    scene.adverts(0, 4, MASTER);
    scene.adverts(8, 14, BACKUP);
    const { havips } = await expectNone(scene);
    expect(havips[0]).toMatchObject({ holder: A, timeline: [{ mac: A, cause: 'initial' }] });
  });

  test('where a claim comes at last, the claim counts', async () => {
    const scene = changed(4, 8);
    scene.at(20, reply(B, VIP));
    const { havips } = await expectNone(scene);
    expect(havips[0]?.timeline).toMatchObject([{ t: 20, mac: B, cause: 'initial' }]);
  });

  test('where the only claim is refused', async () => {
    const scene = changed(4, 8);
    scene.at(20, announcement(ROGUE, VIP));
    const { failovers, havips } = await scene.replay({ site: compile(topologyOf('alibaba')) });
    expect(failovers).toEqual([]);
    expect(havips.find(({ ip }) => ip === VIP)?.holder).toBeNull();
  });

  test('of one master that falls silent and comes back', async () => {
    const { havips } = await expectNone(told([...each(0, 4, MASTER), ...each(9, 14, MASTER)]));
    expect(havips).toMatchObject([{ ip: VIP, holder: null, timeline: [] }]);
  });

  test('while both are master', async () => {
    await expectNone(told([...each(0, 14, MASTER), ...each(4.4, 14.4, BACKUP)]));
  });

  test('where two masters duel and the first one stays', async () => {
    await expectNone(told([...each(0, 14, MASTER), ...each(4.4, 8.4, BACKUP)]));
  });

  test('of a single advert, after which the first goes on', async () => {
    await expectNone(told([...each(0, 4, MASTER), [8, BACKUP], ...each(8.5, 14.5, MASTER)]));
  });

  test('where the capture ends after one advert of the new master', async () => {
    await expectNone(told([...each(0, 4, MASTER), [8, BACKUP]]));
  });

  test('where a third goes on, too', async () => {
    const third = { priority: 80, source: C, ip: C_IP };
    const scene = told([...each(0, 4, MASTER), ...each(8, 14, BACKUP), ...each(8.2, 14.2, third)]);
    await expectNone(scene);
  });
});

describe('a first claim that comes before the first advert of its sender', () => {
  /** A is master to 4 s and resigns at `resigned`; B claims at `claim`, its adverts follow. */
  async function taken(claim: number, { resigned = Number.NaN, first = 8, rogue = false } = {}) {
    const scene = told(each(0, 4, MASTER));
    if (!Number.isNaN(resigned)) scene.at(resigned, advert({ priority: 0 }));
    const frame = scene.announce(claim, B);
    if (rogue) scene.announce(claim + 0.01, C);
    scene.adverts(first, 14, BACKUP);
    const { failovers, havips } = await scene.replay();
    return { failovers, frame, timeline: havips[0]?.timeline.map(({ cause }) => cause) };
  }

  test('is a takeover from the master before', async () => {
    const { failovers, frame, timeline } = await taken(7.99);
    expect(failovers).toMatchObject([
      {
        ...{ t: 7.99, frame, cause: 'crash', detectionSeconds: 3.99 },
        from: { mac: A, speaker: A_IP },
        to: { mac: B, speaker: B_IP },
        masterDownIntervalSeconds: 3.6484375,
        evidence: { lastAdvertFrame: 5, firstClaimFrame: frame, firstAdvertFrame: frame + 1 },
      },
    ]);
    expect(timeline).toEqual(['crash']);
  });

  test('after a resignation too', async () => {
    const { failovers } = await taken(5.09, { resigned: 4.5, first: 5.1 });
    expect(failovers).toMatchObject([{ cause: 'shutdown', detectionSeconds: 0.59 }]);
  });

  test('is none where its adverts come more than two intervals later', async () => {
    expect(await taken(5.9)).toMatchObject({ failovers: [], timeline: ['initial'] });
  });

  test('leaves what was claimed after it to the claims', async () => {
    const { failovers } = await taken(7.99, { rogue: true });
    expect(failovers).toMatchObject([{ from: { mac: B }, to: { mac: C } }]);
  });
});
