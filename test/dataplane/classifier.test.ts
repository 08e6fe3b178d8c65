/** What frames carry, and the counters that a report prints: every link type, every fault. */
import { describe, expect, test } from 'vitest';
import { CARRIES_ND, CARRIES_VRRP, Classifier } from '../../src/dataplane/classifier.ts';
import { FRAME_COUNT_NAMES } from '../../src/dataplane/frame-counts.ts';
import { emitAdvert } from '../../src/vrrp/advert.ts';
import { FAULT_NAMES } from '../../src/wire/fault.ts';
import { octets } from '../wire/octets.ts';
import { announcement, arp, ethernet, neighbor, packet } from './frames.ts';
import { CLIENT, NODE1, VIP, VIP6 } from './site.ts';

const KINDS = ['other', 'arp', 'ipv4', 'ipv6', 'vrrp', 'carp', 'nd', 'fault'];

/** What it carries, with the counters that are not 0, as one line. */
function read(frame: DataView, linkType = 1): string {
  const classifier = new Classifier();
  const kind = KINDS[classifier.classify(frame, 0, frame.byteLength, linkType)];
  const counts = FRAME_COUNT_NAMES.filter((_, i) => (classifier.counts[i] as number) > 0);
  const fault = classifier.faults.findIndex((count) => count > 0);
  return [kind, ...counts, ...(fault < 0 ? [] : [`fault ${FAULT_NAMES[fault]}`])].join(' ');
}

function cut(frame: DataView, end: number): DataView {
  return new DataView(frame.buffer.slice(0, end));
}

/** The octets of a frame from `at` on, behind other octets. */
function behind(hex: string, frame: DataView, at: number): DataView {
  const head = new Uint8Array(octets(hex).buffer);
  const rest = new Uint8Array(frame.buffer.slice(at));
  return new DataView(Uint8Array.from([...head, ...rest]).buffer);
}

function changed(frame: DataView, at: number, ...values: number[]): DataView {
  const copy = new DataView(frame.buffer.slice(0));
  values.forEach((value, i) => {
    copy.setUint8(at + i, value);
  });
  return copy;
}

const udp4 = packet({ source: NODE1, from: '192.168.0.11', to: VIP });
const udp6 = packet({ source: NODE1, from: '2001:db8::11', to: VIP6 });
const na = { type: 136, source: NODE1, from: 'fe80::1', target: VIP6, option: NODE1 } as const;
const ns = { type: 135, source: NODE1, to: 'ff02::1:ff00:88', target: VIP6 } as const;
const solicited = neighbor({ ...na, flags: 0x40, to: '2001:db8::10' });
const advert = packet({
  source: NODE1,
  from: '192.168.0.11',
  to: '224.0.0.18',
  protocol: 112,
  payload: 20,
});
emitAdvert(advert, 34, {
  family: 4,
  version: 2,
  vrid: 51,
  priority: 100,
  interval: 1,
  addresses: [0xc0a80058],
});
const carp = packet({
  source: NODE1,
  from: '192.168.0.11',
  to: '224.0.0.18',
  protocol: 112,
  payload: 36,
});
carp.setUint8(34, 0x21);
carp.setUint8(37, 7);

