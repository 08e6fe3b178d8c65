/**
 * What the switch says in its own name, octet by octet: ARP (RFC 826), neighbor advertisements (RFC
 * 4861), ping (RFC 792, RFC 4443).
 */
import { describe, expect, test } from 'vitest';
import { FrameBatch } from '../../src/dataplane/frame-batch.ts';
import { RULE_SET_NAMES, ruleSet } from '../../src/havip/rule-sets.ts';
import { formatMac } from '../../src/wire/mac.ts';
import { type LiveLab, labOf } from '../havip/live-lab.ts';
import { announcement, arp, neighbor, packet } from './frames.ts';
import { checksum, hex, macAt, octets, readPacket } from './octets.ts';
import {
  CLIENT,
  eniOf,
  GATEWAY,
  havipOf,
  NODE1,
  NODE2,
  PORTS,
  ROGUE,
  topologyOf,
  VIP,
  VIP6,
} from './site.ts';

const byIp = RULE_SET_NAMES.filter((name) => ruleSet(name).forwarding === 'by-ip');
const byMac = RULE_SET_NAMES.filter((name) => ruleSet(name).forwarding === 'by-mac');
const CLIENT_IP = '192.168.0.10';
const NODE1_IP = '192.168.0.11';
const CLIENT6 = '2001:db8::10';
const CLIENT6_FULL = '2001:0db8:0000:0000:0000:0000:0000:0010';
const ANYWHERE = '02:aa:aa:aa:aa:aa';
const bytes = (mac: string): string => mac.replaceAll(':', '');

/** The network of the tests with a gateway of both families. */
function labWith6(provider: (typeof RULE_SET_NAMES)[number]): LiveLab {
  const [a, b] = topologyOf(provider).subnets;
  return labOf(provider, { subnets: [{ ...a!, gateways: [GATEWAY, '2001:db8::1'] }, b!] });
}

const asks = (source: string, spa: string, tpa: string): DataView =>
  arp({ operation: 1, source, spa, tpa });

const solicits = (source: string, from: string, target: string): DataView => {
  const option = from === '::' ? null : source;
  return neighbor({ type: 135, source, from, to: 'ff02::1:ff00:88', target, option });
};

/** An echo request, 32 octets of data, with its checksum. */
function ping(source: string, from: string, to: string, destination = ANYWHERE): DataView {
  const isSix = from.includes(':');
  const protocol = isSix ? 58 : 1;
  const view = packet({ source, destination, from, to, payload: 40, protocol });
  const at = isSix ? 54 : 34;
  view.setUint8(at, isSix ? 128 : 8);
  view.setUint16(at + 4, 0x1234);
  view.setUint16(at + 6, 7);
  for (let i = 8; i < 40; i++) view.setUint8(at + i, i);
  const pseudo = isSix ? [...octets(view, 22, 54), 0, 0, 0, 40, 0, 0, 0, 58] : [];
  view.setUint16(at + 2, checksum([...pseudo, ...octets(view, at)]));
  return view;
}

