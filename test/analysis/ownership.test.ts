/** Who holds an address, which addresses are virtual, and what a capture point cannot show. */
import { describe, expect, test } from 'vitest';
import { Replay } from '../../src/analysis/replay.ts';
import type { Finding, ReplayResult } from '../../src/analysis/result.ts';
import { LINKTYPE_DSA_TAG_EDSA, openCaptureBytes } from '../../src/capture/index.ts';
import { compile } from '../../src/havip/compile.ts';
import { Blocks, bytes } from '../capture/build.ts';
import { announcement, arp, neighbor, packet } from '../dataplane/frames.ts';
import { eniOf, havipOf, topologyOf } from '../dataplane/site.ts';
import { A, A_IP, advert, B, B_IP, C, CLIENT, reply, Scene, VIP, VMAC } from './scene.ts';

function timelineOf(result: ReplayResult): (string | null)[][] {
  const havip = result.havips.find(({ ip }) => ip === VIP);
  return (havip?.timeline ?? []).map(({ mac, cause }) => [mac, cause]);
}

describe('holder', () => {
  test('an ARP reply sets the first holder', async () => {
    const scene = new Scene();
    scene.at(0, advert({ priority: 100 }));
    const frame = scene.at(1, reply(A, VIP));
    const result = await scene.replay();
    expect(timelineOf(result)).toEqual([[A, 'initial']]);
    expect(result.claims).toMatchObject([{ frame, form: 'arp-reply', verdict: 'moved' }]);
  });

  test('two MACs and an announcement make an address virtual; the earlier claim counts', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    scene.announce(1, B);
    const result = await scene.replay();
    expect(timelineOf(result)[0]).toEqual([A, 'initial']);
    expect(timelineOf(result)).toHaveLength(2);
    expect(result.claims.map(({ mac, verdict }) => [mac, verdict])).toEqual([
      [A, 'moved'],
      [B, 'moved'],
    ]);
    expect(result.havips[0]?.claims).toMatchObject({ moved: 2, confirmed: 0, noted: 0 });
  });

  test('two MACs that nobody announced are no HaVip', async () => {
    const scene = new Scene();
    scene.at(0, reply(A, VIP));
    scene.at(1, reply(B, VIP));
    const result = await scene.replay();
    expect(result.havips).toEqual([]);
    expect(result.claims).toEqual([]);
  });

  test("a host's announcement of its own address is not listed", async () => {
    const scene = new Scene();
    scene.announce(0, A, A_IP);
    scene.announce(1, A, A_IP);
    const { havips, claims } = await scene.replay({ allClaims: true });
    expect([havips, claims]).toEqual([[], []]);
  });

  test('--all-claims lists confirmed claims from before the address was virtual', async () => {
    const scene = new Scene();
    for (let i = 0; i < 3; i++) scene.announce(i, A);
    scene.announce(3, B);
    const { claims } = await scene.replay({ allClaims: true });
    expect(claims.map(({ frame, verdict }) => [frame, verdict])).toEqual([
      [1, 'moved'],
      [2, 'confirmed'],
      [3, 'confirmed'],
      [4, 'moved'],
    ]);
  });

  test('with a virtual MAC a change of speaker is a change of holder', async () => {
    const scene = new Scene();
    scene.at(0, advert({ priority: 100, source: VMAC }));
    scene.announce(0.1, VMAC);
    scene.at(5, advert({ priority: 90, source: VMAC, ip: B_IP }));
    const frame = scene.announce(5.1, VMAC);
    const { failovers, havips } = await scene.replay();
    expect(failovers).toMatchObject([
      { frame, from: { mac: VMAC, speaker: A_IP }, to: { mac: VMAC, speaker: B_IP } },
    ]);
    expect(havips[0]?.timeline.map(({ speaker }) => speaker)).toEqual([A_IP, B_IP]);
  });

  test('and the lab file names it by the address from which it sends its adverts', async () => {
    const enis = [
      eniOf(A, { instance: 'ecs-1', addresses: [A_IP] }),
      eniOf(B, { instance: 'ecs-2', addresses: [B_IP] }),
    ];
    const scene = new Scene();
    scene.at(0, advert({ priority: 100, source: VMAC }));
    scene.announce(0.1, VMAC);
    scene.at(5, advert({ priority: 90, source: VMAC, ip: B_IP }));
    scene.announce(5.1, VMAC);
    const { failovers, havips, claims } = await scene.replay({
      site: compile(topologyOf('classic', { enis, havips: [havipOf(VIP, [A, B])] })),
    });
    expect(failovers).toMatchObject([{ from: { name: 'ecs-1' }, to: { name: 'ecs-2' } }]);
    expect(havips[0]?.timeline.map(({ name }) => name)).toEqual(['ecs-1', 'ecs-2']);
    // Anybody may have sent the claim itself.
    expect(claims.map(({ name }) => name)).toEqual([null, null]);
  });
});

