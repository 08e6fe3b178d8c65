/**
 * The reason that a refused claim is given: the first that matches, in the order of the design
 * (section 3): wrong-subnet, virtual-mac, sender-mac-mismatch, wrong-port, not-member,
 * ordinary-address, rate-limited.
 */
import { describe, expect, test } from 'vitest';
import { ArpPolicer } from '../../src/dataplane/arp-policer.ts';
import { Forwarding } from '../../src/dataplane/forwarding.ts';
import { compile } from '../../src/havip/compile.ts';
import { RULE_SET_NAMES } from '../../src/havip/rule-sets.ts';
import { announcement, arp, neighbor } from './frames.ts';
import {
  ADDRESSES,
  attach,
  Bench,
  CLIENT,
  eniOf,
  GATEWAY,
  havipOf,
  NEIGHBOR,
  NODE1,
  NODE2,
  PORTS,
  ROGUE,
  STRANGER,
  topologyOf,
  VIP,
  VIP6,
  VIRTUAL,
  watching,
} from './site.ts';

const guarded = RULE_SET_NAMES.filter((name) => name !== 'classic');
const OUTSIDE = '10.9.9.9';

/** `source` says on the wire that `mac` has the address. */
function says(source: string, mac: string, ip: string): DataView {
  return arp({ operation: 1, source, sha: mac, spa: ip, tpa: ip });
}

