/** A failover taken apart: scenes whose every moment is known. */
import { expect, test } from 'vitest';
import { breakdownOf } from '../../../src/report/html/phases.ts';
import { A, A_IP, advert, B, B_IP, Scene } from '../../analysis/scene.ts';

/** A speaks at 0 to 4 and dies; its client asks ten times a second to the end. */
function crash(): Scene {
  const scene = new Scene();
  scene.announce(0, A);
  scene.adverts(0, 4, { priority: 100, source: A, ip: A_IP });
  for (let i = 0; i < 40; i++) scene.ping(0.05 + i / 10, { sequence: i });
  return scene;
}

async function taken(scene: Scene) {
  const { result, lanes } = await scene.replayWithLanes();
  const breakdown = breakdownOf(result.failovers[0]!, 0, result, lanes);
  const parts = breakdown?.phases.map(({ name, seconds }) => [name, seconds]);
  return { breakdown, parts: Object.fromEntries(parts ?? []) };
}

test('detection, claim, repoint and recovery add up from the last advert to the answer', async () => {
  const scene = crash();
  scene.at(7.5, advert({ priority: 90, source: B, ip: B_IP }));
  scene.announce(7.6, B);
  scene.ping(7.65, { sequence: 90, server: B }, 0.002);
  scene.adverts(8, 12, { priority: 90, source: B, ip: B_IP });
  for (let i = 0; i < 40; i++) scene.ping(8.05 + i / 10, { sequence: 100 + i, server: B });
  const { parts, breakdown } = await taken(scene);
  expect(parts).toEqual({ detection: 3.5, claim: 0.1, repoint: 0.05, recovery: 0.002 });
  expect(breakdown).toMatchObject({ end: 7.652 });
});

test('without any advert only what came after the claim is known', async () => {
  const scene = new Scene();
  scene.announce(0, A);
  for (let i = 0; i < 20; i++) scene.ping(0.05 + i / 10, { sequence: i });
  scene.announce(3, B);
  scene.ping(3.1, { sequence: 90, server: B }, 0.004);
  const { parts } = await taken(scene);
  expect(parts).toEqual({ detection: null, claim: null, repoint: 0.1, recovery: 0.004 });
});

test('a packet that comes much later was not waiting for the claim', async () => {
  const scene = crash();
  scene.at(7.5, advert({ priority: 90, source: B, ip: B_IP }));
  scene.announce(7.5, B);
  scene.ping(60, { sequence: 90, server: B });
  const { parts } = await taken(scene);
  expect(parts).toMatchObject({ detection: 3.5, claim: 0, repoint: null, recovery: null });
});
