/**
 * Which receivers follow a failover, form by form. What each does is read in its own source:
 * RFC 826 "Packet Reception"; Linux net/ipv4/arp.c and net/ipv6/ndisc.c; FreeBSD
 * sys/netinet/if_ether.c and sys/netinet6/nd6_nbr.c; lwIP etharp.c and nd6.c; gVisor arp.go and
 * neighbor_entry.go; smoltcp interface/ipv4.rs and ipv6.rs; ip-sysctl.rst for what can be dropped.
 */
import { describe, expect, test } from 'vitest';
import { FLAG_OVERRIDE, FLAG_SOLICITED } from '../../src/arp/neighbor.ts';
import { compile } from '../../src/havip/compile.ts';
import { type ArpText, arp, neighbor } from '../dataplane/frames.ts';
import { havipOf, topologyOf } from '../dataplane/site.ts';
import { A, advert, B, C, CLIENT, CLIENT_IP, Scene, VIP, VMAC } from './scene.ts';

const ONES = 'ff:ff:ff:ff:ff:ff';
const ZERO = '00:00:00:00:00:00';
const VIP6 = '2001:db8::88';
const CLIENT6 = '2001:db8::a';
const TRUSTING = ['rfc826', 'freebsd', 'lwip'];
const LINUX = ['linux', 'linux-arp-accept'];
const NEVER_IPV4 = ['gvisor', 'smoltcp', 'no-garp'];
const ALL = ['rfc826', ...LINUX, 'freebsd', 'lwip', 'gvisor', 'smoltcp', 'no-garp'];

/** ARP about the address by B: gratuitous, unless it is told another target. */
function byB(fields: Partial<ArpText>): DataView {
  return arp({ operation: 1, source: B, spa: VIP, tpa: VIP, tha: ONES, ...fields });
}

interface Heard {
  frame: number;
  acceptedFrame: number | null;
  t: number | null;
  why: string;
}

/** What the result says of each profile about its first failover. */
async function receivers(scene: Scene, options = {}): Promise<Map<string, Heard>> {
  const { failovers } = await scene.replay(options);
  const [failover] = failovers;
  if (failover === undefined) throw new Error('no failover');
  const { frame } = failover;
  return new Map(failover.receivers.map(({ profile, ...rest }) => [profile, { frame, ...rest }]));
}

/** The profiles that follow at this frame (null: never), in the order of the document. */
function at(heard: Map<string, Heard>, frame: number | null): string[] {
  return [...heard].filter(([, one]) => one.acceptedFrame === frame).map(([profile]) => profile);
}

function sorted(...lists: string[][]): string[] {
  const named = new Set(lists.flat());
  return ALL.filter((profile) => named.has(profile));
}

/** A announced long ago, then `view` at second 10. */
function afterA(view: DataView): { scene: Scene; frame: number } {
  const scene = new Scene();
  scene.announce(0, A);
  return { scene, frame: scene.at(10, view) };
}

describe('a gratuitous ARP to all', () => {
  test.each([
    ['request, target MAC all ones (keepalived)', byB({})],
    ['request, target MAC zero (RFC 5227)', byB({ tha: ZERO })],
    ["request, target MAC the sender's (ucarp)", byB({ tha: B })],
    ["reply, target MAC the sender's (RFC 5944)", byB({ operation: 2, tha: B })],
    ['reply, target MAC the destination (Cisco)', byB({ operation: 2 })],
    ['reply, target MAC zero', byB({ operation: 2, tha: ZERO })],
  ])('%s: all but gVisor, smoltcp and who drops it', async (_, view) => {
    const { scene, frame } = afterA(view);
    const heard = await receivers(scene);
    expect(at(heard, frame)).toEqual(sorted(TRUSTING, LINUX));
    expect(at(heard, null)).toEqual(NEVER_IPV4);
    expect(heard.get('linux')?.t).toBe(10);
  });

  test('the profiles stand in the order of the contract', async () => {
    expect([...(await receivers(afterA(byB({})).scene)).keys()]).toEqual(ALL);
  });
});