describe.each(guarded)('under %s', (provider) => {
  const subnetIsOpen = provider === 'tencent';

  test.each([
    ['an address outside every subnet', says(NODE1, NODE1, OUTSIDE)],
    ['the same from a virtual MAC', says(VIRTUAL, VIRTUAL, OUTSIDE)],
    ['the same with a forged source', says(ROGUE, NODE1, OUTSIDE)],
    ['an ENI of another subnet', says(NEIGHBOR, NEIGHBOR, VIP)],
    ['the same with a forged source', says(ROGUE, NEIGHBOR, VIP)],
    [
      "an ENI of another subnet, for this one's ordinary address",
      says(NEIGHBOR, NEIGHBOR, '192.168.0.11'),
    ],
  ])('wrong-subnet: %s', (_, frame) => {
    expect(watching(provider).claim(frame)).toBe('refused wrong-subnet');
  });

  test.each([
    ['for a HaVip', says(VIRTUAL, VIRTUAL, VIP)],
    ['for a HaVip, sent from the own MAC', says(NODE1, VIRTUAL, VIP)],
    ['of IPv6', says('00:00:5e:00:02:33', '00:00:5e:00:02:33', VIP)],
    ['for an ordinary address', says(VIRTUAL, VIRTUAL, '192.168.0.11')],
    ['for an address that nobody has', says(VIRTUAL, VIRTUAL, '192.168.0.200')],
  ])('virtual-mac: %s', (_, frame) => {
    expect(watching(provider).claim(frame)).toBe('refused virtual-mac');
  });

  test('a virtual MAC that is a member is like any other', () => {
    const havips = [havipOf(VIP, [], { memberMacs: [0x00005e000133] })];
    const bench = watching(provider, { havips });
    expect(bench.claim(says(VIRTUAL, VIRTUAL, VIP))).toBe('moved');
  });

  test.each([
    ['a member speaks for another member', says(NODE2, NODE1, VIP)],
    ['a rogue asserts a member', says(ROGUE, NODE1, VIP)],
    ['a rogue asserts itself from a foreign source', says(STRANGER, ROGUE, VIP)],
    ['for an ordinary address', says(ROGUE, NODE1, '192.168.0.11')],
  ])('sender-mac-mismatch: %s', (_, frame) => {
    const bench = watching(provider);
    expect(bench.claim(frame)).toBe('refused sender-mac-mismatch');
    expect(bench.holder(VIP)).toBeNull();
  });

  test('not-member: an ENI that is not bound, a host that nobody knows', () => {
    const bench = watching(provider);
    const verdict = subnetIsOpen ? 'moved' : 'refused not-member';
    expect(bench.claim(says(ROGUE, ROGUE, VIP))).toBe(verdict);
    expect(bench.claim(says(STRANGER, STRANGER, VIP))).toBe('refused not-member');
  });

  test('ordinary-address: what belongs to another ENI', () => {
    const bench = watching(provider);
    expect(bench.claim(says(NODE1, NODE1, '192.168.0.11'))).toBe('moved');
    for (const mac of [ROGUE, NODE2, STRANGER]) {
      expect(bench.claim(says(mac, mac, '192.168.0.11'))).toBe('refused ordinary-address');
    }
    expect(bench.holder('192.168.0.11')).toBe(NODE1);
  });

  test('ordinary-address: an ENI takes no address that is nobody’s, a host outside the lab may', () => {
    const bench = watching(provider);
    expect(bench.claim(says(ROGUE, ROGUE, '192.168.0.200'))).toBe('refused ordinary-address');
    expect(bench.claim(says(STRANGER, STRANGER, '192.168.0.200'))).toBe('moved');
  });

  test('an ENI without source/destination check may under huawei', () => {
    const enis = PORTS.map((mac) => eniOf(mac, mac === ROGUE ? { sourceDestCheck: false } : {}));
    const bench = watching(provider, { enis });
    const verdict = provider === 'huawei' ? 'moved' : 'refused ordinary-address';
    expect(bench.claim(says(ROGUE, ROGUE, '192.168.0.11'))).toBe(verdict);
    expect(bench.claim(says(ROGUE, ROGUE, '192.168.0.200'))).toBe(verdict);
    expect(bench.claim(says(NODE2, NODE2, '192.168.0.11'))).toBe('refused ordinary-address');
    const onHavip = subnetIsOpen ? 'moved' : 'refused not-member';
    expect(bench.claim(says(ROGUE, ROGUE, VIP))).toBe(onHavip);
  });

  test('the gateway is whoever spoke first for it, and no ENI', () => {
    const bench = watching(provider);
    expect(bench.claim(says(CLIENT, CLIENT, GATEWAY))).toBe('refused ordinary-address');
    expect(bench.claim(says(STRANGER, STRANGER, GATEWAY))).toBe('moved');
    expect(bench.claim(says(STRANGER, STRANGER, GATEWAY))).toBe('confirmed');
    const other = '02:00:00:00:99:98';
    expect(bench.claim(says(other, other, GATEWAY))).toBe('refused ordinary-address');
    expect(bench.holder(GATEWAY)).toBe(STRANGER);
  });

  test('link-local addresses are open to all', () => {
    const bench = watching(provider);
    expect(bench.claim(says(ROGUE, ROGUE, '169.254.7.7'))).toBe('moved');
    const base = { type: 136, flags: 0x20, from: 'fe80::1', target: 'fe80::1' } as const;
    expect(bench.claim(neighbor({ ...base, source: ROGUE, option: ROGUE }))).toBe('moved');
    expect(bench.claim(neighbor({ ...base, source: NODE1, option: NODE1 }))).toBe('moved');
  });

  test('IPv6 is judged like IPv4', () => {
    const bench = watching(provider);
    const na = (source: string, option: string, target: string): DataView =>
      neighbor({ type: 136, flags: 0x20, from: 'fe80::1', source, option, target });
    expect(bench.claim(na(NODE1, NODE1, VIP6))).toBe('moved');
    expect(bench.claim(na(NODE1, NODE1, '2001:db8:9::1'))).toBe('refused wrong-subnet');
    expect(bench.claim(na(VIRTUAL, VIRTUAL, VIP6))).toBe('refused virtual-mac');
    expect(bench.claim(na(ROGUE, NODE1, VIP6))).toBe('refused sender-mac-mismatch');
    expect(bench.claim(na(STRANGER, STRANGER, VIP6))).toBe('refused not-member');
    expect(bench.claim(na(ROGUE, ROGUE, '2001:db8::11'))).toBe('refused ordinary-address');
    expect(bench.holder(VIP6)).toBe(NODE1);
  });
});

