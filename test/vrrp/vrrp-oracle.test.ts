/**
 * Every VRRP row that tshark 4.0 gives for the public captures.
 *
 * vrrp-vrrp_print-oobr: VRRP inside Frame Relay, a link type that `readLink` holds opaque
 * (asserted as such). Its sibling -oobr-2 has only IPv4 fragments, which tshark, too, does not
 * read. Adverts quoted inside ICMP errors would be rows of the table without being adverts; the
 * collection has none.
 */
import { describe, expect, test } from 'vitest';
import {
  addressAt,
  advertCheck,
  authDataAt,
  readAddressCount,
  readAdvertInterval,
  readAuthType,
  readChecksum,
  readMaxAdvertInterval,
  readPriority,
  readType,
  readVersion,
  readVrid,
} from '../../src/vrrp/advert.ts';
import { advertChecksum, CHECKSUM_BAD, CHECKSUM_PLAIN } from '../../src/vrrp/checksum.ts';
import { FAULT_NONE } from '../../src/wire/fault.ts';
import { formatIpv4, formatIpv6At } from '../../src/wire/ip-address.ts';
import {
  ipv4Check,
  ipv4End,
  isIpv4Fragment,
  PROTOCOL_VRRP,
  readIpv4Destination,
  readIpv4HeaderLength,
  readIpv4Protocol,
  readIpv4Source,
  readIpv4TimeToLive,
} from '../../src/wire/ipv4.ts';
import {
  Ipv6Walk,
  ipv6Check,
  ipv6DestinationAt,
  ipv6SourceAt,
  readIpv6HopLimit,
  walkIpv6,
} from '../../src/wire/ipv6.ts';
import { ETHERTYPE_IPV4, ETHERTYPE_OPAQUE, Link, readLink } from '../../src/wire/link.ts';
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

/** Sets `walk` to the VRRP message of either family. */
function findMessage(view: DataView, row: Row): 4 | 6 {
  const ip = link.packet;
  const end = view.byteLength;
  if (link.etherType !== ETHERTYPE_IPV4) {
    expect(ipv6Check(view, ip, end)).toBe(FAULT_NONE);
    expect(walkIpv6(view, ip, end, walk)).toBe(FAULT_NONE);
    expect(walk.protocol).toBe(PROTOCOL_VRRP);
    expect(formatIpv6At(view, ipv6SourceAt(ip))).toBe(column(row, 'ipv6.src'));
    expect(formatIpv6At(view, ipv6DestinationAt(ip))).toBe(column(row, 'ipv6.dst'));
    expect(String(readIpv6HopLimit(view, ip))).toBe(column(row, 'ipv6.hlim'));
    return 6;
  }
  expect(ipv4Check(view, ip, end)).toBe(FAULT_NONE);
  expect(readIpv4Protocol(view, ip)).toBe(PROTOCOL_VRRP);
  expect(formatIpv4(readIpv4Source(view, ip))).toBe(column(row, 'ip.src'));
  expect(formatIpv4(readIpv4Destination(view, ip))).toBe(column(row, 'ip.dst'));
  expect(String(readIpv4TimeToLive(view, ip))).toBe(column(row, 'ip.ttl'));
  walk.at = ip + readIpv4HeaderLength(view, ip);
  walk.end = ipv4End(view, ip, end);
  return 4;
}

function addressList(view: DataView, at: number, family: 4 | 6): string {
  const list: string[] = [];
  for (let i = 0; i < readAddressCount(view, at); i++) {
    const address = addressAt(at, i, family);
    list.push(family === 4 ? formatIpv4(view.getUint32(address)) : formatIpv6At(view, address));
  }
  return list.join(',');
}

function expectVersion2(view: DataView, at: number, row: Row): void {
  expect(String(readAuthType(view, at))).toBe(column(row, 'vrrp.auth_type'));
  expect(String(readAdvertInterval(view, at))).toBe(column(row, 'vrrp.adver_int'));
  let password = '';
  if (readAuthType(view, at) === 1) {
    const data = authDataAt(view, at);
    for (let i = 0; i < 8; i++) password += String.fromCharCode(view.getUint8(data + i));
  }
  expect(password.replace(/\0+$/, '')).toBe(column(row, 'vrrp.auth_string'));
}

function expectAdvert(view: DataView, family: 4 | 6, row: Row): void {
  const { at, end } = walk;
  expect(advertCheck(view, at, end, family)).toBe(FAULT_NONE);
  expect(String(readVersion(view, at))).toBe(column(row, 'vrrp.version'));
  expect(String(readType(view, at))).toBe(column(row, 'vrrp.type'));
  expect(String(readVrid(view, at))).toBe(column(row, 'vrrp.virt_rtr_id'));
  expect(String(readPriority(view, at))).toBe(column(row, 'vrrp.prio'));
  expect(String(readAddressCount(view, at))).toBe(column(row, 'vrrp.addr_count'));
  expect(readChecksum(view, at)).toBe(Number(column(row, 'vrrp.checksum')));
  const addresses = family === 4 ? 'vrrp.ip_addr' : 'vrrp.ipv6_addr';
  expect(addressList(view, at, family)).toBe(column(row, addresses));
  if (readVersion(view, at) === 2) expectVersion2(view, at, row);
  else expect(String(readMaxAdvertInterval(view, at))).toBe(column(row, 'vrrp.short_adver_int'));
  const convention = advertChecksum(view, link.packet, at, end, family);
  if (column(row, 'vrrp.checksum.status') === '1') expect(convention).not.toBe(CHECKSUM_BAD);
  else expect([CHECKSUM_PLAIN, CHECKSUM_BAD]).toContain(convention);
}

describe.skipIf(!hasPublicCaptures)('VRRP as tshark reads it', () => {
  const files = hasPublicCaptures ? oracleRows('vrrp') : new Map<string, Row[]>();
  for (const [file, rows] of files) {
    test(`${file}: ${rows.length} rows`, async () => {
      const frames = await framesOf(file);
      for (const row of rows) {
        const { view, linkType } = frameOf(frames, row);
        readLink(view, 0, view.byteLength, linkType, link);
        if (file.endsWith('vrrp_print-oobr.pcap')) {
          expect(link.etherType).toBe(ETHERTYPE_OPAQUE);
          continue;
        }
        expectAdvert(view, findMessage(view, row), row);
      }
    });
  }

  test('vrrp_print-oobr-2: ten fragments, no advert', async () => {
    const frames = await framesOf('tcpdump/tests/vrrp-vrrp_print-oobr-2.pcap');
    expect(frames.length).toBe(10);
    for (const { view, linkType } of frames) {
      readLink(view, 0, view.byteLength, linkType, link);
      expect(isIpv4Fragment(view, link.packet)).toBe(true);
    }
  });
});
