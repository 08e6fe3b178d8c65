/**
 * A running switch's analysis against the replay of the same captured failovers, and against what
 * else is known of them: what the pings said, and who called itself master.
 */
import { describe, expect, test } from 'vitest';
import { parseLab } from '../../src/lab/file/lab-file.ts';
import { announcement } from '../dataplane/frames.ts';
import { CLIENT, NODE1, NODE2, topologyOf, VIP } from '../dataplane/site.ts';
import { labText } from '../truth/lab.ts';
import {
  hostOf,
  isOneOf,
  PCAPS,
  replay,
  type Scenario,
  scenarios,
  secondsAt,
} from '../truth/scenario.ts';
import { feedCapture, liveRun } from './live-fed.ts';
import { advert, echo } from './scene.ts';

/** Views of a switch, each frame once, as Ethernet; what is modified or of several ports is not. */
const whole = scenarios.filter(
  ({ name, path, truth }) =>
    path.startsWith(PCAPS) &&
    truth.capture.sees_all_frames &&
    truth.capture.frames_once &&
    !isOneOf({ name }, '12b', '17d', '17j', '18a'),
);

/** Where several clients ping, each has an outage of its own; the longest is the failover's. */
function outagesAround({ truth }: Scenario, ip: string, t: number): number[] {
  return truth.pings
    .filter(({ target }) => target === ip)
    .flatMap(({ outages, interval_s }) =>
      outages
        .map((one) => [secondsAt(truth, one.last_reply_ns), secondsAt(truth, one.first_reply_ns)])
        .filter(([from, to]) => t >= (from as number) - interval_s && t <= (to as number))
        .map(([from, to]) => (to as number) - (from as number)),
    );
}

describe.each(whole)('$label', (scenario) => {
  const { truth, path, name } = scenario;
  const topology = parseLab(labText(truth, 'classic'), `${name}.yaml`);
  const told = feedCapture(path, topology);

  test('its takeovers are those of the replay', async () => {
    const { failovers } = await replay(path, topology);
    const { takeovers } = await told;
    const said = (all: typeof failovers) =>
      all.map(({ ip, frame, time, from, to, cause, detectionSeconds }) => ({
        ...{ ip, frame, time, from, to, cause, detectionSeconds },
      }));
    const inOrder = [...takeovers].sort((a, b) => a.frame - b.frame);
    expect(said(inOrder)).toEqual(said(failovers));
    const interval = Math.max(0.05, ...truth.pings.map(({ interval_s }) => interval_s));
    inOrder.forEach(({ outageSeconds }, i) => {
      const whole = failovers[i]?.outageSeconds ?? null;
      if (outageSeconds === null || whole === null) return;
      expect(Math.abs(outageSeconds - whole)).toBeLessThanOrEqual(interval);
    });
  });

  test('each is told within two seconds and a tick of its claim', async () => {
    const { takeovers, toldAt } = await told;
    takeovers.forEach(({ t }, i) => {
      const late = (toldAt[i] as number) / 1e9 - (t as number);
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThanOrEqual(2.2);
    });
  });

  test('its outages are those of the ping log', async () => {
    const { takeovers } = await told;
    for (const { ip, t, outageSeconds } of takeovers) {
      const lost = outagesAround(scenario, ip, t as number);
      if (outageSeconds === null || lost.length === 0) continue;
      const interval = truth.pings[0]?.interval_s ?? 0;
      const nearest = Math.min(...lost.map((one) => Math.abs(one - outageSeconds)));
      expect(nearest, `${ip} at ${t}: ${outageSeconds} of ${lost}`).toBeLessThanOrEqual(interval);
    }
  });

  test('it claims nothing that the replay does not', async () => {
    const { claims } = await told;
    // Live, `t` counts from the start of the lab, not from the first frame.
    const movesOf = (all: typeof claims) =>
      all
        .filter(({ verdict, ip }) => verdict === 'moved' && isHavip(ip))
        .map(({ t: _, ...rest }) => rest);
    const moved = movesOf(claims);
    expect(moved).toEqual(movesOf((await replay(path, topology)).claims));
    for (const { mac } of moved) expect(hostOf(truth, mac)).not.toBe('');
  });

  function isHavip(ip: string): boolean {
    return truth.havips.some((one) => one.ip === ip);
  }
});

