/** Where accepted frames go: by IP and by MAC (design, section 3). */
import { describe, expect, test } from 'vitest';
import { ArpPolicer, DYNAMIC_ARP_INSPECTION } from '../../src/dataplane/arp-policer.ts';
import { RULE_SET_NAMES, ruleSet } from '../../src/havip/rule-sets.ts';
import { announcement, arp, BROADCAST, ethernet, neighbor, packet } from './frames.ts';
import {
  type Bench,
  CLIENT,
  eniOf,
  GATEWAY,
  havipOf,
  live,
  NODE1,
  NODE2,
  PORTS,
  ROGUE,
  VIP,
  VIP6,
  VIRTUAL,
} from './site.ts';

const byIp = RULE_SET_NAMES.filter((name) => ruleSet(name).forwarding === 'by-ip');
const port = (mac: string): number => PORTS.indexOf(mac);
const NODE1_IP = '192.168.0.11';
const CLIENT_IP = '192.168.0.10';
const ANYWHERE = '02:aa:aa:aa:aa:aa';

const asks = (source: string, spa: string, tpa: string): DataView =>
  arp({ operation: 1, source, spa, tpa });
const solicits = (source: string, from: string, target: string): DataView =>
  neighbor({
    type: 135,
    source,
    from,
    to: 'ff02::1:ff00:88',
    target,
    option: from === '::' ? null : source,
  });
const sends = (to: string, more: object = {}): DataView => {
  const from = to.includes(':') ? '2001:db8::10' : CLIENT_IP;
  return packet({ source: CLIENT, destination: ANYWHERE, from, to, ...more });
};
const announces = (bench: Bench, mac: string): void => {
  bench.send(announcement(mac, VIP), port(mac));
  const base = { type: 136, flags: 0x20, from: 'fe80::1', target: VIP6 } as const;
  bench.send(neighbor({ ...base, source: mac, option: mac }), port(mac));
};

test('alibaba, tencent and ucloud forward by IP', () => {
  expect(byIp).toEqual(['alibaba', 'alibaba-2021', 'tencent', 'ucloud']);
});

