/**
 * From subnet to subnet of one VPC: what is passed on, and what the sender is told where it is not
 * (RFC 792, RFC 1812, RFC 4443). Checksums are taken anew by octets.ts.
 */
import { describe, expect, test } from 'vitest';
import { RULE_SET_NAMES, ruleSet } from '../../src/havip/rule-sets.ts';
import type { ProviderName, Subnet, Topology } from '../../src/havip/topology.ts';
import { formatMac } from '../../src/wire/mac.ts';
import { LiveLab } from '../havip/live-lab.ts';
import { announcement, packet } from './frames.ts';
import { checksum, hex, octets, readPacket } from './octets.ts';
import { eniOf, havipOf, topologyOf } from './site.ts';

const A = '00:16:3e:00:00:0a';
const B = '00:16:3e:00:00:0b';
const B2 = '00:16:3e:00:00:0c';
/** In another VPC, with the block of the first subnet. */
const OTHER = '00:16:3e:00:00:0d';
const A_IP = '10.0.1.10';
const B_IP = '10.0.2.10';
const A6 = '2001:db8:1::10';
const B6 = '2001:db8:2::10';
const HAVIP = '10.0.2.88';

const subnets: Subnet[] = [
  subnet('a', 'v', ['10.0.1.0/24', '2001:db8:1::/64'], ['10.0.1.1', '2001:db8:1::1']),
  subnet('b', 'v', ['10.0.2.0/24', '2001:db8:2::/64'], ['10.0.2.1', '2001:db8:2::1']),
  subnet('other', 'w', ['10.0.1.0/24'], ['10.0.1.1']),
];

function subnet(name: string, vpc: string, cidrs: string[], gateways: string[]): Subnet {
  return { name, vpc, cidrs, gateways };
}

function topology(provider: ProviderName): Topology {
  const enis = [
    eniOf(A, { subnet: 'a', addresses: [A_IP, A6] }),
    eniOf(B, { subnet: 'b', addresses: [B_IP, B6] }),
    eniOf(B2, { subnet: 'b', addresses: ['10.0.2.11'], mtu: 1400 }),
    eniOf(OTHER, { subnet: 'other', addresses: ['10.0.1.77', A_IP] }),
  ];
  const havips = [havipOf(HAVIP, [B, B2], { subnet: 'b' })];
  return topologyOf(provider, { subnets, enis, havips });
}

