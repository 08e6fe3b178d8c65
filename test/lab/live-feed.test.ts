/**
 * From frames at the ports of a live switch to the events of the lab: what the report tells is what
 * the switch did, with changes of bindings on the way, and in a dry run, too.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RULE_SET_NAMES } from '../../src/havip/rule-sets.ts';
import { RECORD_PORT_GONE } from '../../src/lab/engine/engine-requests.ts';
import { formatMac } from '../../src/wire/mac.ts';
import { advert, echo } from '../analysis/scene.ts';
import { announcement, arp, neighbor, packet } from '../dataplane/frames.ts';
import {
  ADDRESSES,
  ADDRESSES6,
  CLIENT,
  eniOf,
  havipOf,
  NEIGHBOR,
  NODE1,
  NODE2,
  PORTS,
  ROGUE,
  topologyOf,
  VIP,
  VIP6,
  VIRTUAL,
} from '../dataplane/site.ts';
import { changeOf, MemoryLab } from './memory-lab.ts';

const inst = (mac: string): string => `i-${mac}`;
const CLIENT_IP = ADDRESSES[CLIENT] as string;

/** An echo request of the client to the HaVip, and the answer of whoever is asked to. */
function ping(lab: MemoryLab, second: number, sequence: number, server: string | null): void {
  const about = { client: CLIENT, clientIp: CLIENT_IP, vip: VIP, sequence };
  lab.at(second, CLIENT, echo(true, { ...about, server: NODE1 }));
  if (server !== null) lab.at(second + 0.001, server, echo(false, { ...about, server }));
}

/** The same of a client in another subnet: both speak to the gateway. */
function routedPing(lab: MemoryLab, second: number, sequence: number, server: string | null): void {
  const gateway = formatMac(lab.live.gatewayMac);
  const about = { clientIp: ADDRESSES[NEIGHBOR] as string, vip: VIP, sequence };
  lab.at(second, NEIGHBOR, echo(true, { ...about, client: NEIGHBOR, server: gateway }));
  if (server === null) return;
  lab.at(second + 0.001, server, echo(false, { ...about, client: gateway, server }));
}

function heartbeat(lab: MemoryLab, second: number, source: string, priority: number): void {
  const ip = ADDRESSES[source] as string;
  const to = ADDRESSES[source === NODE1 ? NODE2 : NODE1] as string;
  const toMac = source === NODE1 ? NODE2 : NODE1;
  lab.at(second, source, advert({ source, ip, to, toMac, priority }));
}