test('a HaVip of a subnet is listed beside one of the same address in another', async () => {
  const cidrs = ['192.168.0.0/24'];
  const site = compile(
    topologyOf('alibaba', {
      subnets: [
        { name: 'a', vpc: 'v', cidrs, gateways: [] },
        { name: 'b', vpc: 'w', cidrs, gateways: [] },
      ],
      enis: [eniOf(A, { vlan: { access: 100 } }), eniOf(B, { subnet: 'b', vlan: { access: 200 } })],
      havips: [havipOf(VIP, [A]), havipOf(VIP, [B], { subnet: 'b' })],
    }),
  );
  const scene = new Scene();
  scene.at(0, announcement(A, VIP, [100]));
  const { havips } = await scene.replay({ site });
  expect(
    havips.map(({ subnet, vlan, members, holder }) => [subnet, vlan, members, holder]),
  ).toEqual([
    ['a', 100, [A], A],
    ['b', null, [B], null],
  ]);
});

describe('resumed', () => {
  test('after its own advert of priority 0', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    scene.adverts(0, 2, { priority: 100 });
    scene.at(2.5, advert({ priority: 0 }));
    scene.at(3, advert({ priority: 100 }));
    scene.announce(3.1, A);
    const result = await scene.replay();
    expect(timelineOf(result)).toEqual([
      [A, 'initial'],
      [A, 'resumed'],
    ]);
    expect(result.failovers).toEqual([]);
  });

  // Version 2, priority 100: three seconds and (256 - 100) / 256 s.
  test.each([
    ['not before', 3.6, 1],
    ['after', 3.61, 2],
  ])('%s masterDownInterval of silence', async (_, silence, entries) => {
    const scene = new Scene();
    scene.announce(0, A);
    scene.adverts(0, 2, { priority: 100 });
    scene.announce(2 + silence, A);
    expect(timelineOf(await scene.replay())).toHaveLength(entries);
  });

  // Between its run from 9 s on and the one after it masterDownInterval has not passed.
  test.each([
    ['one short gap', [13.6]],
    ['more gaps than runs are kept', [13.6, 18.2, 22.8, 27.4, 32]],
  ])('after a long silence and %s', async (_, starts) => {
    const scene = new Scene();
    scene.announce(0, A);
    for (const start of [0, 9, ...starts]) scene.adverts(start, start + 2, { priority: 100 });
    scene.announce((starts.at(-1) as number) + 2.1, A);
    expect(timelineOf(await scene.replay())).toEqual([
      [A, 'initial'],
      [A, 'resumed'],
    ]);
  });

  test('not after a long silence in which it announced', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    scene.adverts(0, 2, { priority: 100 });
    for (const second of [3, 6, 8.9]) scene.announce(second, A);
    scene.adverts(9, 11, { priority: 100 });
    scene.announce(11.1, A);
    expect(timelineOf(await scene.replay())).toEqual([[A, 'initial']]);
  });

  test('not while adverts go on', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    scene.adverts(0, 20, { priority: 100 });
    scene.announce(20.1, A);
    expect(timelineOf(await scene.replay())).toEqual([[A, 'initial']]);
  });
});

