/**
 * The IPv6 header (RFC 8200 section 3) and the walk over extension headers (section 4) to the
 * upper-layer protocol.
 *
 * The walk is bounded and stops at ESP, at "no next header" and at a fragment that is not the
 * first. It does not reassemble. Where a routing header is present the destination read here is
 * the next hop's, so an upper-layer checksum that was taken over the final one will not verify.
 */

import {
  FAULT_IPV6_EXTENSION,
  FAULT_IPV6_TRUNCATED,
  FAULT_IPV6_VERSION,
  FAULT_NONE,
  type Fault,
} from './fault.ts';
import { type Ipv6Words, writeIpv6Words } from './ip-address.ts';
import { PROTOCOL_AH } from './ipv4.ts';

export const IPV6_HEADER_LENGTH = 40;
const VERSION_CLASS_FLOW = 0;
const PAYLOAD_LENGTH = VERSION_CLASS_FLOW + 4;
const NEXT_HEADER = PAYLOAD_LENGTH + 2;
const HOP_LIMIT = NEXT_HEADER + 1;
const SOURCE = HOP_LIMIT + 1;
const DESTINATION = SOURCE + 16;

export const EXTENSION_HEADERS_MAX = 16;
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const DESTINATION_OPTIONS = 60;
const MOBILITY = 135;
const HIP = 139;
const SHIM6 = 140;
const FRAGMENT_HEADER_LENGTH = 8;

export function ipv6Check(view: DataView, at: number, end: number): Fault {
  if (end - at < 1) return FAULT_IPV6_TRUNCATED;
  if (view.getUint8(at) >>> 4 !== 6) return FAULT_IPV6_VERSION;
  return end - at < IPV6_HEADER_LENGTH ? FAULT_IPV6_TRUNCATED : FAULT_NONE;
}

/** Octets after the header; 0 in a jumbogram (RFC 2675). */
export function readIpv6PayloadLength(view: DataView, at: number): number {
  return view.getUint16(at + PAYLOAD_LENGTH);
}

/** First octet after the packet by its own length, never past `end`. */
export function ipv6End(view: DataView, at: number, end: number): number {
  const payloadLength = view.getUint16(at + PAYLOAD_LENGTH);
  // "No next header" may lawfully have no payload; anything else of length 0 is a jumbogram.
  if (payloadLength === 0 && view.getUint8(at + NEXT_HEADER) !== 59) return end;
  return Math.min(at + IPV6_HEADER_LENGTH + payloadLength, end);
}

/** Whether the capture holds less of the packet than its payload length says. */
export function isIpv6Cut(view: DataView, at: number, end: number): boolean {
  return at + IPV6_HEADER_LENGTH + view.getUint16(at + PAYLOAD_LENGTH) > end;
}

export function readIpv6NextHeader(view: DataView, at: number): number {
  return view.getUint8(at + NEXT_HEADER);
}

export function readIpv6HopLimit(view: DataView, at: number): number {
  return view.getUint8(at + HOP_LIMIT);
}

/** Offset of the source address's first octet. */
export function ipv6SourceAt(at: number): number {
  return at + SOURCE;
}

/** Offset of the destination address's first octet. */
export function ipv6DestinationAt(at: number): number {
  return at + DESTINATION;
}

/** Where a walk ended. One instance is reused. */
export class Ipv6Walk {
  /** Upper-layer protocol number. */
  protocol = 0;
  /** First octet of the upper-layer message. */
  at = 0;
  /** First octet after it, by the IPv6 payload length and never past the frame. */
  end = 0;
  isFragment = false;
  /** Octets before this fragment's data; not 0 means that no upper-layer header is here. */
  fragmentOffset = 0;
}

/** Finds the upper-layer message of a packet that passed `ipv6Check`. */
export function walkIpv6(view: DataView, at: number, end: number, walk: Ipv6Walk): Fault {
  const packetEnd = ipv6End(view, at, end);
  let protocol = view.getUint8(at + NEXT_HEADER);
  let header = at + IPV6_HEADER_LENGTH;
  walk.isFragment = false;
  walk.fragmentOffset = 0;
  walk.end = packetEnd;
  let count = 0;
  while (isExtension(protocol) && walk.fragmentOffset === 0) {
    if (packetEnd - header < 8 || ++count > EXTENSION_HEADERS_MAX) {
      return stop(walk, protocol, header, FAULT_IPV6_EXTENSION);
    }
    if (protocol === FRAGMENT) {
      const offset = view.getUint16(header + 2);
      // RFC 6946: an atomic fragment (offset 0, no more) is a whole packet, yet RFC 6980 wants
      // neighbor discovery in it ignored too, so it is reported as a fragment.
      walk.isFragment = true;
      walk.fragmentOffset = offset & 0xfff8;
    }
    const length = extensionLength(view, header, protocol);
    if (packetEnd - header < length) return stop(walk, protocol, header, FAULT_IPV6_EXTENSION);
    protocol = view.getUint8(header);
    header += length;
  }
  return stop(walk, protocol, header, FAULT_NONE);
}

function stop(walk: Ipv6Walk, protocol: number, at: number, fault: Fault): Fault {
  walk.protocol = protocol;
  walk.at = at;
  return fault;
}

function isExtension(protocol: number): boolean {
  switch (protocol) {
    case HOP_BY_HOP:
    case ROUTING:
    case FRAGMENT:
    case PROTOCOL_AH:
    case DESTINATION_OPTIONS:
    case MOBILITY:
    case HIP:
    case SHIM6:
      return true;
    default:
      return false;
  }
}

function extensionLength(view: DataView, at: number, protocol: number): number {
  if (protocol === FRAGMENT) return FRAGMENT_HEADER_LENGTH;
  const length = view.getUint8(at + 1);
  // AH counts in words of four octets less two (RFC 4302 section 2.2), the others in eights.
  return protocol === PROTOCOL_AH ? (length + 2) * 4 : (length + 1) * 8;
}

export interface Ipv6Fields {
  /** Octets after the header. */
  payloadLength: number;
  nextHeader: number;
  hopLimit: number;
  source: Ipv6Words;
  destination: Ipv6Words;
  /** Default 0; VRRP senders use 0xc0 (internetwork control). */
  trafficClass?: number;
}

/** Writes the 40 octets of a header with flow label 0; returns its end. */
export function emitIpv6(view: DataView, at: number, fields: Ipv6Fields): number {
  view.setUint32(at, 0x60000000 + ((fields.trafficClass ?? 0) << 20));
  view.setUint16(at + PAYLOAD_LENGTH, fields.payloadLength);
  view.setUint8(at + NEXT_HEADER, fields.nextHeader);
  view.setUint8(at + HOP_LIMIT, fields.hopLimit);
  writeIpv6Words(view, at + SOURCE, fields.source);
  writeIpv6Words(view, at + DESTINATION, fields.destination);
  return at + IPV6_HEADER_LENGTH;
}
