/** The bounded lists, the clock of the capture, and what --from and --to leave. */
import { describe, expect, test } from 'vitest';
import { RecordLog } from '../../src/analysis/record-log.ts';
import { Replay } from '../../src/analysis/replay.ts';
import { TimeBase } from '../../src/analysis/time-base.ts';
import { openCaptureBytes } from '../../src/capture/index.ts';
import { compile } from '../../src/havip/compile.ts';
import { parseLab } from '../../src/lab/file/lab-file.ts';
import { Blocks, bytes } from '../capture/build.ts';
import { announcement } from '../dataplane/frames.ts';
import { A, advert, B, C, EPOCH, echo, Scene, VIP } from './scene.ts';

const C_IP = '192.168.0.13';
/** Nobody is bound to the HaVip. */
const SITE = compile(
  parseLab(
    [
      'provider: alibaba',
      'subnets: { one: { cidr: 192.168.0.0/24 } }',
      'instances: {}',
      `havips: { web: { subnet: one, ip: ${VIP} } }`,
    ].join('\n'),
    'lab.yaml',
  ),
);

function logOf(limit: number, count: number): RecordLog {
  const log = new RecordLog(2, limit);
  for (let i = 0; i < count; i++) {
    log.append();
    log.put(0, i);
    log.put(1, -i);
  }
  return log;
}

describe('record log', () => {
  test.each([
    [3, 5, [0, 1, 2, 3, 4]],
    [3, 6, [0, 1, 2, 3, 4, 5]],
    [3, 7, [0, 1, 2, 4, 5, 6]],
    [3, 1000, [0, 1, 2, 997, 998, 999]],
    [1, 3, [0, 2]],
  ])('limit %i of %i records', (limit, count, kept) => {
    const log = logOf(limit, count);
    expect([...log.kept()]).toEqual(kept);
    expect(kept.map((sequence) => log.get(sequence, 0))).toEqual(kept);
    expect(kept.map((sequence) => 0 - log.get(sequence, 1))).toEqual(kept);
    expect(log.count).toBe(count);
  });

  test('limit 0 keeps all', () => {
    const log = logOf(0, 1000);
    expect([...log.kept()]).toHaveLength(1000);
    expect(log.get(777, 0)).toBe(777);
  });

  test('a record that is not kept is NaN, and cannot be set', () => {
    const log = logOf(2, 10);
    log.set(5, 0, 99);
    log.set(9, 0, 99);
    expect([5, -1, 10].map((sequence) => log.get(sequence, 0))).toEqual([NaN, NaN, NaN]);
    expect([0, 1, 8, 9].map((sequence) => log.get(sequence, 0))).toEqual([0, 1, 8, 99]);
  });

  test('--limit keeps the first and the last of the result, and says how many are missing', async () => {
    const scene = new Scene();
    for (let i = 0; i < 20; i++) scene.announce(i, i % 2 === 0 ? A : B);
    const { failovers, elided, havips } = await scene.replay({ limit: 3 });
    expect(failovers.map(({ frame }) => frame)).toEqual([2, 3, 4, 18, 19, 20]);
    expect(elided).toMatchObject({ failovers: 13, claims: 14, timeline: 14 });
    expect(havips[0]?.claims.moved).toBe(20);
  });
});

describe('what --limit does not change', () => {
  test('each refused claimant is a finding, with all its claims counted', async () => {
    const scene = new Scene();
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 10; i++) scene.announce(round + i / 100, `00:16:3e:00:01:0${i}`);
    }
    const { findings, elided, claims } = await scene.replay({ site: SITE, limit: 2 });
    // The last is that the capture holds nothing but ARP.
    expect(findings.map(({ frame }) => frame)).toEqual([1, 2, 10, null]);
    expect(elided).toMatchObject({ claims: 26, findings: 7 });
    expect(claims).toHaveLength(4);
    for (const { message } of findings.slice(0, 3)) expect(message).toContain('3 times');
  });

  test('an outage keeps its failover, though the list of failovers leaves it out', async () => {
    const scene = new Scene();
    scene.announce(0, B);
    scene.announce(0.1, A);
    scene.ping(0.2, { sequence: 1 });
    scene.at(0.3, echo(true, { sequence: 2 }));
    scene.announce(1, B);
    scene.ping(1.1, { sequence: 3, server: B });
    for (let i = 0; i < 4; i++) scene.announce(2 + i, i % 2 === 0 ? A : B);
    const { outages, failovers } = await scene.replay({ limit: 1 });
    expect(failovers).toHaveLength(2);
    expect(outages).toMatchObject([{ cause: 'announcement', failover: null }]);
  });

  test('outages of ordinary addresses take no place of those that are listed', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    scene.announce(0.05, B);
    scene.announce(0.06, C, C_IP);
    for (const [at, vip, server] of [
      [1, C_IP, C],
      [11, VIP, B],
      [21, C_IP, C],
    ] as const) {
      scene.ping(at, { sequence: 10 * at, vip, server });
      scene.at(at + 0.1, echo(true, { sequence: 10 * at + 1, vip, server }));
      scene.ping(at + 3, { sequence: 10 * at + 2, vip, server });
    }
    const { outages, elided } = await scene.replay({ limit: 1 });
    expect(outages).toMatchObject([{ ip: VIP, unanswered: 1 }]);
    expect(elided.outages).toBe(0);
  });

  test('with all claims those before an address became virtual are there, or counted', async () => {
    const scene = new Scene();
    for (let i = 0; i < 1500; i++) scene.announce(i / 100, A);
    scene.announce(20, B);
    const all = await scene.replay({ allClaims: true, limit: 0 });
    expect(all.claims).toHaveLength(1501);
    expect(all.elided.claims).toBe(0);
    const cut = await scene.replay({ allClaims: true, limit: 5000 });
    expect(cut.claims.length + cut.elided.claims).toBe(1501);
  });
});

