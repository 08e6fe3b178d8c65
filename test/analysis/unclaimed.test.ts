/** A capture that begins after the address was announced: its master is known by adverts alone. */
import { expect, test } from 'vitest';
import { textReport } from '../../src/report/text.ts';
import { A, A_IP, advert, B, B_IP, echo, Scene, VIP } from './scene.ts';

/** A is master from the first frame on, and a client is answered. */
function steady(): Scene {
  const scene = new Scene();
  for (let i = 0; i < 60; i++) {
    if (i % 10 === 0) scene.at(i / 10, advert({ priority: 100 }));
    scene.ping(i / 10 + 0.05, { sequence: i, server: A });
  }
  return scene;
}

async function reportOf(scene: Scene): Promise<string> {
  return textReport(await scene.replay(), { width: 400, color: false, unicode: true });
}

test('a steady master is named by its adverts', async () => {
  const result = await steady().replay();
  // The document knows holders by claims alone.
  expect(result.havips).toMatchObject([{ ip: VIP, holder: null, timeline: [] }]);
  const text = await reportOf(steady());
  const master = `${A_IP} (${A}) was master by its adverts, frame 1 to 106`;
  expect(text.split('\n')[0]).toBe(
    `No failover and no outage of ${VIP}: ${master}; no claim of it is in the capture.`,
  );
  expect(text).toContain(`No claim of it is in the capture; ${master}.`);
});

test('its master is named at the end, too, where clients met an outage', async () => {
  const scene = steady();
  for (let i = 0; i < 20; i++) {
    if (i % 10 === 0) scene.at(6 + i / 10, advert({ priority: 100 }));
    if (i < 10) scene.at(6.05 + i / 10, echo(true, { sequence: 60 + i }));
    else scene.ping(6.05 + i / 10, { sequence: 60 + i, server: A });
  }
  const [headline, held] = (await reportOf(scene)).split('\n');
  expect(headline).toMatch(/^No failover of .*, outage 1\.\d+ s, of unknown cause\.$/);
  expect(held).toBe(`At the end ${A_IP} (${A}) is its master by its adverts.`);
});

test.each<[string, (scene: Scene) => void]>([
  ['resigned', (scene) => scene.at(6.5, advert({ priority: 0 }))],
  ['fell silent', (scene) => scene.ping(10, { sequence: 60, server: A })],
])('nobody is named where the master %s', async (_, ending) => {
  const scene = steady();
  ending(scene);
  const [havip] = (await scene.replay()).havips;
  expect(havip).toMatchObject({ ip: VIP });
  expect(havip).not.toHaveProperty('onlyMaster');
});

test('who speaks beside another is not the only master', async () => {
  const scene = steady();
  scene.adverts(6.5, 8.5, { priority: 150, source: B, ip: B_IP });
  const { havips, failovers } = await scene.replay();
  expect(failovers).toMatchObject([{ cause: 'preemption' }]);
  expect(havips[0]).not.toHaveProperty('onlyMaster');
});
