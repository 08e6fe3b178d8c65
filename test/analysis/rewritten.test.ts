/** Captures behind a switch that forwards by IP: what the gaps between its answers may say. */
import { describe, expect, test } from 'vitest';
import { compile } from '../../src/havip/compile.ts';
import type { Topology } from '../../src/havip/topology.ts';
import { announcement, arp } from '../dataplane/frames.ts';
import { havipOf, topologyOf } from '../dataplane/site.ts';
import {
  A,
  A_IP,
  advert,
  B,
  B_IP,
  C,
  CLIENT2,
  CLIENT2_IP,
  echo,
  reply,
  Scene,
  VIP,
  VMAC,
} from './scene.ts';

const SWITCH = 'ee:ff:ff:ff:ff:ff';

interface Told {
  /** Whom the answers come from. */
  server?: string;
  client?: string;
  clientIp?: string;
  requests?: boolean;
}

/** Answers ten times a second, the first at `from`, the last at `to`. */
function answers(scene: Scene, from: number, to: number, told: Told = {}): number {
  const { server = SWITCH, requests = false, ...about } = told;
  for (let i = Math.round(from * 10); i <= Math.round(to * 10); i++) {
    if (requests) scene.at(i / 10 - 0.001, echo(true, { sequence: i, ...about }));
    scene.at(i / 10, echo(false, { sequence: i, server, ...about }));
  }
  return scene.frames;
}

/** A holds the address, answers come until 3 s, B announces at `claim`, answers go on at `on`. */
function moved(on: number, told: Told = {}, claim = 3.05): Scene {
  const scene = new Scene();
  scene.announce(0, A);
  answers(scene, 1, 3, told);
  scene.announce(claim, B);
  answers(scene, on, on + 2, told);
  return scene;
}

async function only(scene: Scene) {
  const result = await scene.replay();
  expect(result.failovers).toHaveLength(1);
  return { ...result, failover: result.failovers[0]! };
}

describe('all answers carry one MAC that claims nothing', () => {
  test('the outage is the gap around the claim', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    const last = answers(scene, 1, 3);
    scene.announce(4, B);
    const first = scene.at(6, echo(false, { sequence: 60, server: SWITCH }));
    answers(scene, 6.1, 8);
    const { failover, outages } = await only(scene);
    expect(failover).toMatchObject({
      outageSeconds: 3,
      evidence: { vantage: 'rewritten', lastServiceFrame: last, firstServiceFrame: first },
    });
    expect(outages).toMatchObject([
      {
        ip: VIP,
        t: 6,
        seconds: 3,
        unanswered: 0,
        lastServiceFrame: last,
        firstServiceFrame: first,
        before: { mac: SWITCH },
        after: { mac: SWITCH },
        failover: 0,
        cause: 'announcement',
      },
    ]);
  });

  test.each([
    ['three times the median spacing is none', 3.3, 0],
    ['more than that is one', 3.4, 0.4],
  ])('%s', async (_, on, seconds) => {
    const { failover, outages } = await only(moved(on));
    expect(failover).toMatchObject({ outageSeconds: seconds, evidence: { vantage: 'rewritten' } });
    expect(outages).toHaveLength(seconds === 0 ? 0 : 1);
  });

  test('a gap that holds no claim is no outage', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    answers(scene, 1, 2);
    answers(scene, 5, 6);
    scene.announce(6.05, B);
    answers(scene, 6.1, 8);
    const { failover, outages } = await only(scene);
    expect([failover.outageSeconds, outages]).toEqual([0, []]);
  });

  test('clients are judged alone, and the longest counts', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    const other = { client: CLIENT2, clientIp: CLIENT2_IP };
    for (let i = 10; i <= 30; i++) {
      scene.at(i / 10, echo(false, { sequence: i, server: SWITCH }));
      // One millisecond after: together the two would seem to have another rhythm.
      scene.at(i / 10 + 0.001, echo(false, { sequence: i, server: SWITCH, ...other }));
    }
    scene.announce(3.05, B);
    answers(scene, 3.1, 5);
    answers(scene, 5.1, 6, other);
    const { failover, outages } = await only(scene);
    expect(outages.map(({ client }) => client.ip)).toEqual([CLIENT2_IP]);
    expect(failover.outageSeconds).toBeCloseTo(2.099, 9);
  });

  test('two failovers in one gap share it, and it names the last', async () => {
    const scene = moved(6);
    scene.announce(8.05, A);
    scene.announce(8.5, B);
    answers(scene, 9, 10);
    const { failovers, outages } = await scene.replay();
    expect(failovers.map(({ outageSeconds }) => outageSeconds)).toEqual([3, 1, 1]);
    expect(outages.map(({ failover }) => failover)).toEqual([0, 2]);
  });

  test('requests in view judge better than gaps: a client that paused missed nothing', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    answers(scene, 1, 3, { requests: true });
    scene.announce(4, B);
    for (let i = 31; i <= 40; i++) scene.ping(6 + i / 10, { sequence: i, server: SWITCH });
    const { failover, outages } = await only(scene);
    expect(failover).toMatchObject({ outageSeconds: 0, evidence: { vantage: 'rewritten' } });
    expect(outages).toEqual([]);
  });

  test('and tell how many were lost', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    answers(scene, 1, 3, { requests: true });
    scene.announce(4, B);
    for (let i = 31; i <= 49; i++) scene.at(i / 10 - 0.001, echo(true, { sequence: i }));
    answers(scene, 5, 7, { requests: true });
    const { failover, outages } = await only(scene);
    expect(outages).toMatchObject([{ seconds: 2, unanswered: 19, failover: 0 }]);
    expect(failover).toMatchObject({ outageSeconds: 2, evidence: { vantage: 'rewritten' } });
  });

  test('without answers after the claim nothing is known', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    answers(scene, 1, 3);
    scene.announce(3.05, B);
    scene.announce(9, B);
    const { failover, outages } = await only(scene);
    expect(failover).toMatchObject({ outageSeconds: null, evidence: { vantage: 'rewritten' } });
    expect(outages).toEqual([]);
  });

  test('its answers to ARP for the address are no claims of its own', async () => {
    const scene = new Scene();
    scene.at(0, reply(SWITCH, '192.168.0.253'));
    scene.announce(0.1, A);
    scene.at(0.2, reply(SWITCH, VIP));
    answers(scene, 1, 3);
    scene.announce(4, B);
    answers(scene, 6, 8);
    const { failover } = await only(scene);
    expect(failover).toMatchObject({ outageSeconds: 3, evidence: { vantage: 'rewritten' } });
  });

  test("a lab's gateway MAC needs no further proof", async () => {
    const scene = new Scene();
    scene.at(0, announcement(SWITCH, '192.168.0.253'));
    scene.announce(0.1, A);
    answers(scene, 1, 3);
    scene.announce(4, B);
    answers(scene, 6, 8);
    const { failovers } = await scene.replay({ site: compile(topologyOf('alibaba')) });
    expect(failovers).toMatchObject([{ outageSeconds: 3, evidence: { vantage: 'rewritten' } }]);
  });

  test('adverts of several speakers from that MAC are passed on, too', async () => {
    const scene = new Scene();
    scene.at(0, advert({ priority: 100, source: SWITCH }));
    scene.announce(0.1, A);
    answers(scene, 1, 3);
    scene.announce(4, B);
    scene.at(4, advert({ priority: 90, source: SWITCH, ip: B_IP }));
    answers(scene, 6, 8);
    const { failover } = await only(scene);
    expect(failover.evidence.vantage).toBe('rewritten');
  });
});