describe.each(byIp)('by IP, under %s', (provider) => {
  const gateway = formatMac(ruleSet(provider).gatewayMac);

  test.each([
    ['the gateway', GATEWAY],
    ["another ENI's address", NODE1_IP],
    ['a HaVip that nobody holds', VIP],
  ])('an ARP request for %s gets a reply with the MAC of the gateway', (_, target) => {
    const lab = labOf(provider);
    lab.send(CLIENT, asks(CLIENT, CLIENT_IP, target));
    const [reply, ...more] = lab.got(CLIENT);
    expect(more).toEqual([]);
    const header = `${bytes(CLIENT)}${bytes(gateway)}0806`;
    const ip = (text: string): string => hex(text.split('.').map(Number));
    const said = `00010800060400 02${bytes(gateway)}${ip(target)}${bytes(CLIENT)}${ip(CLIENT_IP)}`;
    expect(hex(octets(reply!))).toBe(header + said.replace(' ', '') + '00'.repeat(18));
    expect(lab.reached()).toEqual([]);
  });

  test('a held HaVip is answered to others and never to its holder', () => {
    const lab = labOf(provider);
    lab.send(NODE1, announcement(NODE1, VIP));
    lab.send(NODE2, asks(NODE2, '192.168.0.12', VIP));
    expect(lab.reached()).toEqual([lab.port(NODE2)]);
    lab.send(NODE1, asks(NODE1, NODE1_IP, VIP));
    lab.send(NODE1, asks(NODE1, '0.0.0.0', VIP));
    expect(lab.reached()).toEqual([]);
  });

  test('address conflict detection: free for a member and for nobody, taken for others', () => {
    const lab = labOf(provider);
    lab.send(NODE1, announcement(NODE1, VIP));
    // RFC 5227: a probe that nobody answers says that the address is free.
    lab.send(NODE2, asks(NODE2, '0.0.0.0', VIP));
    lab.send(CLIENT, asks(CLIENT, '0.0.0.0', CLIENT_IP));
    lab.send(CLIENT, asks(CLIENT, '0.0.0.0', '192.168.0.200'));
    expect(lab.reached()).toEqual([]);
    lab.send(CLIENT, asks(CLIENT, '0.0.0.0', NODE1_IP));
    const [conflict] = lab.got(CLIENT);
    expect(hex(octets(conflict!, 28, 32))).toBe('c0a8000b');
    expect(hex(octets(conflict!, 38, 42))).toBe('00000000');
    lab.send(ROGUE, asks(ROGUE, '0.0.0.0', VIP));
    expect(lab.got(ROGUE).length).toBe(provider === 'tencent' ? 0 : 1);
  });

  test.each([
    ["an ENI's address", '2001:db8::11', '60'],
    ['a HaVip', VIP6, '60'],
    ['the gateway, which is a router', '2001:db8::1', 'e0'],
  ])('a solicitation of %s gets an advertisement', (_, target, flags) => {
    const lab = labWith6(provider);
    lab.send(CLIENT, solicits(CLIENT, CLIENT6, target));
    const [frame] = lab.got(CLIENT);
    const reply = readPacket(frame!);
    expect(reply.isSound).toBe(true);
    expect([reply.destination, reply.source]).toEqual([CLIENT, gateway]);
    expect([reply.hops, reply.protocol, reply.to]).toEqual([255, 58, CLIENT6_FULL]);
    expect(hex(reply.payload.slice(0, 2))).toBe('8800');
    expect(hex(reply.payload.slice(4, 8))).toBe(`${flags}000000`);
    expect(hex(reply.payload.slice(8, 24))).toBe(reply.from.replaceAll(':', ''));
    expect(hex(reply.payload.slice(24))).toBe(`0201${bytes(gateway)}`);
  });

  test("duplicate address detection finds another's address and nobody's free", () => {
    const lab = labOf(provider);
    lab.send(CLIENT, solicits(CLIENT, '::', '2001:db8::11'));
    const reply = readPacket(lab.got(CLIENT)[0]!);
    expect(reply.isSound).toBe(true);
    expect(reply.destination).toBe('33:33:00:00:00:01');
    expect(reply.to).toBe('ff02:0000:0000:0000:0000:0000:0000:0001');
    expect(hex(reply.payload.slice(4, 8))).toBe('20000000');
    lab.send(CLIENT, solicits(CLIENT, '::', CLIENT6));
    lab.send(CLIENT, solicits(CLIENT, '::', '2001:db8::99'));
    lab.send(NODE1, solicits(NODE1, '::', VIP6));
    expect(lab.reached()).toEqual([]);
  });
});

