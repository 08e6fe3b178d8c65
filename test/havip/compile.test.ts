/** From a topology to what the switch knows: who may claim what, where, and under which words. */
import { describe, expect, test } from 'vitest';
import { compile } from '../../src/havip/compile.ts';
import { RULE_SET_NAMES, ruleSet } from '../../src/havip/rule-sets.ts';
import type { ProviderName, Topology } from '../../src/havip/topology.ts';
import { formatMac, parseMac } from '../../src/wire/mac.ts';
import { announcement, arp, packet, type Tags } from '../dataplane/frames.ts';
import {
  ADDRESSES,
  type Bench,
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
} from '../dataplane/site.ts';

/** The verdict on a first announcement of `ip` by `mac`. */
function first(bench: Bench, mac: string, ip: string, tags: Tags = []): string {
  return bench.claim(announcement(mac, ip, tags));
}

const cloudMac = (provider: ProviderName): string => formatMac(ruleSet(provider).gatewayMac);

/** ARP that answers the client. */
const answer = { operation: 2, destination: CLIENT, tha: CLIENT, tpa: '192.168.0.10' };

const alibaba = (more: Partial<Topology> = {}): Bench => watching('alibaba', more);

describe('the words for reports', () => {
  const site = compile(topologyOf('alibaba'));

  test('name hosts, subnets, addresses and HaVips', () => {
    expect(site.nameOf(parseMac(NODE1))).toBe(`i-${NODE1}`);
    expect(site.nameOf(parseMac(STRANGER))).toBeNull();
    expect([0, 1, 2, 3].map((index) => site.subnetName(index))).toEqual([null, 'a', 'b', null]);
    expect(site.addressesOf(parseMac(NODE1))).toEqual(['192.168.0.11', '2001:db8::11']);
    expect(site.addressesOf(parseMac(STRANGER))).toEqual([]);
    expect([site.nameAt('192.168.0.11'), site.nameAt('2001:db8::11')]).toEqual([
      ...[`i-${NODE1}`, `i-${NODE1}`],
    ]);
    expect([site.nameAt(VIP), site.nameAt('192.168.0.99')]).toEqual([null, null]);
    const members = [NODE1, NODE2].map(parseMac);
    expect(site.havips).toEqual([
      { ip: VIP, subnet: 'a', members },
      { ip: VIP6, subnet: 'a', members },
    ]);
  });

  test('name nobody by an address that several have, each in a subnet of its own', () => {
    const addresses = ['192.168.0.11', '2001:DB8:0::12'];
    const others = ['00:16:3e:00:00:77', '00:16:3e:00:00:78'].map((mac) =>
      eniOf(mac, { instance: `other-${mac}`, subnet: 'b', addresses }),
    );
    const enis = [...PORTS.map((mac) => eniOf(mac)), ...others];
    const { nameAt } = compile(topologyOf('alibaba', { enis }));
    expect(['192.168.0.11', '2001:db8::12'].map(nameAt)).toEqual([null, null]);
    expect(nameAt('192.168.0.12')).toBe(`i-${NODE2}`);
  });

  test.each(RULE_SET_NAMES)('give the gateway of %s its MAC', (provider) => {
    expect(compile(topologyOf(provider)).gatewayMac).toBe(ruleSet(provider).gatewayMac);
  });

  test('give no gateway where no rules are chosen', () => {
    expect(compile(topologyOf(null)).gatewayMac).toBe(0);
  });

  test('write addresses as RFC 5952 does, however the lab wrote them', () => {
    const havips = [havipOf('2001:0DB8:0:0::0088', [NODE1])];
    expect(compile(topologyOf('huawei', { havips })).havips[0]?.ip).toBe(VIP6);
  });
});

