/** Masters that do not tell their neighbors, and masters that fall silent. */
import { describe, expect, test } from 'vitest';
import { arp } from '../../dataplane/frames.ts';
import { A, A_IP, B, B_IP, CLIENT, reply, Scene, VIP } from '../scene.ts';
import { codesOf, craft, master, NODE_A, NODE_B, routerFindings } from './craft.ts';

const CLIENT_TWO = '192.168.0.9';

/** A neighbor that asks for another: there is ARP in this capture. */
function chatter(scene: Scene, second: number): void {
  scene.at(second, arp({ operation: 1, source: CLIENT, spa: '192.168.0.10', tpa: CLIENT_TWO }));
  scene.at(
    second + 0.001,
    arp({ operation: 1, source: CLIENT, spa: '192.168.0.10', tpa: CLIENT_TWO }),
  );
}

function adverts(scene: Scene, from: number, to: number, fields = NODE_A): number {
  const frame = scene.frames + 1;
  for (let second = from; second <= to; second++) scene.at(second, craft(fields));
  return frame;
}

describe('claim-missing', () => {
  test('a node becomes master and never announces', async () => {
    const scene = new Scene();
    master(scene, 0, 4, NODE_A);
    scene.at(4.2, craft({ ...NODE_A, priority: 0 }));
    const frame = adverts(scene, 5, 10, NODE_B);
    const found = routerFindings(await scene.replay());
    expect(found).toMatchObject([{ code: 'claim-missing', severity: 'error', frame, ip: VIP }]);
    expect(found[0]?.message).toContain(`${B_IP} became master of VRID 51 (${VIP})`);
    expect(found[0]?.message).toContain(' and never announced an address of it: ');
    expect(found[0]?.advice).toContain('garp_master_refresh 5');
  });

  test('a node becomes master again and announces no more, as one that was paused', async () => {
    const scene = new Scene();
    scene.announce(0, B);
    adverts(scene, 0.001, 3, NODE_B);
    scene.announce(8, A);
    master(scene, 8.001, 12, NODE_A);
    scene.at(12.2, craft({ ...NODE_A, priority: 0 }));
    adverts(scene, 13, 18, NODE_B);
    const [found] = routerFindings(await scene.replay());
    expect(found?.message).toContain(' and did not announce its addresses anew: ');
  });

  test('an answer to a request is no announcement', async () => {
    const scene = new Scene();
    master(scene, 0, 4, NODE_A);
    scene.at(4.2, craft({ ...NODE_A, priority: 0 }));
    adverts(scene, 5, 10, NODE_B);
    scene.at(10.1, reply(B, VIP));
    expect(codesOf(await scene.replay())).toEqual(['claim-missing']);
  });

  test('none where it announced before its first advert', async () => {
    const scene = new Scene();
    master(scene, 0, 4, NODE_A);
    scene.at(4.2, craft({ ...NODE_A, priority: 0 }));
    scene.announce(4.9, B);
    adverts(scene, 5, 10, NODE_B);
    expect(codesOf(await scene.replay())).toEqual([]);
  });

  test.each([
    ['none where it announced two intervals before its first advert', 4.3, []],
    ['but not sooner', 4.2, ['claim-missing']],
  ])('%s', async (_, second, codes) => {
    const scene = new Scene();
    master(scene, 0, 4, NODE_A);
    scene.announce(second, B);
    adverts(scene, 6.25, 11.25, NODE_B);
    expect(codesOf(await scene.replay())).toEqual(codes);
  });

  test('none for a master that was one before the capture began', async () => {
    const scene = new Scene();
    chatter(scene, 0);
    adverts(scene, 0.5, 10);
    scene.at(10.1, reply(A, VIP));
    expect(codesOf(await scene.replay())).toEqual([]);
  });

  test('none for a unicast master whose peer comes back: it was silent for want of a MAC', async () => {
    const scene = new Scene();
    const unicast = { ...NODE_A, to: B_IP };
    master(scene, 0, 4, unicast);
    adverts(scene, 14, 20, unicast);
    expect(codesOf(await scene.replay())).toEqual([]);
  });
});

