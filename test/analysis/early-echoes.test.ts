/** A capture that begins in an outage: what was asked before anybody claimed the address. */

import { describe, expect, test } from 'vitest';
import { packet } from '../dataplane/frames.ts';
import { advert, B, B_IP, CLIENT_IP, echo, Scene, VIP } from './scene.ts';

/** From second 0 a client asks every 0.1 s; B is master and announces at 2 s, and answers then. */
function begun(before: (scene: Scene) => void = () => {}): Scene {
  const scene = new Scene();
  for (let i = 0; i < 20; i++) scene.at(i / 10, echo(true, { sequence: i }));
  before(scene);
  scene.at(2, advert({ priority: 100, source: B, ip: B_IP }));
  scene.announce(2, B);
  scene.ping(2.1, { sequence: 20, server: B });
  scene.announce(5, B);
  return scene;
}

async function beginnings(scene: Scene) {
  return (await scene.replay()).beginnings;
}

describe('echo requests before the first sign of their address', () => {
  test('are part of the outage that the capture begins in', async () => {
    const result = await begun().replay();
    expect(result.beginnings).toMatchObject([
      { ip: VIP, client: CLIENT_IP, unanswered: 20, seconds: 2.101, from: { frame: 1, t: 0 } },
    ]);
    expect(result.outages).toEqual([]);
    expect(result.counts).toMatchObject({ ipv4: 23, arp: 2 });
  });

  test('are found each frame by itself, too', async () => {
    const { result } = await begun().replayWithLanes();
    expect(result.beginnings).toMatchObject([{ unanswered: 20, seconds: 2.101 }]);
  });

  test('say nothing where the address has answered one', async () => {
    const scene = begun((one) => one.at(1.95, echo(false, { sequence: 19, server: B })));
    expect(await beginnings(scene)).toBeUndefined();
  });

  test('are counted once where the capture shows them twice', async () => {
    const twice = new Scene();
    for (let i = 0; i < 20; i++) {
      twice.at(i / 10, echo(true, { sequence: i }));
      twice.at(i / 10 + 0.00001, echo(true, { sequence: i }));
    }
    twice.announce(2, B);
    twice.at(2, advert({ priority: 100, source: B, ip: B_IP }));
    twice.ping(2.1, { sequence: 20, server: B });
    expect(await beginnings(twice)).toMatchObject([{ unanswered: 20 }]);
  });

  test('are forgotten where the client pauses for long', async () => {
    const scene = new Scene();
    for (let i = 0; i < 20; i++) scene.at(i / 10, echo(true, { sequence: i }));
    scene.at(100, advert({ priority: 100, source: B, ip: B_IP }));
    scene.announce(100, B);
    scene.ping(100.1, { sequence: 20, server: B });
    expect(await beginnings(scene)).toBeUndefined();
  });

  test('are given up where somebody scans', async () => {
    const scene = begun((one) => {
      for (let i = 0; i < 2100; i++) {
        const to = `192.168.${8 + (i >> 8)}.${i & 255}`;
        const view = packet({ source: B, from: B_IP, to, protocol: 1 });
        view.setUint8(34, 8);
        one.at(1.95, view);
      }
    });
    expect(await beginnings(scene)).toBeUndefined();
  });
});