describe('a crash of the master', () => {
  test.each(RULE_SET_NAMES)('as a client in another subnet saw it, under %s', async (provider) => {
    const lab = new MemoryLab(topologyOf(provider));
    lab.at(1, NODE1, announcement(NODE1, VIP));
    for (let s = 1; s <= 5; s++) {
      heartbeat(lab, s, NODE1, 110);
      for (let i = 0; i < 5; i++) routedPing(lab, s + 0.1 + i * 0.2, s * 5 + i, NODE1);
    }
    for (let i = 0; i < 13; i++) routedPing(lab, 6.1 + i * 0.2, 100 + i, null);
    lab.at(8.6, NODE2, announcement(NODE2, VIP));
    for (let i = 0; i < 5; i++) routedPing(lab, 8.7 + i * 0.2, 200 + i, NODE2);
    await lab.read(12);
    await lab.feed.end();
    // The last answer before came at 5.901 s, the first after it at 8.701 s.
    expect(lab.of('takeover').map(({ outageSeconds }) => outageSeconds)).toEqual([2.8]);
    expect(lab.of('finding').map(({ code }) => code)).not.toContain('capture-partial-view');
  });

  test('is a takeover with its detection, repoint and outage', async () => {
    const lab = new MemoryLab(topologyOf('alibaba'));
    lab.at(1, NODE1, announcement(NODE1, VIP));
    for (let s = 1; s <= 5; s++) {
      heartbeat(lab, s, NODE1, 110);
      for (let i = 0; i < 5; i++) ping(lab, s + 0.1 + i * 0.2, s * 5 + i, NODE1);
    }
    // NODE1 is dead after 5.9: what the client asks from 6.1 on is not answered until 8.65.
    for (let i = 0; i < 13; i++) ping(lab, 6.1 + i * 0.2, 100 + i, null);
    lab.at(8.6, NODE2, announcement(NODE2, VIP));
    heartbeat(lab, 8.6, NODE2, 100);
    lab.now = 8.65e9;
    for (let i = 0; i < 5; i++) ping(lab, 8.7 + i * 0.2, 200 + i, NODE2);
    heartbeat(lab, 9.6, NODE2, 100);
    heartbeat(lab, 10.6, NODE2, 100);
    await lab.feed.end();
    expect(lab.claims()).toEqual([`moved ${VIP} ${NODE1}`, `moved ${VIP} ${NODE2}`]);
    const [takeover, ...more] = lab.of('takeover');
    expect(more).toEqual([]);
    expect(takeover).toMatchObject({
      ip: VIP,
      cause: 'crash',
      time: '2026-11-20T12:00:08.600000000Z',
    });
    expect(takeover?.from).toMatchObject({ mac: NODE1, name: inst(NODE1) });
    expect(takeover?.to).toMatchObject({ mac: NODE2, name: inst(NODE2) });
    expect(takeover?.detectionSeconds).toBeCloseTo(3.6, 6);
    expect(takeover?.repointMicroseconds).toBeCloseTo(100_000, 0);
    // From the answer at 5.901 to that at 8.701.
    expect(takeover?.outageSeconds).toBeCloseTo(2.8, 6);
    expect(lab.of('claim').map(({ port }) => port)).toEqual([
      `${inst(NODE1)}/eth0`,
      `${inst(NODE2)}/eth0`,
    ]);
    expect(lab.feed.holders.heldSince(VIP, 'a')).toBe('2026-11-20T12:00:08.600000000Z');
    expect(lab.feed.lost).toBe(0);
  });

  test('is told two seconds after the claim where nobody asks', async () => {
    const lab = new MemoryLab(topologyOf('alibaba'));
    lab.feed.run();
    lab.at(1, NODE1, announcement(NODE1, VIP));
    lab.at(5, NODE2, announcement(NODE2, VIP));
    await lab.read(6.9);
    expect(lab.of('takeover')).toEqual([]);
    await lab.read(7.1);
    expect(lab.of('takeover')).toMatchObject([
      { ip: VIP, outageSeconds: null, repointMicroseconds: null, detectionSeconds: null },
    ]);
    await lab.feed.end();
  });
});

describe('a rogue', () => {
  test('is refused by name, port and reason; the holder stays', async () => {
    const lab = new MemoryLab(topologyOf('alibaba'));
    lab.at(1, NODE1, announcement(NODE1, VIP));
    for (const operation of [1, 2]) {
      lab.at(2, ROGUE, arp({ operation, source: ROGUE, spa: VIP, tpa: VIP }));
    }
    lab.at(3, ROGUE, announcement(ROGUE, ADDRESSES[NODE2] as string));
    await lab.feed.end();
    expect(lab.claims()).toEqual([
      `moved ${VIP} ${NODE1}`,
      `refused ${VIP} ${ROGUE} not-member`,
      `refused ${VIP} ${ROGUE} not-member`,
      `refused ${ADDRESSES[NODE2]} ${ROGUE} ordinary-address`,
    ]);
    expect(lab.of('claim')[1]).toMatchObject({
      name: inst(ROGUE),
      port: `${inst(ROGUE)}/eth0`,
      form: 'gratuitous-request',
    });
    expect(lab.of('takeover')).toEqual([]);
    expect(lab.holder(VIP)).toBe(NODE1);
    const refusals = lab.of('finding').filter(({ code }) => code === 'claim-refused');
    expect(refusals.map(({ ip }) => ip).sort()).toEqual([ADDRESSES[NODE2], VIP].sort());
  });

  test('that answers in the name of the HaVip ends no outage: nobody got its answer', async () => {
    const lab = new MemoryLab(topologyOf('alibaba'));
    lab.at(1, NODE1, announcement(NODE1, VIP));
    for (let i = 0; i < 10; i++) ping(lab, 1.1 + i * 0.1, i, NODE1);
    for (let i = 10; i < 30; i++) ping(lab, 1.1 + i * 0.1, i, ROGUE);
    lab.at(4.2, NODE2, announcement(NODE2, VIP));
    for (let i = 32; i < 40; i++) ping(lab, 1.1 + i * 0.1, i, NODE2);
    await lab.feed.end();
    // From the answer at 2.001 to that at 4.301.
    expect(lab.of('takeover')[0]?.outageSeconds).toBeCloseTo(2.3, 6);
    expect(lab.of('finding').map(({ code }) => code)).toContain('spoofed-sender');
  });
});