describe('what the capture cannot show', () => {
  // As LINKTYPE_RAW, and as BSD and OpenBSD number DLT_RAW.
  test.each([101, 12, 14])('raw IP has no Ethernet layer (%i)', async (linkField) => {
    const scene = new Scene();
    const whole = packet({ source: A, from: A_IP, to: B_IP });
    scene.at(0, new DataView(whole.buffer.slice(14)));
    const { findings, counts } = await scene.replay({ linkField });
    expect(findings.map(({ code }) => code)).toContain('no-ethernet');
    expect(findings[0]?.message).toContain('RAW has no Ethernet layer');
    expect(counts).toMatchObject({ ipv4: 1, arp: 0 });
  });

  test('what is in frames of a link type that is not decoded', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    const { findings, counts } = await scene.replay({ linkField: LINKTYPE_DSA_TAG_EDSA });
    expect(counts).toMatchObject({ other: 1, arp: 0 });
    const { code, message } = findings[0] as Finding;
    expect([findings.length, code]).toEqual([1, 'no-ethernet']);
    expect(message).toContain('DSA_TAG_EDSA is not decoded');
  });

  test('the same beside frames that are decoded', async () => {
    const le = new Blocks();
    const data = [...new Uint8Array(announcement(A, VIP).buffer)];
    const blocks = [
      le.section(),
      le.interface(),
      le.interface({ linkType: LINKTYPE_DSA_TAG_EDSA }),
    ];
    const packets = [0, 1].map((id) => le.packet({ id, time: BigInt(id), data }));
    const capture = await openCaptureBytes(bytes(...blocks, ...packets));
    const options = { site: null, allClaims: false, limit: 0, from: null, to: null };
    const replay = new Replay({ ...options, listener: null }, ['x.pcapng']);
    await replay.run(capture);
    const { findings, counts } = replay.result();
    expect(counts).toMatchObject({ other: 1, arp: 1 });
    expect(findings.map(({ code }) => code)).toContain('capture-partial-view');
    expect(findings.map(({ code }) => code)).not.toContain('no-ethernet');
  });

  test('a peer that held the address and was never heard', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    for (let i = 0; i <= 3; i++) {
      scene.at(i + 0.5, advert({ priority: 100, to: B_IP, toMac: B }));
    }
    const frame = scene.announce(8, B);
    scene.at(9, reply(B, VIP));
    const { findings } = await scene.replay();
    expect(findings).toMatchObject([{ code: 'capture-partial-view', frame }]);
    // Its adverts may lie before what is replayed.
    const later = await scene.replay({ from: { seconds: 1 } });
    expect(later.findings.map(({ code }) => code)).not.toContain('capture-partial-view');
  });

  test('the same with adverts of the peer in the capture is a whole view', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    scene.adverts(0, 4, { priority: 100, to: B_IP, toMac: B });
    scene.at(8, advert({ priority: 90, source: B, ip: B_IP, to: A_IP, toMac: A }));
    scene.announce(8.1, B);
    scene.ping(9, { sequence: 1, server: B, client: CLIENT });
    expect((await scene.replay()).findings).toEqual([]);
  });
});

describe('a neighbor advertisement that is shorter than it says', () => {
  async function claims(wireLength: number) {
    const about = { type: 136, from: '2001:db8::88', target: '2001:db8::88' } as const;
    const scene = new Scene();
    scene.at(0, neighbor({ ...about, source: A, flags: 0x20, option: A }));
    const short = neighbor({ ...about, source: B, flags: 0x20, option: B });
    short.setUint16(18, 100);
    scene.at(1, short, wireLength);
    scene.at(2, neighbor({ ...about, source: C, flags: 0x20, option: C }));
    const { claims } = await scene.replay({ allClaims: true });
    return claims.map(({ mac }) => mac);
  }

  test('counts where the snap length has cut it, and not where all of it is there', async () => {
    expect(await claims(154)).toEqual([A, B, C]);
    expect(await claims(86)).toEqual([A, C]);
  });
});

test.each([
  ['nobody', '00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff'],
  ['a group', '03:16:3e:00:00:02', 'ff:ff:ff:ff:ff:ff'],
  ['a host to the bridges', B, '01:80:c2:00:00:0e'],
])('what a frame from %s claims changes nothing: no switch lets it pass', async (_, from, to) => {
  const scene = new Scene();
  scene.announce(0, A);
  scene.at(1, arp({ operation: 1, source: from, destination: to, sha: B, spa: VIP, tpa: VIP }));
  scene.announce(2, A);
  const { failovers, havips } = await scene.replay();
  expect([failovers, havips]).toEqual([[], []]);
});