describe.each(RULE_SET_NAMES)('under %s', (provider) => {
  const gateway = formatMac(ruleSet(provider).gatewayMac);
  const lab = (): LiveLab => new LiveLab(topology(provider));
  const sends = (to: string, more: object = {}): DataView => {
    const from = to.includes(':') ? A6 : A_IP;
    return packet({ source: A, destination: gateway, from, to, ...more });
  };
  const withHops = (frame: DataView, hops: number): DataView => {
    const isFour = frame.getUint16(12) === 0x0800;
    frame.setUint8(isFour ? 22 : 21, hops);
    if (!isFour) return frame;
    frame.setUint16(24, 0);
    frame.setUint16(24, checksum(octets(frame, 14, 34)));
    return frame;
  };

  test.each([B_IP, B6])('a packet to %s arrives with one hop less', (to) => {
    const net = lab();
    const sent = sends(to);
    const before = readPacket(sent);
    net.send(A, sent);
    const [frame] = net.got(B);
    const after = readPacket(frame!);
    expect(after.isSound).toBe(true);
    expect([after.destination, after.source]).toEqual([B, gateway]);
    expect([before.hops, after.hops]).toEqual([64, 63]);
    expect([after.from, after.to]).toEqual([before.from, before.to]);
    expect(after.payload).toEqual(before.payload);
    expect(net.reached()).toEqual([]);
  });

  test('the checksum is right for every time to live', () => {
    const net = lab();
    for (let hops = 2; hops < 256; hops++) {
      const sent = sends(B_IP);
      sent.setUint16(18, hops * 257);
      net.send(A, withHops(sent, hops));
      const after = readPacket(net.got(B)[0]!);
      expect([after.hops, after.isSound]).toEqual([hops - 1, true]);
    }
  });

  test('a HaVip is reached from another subnet, at whoever holds it', () => {
    const net = lab();
    for (const node of [B, B2, B]) {
      net.send(node, announcement(node, HAVIP));
      net.reached();
      net.send(A, sends(HAVIP));
      const [frame] = net.got(node);
      expect(readPacket(frame!).destination).toBe(node);
      expect(net.reached()).toEqual([]);
    }
  });

  test('VPCs with the same block never meet', () => {
    const net = lab();
    net.send(A, sends('10.0.1.77'));
    expect(net.got(OTHER)).toEqual([]);
    net.reached();
    net.send(OTHER, packet({ source: OTHER, destination: gateway, from: '10.0.1.77', to: B_IP }));
    const [told] = net.got(OTHER);
    expect(hex(readPacket(told!).payload.slice(0, 2))).toBe('0300');
    expect(net.reached()).toEqual([]);
    // The gateway of each answers for itself, and one address is two hosts'.
    const toTwin = packet({ source: B, destination: gateway, from: B_IP, to: A_IP });
    net.send(B, toTwin);
    expect(net.reached()).toEqual([net.port(A)]);
  });

  describe('what the sender is told', () => {
    const errors = [
      ['the TTL is used up', withHops(sends(B_IP), 1), '0b00', 'ttl-exceeded'],
      ['the hop limit is used up', withHops(sends(B6), 1), '0300', 'ttl-exceeded'],
      ['there is no such subnet', sends('172.16.0.1'), '0300', 'no-route'],
      ['there is no such IPv6 subnet', sends('2001:db8:9::1'), '0100', 'no-route'],
      ['there is no such host', sends('10.0.2.200'), '0301', 'unknown-address'],
      ['there is no such IPv6 host', sends('2001:db8:2::99'), '0103', 'unknown-address'],
      ['nobody holds the HaVip', sends(HAVIP), '0301', 'no-holder'],
    ] as const;

    test.each(errors)('%s', (_, sent, type, reason) => {
      const net = lab();
      const before = readPacket(sent);
      net.send(A, sent);
      const [frame, ...more] = net.got(A);
      expect(more).toEqual([]);
      const error = readPacket(frame!);
      expect(error.isSound).toBe(true);
      expect([error.destination, error.source]).toEqual([A, gateway]);
      const own = before.to.includes(':') ? '2001:0db8:0001:0000:0000:0000:0000:0001' : '10.0.1.1';
      expect([error.from, error.to, error.hops]).toEqual([own, before.from, 64]);
      expect(hex(error.payload.slice(0, 2))).toBe(type);
      expect(hex(error.payload.slice(4, 8))).toBe('00000000');
      expect(error.payload.slice(8)).toEqual(before.packet);
      expect(net.dropped(reason)).toBe(1);
      expect(net.droppedAt(net.port(A), reason)).toBe(1);
      expect(net.reached()).toEqual([]);
    });

    test('the MTU that it is too big for (RFC 1191)', () => {
      const net = lab();
      const big = sends('10.0.2.11', { payload: 1420 });
      big.setUint16(20, 0x4000);
      net.send(A, withHops(big, 64));
      const error = readPacket(net.got(A)[0]!);
      expect(hex(error.payload.slice(0, 2))).toBe('0304');
      expect(hex(error.payload.slice(4, 8))).toBe('00000578');
      // RFC 1812 4.3.2.3: an error is no longer than 576 octets.
      expect(error.packet.length).toBe(576);
      expect(error.isSound).toBe(true);
      net.send(A, sends('10.0.2.11', { payload: 1420 }));
      expect(net.reached()).toEqual([]);
      expect(net.dropped('too-big')).toBe(2);
    });

    test('the MTU of IPv6, with as much as fits into 1280 octets', () => {
      const small = topology(provider);
      small.enis[1] = { ...small.enis[1]!, mtu: 1400 };
      const net = new LiveLab(small);
      net.send(A, sends(B6, { payload: 1440 }));
      const error = readPacket(net.got(A)[0]!);
      expect(hex(error.payload.slice(0, 8))).toMatch(/^0200....00000578$/);
      expect([error.packet.length, error.isSound]).toEqual([1280, true]);
    });
  });

  describe('nothing is said', () => {
    const icmp = (type: number): DataView => {
      const view = sends('10.0.2.200', { protocol: 1 });
      view.setUint8(34, type);
      return view;
    };
    const icmp6 = (type: number): DataView => {
      const view = sends('2001:db8:2::99', { protocol: 58 });
      view.setUint8(54, type);
      return view;
    };
    const fragment = sends('10.0.2.200');
    fragment.setUint16(20, 0x0003);
    test.each([
      ['of an ICMP error', icmp(3)],
      ['of an ICMPv6 error', icmp6(1)],
      ['of a redirect', icmp6(137)],
      ['of a later fragment', withHops(fragment, 64)],
      ['to a group', sends('224.0.0.18')],
      ['to all hosts', sends('255.255.255.255')],
      ['to all hosts of another subnet', sends('10.0.2.255')],
      ['to a link-local address', sends('169.254.1.1')],
      ['to an IPv6 group', sends('ff0e::1')],
      ['to an IPv6 link-local address', sends('fe80::99')],
    ])('%s', (_, sent) => {
      const net = lab();
      net.send(A, sent);
      expect(net.reached()).toEqual([]);
      expect(net.engine.portDrops.reduce((sum, n) => sum + n)).toBe(1);
    });

    test('of an echo request one may', () => {
      const net = lab();
      net.send(A, icmp(8));
      expect(net.reached()).toEqual([net.port(A)]);
    });

    test('more often than so many times a second', () => {
      const net = new LiveLab(topology(provider), { slots: 256 });
      for (let i = 0; i < 120; i++) net.send(A, sends('10.0.2.200'));
      expect(net.got(A).length).toBe(50);
      expect(net.dropped('unknown-address')).toBe(120);
      net.now = 1e9;
      for (let i = 0; i < 120; i++) net.send(A, sends('10.0.2.200'));
      expect(net.got(A).length).toBe(50);
    });
  });
});

