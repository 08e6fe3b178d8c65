/**
 * ICMPv6 (RFC 4443): the common header, its checksum over the pseudo-header, and echo. Neighbor
 * discovery messages are read in `src/arp/neighbor.ts`.
 */

import { checksumOf, isSumValid, pseudoHeaderSumIpv6, sumWords } from './checksum.ts';
import { FAULT_ICMPV6_TRUNCATED, FAULT_NONE, type Fault } from './fault.ts';
import { PROTOCOL_ICMPV6 } from './ipv4.ts';

export const ICMPV6_HEADER_LENGTH = 4;
/** Header, identifier and sequence number. */
export const ICMPV6_ECHO_LENGTH = 8;
const PARAMETER_PROBLEM = 4;
const UNRECOGNIZED_NEXT_HEADER = 1;
export const ICMPV6_ECHO_REQUEST = 128;
export const ICMPV6_ECHO_REPLY = 129;
export const ICMPV6_ROUTER_SOLICITATION = 133;
export const ICMPV6_NEIGHBOR_SOLICITATION = 135;
export const ICMPV6_NEIGHBOR_ADVERTISEMENT = 136;
export const ICMPV6_REDIRECT = 137;

const TYPE = 0;
const CODE = TYPE + 1;
const CHECKSUM = CODE + 1;
const IDENTIFIER = CHECKSUM + 2;
const SEQUENCE_NUMBER = IDENTIFIER + 2;

/** Room for the common header; an echo needs `ICMPV6_ECHO_LENGTH`. */
export function icmpv6Check(_view: DataView, at: number, end: number): Fault {
  return end - at < ICMPV6_HEADER_LENGTH ? FAULT_ICMPV6_TRUNCATED : FAULT_NONE;
}

export function readIcmpv6Type(view: DataView, at: number): number {
  return view.getUint8(at + TYPE);
}

export function readIcmpv6Code(view: DataView, at: number): number {
  return view.getUint8(at + CODE);
}

/** RFC 4443 section 3.4: the host that answers knows no such protocol as the quoted packet has. */
export function isNextHeaderUnknown(view: DataView, at: number): boolean {
  return (
    readIcmpv6Type(view, at) === PARAMETER_PROBLEM &&
    readIcmpv6Code(view, at) === UNRECOGNIZED_NEXT_HEADER
  );
}

/** Whether the message is one of the five of neighbor discovery (RFC 4861 section 4). */
export function isNeighborDiscovery(view: DataView, at: number): boolean {
  const type = readIcmpv6Type(view, at);
  return type >= ICMPV6_ROUTER_SOLICITATION && type <= ICMPV6_REDIRECT;
}

/** Of an echo that holds at least `ICMPV6_ECHO_LENGTH` octets. */
export function readIcmpv6Identifier(view: DataView, at: number): number {
  return view.getUint16(at + IDENTIFIER);
}

export function readIcmpv6SequenceNumber(view: DataView, at: number): number {
  return view.getUint16(at + SEQUENCE_NUMBER);
}

export function writeIcmpv6Type(view: DataView, at: number, type: number): void {
  view.setUint8(at + TYPE, type);
}

/** Verifies the message `[at, end)` with the addresses of the IPv6 header at `ipAt`. */
export function icmpv6ChecksumOk(view: DataView, ipAt: number, at: number, end: number): boolean {
  return isSumValid(
    pseudoHeaderSumIpv6(view, ipAt, PROTOCOL_ICMPV6, end - at) + sumWords(view, at, end),
  );
}

/** Takes the checksum of `[at, end)` and writes it; the IPv6 addresses stand already. */
export function writeIcmpv6Checksum(view: DataView, ipAt: number, at: number, end: number): void {
  view.setUint16(at + CHECKSUM, 0);
  const pseudo = pseudoHeaderSumIpv6(view, ipAt, PROTOCOL_ICMPV6, end - at);
  view.setUint16(at + CHECKSUM, checksumOf(pseudo + sumWords(view, at, end)));
}