test('since when an address is held says nothing of the same address in another subnet', async () => {
  const lab = new MemoryLab(topologyOf('classic'));
  lab.at(1, NODE1, announcement(NODE1, VIP));
  lab.at(2, NEIGHBOR, announcement(NEIGHBOR, VIP));
  lab.at(3, NEIGHBOR, announcement(NODE1, VIP));
  await lab.feed.end();
  expect(lab.feed.holders.heldSince(VIP, 'a')).toBe('2026-11-20T12:00:01.000000000Z');
});

test('a claim that is told later than its frame names the port of its own frame', async () => {
  const lab = new MemoryLab(topologyOf('classic'), { allClaims: true });
  const ip = '192.168.0.77';
  lab.at(1, NODE1, announcement(NODE1, ip));
  lab.at(2, NODE1, announcement(NODE1, ip));
  lab.at(3, NODE2, announcement(NODE2, ip));
  lab.at(4, NODE2, announcement(NODE2, ip));
  await lab.feed.end();
  const told = lab.of('claim').map(({ verdict, mac, port }) => [verdict, mac, port]);
  expect(told).toEqual([
    ['moved', NODE1, `${inst(NODE1)}/eth0`],
    ['confirmed', NODE1, `${inst(NODE1)}/eth0`],
    ['moved', NODE2, `${inst(NODE2)}/eth0`],
    ['confirmed', NODE2, `${inst(NODE2)}/eth0`],
  ]);
});

describe('a virtual MAC that turns up behind another port', () => {
  const moves = (lab: MemoryLab): unknown[] =>
    lab
      .of('takeover')
      .map(({ time, from, to, cause }) => [time.slice(17), from.name, to.name, cause]);
  const speaks = (source: string): DataView =>
    packet({ source, destination: CLIENT, from: VIP, to: CLIENT_IP });

  test.each([
    ['by a plain frame', speaks(VIRTUAL)],
    ['by an announcement, which moves nothing else', announcement(VIRTUAL, VIP)],
  ])('takes its HaVip along: %s', async (_, frame) => {
    const lab = new MemoryLab(topologyOf('classic'));
    lab.at(1, NODE1, announcement(VIRTUAL, VIP));
    lab.at(5, NODE2, frame);
    lab.at(
      5.25,
      CLIENT,
      packet({ source: CLIENT, destination: VIRTUAL, from: CLIENT_IP, to: VIP }),
    );
    await lab.feed.end();
    expect(lab.claims()).toEqual([`moved ${VIP} ${VIRTUAL}`]);
    expect(lab.of('takeover')).toEqual([
      {
        event: 'takeover',
        time: '2026-11-20T12:00:05.000000000Z',
        ip: VIP,
        from: { mac: VIRTUAL, name: inst(NODE1), speaker: null },
        to: { mac: VIRTUAL, name: inst(NODE2), speaker: null },
        cause: 'station-move',
        detectionSeconds: null,
        outageSeconds: null,
        repointMicroseconds: 250_000,
      },
    ]);
    expect(lab.holderChanges.at(-1)).toMatchObject({
      ...{ havip: VIP, ip: VIP, cause: 'station-move' },
      ...{ from: inst(NODE1), to: inst(NODE2) },
    });
    expect(lab.feed.holders.heldSince(VIP, 'a')).toBe('2026-11-20T12:00:05.000000000Z');
  });

  test('is told with the outage that clients saw', async () => {
    const lab = new MemoryLab(topologyOf('classic'));
    const about = { client: CLIENT, clientIp: CLIENT_IP, vip: VIP, server: VIRTUAL };
    lab.at(1, NODE1, announcement(VIRTUAL, VIP));
    for (let i = 0; i < 40; i++) {
      const second = 2 + i * 0.1;
      lab.at(second, CLIENT, echo(true, { ...about, sequence: i }));
      const server = second < 3.95 ? NODE1 : second > 4.95 ? NODE2 : null;
      if (server !== null) lab.at(second + 0.001, server, echo(false, { ...about, sequence: i }));
    }
    await lab.feed.end();
    expect(lab.of('takeover').map(({ cause }) => cause)).toEqual(['station-move']);
    expect(lab.of('takeover')[0]?.outageSeconds).toBeCloseTo(1.1, 6);
  });

  test('is told after two seconds, or when it moves again', async () => {
    const lab = new MemoryLab(topologyOf('classic'));
    lab.feed.run();
    lab.at(1, NODE1, announcement(VIRTUAL, VIP));
    lab.at(5, NODE2, speaks(VIRTUAL));
    await lab.read(5.5);
    expect(moves(lab)).toEqual([]);
    lab.at(6, NODE1, speaks(VIRTUAL));
    await lab.read(7.9);
    const first = ['05.000000000Z', inst(NODE1), inst(NODE2), 'station-move'];
    expect(moves(lab)).toEqual([first]);
    await lab.read(8.1);
    const second = ['06.000000000Z', inst(NODE2), inst(NODE1), 'station-move'];
    expect(moves(lab)).toEqual([first, second]);
    await lab.feed.end();
  });

  test('is left to the claim that tells of it: another speaker of the virtual router', async () => {
    const lab = new MemoryLab(topologyOf('classic'));
    const says = (source: string): DataView =>
      advert({ source: VIRTUAL, ip: ADDRESSES[source] as string, priority: 100 });
    lab.at(0.5, NODE1, says(NODE1));
    lab.at(1, NODE1, announcement(VIRTUAL, VIP));
    for (let s = 1; s < 4; s++) lab.at(s + 0.5, NODE1, says(NODE1));
    lab.at(7, NODE2, says(NODE2));
    lab.at(7.001, NODE2, announcement(VIRTUAL, VIP));
    for (let s = 8; s < 12; s++) lab.at(s, NODE2, says(NODE2));
    await lab.feed.end();
    expect(moves(lab)).toEqual([['07.001000000Z', inst(NODE1), inst(NODE2), 'crash']]);
  });

  test('is none where the claim that names it moved the address', async () => {
    const lab = new MemoryLab(topologyOf('classic'));
    lab.at(1, NODE1, announcement(NODE1, VIP));
    lab.at(2, NODE1, speaks(VIRTUAL));
    lab.at(3, NODE2, announcement(VIRTUAL, VIP));
    await lab.feed.end();
    expect(moves(lab)).toEqual([['03.000000000Z', inst(NODE1), null, 'announcement']]);
  });
});

