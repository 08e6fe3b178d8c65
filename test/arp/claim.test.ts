/** What each class of frame claims: protocols 2.2, and 4.8 to 4.10 for neighbor discovery. */
import { describe, expect, test } from 'vitest';
import { emitArp } from '../../src/arp/arp.ts';
import {
  Claim,
  claimFromArp,
  claimFromNeighbor,
  FORM_NAMES,
  isAnnouncement,
} from '../../src/arp/claim.ts';
import {
  emitNeighbor,
  FLAG_OVERRIDE,
  FLAG_ROUTER,
  FLAG_SOLICITED,
} from '../../src/arp/neighbor.ts';
import { formatIpv6, parseIpv4, parseIpv6 } from '../../src/wire/ip-address.ts';
import { emitIpv6 } from '../../src/wire/ipv6.ts';
import { Link } from '../../src/wire/link.ts';
import { macFromHalves, macHigh, macLow, parseMac } from '../../src/wire/mac.ts';

const VIP = '192.168.0.88';
const PEER = '192.168.0.10';
const HOST = '00:16:3e:a1:00:d1';
const OTHER = '00:16:3e:a1:00:d2';
const ONES = 'ff:ff:ff:ff:ff:ff';
const ZERO = '00:00:00:00:00:00';
const CISCO = '01:00:0c:cd:cd:cd';
/** By `TARGET_*`. */
const TARGETS = ['zero', 'ones', 'sender', 'destination', 'other'];

function newClaim(destination: string): Claim {
  const link = new Link();
  link.sourceHigh = macHigh(parseMac(HOST));
  link.sourceLow = macLow(parseMac(HOST));
  link.destinationHigh = macHigh(parseMac(destination));
  link.destinationLow = macLow(parseMac(destination));
  return new Claim(link);
}

/** Form and target kind of an ARP frame, or null where it claims nothing. */
function classify(
  operation: number,
  spa: string,
  tpa: string,
  tha: string,
  destination: string,
): string | null {
  const view = new DataView(new ArrayBuffer(28));
  emitArp(view, 0, {
    operation,
    senderHardwareAddress: parseMac(HOST),
    senderProtocolAddress: parseIpv4(spa),
    targetHardwareAddress: parseMac(tha),
    targetProtocolAddress: parseIpv4(tpa),
  });
  const claim = newClaim(destination);
  if (!claimFromArp(view, 0, claim)) return null;
  expect(claim.address).toBe(parseIpv4(spa));
  expect(claim.family).toBe(4);
  expect(macFromHalves(claim.macHigh, claim.macLow)).toBe(parseMac(HOST));
  const takes = isAnnouncement(claim.form, claim.override) ? 'takes' : 'keeps';
  return `${FORM_NAMES[claim.form]} ${TARGETS[claim.targetHardware]} ${takes}`;
}

describe('ARP claims', () => {
  test.each([
    ['announcement, RFC 5227', 1, VIP, VIP, ZERO, ONES, 'gratuitous-request zero takes'],
    ['request, keepalived', 1, VIP, VIP, ONES, ONES, 'gratuitous-request ones takes'],
    ['reply, RFC 5944', 2, VIP, VIP, HOST, ONES, 'gratuitous-reply sender takes'],
    ['reply, Cisco, broadcast', 2, VIP, VIP, ONES, ONES, 'gratuitous-reply ones takes'],
    ['reply, Cisco, group copy', 2, VIP, VIP, CISCO, CISCO, 'gratuitous-reply destination takes'],
    ['reply, THA 0', 2, VIP, VIP, ZERO, ONES, 'gratuitous-reply zero takes'],
    ['reply, THA of another', 2, VIP, VIP, OTHER, ONES, 'gratuitous-reply other takes'],
    ['unicast gratuitous request', 1, VIP, VIP, ZERO, OTHER, 'gratuitous-request zero takes'],
    ['unicast gratuitous reply', 2, VIP, VIP, OTHER, OTHER, 'gratuitous-reply destination takes'],
    ['plain request', 1, VIP, PEER, ZERO, ONES, 'arp-request zero keeps'],
    ['plain reply', 2, VIP, PEER, OTHER, OTHER, 'arp-reply destination keeps'],
    ['probe', 1, '0.0.0.0', VIP, ZERO, ONES, null],
    ['reply from 0.0.0.0', 2, '0.0.0.0', VIP, ZERO, ONES, null],
    ['gratuitous for 0.0.0.0', 1, '0.0.0.0', '0.0.0.0', ZERO, ONES, null],
    ['RARP', 3, VIP, VIP, ZERO, ONES, null],
    ['InARP', 8, VIP, PEER, ZERO, ONES, null],
    ['multicast sender', 1, '224.0.0.18', '224.0.0.18', ZERO, ONES, null],
    ['broadcast sender', 2, '255.255.255.255', VIP, ZERO, ONES, null],
    ['loopback sender', 1, '127.0.0.1', VIP, ZERO, ONES, null],
  ])('%s', (_class, operation, spa, tpa, tha, destination, expected) => {
    expect(classify(operation, spa, tpa, tha, destination)).toBe(expected);
  });
});

