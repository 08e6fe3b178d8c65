/** Clients whose pings leave the capture together with the address: it is the old holder's view. */

import { describe, expect, test } from 'vitest';
import { A, advert, B, CLIENT, echo, held, type Scene, SYN, SYN_ACK, tcp } from './scene.ts';

const CLAIM = 3;

/** A holds the address and is pinged ten times a second from 1 s to `end`; at 3 s B takes it. */
function pinged(end: number, answered = end): Scene {
  const scene = held();
  const times = Array.from({ length: 100 }, (_, i) => 1 + i / 10).filter((at) => at <= end);
  const ask = (at: number): void => {
    const sequence = times.indexOf(at);
    if (at <= answered) scene.ping(at, { sequence });
    else scene.at(at, echo(true, { sequence }));
  };
  for (const at of times) if (at <= CLAIM) ask(at);
  taken(scene);
  for (const at of times) if (at > CLAIM) ask(at);
  return scene;
}

function taken(scene: Scene): void {
  scene.at(CLAIM, advert({ source: B, priority: 200 }));
  scene.announce(CLAIM, B);
}

/** B's adverts, to this second. */
async function resultOf(scene: Scene, second = 8) {
  for (let at = 4; at <= second; at++) scene.at(at, advert({ source: B, priority: 200 }));
  const result = await scene.replay();
  const partial = result.findings.find(({ code }) => code === 'capture-partial-view');
  return { ...result, partial, failover: result.failovers[0]! };
}

describe('pings that end with the claim', () => {
  test('go on elsewhere: how long nobody answered cannot be told', async () => {
    const { outages, partial, failover } = await resultOf(pinged(2.91));
    expect(outages).toEqual([]);
    expect(partial).toMatchObject({ severity: 'warning', frame: failover.frame, t: CLAIM });
    expect(failover.outageSeconds).toBeNull();
    expect(failover.evidence.vantage).toBe('host');
  });

  test('of which the last were not answered are no outage to the end', async () => {
    const { outages, partial } = await resultOf(pinged(3.02, 2.75));
    expect(outages).toMatchObject([{ isLost: true, unanswered: 3, after: null, failover: 0 }]);
    expect(partial).toBeDefined();
  });
});

describe('nothing is out of sight', () => {
  test('where the client had stopped before', async () => {
    const { partial, failover } = await resultOf(pinged(2.8));
    expect(partial).toBeUndefined();
    expect(failover.evidence.vantage).toBe('switch');
  });

  test('where it goes on for longer than it takes to hear of the claim', async () => {
    const { partial, outages } = await resultOf(pinged(3.3, 2.95));
    expect(partial).toBeUndefined();
    expect(outages).toMatchObject([{ unanswered: 4, after: null }]);
    expect(outages[0]).not.toHaveProperty('isLost');
  });

  test('where another client asks', async () => {
    const scene = pinged(2.95);
    scene.at(3.5, echo(true, { sequence: 1, clientIp: '192.168.0.9' }));
    expect((await resultOf(scene)).partial).toBeUndefined();
  });

  test('where the new holder answers', async () => {
    const scene = pinged(2.95);
    scene.at(3.4, echo(false, { sequence: 19, server: B }));
    expect((await resultOf(scene)).partial).toBeUndefined();
  });

  test('where the capture ends within ten spacings', async () => {
    const scene = pinged(2.95);
    scene.at(3.9, advert({ source: B, priority: 200 }));
    expect((await resultOf(scene, 0)).partial).toBeUndefined();
  });

  test('where a client of TCP waits, as it does when nobody answers', async () => {
    const scene = held();
    for (let i = 0; i < 20; i++) {
      scene.at(1 + i / 10, tcp({ flags: SYN, sequence: i }));
      if (i < 19) scene.at(1.001 + i / 10, tcp({ flags: SYN_ACK, sequence: i }));
    }
    taken(scene);
    expect((await resultOf(scene)).partial).toBeUndefined();
  });
});

test('a client that comes back is told by the gap in its numbers', async () => {
  const scene = pinged(2.95);
  scene.at(5, advert({ priority: 250 }));
  scene.announce(5, A);
  scene.ping(5.1, { sequence: 41 });
  const { findings } = await scene.replay();
  expect(findings.map(({ code }) => code)).toContain('capture-partial-view');
});

describe('pings of which a router passes on only some', () => {
  const ROUTER = '00:16:3e:00:00:fd';

  /** Of 60 pings, 20 to 40 reach no holder; `isNear`: the client's own side is in view as well. */
  async function routed(isNear: boolean) {
    const scene = held();
    for (let sequence = 0; sequence < 60; sequence++) {
      const at = 1 + sequence / 10;
      if (isNear) scene.at(at, echo(true, { sequence, server: ROUTER }));
      if (sequence >= 20 && sequence < 40) continue;
      scene.at(at + 0.001, echo(true, { sequence, client: ROUTER }));
      scene.at(at + 0.002, echo(false, { sequence, client: ROUTER }));
      if (isNear) scene.at(at + 0.003, echo(false, { sequence, server: ROUTER }));
    }
    const { findings, outages } = await scene.replay();
    return { codes: findings.map(({ code }) => code), outages };
  }

  test('passed elsewhere where they are in view nowhere', async () => {
    expect((await routed(false)).codes).toContain('capture-partial-view');
  });

  test('are all in view where the client’s side of the router is', async () => {
    const { codes, outages } = await routed(true);
    expect(codes).not.toContain('capture-partial-view');
    expect(outages[0]).toMatchObject({ client: { mac: CLIENT }, unanswered: 20 });
  });
});
