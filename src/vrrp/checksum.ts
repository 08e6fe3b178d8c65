/**
 * The conventions by which senders take the VRRP checksum, told apart by which one verifies.
 *
 * Version 2: the message alone (RFC 3768 section 5.3.8). Version 3 over IPv6: with the IPv6
 * pseudo-header. Version 3 over IPv4: RFC 9568 section 5.2.8 says the message alone, yet
 * RFC 5798 was widely read to want the IPv4 pseudo-header, and keepalived up to 1.3.6 put
 * 224.0.0.18 into it even where it sent unicast. All three are accepted and named.
 */

import {
  checksumOf,
  isSumValid,
  pseudoHeaderSumIpv4,
  pseudoHeaderSumIpv6,
  sumWords,
} from '../wire/checksum.ts';
import { PROTOCOL_VRRP, readIpv4Destination, readIpv4Source } from '../wire/ipv4.ts';
import { advertEnd, readVersion, VRRP_GROUP_IPV4, writeChecksum } from './advert.ts';

/** An index into `CHECKSUM_NAMES`. */
export type ChecksumConvention = number;
export const CHECKSUM_PLAIN = 0;
export const CHECKSUM_PSEUDO_HEADER = 1;
export const CHECKSUM_PSEUDO_HEADER_MULTICAST = 2;
export const CHECKSUM_BAD = 3;
export const CHECKSUM_NAMES: readonly string[] = [
  'plain',
  'pseudo-header',
  'pseudo-header-multicast',
  'bad',
];

/**
 * Which convention the advert `[at, end)`, which passed `advertCheck`, verifies under; the IP
 * header at `ipAt` gives the addresses. Where keepalived's trailer follows the message the sum
 * may leave it out (its own) or take it in (the kernel's, over IPv6).
 */
export function advertChecksum(
  view: DataView,
  ipAt: number,
  at: number,
  end: number,
  family: 4 | 6,
): ChecksumConvention {
  const messageEnd = advertEnd(view, at, family);
  const found = conventionOf(view, ipAt, at, messageEnd, family);
  if (found !== CHECKSUM_BAD || messageEnd === end) return found;
  return conventionOf(view, ipAt, at, end, family);
}

function conventionOf(
  view: DataView,
  ipAt: number,
  at: number,
  end: number,
  family: 4 | 6,
): ChecksumConvention {
  const length = end - at;
  const message = sumWords(view, at, end);
  if (family === 6) {
    const sum = message + pseudoHeaderSumIpv6(view, ipAt, PROTOCOL_VRRP, length);
    return isSumValid(sum) ? CHECKSUM_PSEUDO_HEADER : CHECKSUM_BAD;
  }
  if (isSumValid(message)) return CHECKSUM_PLAIN;
  if (readVersion(view, at) === 2) return CHECKSUM_BAD;
  const source = readIpv4Source(view, ipAt);
  const destination = readIpv4Destination(view, ipAt);
  const real = pseudoHeaderSumIpv4(source, destination, PROTOCOL_VRRP, length);
  if (isSumValid(message + real)) return CHECKSUM_PSEUDO_HEADER;
  const group = pseudoHeaderSumIpv4(source, VRRP_GROUP_IPV4, PROTOCOL_VRRP, length);
  return isSumValid(message + group) ? CHECKSUM_PSEUDO_HEADER_MULTICAST : CHECKSUM_BAD;
}

/** Writes the checksum that a convention wants; version 2 and IPv6 know only their own. */
export function writeAdvertChecksum(
  view: DataView,
  ipAt: number,
  at: number,
  options: { family: 4 | 6; convention: ChecksumConvention },
): void {
  const end = advertEnd(view, at, options.family);
  writeChecksum(view, at, 0);
  let sum = sumWords(view, at, end);
  if (options.family === 6) {
    sum += pseudoHeaderSumIpv6(view, ipAt, PROTOCOL_VRRP, end - at);
  } else if (readVersion(view, at) === 3 && options.convention !== CHECKSUM_PLAIN) {
    const isToGroup = options.convention === CHECKSUM_PSEUDO_HEADER_MULTICAST;
    const destination = isToGroup ? VRRP_GROUP_IPV4 : readIpv4Destination(view, ipAt);
    const source = readIpv4Source(view, ipAt);
    sum += pseudoHeaderSumIpv4(source, destination, PROTOCOL_VRRP, end - at);
  }
  writeChecksum(view, at, checksumOf(sum));
}
