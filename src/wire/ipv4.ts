/**
 * The IPv4 header (RFC 791 section 3.1).
 *
 * `ipv4Check` first; the readers test nothing. A total length beyond the captured octets is no
 * fault (captures are cut by their snap length): `ipv4End` gives the nearer of the two ends.
 */

import { checksumOf, isSumValid, sumWords } from './checksum.ts';
import {
  FAULT_IPV4_HEADER,
  FAULT_IPV4_LENGTH,
  FAULT_IPV4_TRUNCATED,
  FAULT_IPV4_VERSION,
  FAULT_NONE,
  type Fault,
} from './fault.ts';

export const IPV4_HEADER_LENGTH = 20;
const VERSION_IHL = 0;
const TYPE_OF_SERVICE = VERSION_IHL + 1;
const TOTAL_LENGTH = TYPE_OF_SERVICE + 1;
const IDENTIFICATION = TOTAL_LENGTH + 2;
const FLAGS_OFFSET = IDENTIFICATION + 2;
const TIME_TO_LIVE = FLAGS_OFFSET + 2;
const PROTOCOL = TIME_TO_LIVE + 1;
const HEADER_CHECKSUM = PROTOCOL + 1;
const SOURCE = HEADER_CHECKSUM + 2;
const DESTINATION = SOURCE + 4;

const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_OFFSET_MASK = 0x1fff;

/** Type of service: precedence 6 (RFC 791 section 3.1), as ICMP errors and adverts have it. */
export const INTERNETWORK_CONTROL = 0xc0;
export const PROTOCOL_ICMP = 1;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
export const PROTOCOL_AH = 51;
export const PROTOCOL_ICMPV6 = 58;
export const PROTOCOL_VRRP = 112;

export function ipv4Check(view: DataView, at: number, end: number): Fault {
  if (end - at < IPV4_HEADER_LENGTH) return FAULT_IPV4_TRUNCATED;
  const first = view.getUint8(at);
  if (first >>> 4 !== 4) return FAULT_IPV4_VERSION;
  const headerLength = (first & 15) * 4;
  if (headerLength < IPV4_HEADER_LENGTH) return FAULT_IPV4_HEADER;
  if (end - at < headerLength) return FAULT_IPV4_TRUNCATED;
  const totalLength = view.getUint16(at + TOTAL_LENGTH);
  if (totalLength < headerLength && totalLength !== 0) return FAULT_IPV4_LENGTH;
  return FAULT_NONE;
}

/** Octets of the header with its options, 20 to 60. */
export function readIpv4HeaderLength(view: DataView, at: number): number {
  return (view.getUint8(at) & 15) * 4;
}

export function readIpv4TypeOfService(view: DataView, at: number): number {
  return view.getUint8(at + TYPE_OF_SERVICE);
}

/** As written; 0 where segmentation offload left it open (RFC 6864 does not apply). */
export function readIpv4TotalLength(view: DataView, at: number): number {
  return view.getUint16(at + TOTAL_LENGTH);
}

/** First octet after the packet by its own length, never past `end`; Ethernet padding is out. */
export function ipv4End(view: DataView, at: number, end: number): number {
  const totalLength = view.getUint16(at + TOTAL_LENGTH);
  // Offloaded segments over 64 KiB carry length 0 and run to the end of the frame.
  return totalLength === 0 || at + totalLength > end ? end : at + totalLength;
}

/** Whether the capture holds less of the packet than its total length says. */
export function isIpv4Cut(view: DataView, at: number, end: number): boolean {
  return at + view.getUint16(at + TOTAL_LENGTH) > end;
}

export function readIpv4Identification(view: DataView, at: number): number {
  return view.getUint16(at + IDENTIFICATION);
}

/** Any fragment, the first included. */
export function isIpv4Fragment(view: DataView, at: number): boolean {
  return (view.getUint16(at + FLAGS_OFFSET) & (MORE_FRAGMENTS | FRAGMENT_OFFSET_MASK)) !== 0;
}

/** Octets of the original packet's payload before this fragment's. */
export function readIpv4FragmentOffset(view: DataView, at: number): number {
  return (view.getUint16(at + FLAGS_OFFSET) & FRAGMENT_OFFSET_MASK) * 8;
}

export function readIpv4TimeToLive(view: DataView, at: number): number {
  return view.getUint8(at + TIME_TO_LIVE);
}

export function readIpv4Protocol(view: DataView, at: number): number {
  return view.getUint8(at + PROTOCOL);
}

export function readIpv4Source(view: DataView, at: number): number {
  return view.getUint32(at + SOURCE);
}

export function readIpv4Destination(view: DataView, at: number): number {
  return view.getUint32(at + DESTINATION);
}

export function ipv4ChecksumOk(view: DataView, at: number): boolean {
  return isSumValid(sumWords(view, at, at + readIpv4HeaderLength(view, at)));
}

export interface Ipv4Fields {
  /** Header and payload in octets, 20 to 65535. */
  totalLength: number;
  timeToLive: number;
  protocol: number;
  source: number;
  destination: number;
  /** Default 0; VRRP senders use 0xc0 (internetwork control). */
  typeOfService?: number;
  identification?: number;
}

/** Writes a header of 20 octets with its checksum, don't-fragment clear; returns its end. */
export function emitIpv4(view: DataView, at: number, fields: Ipv4Fields): number {
  view.setUint8(at, 0x45);
  view.setUint8(at + TYPE_OF_SERVICE, fields.typeOfService ?? 0);
  view.setUint16(at + TOTAL_LENGTH, fields.totalLength);
  view.setUint16(at + IDENTIFICATION, fields.identification ?? 0);
  view.setUint16(at + FLAGS_OFFSET, 0);
  view.setUint8(at + TIME_TO_LIVE, fields.timeToLive);
  view.setUint8(at + PROTOCOL, fields.protocol);
  view.setUint32(at + SOURCE, fields.source);
  view.setUint32(at + DESTINATION, fields.destination);
  writeIpv4Checksum(view, at);
  return at + IPV4_HEADER_LENGTH;
}

/** Recomputes the header checksum in place. */
export function writeIpv4Checksum(view: DataView, at: number): void {
  view.setUint16(at + HEADER_CHECKSUM, 0);
  const sum = sumWords(view, at, at + readIpv4HeaderLength(view, at));
  view.setUint16(at + HEADER_CHECKSUM, checksumOf(sum));
}