describe('kinds', () => {
  test.each<[string, DataView, string]>([
    ['a gratuitous request', announcement(NODE1, VIP), 'arp arp gratuitousArpRequest'],
    [
      'a gratuitous reply',
      arp({ operation: 2, source: NODE1, spa: VIP, tpa: VIP }),
      'arp arp gratuitousArpReply',
    ],
    ['a probe', arp({ operation: 1, source: NODE1, spa: '0.0.0.0', tpa: VIP }), 'arp arp arpProbe'],
    [
      'a reply from 0.0.0.0',
      arp({ operation: 2, source: NODE1, spa: '0.0.0.0', tpa: VIP }),
      'arp arp',
    ],
    [
      'a plain request',
      arp({ operation: 1, source: NODE1, spa: VIP, tpa: '192.168.0.1' }),
      'arp arp',
    ],
    ['RARP inside ARP', arp({ operation: 3, source: NODE1, spa: VIP, tpa: VIP }), 'arp arp'],
    ['UDP over IPv4', udp4, 'ipv4 ipv4'],
    ['UDP over IPv6', udp6, 'ipv6 ipv6'],
    [
      'an unsolicited NA',
      neighbor(na),
      'nd neighborAdvertisement unsolicitedNeighborAdvertisement ipv6',
    ],
    ['a solicited NA', solicited, 'nd neighborAdvertisement ipv6'],
    [
      'an NS',
      neighbor({ ...ns, from: '2001:db8::11', option: NODE1 }),
      'nd neighborSolicitation ipv6',
    ],
    ['a DAD NS', neighbor({ ...ns, from: '::', option: null }), 'nd neighborSolicitation ipv6'],
    ['an advert', advert, 'vrrp vrrp ipv4'],
    ['CARP', carp, 'carp carp ipv4'],
    ['LLDP', ethernet({ source: NODE1 }, 0x88cc, 46), 'other other'],
    [
      'STP: LLC without SNAP',
      changed(ethernet({ source: NODE1 }, 38, 38), 14, 0x42, 0x42, 3),
      'other other',
    ],
    [
      'ARP in SNAP',
      behind('ffffffffffff 00163e000001 0024 aaaa03000000 0806', announcement(NODE1, VIP), 14),
      'arp arp gratuitousArpRequest',
    ],
    [
      'a tagged announcement',
      announcement(NODE1, VIP, [10]),
      'arp arp gratuitousArpRequest vlanTagged',
    ],
    ['a priority tag', announcement(NODE1, VIP, [0]), 'arp arp gratuitousArpRequest vlanTagged'],
    [
      'stacked tags',
      packet({ source: NODE1, from: '10.0.0.1', to: '10.0.0.2', tags: [5, 6, 7] }),
      'ipv4 ipv4 vlanTagged',
    ],
  ])('%s', (_, frame, line) => {
    expect(read(frame)).toBe(line);
  });

  test('a fragment that is not the first has no upper layer, though its octets look like VRRP', () => {
    const classifier = new Classifier();
    const fragment = changed(advert, 20, 0x00, 0x05);
    classifier.classify(fragment, 0, fragment.byteLength, 1);
    expect(classifier.protocol).toBe(-1);
    expect(read(fragment)).toBe('ipv4 ipv4');
  });

  test('an advert inside an authentication header is an advert', () => {
    const classifier = new Classifier();
    const frame = packet({
      source: NODE1,
      from: '192.168.0.11',
      to: '224.0.0.18',
      protocol: 51,
      payload: 44,
    });
    frame.setUint8(34, 112);
    frame.setUint8(35, 4);
    emitAdvert(frame, 58, {
      family: 4,
      version: 2,
      vrid: 1,
      priority: 1,
      interval: 1,
      addresses: [1],
    });
    expect(classifier.classify(frame, 0, frame.byteLength, 1)).toBe(CARRIES_VRRP);
    expect(classifier.authenticated).toBe(true);
    expect(classifier.upperAt).toBe(58);
  });

  test('an authentication header that is cut hides what is inside', () => {
    const frame = packet({
      source: NODE1,
      from: '10.0.0.1',
      to: '10.0.0.2',
      protocol: 51,
      payload: 8,
    });
    expect(read(frame)).toBe('ipv4 ipv4');
  });
});