describe('who is bound', () => {
  test('an instance: all its ENIs in the subnet, none elsewhere', () => {
    const twin = '00:16:3e:00:00:77';
    const instance = `i-${NODE1}`;
    const enis = [
      ...PORTS.map((mac) => eniOf(mac)),
      eniOf(twin, { instance, name: 'eth1', addresses: ['192.168.0.77'] }),
      eniOf('00:16:3e:00:01:78', { instance, name: 'eth2', subnet: 'b', addresses: [] }),
    ];
    const [havip] = compile(topologyOf('alibaba', { enis })).havips;
    expect(havip?.members).toEqual([NODE1, NODE2, twin].map(parseMac));
    expect(first(alibaba({ enis }), twin, VIP)).toBe('moved');
    expect(first(alibaba({ enis }), '00:16:3e:00:01:78', VIP)).toBe('refused wrong-subnet');
  });

  test('one ENI of an instance: that one', () => {
    const twin = '00:16:3e:00:00:77';
    const instance = `i-${NODE1}`;
    const enis = [eniOf(NODE1), eniOf(twin, { instance, name: 'eth1', addresses: [] })];
    const members = [{ instance, eni: 'eth1' }];
    const bench = (): Bench => alibaba({ enis, havips: [havipOf(VIP, [], { members })] });
    expect(first(bench(), twin, VIP)).toBe('moved');
    expect(first(bench(), NODE1, VIP)).toBe('refused not-member');
  });

  test('nobody: everyone is refused', () => {
    const bench = alibaba({ havips: [havipOf(VIP, [])] });
    for (const mac of PORTS.slice(0, 4)) expect(first(bench, mac, VIP)).toBe('refused not-member');
  });

  test('an ENI whose MAC the lab leaves open binds nothing yet', () => {
    const enis = PORTS.map((mac) => eniOf(mac, mac === NODE1 ? { mac: null } : {}));
    const bench = alibaba({ enis });
    expect(first(bench, NODE1, VIP)).toBe('refused not-member');
    expect(first(bench, NODE2, VIP)).toBe('moved');
  });

  test('a HaVip without address is no HaVip yet', () => {
    const havips = [{ ...havipOf(VIP, [NODE1]), address: null }];
    expect(compile(topologyOf('alibaba', { havips })).havips).toEqual([]);
  });

  test('tencent: the subnet, or with checkAssociate the associated', () => {
    const narrow = [havipOf(VIP, [NODE1], { checkAssociate: true })];
    expect(first(watching('tencent', { havips: [havipOf(VIP, [])] }), ROGUE, VIP)).toBe('moved');
    expect(first(watching('tencent', { havips: narrow }), ROGUE, VIP)).toBe('refused not-member');
    expect(first(watching('tencent'), NEIGHBOR, VIP)).toBe('refused wrong-subnet');
    expect(first(watching('tencent'), STRANGER, VIP)).toBe('refused not-member');
  });

  test('checkAssociate means nothing to the others', () => {
    const havips = [havipOf(VIP, [NODE1], { checkAssociate: false })];
    expect(first(alibaba({ havips }), ROGUE, VIP)).toBe('refused not-member');
  });
});

