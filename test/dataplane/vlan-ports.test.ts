/** Access and trunk ports: what passes them, in which form, and what never does (IEEE 802.1Q). */
import { describe, expect, test } from 'vitest';
import { RULE_SET_NAMES, ruleSet } from '../../src/havip/rule-sets.ts';
import type { ProviderName, Topology, VlanPort } from '../../src/havip/topology.ts';
import { formatMac } from '../../src/wire/mac.ts';
import { LiveLab } from '../havip/live-lab.ts';
import { announcement, arp, BROADCAST, packet, type Tags } from './frames.ts';
import { readPacket } from './octets.ts';
import { eniOf, havipOf, topologyOf } from './site.ts';

const PLAIN = 0;
const ACCESS10 = 1;
const ACCESS10B = 2;
const ACCESS20 = 3;
const TRUNK = 4;
const NATIVE = 5;
const VLANS: (VlanPort | null)[] = [
  null,
  { access: 10 },
  { access: 10 },
  { access: 20 },
  { trunk: [10, 20], native: null },
  { trunk: [20, 30], native: 10 },
];
const MACS = VLANS.map((_, i) => `00:16:3e:00:00:0${i + 1}`);
const IPS = VLANS.map((_, i) => `192.168.0.${i + 11}`);
const VIP = '192.168.0.88';
const ANYWHERE = '02:aa:aa:aa:aa:aa';

/** One subnet with a port of every kind. */
function topology(provider: ProviderName, more: Partial<Topology> = {}): Topology {
  const enis = VLANS.map((vlan, i) => eniOf(MACS[i]!, { addresses: [IPS[i]!], vlan }));
  const havips = [havipOf(VIP, [MACS[ACCESS10]!, MACS[ACCESS10B]!, MACS[TRUNK]!])];
  return topologyOf(provider, { enis, havips, ...more });
}

const lab = (provider: ProviderName): LiveLab => new LiveLab(topology(provider));
const from = (port: number, to: string, tags: Tags = [], destination = ANYWHERE): DataView =>
  packet({ source: MACS[port]!, destination, from: IPS[port]!, to, tags });

/** What each port has got, as "port: tags". */
function seen(net: LiveLab): string[] {
  return net.hosts.flatMap((_, port) =>
    net.gotAt(port).map((frame) => {
      const tags: number[] = [];
      for (let at = 12; frame.getUint16(at) === 0x8100; at += 4) tags.push(frame.getUint16(at + 2));
      return `${port}: ${tags.join()}`;
    }),
  );
}

describe.each(['huawei', 'classic'] as const)('a broadcast by MAC under %s', (provider) => {
  const flood = (port: number, tags: Tags = []): string[] => {
    const net = lab(provider);
    net.sendAt(port, from(port, '192.168.0.255', tags, BROADCAST));
    return seen(net);
  };

  test.each([
    ['an access port', ACCESS10, [], ['2: ', '4: 10', '5: ']],
    ['an access port of another VLAN', ACCESS20, [], ['4: 20', '5: 20']],
    ['a trunk, tagged', TRUNK, [10], ['1: ', '2: ', '5: ']],
    ['a trunk, tagged otherwise', TRUNK, [20], ['3: ', '5: 20']],
    ['a trunk, untagged, in its native VLAN', NATIVE, [], ['1: ', '2: ', '4: 10']],
    ['a trunk, in a VLAN that nobody else has', NATIVE, [30], []],
    ['a port without VLAN', PLAIN, [], []],
    ['an access port, priority-tagged', ACCESS10, [0], ['2: ', '4: 10', '5: ']],
    ['a trunk, priority-tagged, in its native VLAN', NATIVE, [0], ['1: ', '2: ', '4: 10']],
  ] as [string, number, Tags, string[]][])('from %s', (_, port, tags, reached) => {
    expect(flood(port, tags)).toEqual(reached);
  });

  test('keeps the priority of its tag (802.1Q 6.9.3)', () => {
    const net = lab(provider);
    const frame = from(ACCESS10, '192.168.0.255', [0], BROADCAST);
    frame.setUint16(14, 0xa000);
    net.sendAt(ACCESS10, frame);
    const reached = seen(net);
    expect(reached).toContain(`4: ${0xa000 + 10}`);
  });
});