describe('changes of bindings', () => {
  test('hold in the report from the same frame on as in the switch', async () => {
    const lab = new MemoryLab(topologyOf('alibaba'));
    const unbind = changeOf('unbind', VIP, inst(NODE1));
    const bind = changeOf('bind', VIP, inst(NODE1));
    lab.at(1, NODE1, announcement(NODE1, VIP));
    const first = lab.feed.change(unbind);
    lab.change('unbind', VIP, inst(NODE1), first);
    lab.feed.confirmChange(first);
    lab.at(2, NODE1, announcement(NODE1, VIP));
    const second = lab.feed.change(bind);
    lab.change('bind', VIP, inst(NODE1), second);
    lab.feed.confirmChange(second);
    lab.at(3, NODE1, announcement(NODE1, VIP));
    await lab.feed.end();
    expect(lab.claims()).toEqual([
      `moved ${VIP} ${NODE1}`,
      `refused ${VIP} ${NODE1} not-member`,
      `moved ${VIP} ${NODE1}`,
    ]);
    expect(lab.holder(VIP)).toBe(NODE1);
  });

  test('one that the engine refuses undoes none that was asked for after it', async () => {
    const lab = new MemoryLab(topologyOf('alibaba'));
    lab.at(1, NODE1, announcement(NODE1, VIP));
    const wrong = lab.feed.change(changeOf('unbind', VIP, 'nobody'));
    const right = lab.feed.change(changeOf('unbind', VIP, inst(NODE1)));
    expect(lab.change('unbind', VIP, 'nobody', wrong)).toHaveProperty('refused');
    expect(lab.change('unbind', VIP, inst(NODE1), right)).toHaveProperty('done');
    lab.feed.forgetChange(wrong);
    lab.feed.confirmChange(right);
    lab.at(2, NODE1, announcement(NODE1, VIP));
    await lab.feed.end();
    expect(lab.claims()[1]).toBe(`refused ${VIP} ${NODE1} not-member`);
  });

  test('one whose record found no room in the ring is made all the same', async () => {
    const lab = new MemoryLab(topologyOf('alibaba'), { ringOctets: 1024 });
    lab.feed.run();
    lab.at(1, NODE1, announcement(NODE1, VIP));
    for (let i = 0; i < 20; i++) lab.at(2, ROGUE, announcement(ROGUE, VIP));
    expect(lab.ring.lost).toBeGreaterThan(0);
    const number = lab.feed.change(changeOf('unbind', VIP, inst(NODE1)));
    lab.change('unbind', VIP, inst(NODE1), number);
    lab.feed.confirmChange(number);
    await lab.read(3);
    lab.at(4, NODE1, announcement(NODE1, VIP));
    await lab.feed.end();
    expect(lab.claims().at(-1)).toBe(`refused ${VIP} ${NODE1} not-member`);
    expect(lab.feed.lost).toBe(lab.ring.lost);
  });
});