describe('not rewritten', () => {
  test.each<[string, (scene: Scene) => void]>([
    ['the MAC announced an address', (scene) => scene.announce(0.5, SWITCH, '192.168.0.7')],
    // A server behind a director (LVS in DR mode) answers for the HaVip and has its own address.
    ['the MAC has an address', (scene) => scene.at(0.5, reply(SWITCH, '192.168.0.7'))],
    ['the MAC claimed the HaVip before', (scene) => scene.at(0.5, reply(SWITCH, VIP))],
    ['one speaker has that MAC', (scene) => scene.at(1, advert({ priority: 9, source: SWITCH }))],
    ['another MAC answers, too', (scene) => scene.at(8, echo(false, { sequence: 0, server: A }))],
    [
      'another MAC answers another client',
      (scene) => {
        const other = { client: CLIENT2, clientIp: CLIENT2_IP };
        scene.at(8, echo(false, { sequence: 0, server: B, ...other }));
      },
    ],
  ])('%s', async (_, happens) => {
    const scene = new Scene();
    if (!_.includes('before')) scene.announce(0, A);
    happens(scene);
    answers(scene, 1, 3);
    scene.announce(4, B);
    answers(scene, 6, 8);
    const { failovers, outages } = await scene.replay();
    expect(failovers.map(({ evidence }) => evidence.vantage)).toEqual(['switch']);
    expect(outages).toEqual([]);
  });

  test('the old holder goes on answering', async () => {
    const { failover, outages } = await only(moved(6, { server: A }));
    expect([failover.evidence.vantage, failover.outageSeconds, outages]).toEqual(['switch', 0, []]);
  });

  test('fewer than five answers', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    answers(scene, 1, 1.1);
    scene.announce(4, B);
    answers(scene, 6, 6.1);
    expect((await only(scene)).failover.evidence.vantage).toBe('switch');
  });

  test('with a virtual MAC the node may answer from a MAC that claims nothing', async () => {
    const scene = new Scene();
    scene.at(0, advert({ priority: 100, source: VMAC, ip: A_IP }));
    scene.announce(0.1, VMAC);
    answers(scene, 1, 3);
    scene.at(5, advert({ priority: 90, source: VMAC, ip: B_IP }));
    scene.announce(5.1, VMAC);
    answers(scene, 6, 8);
    expect((await only(scene)).failover.evidence.vantage).toBe('switch');
  });

  test('a refused answer of the switch is explained, where no provider was named', async () => {
    const havips = [havipOf(VIP, [A, B])];
    const bare: Topology = {
      name: '',
      provider: null,
      subnets: [],
      enis: [],
      havips,
      run: {},
      quotas: {},
    };
    const scene = new Scene();
    const fields = { operation: 2, spa: VIP, tha: CLIENT2, tpa: CLIENT2_IP, destination: CLIENT2 };
    scene.at(0, arp({ ...fields, source: SWITCH }));
    scene.at(1, arp({ ...fields, source: C }));
    const { findings } = await scene.replay({ site: compile(bare) });
    const refused = findings.filter(({ code }) => code === 'claim-refused');
    expect(refused.map(({ advice }) => advice)).toEqual([
      expect.stringContaining('--provider alibaba'),
      expect.stringContaining('bind it to the HaVip'),
    ]);
    const named = await scene.replay({ site: compile({ ...bare, provider: 'alibaba' }) });
    expect(named.claims).toMatchObject([{ mac: C, verdict: 'refused' }]);
  });
});
