/** A master that goes on after its host, and the capture with it, stood still. */
import { describe, expect, test } from 'vitest';
import { arp } from '../dataplane/frames.ts';
import { A, A_IP, advert, B, B_IP, held, type Scene, VIP } from './scene.ts';

const MASTER = { priority: 110 };
const asking = arp({ operation: 1, source: B, spa: B_IP, tpa: A_IP });

/** What a report says of the capture point. */
async function partial(scene: Scene) {
  const { findings, failovers } = await scene.replay();
  expect(failovers).toEqual([]);
  return findings.find(({ code }) => code === 'capture-partial-view');
}

/** A is master to second 5, and again from second 15 on; the rest is of `meanwhile`. */
function paused(meanwhile: (scene: Scene) => void = () => {}, silence = 10): Scene {
  const scene = held();
  scene.adverts(1, 5, MASTER);
  meanwhile(scene);
  scene.adverts(5 + silence, 10 + silence, MASTER);
  return scene;
}

describe('a stretch without a frame', () => {
  test('before and after which one is master says that another may have been one', async () => {
    const scene = paused();
    const finding = await partial(scene);
    // The announcement and the advert at 0 s, five adverts, and the first after the stretch.
    expect(finding).toMatchObject({ severity: 'warning', frame: 8, t: 15 });
    expect(finding?.message).toContain('for 10.000 s from t 5.000 s on, before and after which');
    expect(finding?.message).toContain(`${A_IP} is master`);
    expect(finding?.advice).toContain('garp_master_refresh 5');
  });

  test('may begin and end with frames of others', async () => {
    const scene = paused((inside) => {
      inside.at(6.2, asking);
      inside.at(14.5, asking);
    });
    const finding = await partial(scene);
    expect(finding?.message).toContain('for 8.300 s from t 6.200 s on');
  });

  test('is nothing new where the master announces after it: it was started anew', async () => {
    const scene = paused();
    expect(await partial(scene)).toBeDefined();
    const restarted = held();
    restarted.adverts(1, 5, MASTER);
    restarted.at(15, advert(MASTER));
    restarted.announce(15.001, A, VIP);
    restarted.adverts(16, 20, MASTER);
    expect(await partial(restarted)).toBeUndefined();
  });

  test('is nothing new where no backup would have taken over in it', async () => {
    expect(await partial(paused(() => {}, 4))).toBeUndefined();
    expect(await partial(paused(() => {}, 5))).toBeDefined();
  });

  test('is nothing new where the master had resigned, or fell silent while others spoke', async () => {
    expect(
      await partial(paused((scene) => scene.at(5.5, advert({ priority: 0 })))),
    ).toBeUndefined();
    expect(await partial(paused((scene) => scene.at(7, asking)))).toBeUndefined();
    expect(await partial(paused((scene) => scene.at(13, asking)))).toBeUndefined();
  });

  test('is nothing new of which another was the last to advertise', async () => {
    const other = advert({ source: B, ip: B_IP, priority: 90 });
    const scene = paused((inside) => inside.at(5.1, other));
    const { findings } = await scene.replay();
    expect(findings.some(({ message }) => message.includes('before and after'))).toBe(false);
  });
});