test('an IPv6 address is held since its claim, however it is written', async () => {
  const written = '2001:DB8:0:0::0088';
  const topology = topologyOf('huawei', { havips: [havipOf(written, [NODE1])] });
  const lab = new MemoryLab(topology);
  const from = ADDRESSES6[NODE1] as string;
  const said = { type: 136, flags: 0x20, from, target: VIP6, option: NODE1 } as const;
  lab.at(1, NODE1, neighbor({ source: NODE1, ...said }));
  await lab.feed.end();
  expect(lab.holder(written)).toBe(NODE1);
  expect(lab.feed.holders.heldSince(written, 'a')).toBe('2026-11-20T12:00:01.000000000Z');
});

test('a feed that fails says so once, and ends in peace', async () => {
  const emit = (): void => {
    throw new Error('out of luck');
  };
  const lab = new MemoryLab(topologyOf('alibaba'), { emit });
  lab.at(1, NODE1, announcement(NODE1, VIP));
  lab.feed.run();
  await expect.poll(() => lab.failures).toEqual(['out of luck']);
  lab.at(2, ROGUE, announcement(ROGUE, VIP));
  await lab.feed.end();
  expect(lab.failures).toEqual(['out of luck']);
});

describe('a dry run of the guard', () => {
  const rogueTakesOver = async (dryRun: boolean): Promise<MemoryLab> => {
    const lab = new MemoryLab(topologyOf('alibaba'), { dryRun });
    lab.at(1, NODE1, announcement(NODE1, VIP));
    for (let i = 0; i < 10; i++) ping(lab, 1.1 + i * 0.1, i, NODE1);
    lab.at(2.05, ROGUE, announcement(ROGUE, VIP));
    for (let i = 10; i < 20; i++) ping(lab, 1.1 + i * 0.1, i, dryRun ? ROGUE : NODE1);
    await lab.feed.end();
    return lab;
  };

  test('tells what the cloud would refuse, and that it came to pass', async () => {
    const lab = await rogueTakesOver(true);
    expect(lab.claims()).toEqual([
      `moved ${VIP} ${NODE1}`,
      `refused ${VIP} ${ROGUE} not-member`,
      `moved ${VIP} ${ROGUE}`,
    ]);
    expect(lab.of('takeover')).toMatchObject([
      {
        ip: VIP,
        from: { mac: NODE1 },
        to: { mac: ROGUE, name: inst(ROGUE) },
        cause: 'announcement',
      },
    ]);
    expect(lab.holder(VIP)).toBe(ROGUE);
    expect(lab.feed.holders.heldSince(VIP, 'a')).toBe('2026-11-20T12:00:02.050000000Z');
  });

  test('without it the same frames change nothing', async () => {
    const lab = await rogueTakesOver(false);
    expect(lab.claims()).toEqual([`moved ${VIP} ${NODE1}`, `refused ${VIP} ${ROGUE} not-member`]);
    expect([lab.of('takeover'), lab.holder(VIP)]).toEqual([[], NODE1]);
  });
});