describe("Linux's locktime of one second", () => {
  const cisco = byB({ operation: 2 });

  test("the loser's announcement, 8 ms later the winner's Cisco form: Linux keeps the loser", async () => {
    const scene = new Scene();
    scene.announce(0, B);
    scene.announce(5, A);
    const frame = scene.at(5.008, cisco);
    const failover = (await scene.replay()).failovers[1];
    const never = failover?.receivers.filter((one) => one.acceptedFrame === null) ?? [];
    expect(failover?.frame).toBe(frame);
    expect(never.map(({ profile }) => profile)).toEqual(sorted(LINUX, NEVER_IPV4));
    expect(never[0]?.why).toContain('target MAC');
  });

  test('it follows at the first such reply after it', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    scene.at(0.5, cisco);
    scene.at(1, cisco);
    const late = scene.at(1.001, cisco);
    scene.at(3, cisco);
    const heard = await receivers(scene);
    expect(at(heard, late)).toEqual(LINUX);
    expect(heard.get('linux')?.t).toBe(1.001);
  });

  test('a gratuitous request ends it at once', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    scene.at(0.5, cisco);
    const request = scene.announce(0.6, B);
    expect(at(await receivers(scene), request)).toEqual(LINUX);
  });

  test('a third host that draws Linux to itself starts it anew', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    scene.at(0.5, cisco);
    // A question is heard by all, and is no gratuitous ARP.
    scene.at(2, arp({ operation: 1, source: C, spa: VIP, tpa: CLIENT_IP }));
    scene.at(2.5, cisco);
    const late = scene.at(3.1, cisco);
    expect(at(await receivers(scene), late)).toEqual(LINUX);
  });
});

describe('one host alone', () => {
  test('an announcement to one host moves that host only', async () => {
    const { scene } = afterA(byB({ destination: CLIENT }));
    const heard = await receivers(scene);
    expect(at(heard, null)).toEqual(ALL);
    expect(heard.get('linux')?.why).toContain(`${CLIENT} alone`);
    expect(heard.get('gvisor')?.why).not.toContain('alone');
  });

  test('gVisor and smoltcp learn from who asks them', async () => {
    const { scene } = afterA(byB({}));
    const question = scene.at(10.5, byB({ tpa: CLIENT_IP, tha: ZERO }));
    const heard = await receivers(scene);
    expect(at(heard, null)).toEqual(['gvisor', 'smoltcp']);
    for (const profile of ['gvisor', 'smoltcp']) {
      expect(heard.get(profile)?.why).toContain(`${CLIENT_IP} alone follows, asked by frame`);
    }
    expect(at(heard, question)).toEqual(['no-garp']);
  });

  test('an answer to one host: smoltcp notes it, gVisor does not override', async () => {
    const { scene } = afterA(byB({}));
    scene.at(10.5, byB({ operation: 2, destination: CLIENT, tha: CLIENT, tpa: CLIENT_IP }));
    const heard = await receivers(scene);
    expect(heard.get('smoltcp')?.why).toContain(`${CLIENT} alone`);
    expect(heard.get('gvisor')?.why).not.toContain('alone');
  });

  test('a group that hosts do not join is heard by nobody; the copy to all is', async () => {
    const { scene } = afterA(byB({ operation: 2, destination: '01:00:0c:cd:cd:cd' }));
    expect(at(await receivers(scene), null)).toEqual(ALL);
    const copy = scene.at(10.001, byB({ operation: 2 }));
    expect(at(await receivers(scene), copy)).toEqual(sorted(TRUSTING, LINUX));
  });
});

test('what comes after the next failover counts for that one', async () => {
  const scene = new Scene();
  scene.announce(0, A);
  scene.at(10, byB({ destination: CLIENT }));
  const back = scene.announce(20, A);
  const { failovers } = await scene.replay();
  expect(failovers[0]?.receivers.every(({ acceptedFrame }) => acceptedFrame === null)).toBe(true);
  expect(failovers[1]?.receivers[1]).toMatchObject({ profile: 'linux', acceptedFrame: back });
});

