/** The bounded lists, the clock of the capture, and what --from and --to leave. */
import { describe, expect, test } from 'vitest';
import { RecordLog } from '../../src/analysis/record-log.ts';
import { Replay } from '../../src/analysis/replay.ts';
import { TimeBase } from '../../src/analysis/time-base.ts';
import { openCaptureBytes } from '../../src/capture/index.ts';
import { Blocks, bytes } from '../capture/build.ts';
import { announcement } from '../dataplane/frames.ts';
import { A, advert, B, EPOCH, Scene, VIP } from './scene.ts';

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
    [3, 5, [0, 1, 2, 3, 4], 0],
    [3, 6, [0, 1, 2, 3, 4, 5], 0],
    [3, 7, [0, 1, 2, 4, 5, 6], 1],
    [3, 1000, [0, 1, 2, 997, 998, 999], 994],
    [1, 3, [0, 2], 1],
  ])('limit %i of %i records', (limit, count, kept, elided) => {
    const log = logOf(limit, count);
    expect([...log.kept()]).toEqual(kept);
    expect(kept.map((sequence) => log.get(sequence, 0))).toEqual(kept);
    expect(kept.map((sequence) => 0 - log.get(sequence, 1))).toEqual(kept);
    expect(log.elided).toBe(elided);
    expect(log.count).toBe(count);
  });

  test('limit 0 keeps all', () => {
    const log = logOf(0, 1000);
    expect([...log.kept()]).toHaveLength(1000);
    expect(log.get(777, 0)).toBe(777);
    expect(log.elided).toBe(0);
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