describe('faults', () => {
  const nd = neighbor(na);

  test.each<[string, DataView, string]>([
    ['Ethernet', cut(udp4, 13), 'fault other fault ethernet-truncated'],
    [
      'a tag',
      cut(announcement(NODE1, VIP, [10]), 16),
      'fault vlanTagged other fault vlan-truncated',
    ],
    ['VID 4095', announcement(NODE1, VIP, [4095]), 'fault arp vlanTagged fault vlan-reserved'],
    [
      'too many tags',
      announcement(NODE1, VIP, Array(9).fill(5)),
      'fault vlanTagged other fault vlan-depth',
    ],
    ['ARP cut', cut(announcement(NODE1, VIP), 41), 'fault arp fault arp-truncated'],
    [
      'ARP of another length',
      changed(announcement(NODE1, VIP), 18, 8),
      'fault arp fault arp-format',
    ],
    ['IPv4 cut', cut(udp4, 33), 'fault ipv4 fault ipv4-truncated'],
    ['IPv4 of version 5', changed(udp4, 14, 0x55), 'fault ipv4 fault ipv4-version'],
    ['IPv4 header of 4 words', changed(udp4, 14, 0x44), 'fault ipv4 fault ipv4-header'],
    ['IPv4 shorter than its header', changed(udp4, 16, 0, 19), 'fault ipv4 fault ipv4-length'],
    ['IPv6 cut', cut(udp6, 53), 'fault ipv6 fault ipv6-truncated'],
    ['IPv6 of version 4', changed(udp6, 14, 0x45), 'fault ipv6 fault ipv6-version'],
    [
      'ND with hop limit 254',
      changed(nd, 21, 254),
      'fault neighborAdvertisement ipv6 fault nd-hop-limit',
    ],
    ['ND with a code', changed(nd, 55, 1), 'fault neighborAdvertisement ipv6 fault nd-code'],
    [
      'ND with an option of length 0',
      changed(nd, 79, 0),
      'fault neighborAdvertisement ipv6 fault nd-option',
    ],
    ['ND about a group', changed(nd, 62, 0xff), 'fault neighborAdvertisement ipv6 fault nd-target'],
    [
      'ND, damaged',
      changed(nd, 80, 0xee),
      'fault neighborAdvertisement unsolicitedNeighborAdvertisement ipv6 fault icmpv6-checksum',
    ],
    [
      'NA to all nodes with S = 1',
      neighbor({ ...na, flags: 0x40 }),
      'fault neighborAdvertisement ipv6 fault nd-solicited',
    ],
  ])('%s', (_, frame, line) => {
    expect(read(frame)).toBe(line);
  });

  test('ND in fragments is ignored (RFC 6980)', () => {
    const head = new Uint8Array(nd.buffer.slice(0, 54));
    const body = new Uint8Array(nd.buffer.slice(54));
    const fragment = [58, 0, 0, 1, 0, 0, 0, 9];
    const frame = new DataView(Uint8Array.from([...head, ...fragment, ...body]).buffer);
    frame.setUint16(18, frame.byteLength - 54);
    frame.setUint8(20, 44);
    expect(read(frame)).toContain('fault nd-fragment');
  });

  test('ND that is not cut and yet shorter than it says, or of length 0, is malformed', () => {
    const long = changed(nd, 18, 0, 200);
    expect(read(long)).toContain('fault ipv6-truncated');
    expect(read(changed(nd, 18, 0, 0))).toContain('fault nd-length');
  });

  test('ND cut by the snap length is taken unverified where its options are whole', () => {
    const long = neighbor({ ...na, option: null });
    long.setUint16(18, 200);
    const classifier = new Classifier();
    classifier.isCut = true;
    expect(classifier.classify(long, 0, long.byteLength, 1)).toBe(CARRIES_ND);
  });
});

