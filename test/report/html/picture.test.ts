/** The picture of a page: bounded whatever the capture holds, and honest about what it leaves out. */
import { expect, test } from 'vitest';
import type { LaneMark, Lanes } from '../../../src/analysis/lanes.ts';
import { GROUPS_MAX, makePicture } from '../../../src/report/html/make-picture.ts';
import { Naming } from '../../../src/report/naming.ts';
import { A, B, Scene, VIP } from '../../analysis/scene.ts';
import { crashResult } from '../fixture.ts';

const NONE: Lanes = { adverts: [], addresses: [], leftOut: 0 };

function marks(count: number): LaneMark[] {
  return Array.from({ length: count }, (_, i): LaneMark => [i / 100, i / 100, i + 1, 1]);
}

/** Lanes of many addresses, full to the brim. */
function crowd(addresses: number): Lanes {
  const ips = Array.from({ length: addresses }, (_, i) => `10.0.0.${i + 1}`);
  return {
    adverts: [],
    addresses: ips.map((ip) => ({
      ip,
      vlan: null,
      to: marks(1024),
      from: [{ mac: A, marks: marks(1024) }],
      claims: [{ mac: A, verdict: 'refused', marks: marks(1024) }],
      handovers: [],
    })),
    leftOut: 0,
  };
}

test('many addresses: some are drawn, the rest is counted, no mark is lost', () => {
  const result = { ...crashResult(), havips: [] };
  const { picture, addressesLeftOut } = makePicture(result, crowd(40), new Naming(result));
  expect(picture.groups).toHaveLength(GROUPS_MAX);
  expect(addressesLeftOut).toBe(40 - GROUPS_MAX);
  const lists = picture.groups.flatMap(({ lanes }) =>
    lanes.flatMap(({ ticks, claims }) => [...ticks, ...claims].map((one) => one.marks)),
  );
  const drawn = lists.reduce((sum, list) => sum + list.length, 0);
  expect(drawn).toBeLessThanOrEqual(6000);
  for (const list of lists) {
    expect(list.reduce((sum, [, , , count]) => sum + count, 0)).toBe(1024);
    expect([list[0]![0], list.at(-1)![1]]).toEqual([0, 10.23]);
  }
});

test('few addresses: each mark stays by itself', () => {
  const result = { ...crashResult(), havips: [] };
  const { picture } = makePicture(result, crowd(1), new Naming(result));
  expect(picture.groups[0]!.lanes.flatMap(({ claims }) => claims)[0]!.marks).toHaveLength(1024);
});

test('addresses with an outage come before those without any event', () => {
  const result = crashResult();
  const [havip] = result.havips;
  const quiet = Array.from({ length: 30 }, (_, i) => ({
    ...havip!,
    ip: `10.9.9.${i}`,
    timeline: [],
  }));
  result.havips = [...quiet, havip!];
  const { picture } = makePicture(result, NONE, new Naming(result));
  expect(picture.groups.map(({ label }) => label)).toContain(havip!.ip);
});

test('where changes of holder are left out nobody is drawn as the holder', async () => {
  const scene = new Scene();
  for (let i = 0; i < 40; i++) scene.announce(i, i % 2 === 0 ? A : B);
  scene.ping(45, { sequence: 1, server: B });
  const { result, lanes } = await scene.replayWithLanes({ limit: 3 });
  const { picture, entriesLeftOut } = makePicture(result, lanes, new Naming(result));
  const [holder] = picture.groups.find(({ label }) => label === VIP)!.lanes;
  const bars = holder!.bars.map(({ from, to }) => [from, to]);
  expect(result.elided.timeline).toBe(34);
  expect(entriesLeftOut).toBe(34);
  expect(bars.slice(0, 4)).toEqual([
    [0, 1],
    [1, 2],
    [2, 2],
    [37, 38],
  ]);
});
