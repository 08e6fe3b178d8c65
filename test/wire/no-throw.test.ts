/**
 * No octets make a check throw, and whatever passed its check is read without reading past the
 * end: each run has an exact-length view, which throws on any such read.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  arpCheck,
  readTargetHardwareAddress,
  readTargetProtocolAddress,
} from '../../src/arp/arp.ts';
import { Claim, claimFromArp, claimFromNeighbor } from '../../src/arp/claim.ts';
import { neighborCheck, neighborChecksumOk } from '../../src/arp/neighbor.ts';
import {
  addressAt,
  advertCheck,
  authDataAt,
  isCarp,
  readAddressCount,
  readVersion,
} from '../../src/vrrp/advert.ts';
import { advertChecksum } from '../../src/vrrp/checksum.ts';
import { ahCheck, readAhLength, readAhSequenceNumber } from '../../src/wire/ah.ts';
import { FAULT_NAMES, FAULT_NONE } from '../../src/wire/fault.ts';
import { icmpCheck, readIcmpSequenceNumber } from '../../src/wire/icmp.ts';
import { icmpv6Check, icmpv6ChecksumOk } from '../../src/wire/icmpv6.ts';
import {
  ipv4Check,
  ipv4ChecksumOk,
  ipv4End,
  readIpv4Destination,
  readIpv4HeaderLength,
} from '../../src/wire/ipv4.ts';
import { Ipv6Walk, ipv6Check, walkIpv6 } from '../../src/wire/ipv6.ts';
import { Link, readLink } from '../../src/wire/link.ts';
import { readTcpFlags, tcpCheck } from '../../src/wire/tcp.ts';
import { exactView, octets } from './octets.ts';

const link = new Link();
const walk = new Ipv6Walk();
const claim = new Claim(link);

/** Reads all that a header of this kind could lead to. */
function readPacket(view: DataView, at: number, end: number): void {
  if (arpCheck(view, at, end) === FAULT_NONE) {
    readTargetHardwareAddress(view, at);
    readTargetProtocolAddress(view, at);
    claimFromArp(view, at, claim);
  }
  if (ipv4Check(view, at, end) === FAULT_NONE) {
    ipv4ChecksumOk(view, at);
    readIpv4Destination(view, at);
    readUpper(view, at, at + readIpv4HeaderLength(view, at), ipv4End(view, at, end), 4);
  }
  if (ipv6Check(view, at, end) === FAULT_NONE) {
    walkIpv6(view, at, end, walk);
    expect(walk.at).toBeLessThanOrEqual(walk.end);
    readUpper(view, at, walk.at, walk.end, 6);
  }
}

function readUpper(view: DataView, ip: number, at: number, end: number, family: 4 | 6): void {
  expect(end).toBeLessThanOrEqual(view.byteLength);
  isCarp(view, at, end);
  if (advertCheck(view, at, end, family) === FAULT_NONE) {
    view.getUint8(addressAt(at, readAddressCount(view, at), family) - 1);
    advertChecksum(view, ip, at, end, family);
    if (readVersion(view, at) === 2) view.getUint8(authDataAt(view, at) + 7);
  }
  if (icmpCheck(view, at, end) === FAULT_NONE) readIcmpSequenceNumber(view, at);
  if (tcpCheck(view, at, end) === FAULT_NONE) readTcpFlags(view, at);
  if (ahCheck(view, at, end) === FAULT_NONE) {
    readAhSequenceNumber(view, at);
    view.getUint8(at + readAhLength(view, at) - 1);
  }
  if (family === 4) return;
  if (icmpv6Check(view, at, end) === FAULT_NONE) icmpv6ChecksumOk(view, ip, at, end);
  if (neighborCheck(view, ip, at, end) === FAULT_NONE) {
    neighborChecksumOk(view, ip, at, end);
    claimFromNeighbor(view, ip, at, end, claim);
  }
}

function readFrame(view: DataView, linkType: number): void {
  const found = readLink(view, 0, view.byteLength, linkType, link);
  expect(FAULT_NAMES[found]).toBe(FAULT_NAMES[link.fault]);
  expect(link.packet).toBeLessThanOrEqual(view.byteLength);
  expect(link.payload).toBeLessThanOrEqual(view.byteLength);
  readPacket(view, link.packet, view.byteLength);
}

const linkType = fc.constantFrom(0, 1, 12, 101, 108, 113, 228, 229, 276, 147);

/** Lawful frames to damage: random octets alone hardly pass a first check. */
const SEEDS = [
  'ffffffffffff00163ea100d10806000108000604000100163ea100d1c0a80058ffffffffffffc0a80058',
  'ffffffffffff00163ea100d188a8006481000064000aaaaa030000000806000108000604000100163ea100d1' +
    'c0a80058ffffffffffffc0a80058',
  '33330000000100163ea1081186dd6000000000203afffe800000000000000000000000000088ff0200000000' +
    '0000000000000000000188' +
    '0011c620000000fe800000000000000000000000000088020100163ea10811',
  '33330000001200163ea1081186dd6c02a09b002870fffe8000000000000002163efffea10811ff0200000000' +
    '00000000000000000012' +
    '313d96020064f572fe800000000000000000000000000088fd000061000000000000000000000088',
  '01005e00001200005e00012a08004500003012340000ff70bebc0a00005be0000012212abf03010af11f0a04' +
    '2a010a042a020a042a03' +
    '6162636465666768',
  '01005e00001200163ea12001080045c0004000010000ff33d0a60a100001e0000012700400000a1000010000' +
    '000122978391193e905d' +
    'c853d2eb21a1960102013c490a1000030000000000000000',
];

describe('malformed input never throws', () => {
  test('any octets, any link type', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), linkType, (bytes, type) => {
        readFrame(exactView(bytes), type);
      }),
      { numRuns: 3000 },
    );
  });

  test('lawful frames with a few octets changed, cut anywhere', () => {
    const change = fc.tuple(fc.nat(130), fc.nat(255));
    fc.assert(
      fc.property(
        fc.constantFrom(...SEEDS),
        fc.array(change, { maxLength: 4 }),
        fc.nat(130),
        (hex, changes, cut) => {
          const whole = octets(hex);
          for (const [at, value] of changes) {
            if (at < whole.byteLength) whole.setUint8(at, value);
          }
          readFrame(exactView(new Uint8Array(whole.buffer).slice(0, cut)), 1);
        },
      ),
      { numRuns: 10000 },
    );
  });

  test('every prefix of every lawful frame', () => {
    for (const hex of SEEDS) {
      for (let length = 0; length <= hex.length; length += 2)
        readFrame(octets(hex.slice(0, length)), 1);
    }
  });
});
