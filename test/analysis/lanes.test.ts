/** What a picture is made from, told by scenes whose every frame is known, and by the captures. */
import { describe, expect, test } from 'vitest';
import type { Lanes } from '../../src/analysis/lanes.ts';
import { Replay } from '../../src/analysis/replay.ts';
import type { ReplayResult } from '../../src/analysis/result.ts';
import { openCapture } from '../../src/capture/index.ts';
import { observe, PCAPS, scenarios } from '../truth/scenario.ts';
import { A, A_IP, advert, B, B_IP, CLIENT, Scene, VIP } from './scene.ts';

/** A crash of A: its last advert at 4, B's claim at 7.6, the first request to B at 7.65. */
function crash(): Scene {
  const scene = new Scene();
  scene.announce(0, A);
  scene.adverts(0, 4, { priority: 100, source: A, ip: A_IP });
  for (let i = 0; i < 45; i++) scene.ping(0.05 + i / 10, { sequence: i });
  return scene;
}

describe('adverts', () => {
  test('each is a mark with its frame, in stretches of one priority', async () => {
    const scene = new Scene();
    const first = scene.at(0, advert({ priority: 100 }));
    scene.at(1, advert({ priority: 100 }));
    scene.at(2, advert({ priority: 90 }));
    const last = scene.at(3, advert({ priority: 0 }));
    const { lanes } = await scene.replayWithLanes();
    const [lane] = lanes.adverts;
    expect(lane).toMatchObject({ ip: A_IP, mac: A, vrid: 51, addresses: [VIP] });
    expect(lane!.marks.map(([t, , frame, count]) => [t, frame, count])).toEqual([
      [0, first, 1],
      [1, first + 1, 1],
      [2, first + 2, 1],
      [3, last, 1],
    ]);
    const told = lane!.stretches.map(({ t, last: to, priority, end }) => [t, to, priority, end]);
    expect(told).toEqual([
      [0, 1, 100, 'priority'],
      [2, 3, 90, 'resigned'],
    ]);
  });

  test('a speaker that falls silent ends its stretch, and a later one begins anew', async () => {
    const scene = new Scene();
    scene.adverts(0, 3, { priority: 100 });
    scene.adverts(10, 12, { priority: 100 });
    scene.ping(20, { sequence: 1 });
    const { lanes } = await scene.replayWithLanes();
    const told = lanes.adverts[0]!.stretches.map(({ t, last, adverts, end }) => [
      t,
      last,
      adverts,
      end,
    ]);
    expect(told).toEqual([
      [0, 3, 4, 'silent'],
      [10, 12, 3, 'silent'],
    ]);
  });
});

describe('an address', () => {
  test('packets by direction and sender, claims by verdict, the takeover with its first packets', async () => {
    const scene = crash();
    const claim = scene.announce(7.6, B);
    const answer = scene.ping(7.65, { sequence: 90, server: B }, 0.002);
    scene.adverts(8, 9, { priority: 90, source: B, ip: B_IP });
    const { lanes } = await scene.replayWithLanes();
    const [lane] = lanes.addresses.filter(({ ip }) => ip === VIP);
    expect(lane!.to).toHaveLength(46);
    expect(lane!.from.map(({ mac, marks }) => [mac, marks.length])).toEqual([
      [A, 45],
      [B, 1],
    ]);
    const claims = lane!.claims.map(({ mac, verdict, marks }) => [mac, verdict, marks[0]![2]]);
    expect(claims).toEqual([
      [A, 'moved', 1],
      [B, 'moved', claim],
    ]);
    expect(lane!.handovers.at(-1)).toEqual({
      frame: claim,
      request: { t: 7.65, frame: answer - 1 },
      answer: { t: 7.652, frame: answer },
    });
  });

  test('packets to the old holder after the claim are no sign of the new one', async () => {
    const scene = crash();
    const claim = scene.announce(7.6, B);
    scene.ping(7.65, { sequence: 90, server: A });
    const { lanes } = await scene.replayWithLanes();
    const handover = lanes.addresses[0]!.handovers.find(({ frame }) => frame === claim);
    expect(handover).toEqual({ frame: claim, request: null, answer: null });
  });

  test('an ordinary address that nobody was refused is not drawn', async () => {
    const scene = crash();
    scene.announce(1, CLIENT, '192.168.0.77');
    const { lanes } = await scene.replayWithLanes();
    expect(lanes.addresses.map(({ ip }) => ip)).toEqual([VIP]);
  });
});

describe('the captures', () => {
  const own = scenarios.filter(({ path }) => path.startsWith(PCAPS));

  test.each(own)('$name: collecting changes nothing of the result', async ({ path, truth }) => {
    const { result, lanes } = await collect(path);
    expect(result).toEqual(await observe(path));
    const { vrrp_own_payload: sent } = truth.tshark.counts;
    if (!truth.capture.frames_once || sent === undefined) return;
    const counts = lanes.adverts.flatMap(({ marks }) => marks.map(([, , , count]) => count));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(sent);
  });
});

async function collect(path: string): Promise<{ result: ReplayResult; lanes: Lanes }> {
  const capture = await openCapture(path);
  const options = { site: null, allClaims: false, limit: 5000, from: null, to: null };
  const replay = new Replay({ ...options, listener: null, lanes: true }, [capture.name]);
  await replay.run(capture);
  await capture.close();
  const result = replay.result();
  return { result, lanes: replay.lanes!.document() };
}