describe.each(byIp)('by IP, under %s', (provider) => {
  describe('the switch answers', () => {
    test.each([
      ['for the gateway', GATEWAY],
      ["for another ENI's address", NODE1_IP],
      ['for a HaVip that nobody holds', VIP],
    ])('%s', (_, target) => {
      const bench = live(provider);
      expect(bench.send(asks(CLIENT, CLIENT_IP, target), port(CLIENT))).toBe('respond');
    });

    test('for a HaVip that somebody else holds', () => {
      const bench = live(provider);
      announces(bench, NODE1);
      expect(bench.send(asks(CLIENT, CLIENT_IP, VIP), port(CLIENT))).toBe('respond');
      expect(bench.send(solicits(CLIENT, '2001:db8::10', VIP6), port(CLIENT))).toBe('respond');
    });

    test('NS for an ENI and for a HaVip without holder', () => {
      const bench = live(provider);
      const from = '2001:db8::10';
      expect(bench.send(solicits(CLIENT, from, '2001:db8::11'), port(CLIENT))).toBe('respond');
      expect(bench.send(solicits(CLIENT, from, VIP6), port(CLIENT))).toBe('respond');
    });

    test("a probe for another's ordinary address: it is a real conflict", () => {
      const bench = live(provider);
      expect(bench.send(asks(CLIENT, '0.0.0.0', NODE1_IP), port(CLIENT))).toBe('respond');
      expect(bench.send(solicits(CLIENT, '::', '2001:db8::11'), port(CLIENT))).toBe('respond');
    });
  });

  describe('the switch keeps silent', () => {
    test('about SPA = TPA: an announcement is taken and not answered', () => {
      const bench = live(provider);
      expect(bench.send(announcement(NODE1, VIP), port(NODE1))).toBe('drop not-delivered');
      expect(bench.holder(VIP)).toBe(NODE1);
    });

    test('to a reply and to an advertisement, which reach no host', () => {
      const bench = live(provider);
      const reply = arp({ operation: 2, source: NODE1, spa: NODE1_IP, tpa: CLIENT_IP });
      expect(bench.send(reply, port(NODE1))).toBe('drop not-delivered');
      announces(bench, NODE1);
      expect(bench.dropped('not-delivered')).toBe(3);
    });

    test("about the asker's own address, and the HaVip that it holds", () => {
      const bench = live(provider);
      announces(bench, NODE1);
      const silent = 'drop not-delivered';
      expect(bench.send(asks(NODE1, NODE1_IP, VIP), port(NODE1))).toBe(silent);
      expect(bench.send(asks(NODE1, '0.0.0.0', NODE1_IP), port(NODE1))).toBe(silent);
      expect(bench.send(solicits(NODE1, '::', '2001:db8::11'), port(NODE1))).toBe(silent);
      expect(bench.send(solicits(NODE1, '2001:db8::11', VIP6), port(NODE1))).toBe(silent);
    });

    test('about a HaVip that a member probes, whoever holds it', () => {
      const bench = live(provider);
      const silent = 'drop not-delivered';
      expect(bench.send(asks(NODE2, '0.0.0.0', VIP), port(NODE2))).toBe(silent);
      expect(bench.send(solicits(NODE2, '::', VIP6), port(NODE2))).toBe(silent);
      announces(bench, NODE1);
      expect(bench.send(asks(NODE2, '0.0.0.0', VIP), port(NODE2))).toBe(silent);
      expect(bench.send(solicits(NODE2, '::', VIP6), port(NODE2))).toBe(silent);
    });

    test('not to the probe of a host that is no member', () => {
      const bench = live(provider);
      announces(bench, NODE1);
      // Under tencent every ENI of the subnet is one.
      const verdict = provider === 'tencent' ? 'drop not-delivered' : 'respond';
      expect(bench.send(asks(ROGUE, '0.0.0.0', VIP), port(ROGUE))).toBe(verdict);
      expect(bench.send(solicits(ROGUE, '::', VIP6), port(ROGUE))).toBe(verdict);
    });

    test('about an address that nobody has', () => {
      const bench = live(provider);
      const verdict = 'drop unknown-address';
      expect(bench.send(asks(CLIENT, CLIENT_IP, '192.168.0.201'), port(CLIENT))).toBe(verdict);
      const from = '2001:db8::10';
      expect(bench.send(solicits(CLIENT, from, '2001:db8::201'), port(CLIENT))).toBe(verdict);
    });
  });

  describe('unicast packets', () => {
    test('go to the holder, whatever the destination MAC', () => {
      const bench = live(provider);
      announces(bench, NODE1);
      expect(bench.send(sends(VIP), port(CLIENT))).toBe(`forward ${port(NODE1)}`);
      expect(bench.send(sends(VIP6), port(CLIENT))).toBe(`forward ${port(NODE1)}`);
      announces(bench, NODE2);
      const toNode1 = sends(VIP, { destination: NODE1 });
      expect(bench.send(toNode1, port(CLIENT))).toBe(`forward ${port(NODE2)}`);
    });

    test('go to an ENI by its address', () => {
      const bench = live(provider);
      expect(bench.send(sends(NODE1_IP), port(CLIENT))).toBe(`forward ${port(NODE1)}`);
      expect(bench.send(sends('2001:db8::12'), port(CLIENT))).toBe(`forward ${port(NODE2)}`);
    });

    test('to the gateway are delivered', () => {
      expect(live(provider).send(sends(GATEWAY), port(CLIENT))).toBe('deliver');
    });

    test.each([
      ['no-holder: a HaVip that nobody has announced', sends(VIP), 'no-holder'],
      ['no-holder: IPv6', sends(VIP6), 'no-holder'],
      ['unknown-address', sends('192.168.0.201'), 'unknown-address'],
      ['unknown-address: IPv6', sends('2001:db8::201'), 'unknown-address'],
      ["hairpin: back to the sender's port", sends(CLIENT_IP), 'hairpin'],
      ['too-big', sends(NODE1_IP, { payload: 1481 }), 'too-big'],
      ['too-big: IPv6', sends('2001:db8::11', { payload: 1461 }), 'too-big'],
      ['not-carried: broadcast', sends('192.168.0.255', { destination: BROADCAST }), 'not-carried'],
      [
        'not-carried: multicast adverts',
        sends('224.0.0.18', { destination: '01:00:5e:00:00:12', protocol: 112 }),
        'not-carried',
      ],
      [
        'not-carried: a unicast packet in a broadcast frame',
        sends(NODE1_IP, { destination: BROADCAST }),
        'not-carried',
      ],
      [
        'not-delivered: what is no IP',
        ethernet({ source: CLIENT, destination: NODE1 }, 0x88b5, 46),
        'not-delivered',
      ],
    ])('%s', (_, frame, reason) => {
      const bench = live(provider);
      expect(bench.send(frame, port(CLIENT))).toBe(`drop ${reason}`);
      expect(bench.dropped(reason)).toBe(1);
    });

    test.each([
      ['a router solicitation', 133],
      ['a router advertisement', 134],
      ['a redirect', 137],
    ])('not-delivered: %s, to a host or to the gateway', (_, type) => {
      const bench = live(provider, {
        subnets: [
          {
            name: 'a',
            vpc: 'v',
            cidrs: ['192.168.0.0/24', '2001:db8::/64'],
            gateways: [GATEWAY, '2001:db8::1'],
          },
        ],
      });
      for (const to of ['2001:db8::11', '2001:db8::1']) {
        const frame = sends(to, { protocol: 58 });
        frame.setUint8(14 + 40, type);
        expect(bench.send(frame, port(CLIENT))).toBe('drop not-delivered');
      }
      expect(bench.dropped('not-delivered')).toBe(2);
    });

    test('of ICMPv6 other than neighbor discovery go on', () => {
      const frame = sends('2001:db8::11', { protocol: 58 });
      for (const type of [1, 128, 132, 138]) {
        frame.setUint8(14 + 40, type);
        expect(live(provider).send(frame, port(CLIENT))).toBe(`forward ${port(NODE1)}`);
      }
    });

    test('of the MTU’s size fit', () => {
      const bench = live(provider);
      const whole = sends(NODE1_IP, { payload: 1480 });
      expect(bench.send(whole, port(CLIENT))).toBe(`forward ${port(NODE1)}`);
    });

    test("hairpin: LVS sends the HaVip's packet back to the director", () => {
      const bench = live(provider);
      announces(bench, NODE1);
      const frame = packet({ source: NODE1, destination: NODE2, from: NODE1_IP, to: VIP });
      expect(bench.send(frame, port(NODE1))).toBe('drop hairpin');
    });

    test('a refused announcement moves no packet', () => {
      const bench = live(provider, { havips: [havipOf(VIP, [NODE1], { checkAssociate: true })] });
      bench.send(announcement(NODE1, VIP), port(NODE1));
      expect(bench.send(announcement(ROGUE, VIP), port(ROGUE))).toBe('drop not-member');
      expect(bench.send(sends(VIP), port(CLIENT))).toBe(`forward ${port(NODE1)}`);
    });
  });
});