describe('what is whose', () => {
  test('outside every block: wrong-subnet; in a block, nobody’s: not for an ENI', () => {
    expect(first(alibaba(), NODE1, '192.168.2.1')).toBe('refused wrong-subnet');
    expect(first(alibaba(), STRANGER, '192.168.2.1')).toBe('refused wrong-subnet');
    expect(first(alibaba(), NODE1, '192.168.0.200')).toBe('refused ordinary-address');
    expect(first(alibaba(), STRANGER, '192.168.0.200')).toBe('moved');
  });

  test('link-local is open, as is nothing else', () => {
    expect(first(alibaba(), VIRTUAL, '169.254.0.1')).toBe('moved');
    expect(first(alibaba(), NODE1, '169.253.255.255')).toBe('refused wrong-subnet');
    expect(first(alibaba(), NODE1, '169.255.0.0')).toBe('refused wrong-subnet');
  });

  test.each([
    ['192.168.0.0/24', '192.168.0.255', '192.168.1.0'],
    ['10.0.0.0/8', '10.255.255.255', '11.0.0.0'],
    ['10.20.30.40/29', '10.20.30.47', '10.20.30.48'],
    ['0.0.0.0/0', '203.0.113.9', null],
    ['198.51.100.7/32', '198.51.100.7', '198.51.100.6'],
  ])('%s ends where it ends', (cidr, inside, outside) => {
    const subnets = [{ name: 'a', vpc: 'v', cidrs: [cidr], gateways: [] }];
    const more = { subnets, enis: [], havips: [] };
    expect(first(alibaba(more), STRANGER, inside)).toBe('moved');
    if (outside !== null)
      expect(first(alibaba(more), STRANGER, outside)).toBe('refused wrong-subnet');
  });

  test('the gateway is the provider’s, or whoever is no ENI and spoke first', () => {
    const bench = alibaba();
    expect(first(bench, NODE1, GATEWAY)).toBe('refused ordinary-address');
    expect(first(bench, STRANGER, GATEWAY)).toBe('moved');
    const own = cloudMac('alibaba');
    // ee:ff:… is an individual address: the group bit is clear.
    expect(first(bench, own, GATEWAY)).toBe('moved');
    expect(first(bench, STRANGER, GATEWAY)).toBe('refused ordinary-address');
  });

  test('a cloud that forwards by IP answers for its hosts, which is nobody’s claim', () => {
    const bench = alibaba();
    for (const ip of [ADDRESSES[NODE1] as string, VIP]) {
      expect(bench.claim(arp({ ...answer, spa: ip, source: cloudMac('alibaba') }))).toBe('nothing');
    }
    const byMac = watching('huawei');
    const forged = arp({ ...answer, spa: VIP, source: cloudMac('huawei') });
    expect(byMac.claim(forged)).toMatch(/^refused/);
  });

  test('two subnets are kept apart', () => {
    expect(first(alibaba(), NEIGHBOR, '192.168.1.1')).toBe('moved');
    expect(first(alibaba(), NEIGHBOR, '192.168.0.11')).toBe('refused wrong-subnet');
    expect(first(alibaba(), NODE1, '192.168.1.1')).toBe('refused wrong-subnet');
  });
});

describe('VLANs', () => {
  const within = (vlan: object): Partial<Topology> => ({
    enis: PORTS.map((mac) => eniOf(mac, mac === NEIGHBOR ? {} : { vlan: vlan as never })),
  });

  test('where no ENI names one, a subnet covers them all', () => {
    for (const tags of [[], [10], [20], [20, 10]]) {
      expect(first(alibaba(), NODE1, VIP, tags)).toBe('moved');
      expect(first(alibaba(), ROGUE, VIP, tags)).toBe('refused not-member');
    }
  });

  test('access: that one', () => {
    const bench = alibaba(within({ access: 10 }));
    expect(first(bench, NODE1, VIP, [10])).toBe('moved');
    expect(first(bench, NODE1, VIP, [20])).toBe('refused wrong-subnet');
    expect(first(bench, NODE1, VIP)).toBe('refused wrong-subnet');
  });

  test('trunk: its VLANs, and untagged frames where there is a native one', () => {
    const trunk = [10, 20];
    const bare = alibaba(within({ trunk, native: null }));
    expect([[10], [20], [30], []].map((tags) => first(bare, NODE1, VIP, tags))).toEqual([
      'moved',
      'moved',
      'refused wrong-subnet',
      'refused wrong-subnet',
    ]);
    const native = alibaba(within({ trunk, native: 10 }));
    expect(first(native, NODE1, VIP)).toBe('moved');
  });

  test('the same block in two VLANs is two subnets, each with its own members', () => {
    const cidrs = ['192.168.0.0/24'];
    const subnets = ['a', 'b'].map((name) => ({ name, vpc: 'v', cidrs, gateways: [] }));
    const enis = [
      eniOf(NODE1, { vlan: { access: 10 } }),
      eniOf(NODE2, { subnet: 'b', vlan: { access: 20 }, addresses: ['192.168.0.11'] }),
    ];
    const havips = [havipOf(VIP, [NODE1]), havipOf(VIP, [NODE2], { subnet: 'b' })];
    const bench = alibaba({ subnets, enis, havips });
    expect(first(bench, NODE1, VIP, [10])).toBe('moved');
    expect(first(bench, NODE2, VIP, [20])).toBe('moved');
    expect(first(bench, NODE1, VIP, [20])).toBe('refused wrong-subnet');
    expect(first(bench, NODE2, '192.168.0.11', [20])).toBe('moved');
    expect(bench.holder(VIP, 10)).toBe(NODE1);
  });
});

