/** Clients whose first requests nobody answers: no outage of the result, but no calm either. */

import { describe, expect, test } from 'vitest';
import type { VainBeginning } from '../../src/analysis/asides.ts';
import type { FailoverEntry } from '../../src/analysis/result.ts';
import { A, B, CLIENT_IP, echo, held, RST_ACK, Scene, SYN, SYN_ACK, tcp, VIP } from './scene.ts';

/** A holds the address and B takes it at second 1.6; from 1 s a client asks, ten times a second. */
function takenOver(first: number, asks: (scene: Scene, second: number, index: number) => void) {
  const scene = held();
  for (let i = 0; i < 6; i++) asks(scene, first + i / 10, i);
  scene.announce(1.6, B);
  return scene;
}

const inVain = (scene: Scene, second: number, sequence: number): void => {
  scene.at(second, echo(true, { sequence }));
};

async function ended(scene: Scene): Promise<VainBeginning[] | undefined> {
  scene.announce(5, B);
  return (await scene.replay()).beginnings;
}

describe('requests in vain from the first on', () => {
  test('are a beginning up to the first answer, and no outage', async () => {
    const scene = takenOver(1, inVain);
    const first = scene.ping(1.7, { sequence: 6, server: B });
    scene.announce(5, B);
    const { beginnings, outages, failovers } = await scene.replay();
    const about = { ip: VIP, vlan: null, client: CLIENT_IP, seconds: 0.701, unanswered: 6 };
    expect(beginnings).toMatchObject([
      { ...about, from: { t: 1, frame: 3 }, until: { t: 1.701, frame: first } },
    ]);
    expect(outages).toEqual([]);
    const [failover] = failovers as [FailoverEntry];
    expect(failover).toMatchObject({ outageSeconds: null, beginning: about });
  });

  test('are none where late answers leave one of them', async () => {
    const scene = takenOver(1, inVain);
    scene.ping(1.7, { sequence: 6, server: B });
    for (let sequence = 1; sequence < 6; sequence++) {
      scene.at(1.71, echo(false, { sequence, server: B }));
    }
    expect(await ended(scene)).toBeUndefined();
  });

  test('count only up to the request that is answered', async () => {
    const scene = takenOver(1, inVain);
    scene.at(1.7, echo(false, { sequence: 2, server: B }));
    expect(await ended(scene)).toMatchObject([{ unanswered: 2 }]);
  });

  test('are none where they were sent at once, when the address was resolved', async () => {
    const scene = takenOver(1.5, (one, _, sequence) => inVain(one, 1.5 + sequence / 1e4, sequence));
    scene.ping(1.51, { sequence: 6 });
    expect(await ended(scene)).toBeUndefined();
  });

  test('are none where an answer is not to any of them', async () => {
    const scene = takenOver(1, inVain);
    scene.at(1.65, echo(false, { sequence: 77, server: B }));
    scene.ping(1.7, { sequence: 6, server: B });
    expect(await ended(scene)).toBeUndefined();
  });

  test('begin anew where others passed elsewhere, by their numbers', async () => {
    const scene = takenOver(1, inVain);
    // Served out of sight for three seconds, of which 25 numbers tell, and then not any more.
    for (let i = 0; i < 4; i++) inVain(scene, 4 + i / 10, 31 + i);
    const first = scene.ping(4.4, { sequence: 35, server: B });
    expect(await ended(scene)).toMatchObject([
      { unanswered: 4, seconds: 0.401, from: { t: 4 }, until: { frame: first } },
    ]);
  });

  test('stay where the client goes out of sight later', async () => {
    const scene = takenOver(1, inVain);
    scene.ping(1.7, { sequence: 6, server: B });
    for (let i = 0; i < 4; i++) inVain(scene, 4 + i / 10, 31 + i);
    scene.ping(4.4, { sequence: 35, server: B });
    expect(await ended(scene)).toMatchObject([{ unanswered: 6, seconds: 0.701 }]);
  });

  test('may be handshakes of one service', async () => {
    const scene = takenOver(1, (one, second, sequence) =>
      one.at(second, tcp({ flags: SYN, sequence })),
    );
    scene.at(1.7, tcp({ flags: SYN, sequence: 6 }));
    scene.at(1.701, tcp({ flags: SYN_ACK, sequence: 6 }));
    expect(await ended(scene)).toMatchObject([{ unanswered: 6, seconds: 0.701 }]);
  });

  test('say nothing where another service answers first', async () => {
    const scene = takenOver(1, inVain);
    scene.at(1.62, tcp({ flags: SYN, sequence: 6 }));
    scene.at(1.63, tcp({ flags: RST_ACK, sequence: 6 }));
    scene.ping(1.7, { sequence: 6, server: B });
    expect(await ended(scene)).toBeUndefined();
  });

  test('are none without any answer, and none of an address that is not virtual', async () => {
    expect(await ended(takenOver(1, inVain))).toBeUndefined();
    const scene = new Scene();
    scene.announce(0, A);
    for (let i = 0; i < 6; i++) inVain(scene, 1 + i / 10, i);
    scene.ping(1.7, { sequence: 6 });
    expect((await scene.replay()).beginnings).toBeUndefined();
  });
});