describe('by MAC', () => {
  const frame = (source: string, destination: string, more = {}): DataView =>
    packet({ source, destination, from: '192.168.0.11', to: '192.168.0.12', ...more });

  test('an unknown destination is flooded, a known one is not', () => {
    const bench = live('classic');
    expect(bench.send(frame(NODE1, NODE2), 0)).toBe('flood');
    expect(bench.send(frame(NODE2, NODE1), 1)).toBe('forward 0');
    expect(bench.send(frame(NODE1, NODE2), 0)).toBe('forward 1');
  });

  test('a station that moves is found at its new port (IEEE 802.1Q 8.7)', () => {
    const bench = live('classic');
    bench.send(frame(VIRTUAL, BROADCAST), 0);
    bench.send(frame(NODE2, BROADCAST), 1);
    expect(bench.send(frame(CLIENT, VIRTUAL), 2)).toBe('forward 0');
    bench.send(frame(VIRTUAL, BROADCAST), 1);
    expect(bench.send(frame(CLIENT, VIRTUAL), 2)).toBe('forward 1');
    expect(bench.owner.stations.statistics().moves).toBe(1);
  });

  test('stations are known by VLAN: what was learned in one is flooded in another', () => {
    const bench = live('classic');
    bench.send(frame(NODE1, BROADCAST, { tags: [10] }), 0);
    expect(bench.send(frame(NODE2, NODE1, { tags: [10] }), 1)).toBe('forward 0');
    expect(bench.send(frame(NODE2, NODE1, { tags: [20] }), 1)).toBe('flood');
    expect(bench.send(frame(NODE2, NODE1), 1)).toBe('flood');
  });

  test('to the port it came from: hairpin', () => {
    const bench = live('classic');
    bench.send(frame(NODE1, BROADCAST), 0);
    expect(bench.send(frame(NODE2, NODE1), 0)).toBe('drop hairpin');
  });

  test('above the MTU: too-big; a tag does not count (IEEE 802.3 3.2.7)', () => {
    const bench = live('classic');
    bench.send(frame(NODE1, BROADCAST), 0);
    bench.send(frame(NODE1, BROADCAST, { tags: [10] }), 0);
    expect(bench.send(frame(NODE2, NODE1, { payload: 1480 }), 1)).toBe('forward 0');
    expect(bench.send(frame(NODE2, NODE1, { payload: 1481 }), 1)).toBe('drop too-big');
    const tags = [10];
    expect(bench.send(frame(NODE2, NODE1, { payload: 1480, tags }), 1)).toBe('forward 0');
    expect(bench.send(frame(NODE2, NODE1, { payload: 1481, tags }), 1)).toBe('drop too-big');
  });

  test.each(['huawei', 'classic'] as const)('%s carries broadcast and multicast', (provider) => {
    const bench = live(provider);
    expect(bench.send(frame(NODE1, '01:00:5e:00:00:12'), 0)).toBe('flood');
    expect(bench.send(announcement(NODE1, VIP), 0)).toBe('flood');
    expect(bench.send(asks(CLIENT, CLIENT_IP, VIP), port(CLIENT))).toBe('flood');
  });

  test('LVS in direct routing: the HaVip’s packet goes where its MAC says', () => {
    const bench = live('huawei');
    for (const mac of [NODE1, NODE2]) bench.send(asks(mac, '0.0.0.0', '169.254.1.1'), port(mac));
    bench.send(announcement(NODE1, VIP), 0);
    const real = packet({ source: CLIENT, destination: NODE2, from: CLIENT_IP, to: VIP });
    expect(bench.send(real, port(CLIENT))).toBe(`forward ${port(NODE2)}`);
  });
});

