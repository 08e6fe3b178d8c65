/** Addresses that no advert lists, and that move with a master all the same. */
import { describe, expect, test } from 'vitest';
import { type Craft, craft, NODE_A, NODE_B } from './detectors/craft.ts';
import { A, B, C, Scene, VIP } from './scene.ts';

/** As in `virtual_ipaddress_excluded`. */
const EXCLUDED = '192.168.0.89';

/** A is master and announces both addresses; B takes them over at 8 s. */
function moved({ from, to, more = [] }: { from: Craft[]; to: Craft[]; more?: Craft[] }): Scene {
  const scene = new Scene();
  for (let at = 0; at <= 4; at++) {
    for (const advert of [...from, ...more]) scene.at(at, craft(advert));
    if (at === 0) for (const vip of [VIP, EXCLUDED]) scene.announce(at + 0.1, A, vip);
  }
  for (let at = 8; at <= 12; at++) {
    for (const advert of to) scene.at(at, craft(advert));
    if (at === 8) for (const vip of [VIP, EXCLUDED]) scene.announce(at + 0.1, B, vip);
  }
  return scene;
}

async function causes(scene: Scene) {
  const { failovers } = await scene.replay();
  return failovers.map(({ ip, cause, detectionSeconds, evidence }) => ({
    ...{ ip, cause, detectionSeconds },
    lastAdvert: evidence.lastAdvertFrame,
  }));
}

describe('an address that no advert lists', () => {
  test('has the cause and the detection of the router whose masters it moves between', async () => {
    const listed = { cause: 'crash', detectionSeconds: 4.1, lastAdvert: 7 };
    expect(await causes(moved({ from: [NODE_A], to: [NODE_B] }))).toEqual([
      { ip: VIP, ...listed },
      { ip: EXCLUDED, ...listed },
    ]);
  });

  test('goes with a resignation, too', async () => {
    const scene = new Scene();
    for (let at = 0; at <= 4; at++) scene.at(at, craft(NODE_A));
    for (const vip of [VIP, EXCLUDED]) scene.announce(4.1, A, vip);
    scene.at(5, craft({ ...NODE_A, priority: 0 }));
    scene.at(5.6, craft(NODE_B));
    for (const vip of [VIP, EXCLUDED]) scene.announce(5.7, B, vip);
    expect((await causes(scene)).map(({ cause }) => cause)).toEqual(['shutdown', 'shutdown']);
  });

  test('is announced by somebody who is no master: no advert explains that', async () => {
    const scene = moved({ from: [NODE_A], to: [NODE_B] });
    scene.announce(13, C, EXCLUDED);
    expect((await causes(scene)).at(-1)).toMatchObject({ ip: EXCLUDED, cause: 'announcement' });
  });

  test('moves between masters of two routers: with which is not known', async () => {
    const other = { vrid: 52, addresses: ['192.168.0.90'] };
    const scene = moved({
      from: [NODE_A, { ...NODE_A, ...other }],
      to: [NODE_B, { ...NODE_B, ...other }],
    });
    const found = await causes(scene);
    expect(found.find(({ ip }) => ip === EXCLUDED)).toMatchObject({
      ...{ cause: 'announcement', detectionSeconds: null, lastAdvert: null },
    });
  });
});