describe('with ports', () => {
  /** No source guard stands before the claim guard here, so that the port is what is judged. */
  function guardOnly(policer: ArpPolicer | null = null): Bench {
    const topology = topologyOf('huawei');
    const site = compile(topology);
    attach(site, topology);
    const forwarding = new Forwarding({ byIp: false, carriesMulticast: true }, [1500, 1500, 1500]);
    const plan = { ...site.plan, sourceGuard: null };
    return new Bench({ ...site, plan }, forwarding, policer);
  }

  test('wrong-port: a member’s MAC behind another port', () => {
    const bench = guardOnly();
    expect(bench.claim(says(NODE1, NODE1, VIP), 0)).toBe('moved');
    expect(bench.claim(says(NODE1, NODE1, VIP), 1)).toBe('refused wrong-port');
    expect(bench.claim(says(STRANGER, STRANGER, VIP), 1)).toBe('refused wrong-port');
    expect(bench.port(VIP)).toBe(0);
  });

  test('wrong-port comes after sender-mac-mismatch and before not-member', () => {
    const bench = guardOnly();
    expect(bench.claim(says(NODE2, NODE1, VIP), 1)).toBe('refused sender-mac-mismatch');
    expect(bench.claim(says(ROGUE, ROGUE, VIP), 0)).toBe('refused wrong-port');
    expect(bench.claim(says(ROGUE, ROGUE, VIP), 3)).toBe('refused not-member');
  });

  test('rate-limited: the last of all', () => {
    const bench = guardOnly(new ArpPolicer({ rate: 1, burst: 2 }, 4));
    const claims = [1, 2, 3].map(() => bench.claim(announcement(NODE1, VIP), 0));
    expect(claims).toEqual(['moved', 'confirmed', 'refused rate-limited']);
    expect(bench.claim(says(ROGUE, ROGUE, VIP), 3)).toBe('refused not-member');
    expect(bench.claim(announcement(NODE2, VIP), 1)).toBe('moved');
    bench.now = 1e9;
    expect(bench.claim(announcement(NODE1, VIP), 0)).toBe('moved');
    expect(bench.dropped('rate-limited')).toBe(1);
  });

  test('a refused claim is not learned from and goes nowhere', () => {
    const bench = guardOnly();
    expect(bench.send(announcement(ROGUE, VIP), 3)).toBe('drop not-member');
    expect(bench.owner.stations.size).toBe(0);
    expect(bench.send(announcement(NODE1, VIP), 0)).toBe('flood');
    expect(bench.owner.stations.size).toBe(1);
    expect(bench.owner.addresses4.size).toBe(1);
  });
});

describe('--havip without --provider', () => {
  const bare = havipOf(VIP, [], { subnet: null, memberMacs: [0x00163e000001] });
  const more = { subnets: [], enis: [], havips: [bare] };

  test('guards that address alone', () => {
    const bench = watching(null, more);
    expect(bench.claim(says(NODE1, NODE1, VIP))).toBe('moved');
    expect(bench.claim(says(ROGUE, ROGUE, VIP))).toBe('refused not-member');
    expect(bench.claim(says(ROGUE, NODE1, VIP))).toBe('refused sender-mac-mismatch');
    expect(bench.claim(says(VIRTUAL, VIRTUAL, VIP))).toBe('refused virtual-mac');
    const ordinary = ADDRESSES[NODE1] as string;
    expect(bench.claim(says(ROGUE, ROGUE, ordinary))).toBe('moved');
    expect(bench.claim(says(VIRTUAL, VIRTUAL, ordinary))).toBe('moved');
  });

  test('in whatever VLAN', () => {
    const bench = watching(null, more);
    expect(bench.claim(announcement(ROGUE, VIP, [7]))).toBe('refused not-member');
    expect(bench.claim(announcement(NODE1, VIP, [7]))).toBe('moved');
  });
});