describe('--havip', () => {
  const bare = { subnet: null, memberMacs: [NODE1, NODE2].map(parseMac) };
  const only = { subnets: [], enis: [], havips: [havipOf(VIP, [], bare)] };

  test('without --provider guards its address and leaves the rest alone', () => {
    const bench = watching(null, only);
    expect(first(bench, NODE2, VIP)).toBe('moved');
    expect(first(bench, ROGUE, VIP)).toBe('refused not-member');
    expect(first(bench, VIRTUAL, VIP)).toBe('refused virtual-mac');
    expect(first(bench, ROGUE, '192.168.0.11')).toBe('moved');
    expect(bench.site?.plan.sourceGuard).toBeNull();
  });

  test.each([
    'alibaba',
    'huawei',
    'ucloud',
  ] as const)('with --provider %s does the same', (name) => {
    const bench = watching(name, only);
    expect(first(bench, NODE1, VIP)).toBe('moved');
    expect(first(bench, ROGUE, VIP)).toBe('refused not-member');
    expect(first(bench, ROGUE, '10.9.9.9')).toBe('moved');
  });

  test('with --provider classic refuses nobody', () => {
    expect(first(watching('classic', only), ROGUE, VIP)).toBe('moved');
  });

  test('beside a lab file names one address more, in any subnet', () => {
    const extra = '192.168.0.99';
    const havips = [havipOf(VIP, [NODE1]), havipOf(extra, [], bare)];
    expect(first(alibaba({ havips }), NODE2, extra)).toBe('moved');
    expect(first(alibaba({ havips }), CLIENT, extra)).toBe('refused not-member');
  });
});

describe('without a provider', () => {
  test('a lab guards its HaVips and addresses as bound', () => {
    const bench = watching(null);
    expect(first(bench, ROGUE, VIP)).toBe('refused not-member');
    expect(first(bench, ROGUE, '192.168.0.11')).toBe('refused ordinary-address');
  });
});

describe('sources', () => {
  const send = (mac: string, ip: string): DataView =>
    packet({ source: mac, destination: CLIENT, from: ip, to: '192.168.0.10' });

  test('are not judged where the lab names no ENI, nor under classic', () => {
    expect(watching('alibaba', { enis: [] }).site?.plan.sourceGuard).toBeNull();
    expect(watching('classic').site?.plan.sourceGuard).toBeNull();
  });

  test('tencent: any ENI of the subnet may use the HaVip, none of another', () => {
    const bench = watching('tencent');
    bench.send(send(ROGUE, VIP));
    expect(bench.dropped('source-ip')).toBe(0);
    bench.send(send(NEIGHBOR, VIP));
    expect(bench.dropped('source-ip')).toBe(1);
  });
});

test('text that is no address is a mistake of the caller', () => {
  const subnets = [{ name: 'a', vpc: 'v', cidrs: ['not-an-address/24'], gateways: [] }];
  expect(() => compile(topologyOf('alibaba', { subnets }))).toThrow(
    /not-an-address is no IP address/,
  );
});
