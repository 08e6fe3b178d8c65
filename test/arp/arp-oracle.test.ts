/**
 * Every ARP row that tshark 4.0 gives for the public captures.
 *
 * Not asserted, for these reasons:
 * - arcnet, ipoib: link types that `readLink` holds opaque (asserted as such).
 * - vxlan: the ARP is inside a tunnel, which nothing here looks into (asserted as IPv4 outside).
 * - getname_2_read4_asan: EtherType 0x8035, RARP, which tshark hands to its ARP dissector (asserted
 *   as that EtherType).
 * - vlan.id of a frame with a single 802.1ad tag (arp-too-long-tha): tshark has another column for
 *   it, which the table does not hold.
 * - address columns where our check refuses: tshark reads addresses of other lengths and types at
 *   offsets computed from the packet; we do not read them at all. For each such row one of the
 *   four leading fields must really differ from Ethernet and IPv4, or the packet be too short.
 */
import { describe, expect, test } from 'vitest';
import {
  arpCheck,
  readOperation,
  readSenderHardwareAddress,
  readSenderProtocolAddress,
  readTargetHardwareAddress,
  readTargetProtocolAddress,
} from '../../src/arp/arp.ts';
import { Claim, claimFromArp, FORM_GRATUITOUS_REPLY } from '../../src/arp/claim.ts';
import { FAULT_ARP_FORMAT, FAULT_ARP_TRUNCATED, FAULT_NONE } from '../../src/wire/fault.ts';
import { formatIpv4 } from '../../src/wire/ip-address.ts';
import {
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  ETHERTYPE_OPAQUE,
  Link,
  readLink,
} from '../../src/wire/link.ts';
import { formatMac, macFromHalves } from '../../src/wire/mac.ts';
import {
  column,
  frameOf,
  framesOf,
  hasPublicCaptures,
  oracleRows,
  type Row,
} from '../wire/public-captures.ts';

const OPAQUE = ['arcnet-rfc1201', 'ipoib'];
const TUNNELLED = ['vxlan'];
const ETHERTYPE_RARP = 0x8035;
const ETHERTYPE_SERVICE_VLAN = 0x88a8;
const isOneOf = (file: string, names: string[]) => names.some((name) => file.includes(name));
const link = new Link();
const claim = new Claim(link);

function expectAddresses(view: DataView, at: number, row: Row): void {
  expect(formatMac(readSenderHardwareAddress(view, at))).toBe(column(row, 'arp.src.hw_mac'));
  expect(formatIpv4(readSenderProtocolAddress(view, at))).toBe(column(row, 'arp.src.proto_ipv4'));
  expect(formatMac(readTargetHardwareAddress(view, at))).toBe(column(row, 'arp.dst.hw_mac'));
  expect(formatIpv4(readTargetProtocolAddress(view, at))).toBe(column(row, 'arp.dst.proto_ipv4'));
}

/** A probe claims nothing; what claims an address is gratuitous where tshark says so. */
function expectClaim(view: DataView, at: number, row: Row): void {
  if (!claimFromArp(view, at, claim)) return;
  expect(column(row, 'arp.isprobe')).not.toBe('1');
  const isGratuitous = claim.form <= FORM_GRATUITOUS_REPLY;
  expect(isGratuitous).toBe(column(row, 'arp.isgratuitous') === '1');
}

/** The reason for a refusal, from the octets themselves. */
function expectRefusalDeserved(view: DataView, at: number, fault: number): void {
  if (fault === FAULT_ARP_TRUNCATED) {
    expect(view.byteLength - at).toBeLessThan(28);
    return;
  }
  expect(fault).toBe(FAULT_ARP_FORMAT);
  const isEthernet = view.getUint16(at) === 1 || view.getUint16(at) === 6;
  const isIpv4 = view.getUint16(at + 2) === 0x0800;
  const isSixFour = view.getUint8(at + 4) === 6 && view.getUint8(at + 5) === 4;
  expect(isEthernet && isIpv4 && isSixFour).toBe(false);
}

function expectLink(view: DataView, row: Row): void {
  if (!link.hasEthernet) return;
  const source = formatMac(macFromHalves(link.sourceHigh, link.sourceLow));
  expect(source).toBe(column(row, 'eth.src'));
  const destination = formatMac(macFromHalves(link.destinationHigh, link.destinationLow));
  expect(destination).toBe(column(row, 'eth.dst'));
  const isLoneServiceTag = link.tags === 1 && view.getUint16(12) === ETHERTYPE_SERVICE_VLAN;
  if (isLoneServiceTag) return;
  expect(String(link.vlan || '')).toBe(column(row, 'vlan.id').split(',').at(-1) ?? '');
}

describe.skipIf(!hasPublicCaptures)('ARP as tshark reads it', () => {
  const files = hasPublicCaptures ? oracleRows('arp') : new Map<string, Row[]>();
  for (const [file, rows] of files) {
    test(`${file}: ${rows.length} rows`, async () => {
      const frames = await framesOf(file);
      let read = 0;
      for (const row of rows) {
        const { view, linkType } = frameOf(frames, row);
        readLink(view, 0, view.byteLength, linkType, link);
        if (isOneOf(file, OPAQUE)) {
          expect(link.etherType).toBe(ETHERTYPE_OPAQUE);
          continue;
        }
        if (isOneOf(file, TUNNELLED)) {
          expect(link.etherType).toBe(ETHERTYPE_IPV4);
          continue;
        }
        if (file.includes('getname_2_read4_asan')) {
          expect(link.etherType).toBe(ETHERTYPE_RARP);
          continue;
        }
        expect(link.etherType, column(row, 'frame.number')).toBe(ETHERTYPE_ARP);
        expectLink(view, row);
        const at = link.packet;
        if (view.byteLength - at >= 8) {
          expect(view.getUint16(at)).toBe(Number(column(row, 'arp.hw.type')));
          expect(view.getUint16(at + 2)).toBe(Number(column(row, 'arp.proto.type')));
          expect(readOperation(view, at)).toBe(Number(column(row, 'arp.opcode')));
        }
        const fault = arpCheck(view, at, view.byteLength);
        if (fault !== FAULT_NONE) {
          expectRefusalDeserved(view, at, fault);
          continue;
        }
        read++;
        expectAddresses(view, at, row);
        expectClaim(view, at, row);
      }
      // The fuzzer left most frames lawful: a check that refuses too much would show here.
      if (file.includes('arp-oobr')) expect(read).toBe(2023);
    });
  }
});
