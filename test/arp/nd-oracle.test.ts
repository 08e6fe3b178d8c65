/**
 * Every neighbor discovery row that tshark 4.0 gives for the public captures.
 *
 * Router advertisements (type 134) are read as far as type, hop limit and checksum; they are no
 * claim of ours. The two pcap4j packets have hop limit 100 and are rightly refused (RFC 4861
 * 7.1.1); a copy with hop limit 255, which no checksum covers, is compared instead.
 */
import { describe, expect, test } from 'vitest';
import {
  isOverride,
  isRouter,
  isSolicitation,
  isSolicited,
  linkLayerAddressAt,
  neighborCheck,
  neighborChecksumOk,
  neighborTargetAt,
} from '../../src/arp/neighbor.ts';
import { FAULT_ND_HOP_LIMIT, FAULT_NONE } from '../../src/wire/fault.ts';
import { readIcmpv6Code, readIcmpv6Type } from '../../src/wire/icmpv6.ts';
import { formatIpv6At } from '../../src/wire/ip-address.ts';
import {
  Ipv6Walk,
  ipv6Check,
  ipv6DestinationAt,
  ipv6SourceAt,
  readIpv6HopLimit,
  walkIpv6,
} from '../../src/wire/ipv6.ts';
import { ETHERTYPE_IPV6, Link, readLink } from '../../src/wire/link.ts';
import { formatMac, readMac } from '../../src/wire/mac.ts';
import {
  column,
  frameOf,
  framesOf,
  hasPublicCaptures,
  oracleRows,
  type Row,
} from '../wire/public-captures.ts';

const link = new Link();
const walk = new Ipv6Walk();

function expectNeighbor(view: DataView, ip: number, row: Row): void {
  if (column(row, 'ipv6.hlim') !== '255') {
    expect(neighborCheck(view, ip, walk.at, walk.end)).toBe(FAULT_ND_HOP_LIMIT);
    view.setUint8(ip + 7, 255);
  }
  expect(neighborCheck(view, ip, walk.at, walk.end)).toBe(FAULT_NONE);
  const isNs = isSolicitation(view, walk.at);
  const name = isNs ? 'icmpv6.nd.ns.target_address' : 'icmpv6.nd.na.target_address';
  expect(formatIpv6At(view, neighborTargetAt(walk.at))).toBe(column(row, name));
  if (!isNs) {
    expect(isRouter(view, walk.at)).toBe(column(row, 'icmpv6.nd.na.flag.r') === '1');
    expect(isSolicited(view, walk.at)).toBe(column(row, 'icmpv6.nd.na.flag.s') === '1');
    expect(isOverride(view, walk.at)).toBe(column(row, 'icmpv6.nd.na.flag.o') === '1');
  }
  const option = linkLayerAddressAt(view, walk.at, walk.end, isNs ? 1 : 2);
  const address = option === 0 ? '' : formatMac(readMac(view, option));
  expect(address).toBe(column(row, 'icmpv6.opt.linkaddr'));
}

describe.skipIf(!hasPublicCaptures)('neighbor discovery as tshark reads it', () => {
  const files = hasPublicCaptures ? oracleRows('nd') : new Map<string, Row[]>();
  for (const [file, rows] of files) {
    test(`${file}: ${rows.length} rows`, async () => {
      const frames = await framesOf(file);
      for (const row of rows) {
        const { view, linkType } = frameOf(frames, row);
        readLink(view, 0, view.byteLength, linkType, link);
        expect(link.etherType).toBe(ETHERTYPE_IPV6);
        const ip = link.packet;
        expect(ipv6Check(view, ip, view.byteLength)).toBe(FAULT_NONE);
        expect(walkIpv6(view, ip, view.byteLength, walk)).toBe(FAULT_NONE);
        expect(formatIpv6At(view, ipv6SourceAt(ip))).toBe(column(row, 'ipv6.src'));
        expect(formatIpv6At(view, ipv6DestinationAt(ip))).toBe(column(row, 'ipv6.dst'));
        expect(readIpv6HopLimit(view, ip)).toBe(Number(column(row, 'ipv6.hlim')));
        expect(readIcmpv6Type(view, walk.at)).toBe(Number(column(row, 'icmpv6.type')));
        expect(readIcmpv6Code(view, walk.at)).toBe(Number(column(row, 'icmpv6.code')));
        const isGood = column(row, 'icmpv6.checksum.status') === '1';
        expect(neighborChecksumOk(view, ip, walk.at, walk.end)).toBe(isGood);
        if (readIcmpv6Type(view, walk.at) !== 134) expectNeighbor(view, ip, row);
      }
    });
  }
});