describe('the report and the switch agree on every address', () => {
  const claim = fc.record({
    sender: fc.constantFrom(...PORTS),
    asserted: fc.constantFrom(...PORTS, 'own', 'own', 'own'),
    source: fc.constantFrom('own', 'own', ...PORTS),
    ip: fc.constantFrom(VIP, VIP, VIP, '192.168.0.11', '192.168.0.77', '192.168.1.1', '10.9.9.9'),
    operation: fc.constantFrom(1, 2),
    gratuitous: fc.boolean(),
  });
  const change = fc.record({
    command: fc.constantFrom('bind' as const, 'unbind' as const),
    mac: fc.constantFrom(NODE1, NODE2, ROGUE),
  });
  const step = fc.oneof({ weight: 6, arbitrary: claim }, { weight: 1, arbitrary: change });

  test.each(RULE_SET_NAMES)('under %s, guarded and in a dry run', async (provider) => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.boolean(), run);
    await fc.assert(property, { numRuns: 40 });

    async function run(
      steps: (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
      dryRun: boolean,
    ) {
      const lab = new MemoryLab(topologyOf(provider), { dryRun, allClaims: true });
      steps.forEach((one, i) => {
        if ('command' in one) {
          const { command, mac } = one;
          const number = lab.feed.change(changeOf(command, VIP, inst(mac)));
          const result = lab.change(command, VIP, inst(mac), number);
          if ('refused' in result) lab.feed.forgetChange(number);
          else lab.feed.confirmChange(number);
          return;
        }
        const { sender, operation, ip } = one;
        const source = one.source === 'own' ? sender : one.source;
        const sha = one.asserted === 'own' ? source : one.asserted;
        const tpa = one.gratuitous ? ip : '192.168.0.10';
        lab.at(1 + i, sender, arp({ operation, source, sha, spa: ip, tpa }));
      });
      await lab.feed.end();
      const { owner } = lab.feed.analysis;
      for (const havip of lab.live.control.topology.havips) {
        const name = havip.name;
        expect(holderIn(owner, name), name).toBe(lab.live.control.holderOf(name));
      }
      // The other subnet is another network, in which the same address is another one.
      const inA = lab.of('claim').filter(({ port }) => port !== `${inst(NEIGHBOR)}/eth0`);
      const moved = inA.filter(({ ip, verdict }) => ip === VIP && verdict === 'moved');
      const last = moved.at(-1)?.mac ?? null;
      if (lab.holder(VIP) !== null) expect(last).toBe(lab.holder(VIP));
    }
  });

  function holderIn(owner: MemoryLab['live']['owner'], ip: string): number {
    if (ip.includes(':')) return 0;
    const last = Number(ip.split('.')[3]);
    const entry = owner.addresses4.find(0, 0xc0a80000 + last);
    return entry < 0 ? 0 : owner.addresses4.mac(entry);
  }
});

describe('what else comes through the ring', () => {
  test('a port that is gone is named', async () => {
    const lab = new MemoryLab(topologyOf('alibaba'));
    const at = lab.ring.begin(RECORD_PORT_GONE, 7e9, 0);
    lab.ring.mark(at, 1, 0, 0);
    lab.ring.commit();
    await lab.feed.end();
    expect(lab.events[0]).toEqual({
      event: 'port-gone',
      time: '2026-11-20T12:00:07.000000000Z',
      port: `${inst(NODE2)}/eth0`,
    });
  });

  test('findings name the VLAN of the lab file, none where there is none', async () => {
    const OTHER = '192.168.1.88';
    const vlan = { access: 300 };
    const enis = PORTS.map((mac) => (mac === NEIGHBOR ? eniOf(mac) : eniOf(mac, { vlan })));
    const havips = [havipOf(VIP, [NODE1, NODE2]), havipOf(OTHER, [], { subnet: 'b' })];
    const lab = new MemoryLab(topologyOf('huawei', { enis, havips }));
    lab.at(1, ROGUE, announcement(ROGUE, VIP));
    lab.at(2, NEIGHBOR, announcement(NEIGHBOR, OTHER));
    await lab.feed.end();
    const found = lab.of('finding').filter(({ code }) => code === 'claim-refused');
    expect(found.map(({ ip, vlan: vid }) => [ip, vid])).toEqual([
      [VIP, 300],
      [OTHER, null],
    ]);
  });

  test('what is no claim, advert or service of a HaVip does not reach the feed', async () => {
    const lab = new MemoryLab(topologyOf('classic'), { allClaims: true });
    const from = ADDRESSES[CLIENT] as string;
    lab.at(1, CLIENT, packet({ source: CLIENT, destination: NODE1, from, to: '192.168.0.11' }));
    expect(lab.ring.next()).toBe(false);
    await lab.feed.end();
    expect(lab.events).toEqual([]);
  });
});