describe('time that passes without frames', () => {
  const base = 1_795_176_000;
  const ping = (isRequest: boolean, sequence: number, server: string): DataView =>
    echo(isRequest, { sequence, server, client: CLIENT, clientIp: '192.168.0.10', vip: VIP });

  function crashed() {
    const run = liveRun(topologyOf('classic'), base);
    run.frame(1, announcement(NODE1, VIP));
    for (let s = 1; s < 5; s++) {
      run.frame(s, advert({ source: NODE1, ip: '192.168.0.11', priority: 110 }));
      run.frame(s + 0.2, ping(true, s, NODE1));
      run.frame(s + 0.201, ping(false, s, NODE1));
    }
    run.frame(5.2, ping(true, 5, NODE1));
    run.frame(6.2, ping(true, 6, NODE1));
    run.frame(7.6, announcement(NODE2, VIP));
    run.frame(7.6, advert({ source: NODE2, ip: '192.168.0.12', priority: 100 }));
    return run;
  }

  test('a takeover without an answer is told after two seconds, its outage unknown', () => {
    const run = crashed();
    run.poll(9.5);
    expect(run.told.takeovers).toEqual([]);
    run.poll(9.6);
    expect(run.told.takeovers).toMatchObject([
      { cause: 'crash', detectionSeconds: 3.6, outageSeconds: null, repointMicroseconds: null },
    ]);
  });

  test('with an answer at once, its outage from the last answer to the first', () => {
    const run = crashed();
    run.live.onRepointed(0, VIP, 12_345);
    run.live.onRepointed(1, VIP, 99_999_999);
    run.live.onRepointed(0, '192.168.0.89', 99_999_999);
    run.frame(7.7, ping(true, 7, NODE2));
    run.frame(7.701, ping(false, 7, NODE2));
    run.frame(8.6, advert({ source: NODE2, ip: '192.168.0.12', priority: 100 }));
    expect(run.told.takeovers).toMatchObject([
      { cause: 'crash', outageSeconds: 3.5, repointMicroseconds: 12.35 },
    ]);
    run.poll(20);
    run.finish(21);
    expect(run.told.takeovers).toHaveLength(1);
  });

  test('one that is overtaken is told before the one that overtakes it', () => {
    const run = crashed();
    run.frame(7.7, announcement(NODE1, VIP));
    run.poll(7.8);
    expect(run.told.takeovers).toMatchObject([{ to: { mac: NODE2 }, outageSeconds: null }]);
    run.poll(9.8);
    expect(run.told.takeovers.map(({ to }) => to.mac)).toEqual([NODE2, NODE1]);
  });

  test('a clock that steps back does not turn the analysis back', () => {
    const run = crashed();
    run.poll(8);
    run.frame(2, announcement(NODE2, VIP));
    run.poll(9.6);
    expect(run.told.claims.at(-1)?.time).toBe('2026-11-20T12:00:08.000000000Z');
    expect(run.told.takeovers).toHaveLength(1);
  });
});

describe('an unbound holder', () => {
  function unbound(dryRun = false) {
    const run = liveRun(topologyOf('classic'), 1_795_176_000, dryRun);
    run.frame(1, announcement(NODE1, VIP));
    const { owner } = run.live;
    const id = owner.follow(0, 4, 0, 0, 0, 0xc0a80058);
    // As the control plane does it: the table's entry is emptied.
    const entry = owner.neighbors.entryOf(id);
    owner.neighbors.tableOfId(id).setMac(entry, 0, 0);
    run.live.onUnbound(id, 5e9);
    run.live.onUnbound(id, 6e9);
    return run;
  }

  const causes = (run: ReturnType<typeof unbound>) =>
    run.told.timeline.map(({ mac, cause, time }) => [time?.slice(17, 19), mac, cause]);

  test('is an entry of the timeline, without a MAC', () => {
    expect(causes(unbound())).toEqual([
      ['01', NODE1, 'initial'],
      ['05', null, 'unbind'],
    ]);
  });

  test('the same one comes back as resumed, which is no takeover', () => {
    const run = unbound();
    run.frame(7, announcement(NODE1, VIP));
    run.frame(8, announcement(NODE1, VIP));
    run.finish(20);
    expect(causes(run).slice(2)).toEqual([['07', NODE1, 'resumed']]);
    expect(run.told.takeovers).toEqual([]);
    expect(run.told.claims.filter(({ verdict }) => verdict === 'moved')).toHaveLength(2);
  });

  test('another one takes over from it', () => {
    const run = unbound();
    run.frame(7, announcement(NODE2, VIP));
    run.finish(20);
    expect(causes(run).slice(2)).toEqual([['07', NODE2, 'announcement']]);
    expect(run.told.takeovers).toMatchObject([{ from: { mac: NODE1 }, to: { mac: NODE2 } }]);
  });
});
