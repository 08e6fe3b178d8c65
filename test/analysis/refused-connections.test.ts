/** Connections that are answered, by a reset: no outage, and yet no service. */

import { describe, expect, test } from 'vitest';
import { held, RST_ACK, type Scene, SYN, SYN_ACK, tcp, VIP } from './scene.ts';

/** From 1 s on a connection every 0.2 s; each is accepted, `+`, or refused, `-`. */
function connections(answers: string, port = 80, scene: Scene = held()): Scene {
  for (const [index, answer] of [...answers].entries()) {
    const second = 1 + index / 5;
    const about = { port, clientPort: 40_000 + index, sequence: 1000 * index };
    scene.at(second, tcp({ ...about, flags: SYN }));
    scene.at(second + 0.001, tcp({ ...about, flags: answer === '+' ? SYN_ACK : RST_ACK }));
  }
  return scene;
}

async function refused(scene: Scene) {
  return (await scene.replay()).refusedConnections;
}

describe('refused connections', () => {
  test('of a service that accepted others are told from the first to the last', async () => {
    const scene = connections('++-----++');
    const { refusedConnections, outages } = await scene.replay();
    expect(refusedConnections).toMatchObject([
      { ip: VIP, vlan: null, port: 80, count: 5, from: { t: 1.401 }, until: { t: 2.201 } },
    ]);
    expect(outages).toEqual([]);
  });

  test('are told where they last to the end, and each run of them', async () => {
    expect(await refused(connections('+---+----'))).toMatchObject([{ count: 3 }, { count: 4 }]);
  });

  test('of a port that never accepts any are those of no service', async () => {
    expect(await refused(connections('--------'))).toBeUndefined();
  });

  test('are no matter where there is but one in a row', async () => {
    expect(await refused(connections('+-+-+-+'))).toBeUndefined();
  });

  test('of another port do not count', async () => {
    const scene = connections('+++++++', 80);
    expect(await refused(connections('-------', 81, scene))).toBeUndefined();
  });
});
