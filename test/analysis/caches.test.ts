/** The neighbor tables of clients: how an entry comes, what changes it, who is listed. */
import { expect, test } from 'vitest';
import type { CacheEntry } from '../../src/analysis/result.ts';
import { compile } from '../../src/havip/compile.ts';
import { arp } from '../dataplane/frames.ts';
import { havipOf, topologyOf } from '../dataplane/site.ts';
import {
  A,
  B,
  C,
  CLIENT,
  CLIENT_IP,
  CLIENT2,
  CLIENT2_IP,
  echo,
  reply,
  Scene,
  VIP,
} from './scene.ts';

function ask(client: string, ip: string, destination?: string): DataView {
  const to = destination === undefined ? {} : { destination };
  return arp({ operation: 1, source: client, spa: ip, tpa: VIP, ...to });
}

/** Each row of a client as "MAC state why from until". */
function rowsOf(caches: CacheEntry[] | undefined, client: string): string[] | undefined {
  const found = caches?.find((cache) => cache.client.mac === client);
  return found?.entries.map(({ mac, state, why, t, untilT }) =>
    [mac ?? 'none', state, why, t, untilT ?? 'end'].join(' '),
  );
}

async function cachesOf(scene: Scene, site: Parameters<Scene['replay']>[0] = {}) {
  return (await scene.replay({ ...site, caches: true })).caches;
}

test('a question, its answer, an announcement', async () => {
  const scene = new Scene();
  scene.announce(0, A);
  scene.at(1, ask(CLIENT, CLIENT_IP));
  scene.at(1.5, reply(A, VIP));
  scene.announce(4, B);
  const caches = await cachesOf(scene);
  expect(rowsOf(caches, CLIENT)).toEqual([
    'none incomplete asks for it 1 1.5',
    `${A} reachable arp-reply 1.5 4`,
    `${B} stale gratuitous-request 4 end`,
  ]);
  expect(caches?.[0]).toMatchObject({ ip: VIP, client: { mac: CLIENT, ip: CLIENT_IP } });
});

test('packets tell what a client knew before the capture', async () => {
  const scene = new Scene();
  scene.announce(0, A);
  scene.at(1, echo(true, { sequence: 1 }));
  scene.announce(2, B);
  expect(rowsOf(await cachesOf(scene), CLIENT)).toEqual([
    `${A} stale its packets go there 1 2`,
    `${B} stale gratuitous-request 2 end`,
  ]);
});

test('an answer to one client is not heard by another', async () => {
  const scene = new Scene();
  scene.announce(0, A);
  for (const [client, ip] of [
    [CLIENT, CLIENT_IP],
    [CLIENT2, CLIENT2_IP],
  ] as const) {
    scene.at(1, ask(client, ip));
  }
  scene.at(2, reply(B, VIP));
  scene.announce(3, A);
  const caches = await cachesOf(scene);
  expect(rowsOf(caches, CLIENT)).toHaveLength(3);
  expect(rowsOf(caches, CLIENT2)?.map((row) => row.split(' ')[0])).toEqual(['none', A]);
});

test('a client that is asked by the new holder takes it at once', async () => {
  const scene = new Scene();
  scene.announce(0, A);
  scene.at(1, ask(CLIENT, CLIENT_IP));
  scene.at(1.1, reply(A, VIP));
  scene.at(1.2, arp({ operation: 1, source: B, spa: VIP, tpa: CLIENT_IP }));
  scene.announce(1.3, B);
  expect(rowsOf(await cachesOf(scene), CLIENT)?.[2]).toBe(`${B} stale arp-request 1.2 end`);
});

test('packets that go elsewhere for longer than a second are believed', async () => {
  const scene = new Scene();
  scene.announce(0, A);
  scene.at(1, echo(true, { sequence: 1 }));
  scene.announce(2, B);
  for (let second = 3; second <= 5; second++) scene.at(second, echo(true, { sequence: second }));
  expect(rowsOf(await cachesOf(scene), CLIENT)?.at(-1)).toBe(
    `${A} stale its packets go there 5 end`,
  );
});

test('a refused claim reaches no client', async () => {
  const site = compile(topologyOf('alibaba', { havips: [havipOf(VIP, [A, B])] }));
  const scene = new Scene();
  scene.announce(0, A);
  scene.at(1, echo(true, { sequence: 1 }));
  scene.at(2, arp({ operation: 1, source: C, spa: VIP, tpa: VIP }));
  expect(rowsOf(await cachesOf(scene, { site }), CLIENT)).toHaveLength(1);
});

test('the key is there only when it was asked for', async () => {
  const scene = new Scene();
  scene.announce(0, A);
  scene.announce(1, B);
  expect(await scene.replay()).not.toHaveProperty('caches');
  expect(await cachesOf(scene)).toEqual([]);
});