describe('time base', () => {
  test('a frame further away than 104 days keeps nine decimals', () => {
    const times = new TimeBase();
    times.nowOf(EPOCH, 5, 1);
    const now = times.nowOf(EPOCH + 200 * 86_400, 123_456_789, 2);
    expect(times.format(now, 2)).toBe('2024-06-01T22:13:20.123456789Z');
  });

  test('the last nanosecond before 1970', () => {
    const times = new TimeBase();
    const now = times.nowOf(-1, 999_999_999, 1);
    expect(times.format(now, 1)).toBe('1969-12-31T23:59:59.999999999Z');
    expect(times.sinceFirst(times.nowOf(0, 1, 2))).toBe(0.000000002);
  });

  test('a frame before the first one has a negative t', () => {
    const times = new TimeBase();
    times.nowOf(EPOCH, 0, 1);
    const now = times.nowOf(EPOCH - 1, 500_000_000, 2);
    expect(times.sinceFirst(now)).toBe(-0.5);
    expect(times.format(now, 2)).toBe('2023-11-14T22:13:19.500000000Z');
  });

  test('no time is null, before the first time and after', () => {
    const times = new TimeBase();
    expect(times.format(times.nowOf(Number.NaN, 0, 1), 1)).toBeNull();
    times.nowOf(EPOCH, 0, 2);
    const now = times.nowOf(Number.NaN, 0, 3);
    expect([times.format(now, 3), times.sinceFirst(now)]).toEqual([null, null]);
  });

  test('frames without time have null for it in the result', async () => {
    const blocks = new Blocks();
    const views = [advert({ priority: 100 }), announcement(A, VIP), announcement(B, VIP)];
    const frames = views.map((view) => blocks.simple([...new Uint8Array(view.buffer)]));
    const file = bytes(blocks.section(), blocks.interface(), ...frames);
    const all = { site: null, allClaims: false, limit: 0, from: null, to: null, listener: null };
    const replay = new Replay(all, ['x.pcapng']);
    await replay.run(await openCaptureBytes(file));
    const { capture, failovers, claims } = replay.result();
    expect(capture).toMatchObject({ frames: 3, firstTime: null, lastTime: null });
    expect(failovers).toMatchObject([{ time: null, t: null, frame: 3 }]);
    expect(claims.map(({ time, frame }) => [time, frame])).toEqual([
      [null, 2],
      [null, 3],
    ]);
  });
});

describe('--from and --to', () => {
  const scene = new Scene();
  for (let i = 0; i < 5; i++) scene.announce(i, i % 2 === 0 ? A : B);

  test.each([
    ['seconds', { seconds: 1 }, { seconds: 3 }],
    ['RFC 3339', { time: '2023-11-14T22:13:21Z' }, { time: '2023-11-14T22:13:23.000000000Z' }],
    ['an offset', { time: '2023-11-14T23:13:20.5+01:00' }, { time: '2023-11-14T22:13:23.9Z' }],
  ])('%s; both ends belong to it, and frames keep their numbers', async (_, from, to) => {
    const { capture, claims } = await scene.replay({ from, to });
    expect(capture.frames).toBe(3);
    expect(claims.map(({ frame }) => frame)).toEqual([2, 3, 4]);
  });

  test('a nanosecond after a frame leaves it out', async () => {
    const from = { time: '2023-11-14T22:13:21.000000001Z' };
    expect((await scene.replay({ from })).claims.map(({ frame }) => frame)).toEqual([3, 4, 5]);
  });
});