describe('link types', () => {
  test.each<[string, number, DataView, string]>([
    ['NULL, little-endian', 0, behind('02000000', udp4, 14), 'ipv4 ipv4'],
    ['NULL, IPv6 of Darwin', 0, behind('1e000000', udp6, 14), 'ipv6 ipv6'],
    ['NULL, another family', 0, behind('07000000', udp4, 14), 'other other'],
    ['LOOP', 108, behind('00000002', udp4, 14), 'ipv4 ipv4'],
    ['RAW', 101, behind('', udp4, 14), 'ipv4 ipv4'],
    ['RAW as BSD numbers it', 12, behind('', udp6, 14), 'ipv6 ipv6'],
    ['RAW as OpenBSD numbers it', 14, behind('', advert, 14), 'vrrp vrrp ipv4'],
    ['RAW of no version', 101, octets('00'), 'fault other fault raw-version'],
    ['RAW, empty', 101, octets(''), 'fault other fault raw-truncated'],
    ['IPV4', 228, behind('', udp4, 14), 'ipv4 ipv4'],
    ['IPV6', 229, behind('', udp6, 14), 'ipv6 ipv6'],
    [
      'LINUX_SLL',
      113,
      behind('0000 0001 0006 00163e000001 0000 0806', announcement(NODE1, VIP), 14),
      'arp arp gratuitousArpRequest',
    ],
    [
      'LINUX_SLL, tagged',
      113,
      behind('0000 0001 0006 00163e000001 0000 8100 000a 0800', udp4, 14),
      'ipv4 ipv4 vlanTagged',
    ],
    ['LINUX_SLL, cut', 113, octets('0000 0001'), 'fault other fault sll-truncated'],
    [
      'LINUX_SLL2',
      276,
      behind('0806 0000 00000003 0001 00 06 00163e0000010000', announcement(NODE1, VIP), 14),
      'arp arp gratuitousArpRequest',
    ],
    ['LOOP, cut', 108, octets('0000'), 'fault other fault loopback-truncated'],
    ['an unknown one', 147, udp4, 'other other'],
  ])('%s', (_, linkType, frame, line) => {
    expect(read(frame, linkType)).toBe(line);
  });

  test('a cooked frame has a source and no destination', () => {
    const frame = behind('0000 0001 0006 00163e000001 0000 0806', announcement(NODE1, VIP), 14);
    const { link } = classified(frame, 113);
    expect([link.hasEthernet, link.hasSource, link.hasDestination]).toEqual([false, true, false]);
    expect(link.sourceHigh * 2 ** 32 + link.sourceLow).toBe(0x00163e000001);
  });
});

function classified(frame: DataView, linkType: number): Classifier {
  const classifier = new Classifier();
  classifier.classify(frame, 0, frame.byteLength, linkType);
  return classifier;
}

describe('the short way of plain IPv4', () => {
  const plain = (frame: DataView): boolean =>
    new Classifier().isPlainIpv4(frame, 0, frame.byteLength);
  const reserved = packet({
    source: NODE1,
    destination: '01:80:c2:00:00:02',
    from: '10.0.0.1',
    to: VIP,
  });

  test('is for packets that nothing is done about', () => {
    expect(plain(udp4)).toBe(true);
    expect(
      plain(
        packet({ source: CLIENT, destination: '01:00:5e:00:00:fb', from: VIP, to: '224.0.0.251' }),
      ),
    ).toBe(true);
    expect(plain(changed(udp4, 16, 0, 0))).toBe(false);
    for (const frame of [advert, carp, udp6, announcement(NODE1, VIP), reserved, cut(udp4, 33)]) {
      expect(plain(frame)).toBe(false);
    }
    expect(plain(packet({ source: '01:00:00:00:00:01', from: VIP, to: VIP }))).toBe(false);
    expect(plain(packet({ source: '00:00:00:00:00:00', from: VIP, to: VIP }))).toBe(false);
    expect(plain(packet({ source: NODE1, from: VIP, to: VIP, tags: [1] }))).toBe(false);
  });

  test('finds what the long way finds', () => {
    const [short, long] = [new Classifier(), classified(udp4, 1)];
    short.takePlainIpv4(udp4, 0, udp4.byteLength);
    const fields = [
      'carries',
      'family',
      'network',
      'packet',
      'frameEnd',
      'protocol',
      'upperAt',
      'upperEnd',
    ] as const;
    for (const field of fields) expect([field, short[field]]).toEqual([field, long[field]]);
    expect(short.counts).toEqual(long.counts);
    expect(short.link.sourceLow).toBe(long.link.sourceLow);
    expect(short.link.destinationHigh).toBe(long.link.destinationHigh);
  });
});