describe('silent-master', () => {
  test('adverts without any address', async () => {
    const scene = new Scene();
    const frame = adverts(scene, 0, 5, { ...NODE_A, addresses: [] });
    const found = routerFindings(await scene.replay());
    expect(found).toMatchObject([{ code: 'silent-master', severity: 'error', frame, ip: null }]);
    expect(found[0]?.message).toContain(`${A_IP} is master of VRID 51`);
  });

  test('none where addresses are announced that are kept out of the adverts', async () => {
    const scene = new Scene();
    scene.announce(0, A, VIP);
    adverts(scene, 0, 5, { ...NODE_A, addresses: [] });
    expect(codesOf(await scene.replay())).toEqual([]);
  });

  test('addresses that nobody ever claims', async () => {
    const scene = new Scene();
    chatter(scene, 0);
    const frame = adverts(scene, 4, 9);
    const found = routerFindings(await scene.replay());
    expect(found).toMatchObject([{ code: 'silent-master', frame, ip: VIP }]);
  });

  test('none in a capture that holds adverts alone', async () => {
    const scene = new Scene();
    scene.at(0, craft({ ...NODE_B, vrid: 9, addresses: ['192.168.0.44'] }));
    adverts(scene, 4, 9);
    expect(codesOf(await scene.replay())).toEqual([]);
  });

  test('none where --from cut off the beginning', async () => {
    const scene = new Scene();
    chatter(scene, 0);
    chatter(scene, 8);
    adverts(scene, 5, 20);
    expect(codesOf(await scene.replay({ from: { seconds: 7.9 } }))).toEqual([]);
  });
});

describe('advert-gap', () => {
  test('two adverts are missing, and nobody took over', async () => {
    const scene = new Scene();
    master(scene, 0, 5, NODE_A);
    const frame = adverts(scene, 8, 12);
    const found = routerFindings(await scene.replay());
    expect(found).toMatchObject([{ code: 'advert-gap', severity: 'warning', frame, t: 8 }]);
    expect(found[0]?.message).toContain('silent for 3.0 s');
    expect(found[0]?.message).toContain('2 adverts are missing');
  });

  test('none where the other node took over meanwhile', async () => {
    const scene = new Scene();
    master(scene, 0, 5, NODE_A);
    master(scene, 8.7, 8.7, NODE_B);
    master(scene, 9, 12, NODE_A);
    expect(codesOf(await scene.replay())).toEqual([]);
  });

  test.each([1.4, 30])('none for %s intervals', async (gap) => {
    const scene = new Scene();
    master(scene, 0, 5, NODE_A);
    adverts(scene, 5 + gap, 12 + gap);
    expect(codesOf(await scene.replay())).toEqual([]);
  });

  test('none after a resignation', async () => {
    const scene = new Scene();
    master(scene, 0, 5, NODE_A);
    scene.at(5.5, craft({ ...NODE_A, priority: 0 }));
    master(scene, 8, 12, NODE_A);
    expect(codesOf(await scene.replay())).toEqual([]);
  });

  test('none where the capture point cannot see everything', async () => {
    const scene = new Scene();
    master(scene, 0, 5, { ...NODE_A, to: B_IP });
    scene.at(5.2, arp({ operation: 1, source: A, spa: VIP, tpa: '192.168.0.10' }));
    scene.announce(5.3, CLIENT, '192.168.0.10');
    scene.at(5.5, arp({ operation: 1, source: A, spa: A_IP, tpa: '192.168.0.10' }));
    adverts(scene, 7.5, 12, { ...NODE_A, to: B_IP });
    const { findings } = await scene.replay();
    const codes = findings.map(({ code }) => code);
    expect(codes).toContain('capture-partial-view');
    expect(codes).not.toContain('advert-gap');
  });
});