describe.each(RULE_SET_NAMES)('under %s', (provider) => {
  const gateway = formatMac(ruleSet(provider).gatewayMac);
  const isByIp = ruleSet(provider).forwarding === 'by-ip';

  test.each([
    ['IPv4', CLIENT_IP, GATEWAY, '0000'],
    ['IPv6', CLIENT6, '2001:db8::1', '8100'],
  ])('the gateway answers %s ping with the same data', (_, from, to, type) => {
    const lab = labWith6(provider);
    const request = ping(CLIENT, from, to, gateway);
    lab.send(CLIENT, request);
    const [frame] = lab.got(CLIENT);
    const reply = readPacket(frame!);
    const asked = readPacket(request);
    expect(asked.isSound && reply.isSound).toBe(true);
    expect([reply.destination, reply.source]).toEqual([CLIENT, gateway]);
    expect([reply.from, reply.to, reply.hops]).toEqual([asked.to, asked.from, 64]);
    expect(hex(reply.payload.slice(0, 2))).toBe(type);
    expect(reply.payload.slice(4)).toEqual(asked.payload.slice(4));
    expect(lab.reached()).toEqual([]);
  });

  test('so many pings a second are answered, the others counted', () => {
    const lab = labOf(provider, {}, { slots: 256 });
    let answered = 0;
    for (let i = 0; i < 200; i++) {
      lab.send(CLIENT, ping(CLIENT, CLIENT_IP, GATEWAY, gateway));
      answered += lab.got(CLIENT).length;
    }
    expect(answered).toBe(100);
    expect(lab.dropped('rate-limited')).toBe(100);
    lab.now = 10e6;
    lab.send(CLIENT, ping(CLIENT, CLIENT_IP, GATEWAY, gateway));
    expect(lab.got(CLIENT).length).toBe(1);
  });

  test('a ping that is damaged, in fragments or no request goes unanswered', () => {
    const lab = labOf(provider);
    const damaged = ping(CLIENT, CLIENT_IP, GATEWAY, gateway);
    damaged.setUint8(60, 99);
    const fragment = ping(CLIENT, CLIENT_IP, GATEWAY, gateway);
    fragment.setUint16(20, 0x2000);
    const reply = ping(CLIENT, CLIENT_IP, GATEWAY, gateway);
    reply.setUint8(34, 0);
    const short = packet({ source: CLIENT, destination: gateway, from: CLIENT_IP, to: GATEWAY });
    for (const frame of [damaged, fragment, reply, short]) lab.send(CLIENT, frame);
    expect(lab.reached()).toEqual([]);
    expect(lab.dropped('not-delivered')).toBe(4);
  });

  test('the answer to a long ping is as long', () => {
    const enis = PORTS.map((mac) => eniOf(mac, { mtu: 9000 }));
    const lab = labOf(provider, { enis }, { maximumFrame: 9018 });
    const long = packet({
      source: CLIENT,
      destination: gateway,
      from: CLIENT_IP,
      to: GATEWAY,
      payload: 8008,
      protocol: 1,
    });
    long.setUint8(34, 8);
    long.setUint16(36, checksum(octets(long, 34)));
    lab.send(CLIENT, long);
    const reply = readPacket(lab.got(CLIENT)[0]!);
    expect([reply.payload.length, reply.isSound]).toEqual([8008, true]);
  });

  test('many answers in one breath do not write over one another', () => {
    const lab = labOf(provider, {}, { slots: 128 });
    const port = lab.port(CLIENT);
    const count = 64;
    for (let i = 0; i < count; i++) {
      const frame = asks(CLIENT, CLIENT_IP, GATEWAY);
      // A host asks for its several addresses; the target MAC field may hold anything (RFC 826).
      frame.setUint8(37, i);
      sendOnly(lab, port, frame);
    }
    expect(lab.engine.breathe(0)).toBe(count);
    const replies = lab.gotAt(port).map((view) => macAt(view, 22));
    expect(replies).toEqual(Array.from({ length: count }, () => gateway));
  });

  test(`ARP for the gateway is ${isByIp ? 'the switch’s alone' : 'heard by others, too'}`, () => {
    const lab = labOf(provider);
    lab.send(CLIENT, asks(CLIENT, CLIENT_IP, GATEWAY));
    expect(macAt(lab.got(CLIENT)[0]!, 22)).toBe(gateway);
    const others = [NODE1, NODE2, ROGUE].map((mac) => lab.port(mac));
    expect(lab.reached()).toEqual(isByIp ? [] : others);
  });
});

function sendOnly(lab: LiveLab, port: number, frame: DataView): void {
  const batch = new FrameBatch(1).hold(frame, 0, frame.byteLength, 1);
  lab.hosts[port]!.transmit(batch, 0, 0);
}

describe.each(byMac)('by MAC, under %s', (provider) => {
  const gateway = formatMac(ruleSet(provider).gatewayMac);

  test('the gateway answers for itself alone', () => {
    const lab = labWith6(provider);
    lab.send(CLIENT, asks(CLIENT, CLIENT_IP, NODE1_IP));
    expect(lab.got(CLIENT)).toEqual([]);
    lab.reached();
    lab.send(CLIENT, solicits(CLIENT, CLIENT6, '2001:db8::1'));
    const reply = readPacket(lab.got(CLIENT)[0]!);
    expect([reply.source, reply.isSound]).toEqual([gateway, true]);
    lab.reached();
    const unicast = arp({
      operation: 1,
      source: CLIENT,
      destination: gateway,
      spa: CLIENT_IP,
      tpa: GATEWAY,
    });
    lab.send(CLIENT, unicast);
    expect(lab.reached()).toEqual([lab.port(CLIENT)]);
  });

  test('an ENI that has the gateway address is the gateway', () => {
    const enis = [...topologyOf(provider).enis];
    enis[0] = eniOf(NODE1, { addresses: [GATEWAY] });
    const havips = [havipOf(VIP, [NODE1, NODE2])];
    const lab = labOf(provider, { enis, havips });
    lab.send(CLIENT, asks(CLIENT, CLIENT_IP, GATEWAY));
    expect(lab.got(CLIENT)).toEqual([]);
    expect(lab.reached()).toContain(lab.port(NODE1));
  });
});