describe('within a subnet', () => {
  test.each([
    'alibaba',
    'tencent',
    'ucloud',
  ] as const)('by IP under %s, the TTL stays and an unknown address is no error', (provider) => {
    const net = new LiveLab(topology(provider));
    const base = { source: B, destination: A, from: B_IP };
    net.send(B, packet({ ...base, to: '10.0.2.11' }));
    expect(readPacket(net.got(B2)[0]!).hops).toBe(64);
    net.send(B, packet({ ...base, to: '10.0.2.222' }));
    net.send(B, packet({ ...base, to: HAVIP }));
    expect(net.reached()).toEqual([]);
    expect([net.dropped('unknown-address'), net.dropped('no-holder')]).toEqual([1, 1]);
  });

  test.each([
    'huawei',
    'classic',
  ] as const)('by MAC under %s, what is sent to the gateway comes back routed', (provider) => {
    const net = new LiveLab(topology(provider));
    const gateway = formatMac(ruleSet(provider).gatewayMac);
    net.send(B, packet({ source: B, destination: gateway, from: B_IP, to: '10.0.2.11' }));
    expect(readPacket(net.got(B2)[0]!).hops).toBe(63);
  });
});

describe('on a plain LAN', () => {
  test('a host that no lab file names is routed to once it has spoken', () => {
    const net = new LiveLab(topology('classic'));
    const stranger = '02:00:00:00:00:77';
    const gateway = formatMac(ruleSet('classic').gatewayMac);
    net.sendAt(net.port(B), announcement(stranger, '10.0.2.77'));
    net.reached();
    net.send(A, packet({ source: A, destination: gateway, from: A_IP, to: '10.0.2.77' }));
    expect(readPacket(net.got(B)[0]!).destination).toBe(stranger);
  });
});