interface Message {
  type: 135 | 136;
  source?: string;
  flags?: number;
  option?: string | null;
  target?: string;
}

function neighborClaim(message: Message, claim = newClaim('33:33:00:00:00:01')): Claim | null {
  const view = new DataView(new ArrayBuffer(72));
  const words = (text: string) => parseIpv6(text) ?? [0, 0, 0, 0];
  const icmpAt = emitIpv6(view, 0, {
    payloadLength: 32,
    nextHeader: 58,
    hopLimit: 255,
    source: words(message.source ?? 'fe80::50'),
    destination: words('ff02::1'),
  });
  const end = emitNeighbor(view, 0, icmpAt, {
    type: message.type,
    flags: message.flags ?? 0,
    target: words(message.target ?? 'fe80::88'),
    linkLayerAddress: message.option === null ? null : parseMac(message.option ?? OTHER),
  });
  return claimFromNeighbor(view, 0, icmpAt, end, claim) ? claim : null;
}

function describeClaim(claim: Claim | null): string | null {
  if (claim === null) return null;
  const address = formatIpv6(claim.word0, claim.word1, claim.word2, claim.word3);
  const mac = macFromHalves(claim.macHigh, claim.macLow) === parseMac(OTHER) ? 'option' : 'source';
  const takes = isAnnouncement(claim.form, claim.override) ? 'takes' : 'keeps';
  return `${FORM_NAMES[claim.form]} ${address} ${mac} ${takes}`;
}

describe('neighbor discovery claims', () => {
  test.each<[string, Message, string | null]>([
    [
      'unsolicited, override',
      { type: 136, flags: FLAG_OVERRIDE },
      'unsolicited-na fe80::88 option takes',
    ],
    ['unsolicited, no override', { type: 136 }, 'unsolicited-na fe80::88 option keeps'],
    [
      'solicited',
      { type: 136, flags: FLAG_SOLICITED | FLAG_OVERRIDE },
      'solicited-na fe80::88 option keeps',
    ],
    [
      'without TLLA',
      { type: 136, flags: FLAG_OVERRIDE, option: null },
      'unsolicited-na fe80::88 source takes',
    ],
    ['solicitation with SLLA', { type: 135 }, 'neighbor-solicitation fe80::50 option keeps'],
    ['solicitation without SLLA', { type: 135, option: null }, null],
    ['duplicate address detection', { type: 135, source: '::', option: null }, null],
    ['solicitation from :: with SLLA', { type: 135, source: '::' }, null],
    ['solicitation from a group', { type: 135, source: 'ff02::1' }, null],
    ['advertisement of ::1', { type: 136, target: '::1' }, null],
  ])('%s', (_class, message, expected) => {
    expect(describeClaim(neighborClaim(message))).toBe(expected);
  });

  test('flags are kept, and those of the frame before forgotten', () => {
    const claim = newClaim(ONES);
    neighborClaim({ type: 136, flags: FLAG_ROUTER | FLAG_SOLICITED | FLAG_OVERRIDE }, claim);
    expect([claim.router, claim.solicited, claim.override, claim.family]).toEqual([
      true,
      true,
      true,
      6,
    ]);
    neighborClaim({ type: 135 }, claim);
    expect([claim.router, claim.solicited, claim.override]).toEqual([false, false, false]);
    expect(claim.address).toBe(0);
  });

  test('no option and no Ethernet source: nothing is asserted', () => {
    expect(neighborClaim({ type: 136, option: null }, new Claim(new Link()))).toBeNull();
  });
});
