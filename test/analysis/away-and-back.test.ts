/** A client of TCP at a node's own interface: what it asks while another has the address. */
import { describe, expect, test } from 'vitest';
import { textReport } from '../../src/report/text.ts';
import { A, A_IP, advert, B, B_IP, Scene, SYN, SYN_ACK, tcp } from './scene.ts';

const SWITCH = 'ee:ff:ff:ff:ff:ff';

interface Told {
  /** Whose MAC the client and B have in view. */
  others?: string;
  /** When the client asks in vain. */
  vain?: readonly number[];
  /** When it is answered again, and by whom. */
  again?: number;
  by?: string;
}

/** A client asks A twice a second until A resigns at 10, and again from `again` on. */
function asked(scene: Scene, { others, vain = [10.1], again = 20.2, by = A }: Told): void {
  const client = others === undefined ? {} : { client: others };
  let sequence = 0;
  const ask = (second: number, server: string | null): void => {
    sequence += 10;
    const about = { ...client, sequence, server: server ?? A, clientPort: 50_000 + sequence };
    scene.at(second, tcp({ ...about, flags: SYN }));
    if (server !== null) scene.at(second + 0.001, tcp({ ...about, flags: SYN_ACK }));
  };
  for (let second = 1; second < 10; second += 0.5) ask(second, A);
  for (const second of vain) ask(second, null);
  for (let second = again; second < again + 3; second += 0.5) ask(second, by);
}

/** The scene in order of time, from parts that were told one after the other. */
function inOrder(tell: (scene: Scene) => void): Scene {
  const events: [second: number, view: DataView][] = [];
  const collected = new Scene();
  collected.at = (second, view) => events.push([second, view]);
  tell(collected);
  const scene = new Scene();
  events.sort(([one], [other]) => one - other);
  for (const [second, view] of events) scene.at(second, view);
  return scene;
}

function adverts(scene: Scene, from: number, to: number, isA: boolean, mac: string): void {
  const fields = { source: mac, ip: isA ? A_IP : B_IP, priority: isA ? 110 : 100 };
  for (let second = from; second <= to; second++) scene.at(second, advert(fields));
}

/** A is master until 10, B until 20, then A again; whether B's claims are in view. */
function thereAndBack(told: Told, isClaimed: boolean): Scene {
  return inOrder((scene) => {
    adverts(scene, 0, 9, true, A);
    scene.announce(0.01, A);
    scene.at(10, advert({ priority: 0 }));
    adverts(scene, 10.61, 19.61, false, told.others ?? B);
    if (isClaimed) scene.announce(10.62, B);
    adverts(scene, 20, 24, true, A);
    scene.announce(20.01, A);
    asked(scene, told);
  });
}

describe('a client of TCP that fell silent while another had the address', () => {
  const least = { isLost: true, firstServiceFrame: null, unanswered: 1 };

  test('is out of sight from its last request on, by claims', async () => {
    const { outages } = await thereAndBack({}, true).replay();
    expect(outages).toMatchObject([least]);
    expect(outages[0]?.seconds).toBeCloseTo(0.6, 2);
  });

  test('by the adverts of one whose claims stay with a switch', async () => {
    const { outages } = await thereAndBack({ others: SWITCH }, false).replay();
    expect(outages).toMatchObject([least]);
    expect(outages[0]?.seconds).toBeCloseTo(0.6, 2);
  });

  test('because its holder resigned, and by its adverts the other took over', async () => {
    const result = await thereAndBack({ others: SWITCH }, false).replay();
    expect(result.outages[0]?.resigned).toMatchObject({ mac: A, speaker: A_IP });
    expect(result.outages[0]?.successor).toMatchObject({ mac: SWITCH, speaker: B_IP });
    const text = textReport(result, { width: 400, color: false, unicode: true });
    const resigned = result.outages[0]?.resigned?.frame;
    const frame = result.outages[0]?.successor?.frame;
    expect(text).toContain(
      `since ${A_IP} (${A}) resigned in frame ${resigned} and ${B_IP} took over, by its adverts ` +
        `from frame ${frame} on`,
    );
    const again = result.havips[0]?.timeline[1]?.frame;
    expect(text.split('\n')[1]).toMatch(/^192\.168\.0\.12 \(ee:ff.* was master by its adverts, /);
    expect(text.split('\n')[1]).toContain(`before ${A_IP} announced it again in frame ${again}.`);
  });

  test('not one that is answered by the other', async () => {
    const told = { vain: [10.1, 11.1, 13.1], again: 17.1, by: B };
    const { outages } = await thereAndBack(told, true).replay();
    expect(outages).toMatchObject([{ unanswered: 3, after: { mac: B } }]);
    expect(outages[0]?.seconds).toBeCloseTo(7.6, 2);
  });

  test('not one whose address was nobody else’s', async () => {
    const scene = inOrder((told) => {
      adverts(told, 0, 24, true, A);
      told.announce(0.01, A);
      told.announce(5, B);
      told.announce(5.01, A);
      asked(told, {});
    });
    const { outages } = await scene.replay();
    expect(outages).toMatchObject([{ unanswered: 1, after: { mac: A } }]);
    expect(outages[0]?.seconds).toBeCloseTo(10.7, 2);
  });
});

describe('a client of TCP that the address left for good', () => {
  /** As before, without A's return; `vain` is when the client asked last. */
  function left(vain: readonly number[], others = SWITCH, until = 19.61): Scene {
    return inOrder((scene) => {
      adverts(scene, 0, 9, true, A);
      scene.announce(0.01, A);
      scene.at(10, advert({ priority: 0 }));
      adverts(scene, 10.61, until, false, others);
      const client = others === B ? {} : { others };
      asked(scene, { ...client, vain, again: Number.POSITIVE_INFINITY });
    });
  }

  test('is out of sight, where the capture is known not to see all', async () => {
    const result = await left([10.1]).replay();
    expect(result.outages).toMatchObject([{ isLost: true, unanswered: 1 }]);
    const text = textReport(result, { width: 400, color: false, unicode: true });
    expect(text).not.toContain('did not answer to the end');
  });

  test('is without an answer to the end, where the capture sees all for all that is known', async () => {
    const { outages } = await left([10.1], B).replay();
    expect(outages).toMatchObject([{ unanswered: 1, firstServiceFrame: null }]);
    expect(outages[0]).not.toHaveProperty('isLost');
  });

  test('is without one where it asks here after the move', async () => {
    expect((await left([10.1, 11.1]).replay()).outages[0]).not.toHaveProperty('isLost');
  });

  test('is without one where it would not have asked again yet', async () => {
    expect((await left([10.1], SWITCH, 12.61).replay()).outages[0]).not.toHaveProperty('isLost');
  });
});