describe.each(RULE_SET_NAMES)('under %s', (provider) => {
  const gateway = formatMac(ruleSet(provider).gatewayMac);

  test.each([
    ['tagged on an access port, even with its own VLAN', ACCESS10, [10]],
    ['tagged on a port without VLAN', PLAIN, [10]],
    ['untagged on a trunk without native VLAN', TRUNK, []],
    ['priority-tagged there', TRUNK, [0]],
    ['of a VLAN that the trunk does not carry', TRUNK, [30]],
    ['with two tags', TRUNK, [10, 20]],
  ] as [string, number, Tags][])('a frame %s is dropped', (_, port, tags) => {
    const net = lab(provider);
    net.sendAt(port, from(port, VIP, tags));
    net.sendAt(port, announcement(MACS[port]!, VIP, tags));
    expect(seen(net)).toEqual([]);
    expect(net.dropped('vlan')).toBe(2);
    expect(net.live.owner.stations.size).toBe(net.live.networks.length);
  });

  test.each([
    [ACCESS10, []],
    [TRUNK, [20]],
    [NATIVE, []],
    [NATIVE, [30]],
  ] as [
    number,
    Tags,
  ][])('the gateway answers port %i in the form of the question', (port, tags) => {
    const net = lab(provider);
    const spa = IPS[port]!;
    const asked = { operation: 1, source: MACS[port]!, spa, tpa: '192.168.0.254', tags };
    net.sendAt(port, arp(asked));
    const [reply] = net.gotAt(port);
    const at = 12 + 4 * tags.length;
    expect(reply!.getUint16(at)).toBe(0x0806);
    expect(reply!.getUint16(at + 8)).toBe(2);
    if (tags.length > 0)
      expect([reply!.getUint16(12), reply!.getUint16(14)]).toEqual([0x8100, tags[0]]);
  });

  test('a HaVip has one holder in each VLAN of its subnet', () => {
    const net = lab(provider);
    net.sendAt(ACCESS10, announcement(MACS[ACCESS10]!, VIP));
    net.sendAt(TRUNK, announcement(MACS[TRUNK]!, VIP, [20]));
    seen(net);
    const holder = MACS[ACCESS10]!;
    net.sendAt(ACCESS10B, from(ACCESS10B, VIP, [], holder));
    expect(seen(net)).toEqual([`${ACCESS10}: `]);
    net.sendAt(ACCESS20, from(ACCESS20, VIP, [], MACS[TRUNK]!));
    expect(seen(net)).toEqual([`${TRUNK}: 20`]);
  });

  test('between subnets a packet takes the VLAN of where it goes', () => {
    const [a, b] = topologyOf(provider).subnets;
    const enis = [
      eniOf(MACS[0]!, { addresses: ['192.168.0.11'], vlan: { trunk: [10], native: null } }),
      eniOf(MACS[1]!, { addresses: ['192.168.1.11'], subnet: 'b', vlan: { access: 20 } }),
      eniOf(MACS[2]!, {
        addresses: ['192.168.1.12'],
        subnet: 'b',
        vlan: { trunk: [20], native: null },
      }),
    ];
    const net = new LiveLab(topologyOf(provider, { subnets: [a!, b!], enis, havips: [] }));
    const base = { source: MACS[0]!, destination: gateway, from: '192.168.0.11', tags: [10] };
    net.sendAt(0, packet({ ...base, to: '192.168.1.11' }));
    const access = readPacket(net.gotAt(1)[0]!);
    expect([access.tags, access.hops, access.destination]).toEqual([[], 63, MACS[1]]);
    net.sendAt(0, packet({ ...base, to: '192.168.1.12' }));
    const trunk = readPacket(net.gotAt(2)[0]!);
    expect([trunk.tags, trunk.hops, trunk.isSound]).toEqual([[20], 63, true]);
    const back = { source: MACS[1]!, destination: gateway, from: '192.168.1.11' };
    net.sendAt(1, packet({ ...back, to: '192.168.0.11' }));
    const returned = readPacket(net.gotAt(0)[0]!);
    expect([returned.tags, returned.destination]).toEqual([[10], MACS[0]]);
  });

  test('the same VID in two VPCs is two networks', () => {
    const [a, b] = topologyOf(provider).subnets;
    const vlan = { access: 10 };
    const enis = [
      eniOf(MACS[0]!, { addresses: ['192.168.0.11'], vlan }),
      eniOf(MACS[1]!, { addresses: ['192.168.0.11'], subnet: 'twin', vlan }),
    ];
    const twin = { ...a!, name: 'twin', vpc: 'w' };
    const net = new LiveLab(topologyOf(provider, { subnets: [a!, b!, twin], enis, havips: [] }));
    const base = { destination: BROADCAST, from: '192.168.0.11' };
    net.sendAt(0, packet({ ...base, source: MACS[0]!, to: '192.168.0.255' }));
    net.sendAt(0, packet({ ...base, source: MACS[0]!, destination: MACS[1]!, to: '192.168.0.12' }));
    expect(seen(net)).toEqual([]);
  });
});

test('tencent: in a VLAN of two subnets a HaVip is free for those of its own alone', () => {
  const vlan = { access: 10 };
  const enis = ['a', 'a', 'b'].map((subnet, i) =>
    eniOf(MACS[i]!, { subnet, addresses: [`192.168.${subnet === 'a' ? 0 : 1}.${i + 11}`], vlan }),
  );
  const net = new LiveLab(topologyOf('tencent', { enis, havips: [havipOf(VIP, [])] }));
  const probe = (port: number): string[] => {
    net.sendAt(port, arp({ operation: 1, source: MACS[port]!, spa: '0.0.0.0', tpa: VIP }));
    return seen(net);
  };
  expect(probe(0)).toEqual([]);
  expect(probe(2)).toEqual(['2: ']);
  net.sendAt(1, announcement(MACS[1]!, VIP));
  expect(probe(0)).toEqual([]);
  expect(probe(2)).toEqual(['2: ']);
});