describe("dynamic ARP inspection's rate", () => {
  const storm = (bench: Bench, frames: number): string[] =>
    Array.from({ length: frames }, () => bench.send(announcement(NODE1, VIP), 0));

  test('is 15 a second with a burst of 15, for each port', () => {
    const policer = new ArpPolicer(DYNAMIC_ARP_INSPECTION, PORTS.length);
    const bench = live('huawei', {}, policer);
    const first = storm(bench, 20);
    expect(first.filter((verdict) => verdict === 'flood').length).toBe(15);
    expect(first.slice(15)).toEqual(Array(5).fill('drop rate-limited'));
    expect(bench.send(announcement(NODE2, VIP), 1)).toBe('flood');
    bench.now = 0.2e9;
    expect(storm(bench, 5)).toEqual([
      ...Array(3).fill('flood'),
      ...Array(2).fill('drop rate-limited'),
    ]);
    bench.now = 100e9;
    expect(storm(bench, 16).filter((verdict) => verdict === 'flood').length).toBe(15);
  });

  test('limits nothing where it is off, and no packets where it is on', () => {
    expect(new Set(storm(live('huawei'), 100))).toEqual(new Set(['flood']));
    const bench = live('huawei', {}, new ArpPolicer({ rate: 1, burst: 1 }, PORTS.length));
    for (let i = 0; i < 50; i++) {
      const verdict = bench.send(sends(NODE1_IP, { destination: BROADCAST }), port(CLIENT));
      expect(verdict).toBe('flood');
    }
  });
});

test('an ENI of another subnet asks in vain for what is not in its own', () => {
  const enis = PORTS.map((mac) => eniOf(mac));
  const bench = live('alibaba', { enis });
  expect(bench.send(asks(CLIENT, CLIENT_IP, '10.0.0.1'), port(CLIENT))).toBe(
    'drop unknown-address',
  );
});