test('where the MAC stays the same nobody has to follow', async () => {
  const scene = new Scene();
  const node = (priority: number, ip: string) => advert({ priority, source: VMAC, ip });
  scene.at(0, node(150, '192.168.0.11'));
  scene.announce(0.1, VMAC);
  scene.at(5, node(100, '192.168.0.12'));
  const frame = scene.announce(5.1, VMAC);
  const heard = await receivers(scene);
  expect(at(heard, frame)).toEqual(ALL);
  expect(heard.get('gvisor')?.why).toContain('MAC stays the same');
});

test('a refused claim reaches nobody', async () => {
  const site = compile(topologyOf('alibaba', { havips: [havipOf(VIP, [A, B])] }));
  const scene = new Scene();
  scene.announce(0, A);
  scene.at(10, byB({ destination: CLIENT }));
  scene.at(11, arp({ operation: 1, source: C, spa: VIP, tpa: VIP }));
  const frame = scene.announce(12, B);
  expect(at(await receivers(scene, { site }), frame)).toEqual(sorted(TRUSTING, LINUX));
});

describe('neighbor advertisements (RFC 4861 7.2.5)', () => {
  interface Advertised {
    flags?: number;
    option?: string | null;
    from?: string;
    to?: string;
    destination?: string;
  }

  function na(source: string, more: Advertised = {}): DataView {
    const { flags = FLAG_OVERRIDE, option = source, from = VIP6, ...rest } = more;
    return neighbor({ type: 136, source, flags, from, target: VIP6, option, ...GROUP, ...rest });
  }

  const GROUP = { destination: '33:33:00:00:00:01' };
  const FOLLOWING = ['linux', 'linux-arp-accept', 'freebsd', 'lwip', 'gvisor', 'smoltcp'];

  function afterNa(view: DataView): { scene: Scene; frame: number } {
    const scene = new Scene();
    scene.at(0, na(A));
    return { scene, frame: scene.at(10, view) };
  }

  test('with the override flag the MAC is replaced', async () => {
    const { scene, frame } = afterNa(na(B));
    const heard = await receivers(scene);
    expect(at(heard, frame)).toEqual(FOLLOWING);
    expect(at(heard, null)).toEqual(['rfc826', 'no-garp']);
    expect(heard.get('rfc826')?.why).toContain('IPv4');
  });

  test('without a target link-layer address the MAC stays', async () => {
    const { scene, frame } = afterNa(na(B, { option: null }));
    const again = scene.at(11, na(B));
    const heard = await receivers(scene);
    expect(heard.get('linux')?.frame).toBe(frame);
    expect(at(heard, again)).toEqual(FOLLOWING);
    expect(heard.get('linux')?.why).toContain('no target link-layer address');
  });

  test('smoltcp notes the MAC for the source of the packet', async () => {
    const { scene, frame } = afterNa(na(B, { from: 'fe80::b' }));
    expect(at(await receivers(scene), frame)).toEqual(FOLLOWING.slice(0, -1));
  });

  test('to one host, and its question to one host', async () => {
    const { scene } = afterNa(na(B, { to: CLIENT6, destination: CLIENT }));
    const flags = FLAG_OVERRIDE | FLAG_SOLICITED;
    scene.at(11, na(B, { flags, to: CLIENT6, destination: CLIENT }));
    const heard = await receivers(scene);
    expect(at(heard, null)).toEqual(ALL);
    expect(heard.get('gvisor')?.why).toContain(`${CLIENT} alone`);
    expect(heard.get('no-garp')?.why).toContain(`${CLIENT} alone`);
  });

  test('a solicitation tells who is asked; lwIP keeps a complete entry', async () => {
    const { scene } = afterNa(na(B, { option: null }));
    const asked = { target: CLIENT6, to: 'ff02::1:ff00:a', destination: '33:33:ff:00:00:0a' };
    scene.at(11, neighbor({ type: 135, source: B, from: VIP6, option: B, ...asked }));
    const heard = await receivers(scene);
    expect(at(heard, null)).toEqual(ALL);
    expect(heard.get('linux')?.why).toContain('the host asked by frame 3 alone follows');
    expect(heard.get('lwip')?.why).not.toContain('alone');
  });
});
