/**
 * Neighbor Solicitation and Advertisement (RFC 4861 sections 4.3 and 4.4), with the validity
 * rules of sections 7.1.1 and 7.1.2.
 *
 * `neighborCheck` first; the readers test nothing. The checksum is a rule of its own
 * (`neighborChecksumOk`), because a host's own capture may hold partial ones. Offsets: `ipAt` is
 * the IPv6 header, `icmpAt` the ICMPv6 message, `end` its end by the IPv6 payload length.
 */

import {
  FAULT_ICMPV6_CHECKSUM,
  FAULT_ICMPV6_TRUNCATED,
  FAULT_IPV6_TRUNCATED,
  FAULT_ND_CODE,
  FAULT_ND_HOP_LIMIT,
  FAULT_ND_LENGTH,
  FAULT_ND_OPTION,
  FAULT_ND_SOLICITED,
  FAULT_ND_SOURCE,
  FAULT_ND_TARGET,
  FAULT_NONE,
  type Fault,
} from '../wire/fault.ts';
import {
  ICMPV6_NEIGHBOR_ADVERTISEMENT,
  ICMPV6_NEIGHBOR_SOLICITATION,
  icmpv6ChecksumOk,
  writeIcmpv6Checksum,
} from '../wire/icmpv6.ts';
import {
  type Ipv6Words,
  isMulticastIpv6,
  isSolicitedNodeIpv6,
  isUnspecifiedIpv6,
  writeIpv6Words,
} from '../wire/ip-address.ts';
import {
  ipv6DestinationAt,
  ipv6End,
  ipv6SourceAt,
  isIpv6Cut,
  readIpv6HopLimit,
  readIpv6PayloadLength,
} from '../wire/ipv6.ts';
import { writeMac } from '../wire/mac.ts';

/** RFC 4861 7.1: what a router has passed on has less. */
export const NEIGHBOR_HOP_LIMIT = 255;

const TYPE = 0;
const CODE = TYPE + 1;
const CHECKSUM = CODE + 1;
const FLAGS = CHECKSUM + 2;
const TARGET = FLAGS + 4;
const OPTIONS = TARGET + 16;
export const NEIGHBOR_LENGTH = OPTIONS;
/** The message with one Ethernet link-layer address option. */
export const NEIGHBOR_LENGTH_WITH_ADDRESS = OPTIONS + 8;

export const FLAG_ROUTER = 0x80;
export const FLAG_SOLICITED = 0x40;
export const FLAG_OVERRIDE = 0x20;

export const OPTION_SOURCE_LINK_LAYER_ADDRESS = 1;
export const OPTION_TARGET_LINK_LAYER_ADDRESS = 2;

/** Whether the ICMPv6 message (4 octets at least) is a solicitation or an advertisement. */
export function isNeighborMessage(view: DataView, icmpAt: number): boolean {
  const type = view.getUint8(icmpAt);
  return type === ICMPV6_NEIGHBOR_SOLICITATION || type === ICMPV6_NEIGHBOR_ADVERTISEMENT;
}

/** All rules of RFC 4861 7.1.1 and 7.1.2 but the checksum; fragments are the caller's. */
export function neighborCheck(view: DataView, ipAt: number, icmpAt: number, end: number): Fault {
  if (end - icmpAt < 4) return FAULT_ICMPV6_TRUNCATED;
  if (readIpv6HopLimit(view, ipAt) !== NEIGHBOR_HOP_LIMIT) return FAULT_ND_HOP_LIMIT;
  if (view.getUint8(icmpAt + CODE) !== 0) return FAULT_ND_CODE;
  if (end - icmpAt < NEIGHBOR_LENGTH) return FAULT_ND_LENGTH;
  if (isMulticastIpv6(view.getUint32(icmpAt + TARGET))) return FAULT_ND_TARGET;
  if (!areOptionsLawful(view, icmpAt, end)) return FAULT_ND_OPTION;
  if (view.getUint8(icmpAt) === ICMPV6_NEIGHBOR_SOLICITATION) {
    return solicitationCheck(view, ipAt, icmpAt, end);
  }
  const isToGroup = isMulticastIpv6(view.getUint32(ipv6DestinationAt(ipAt)));
  return isToGroup && isSolicited(view, icmpAt) ? FAULT_ND_SOLICITED : FAULT_NONE;
}

/** RFC 4861 7.1.1: from :: only to a solicited-node group and without a source address. */
function solicitationCheck(view: DataView, ipAt: number, icmpAt: number, end: number): Fault {
  if (!isUnspecifiedIpv6(view, ipv6SourceAt(ipAt))) return FAULT_NONE;
  if (!isSolicitedNodeIpv6(view, ipv6DestinationAt(ipAt))) return FAULT_ND_SOURCE;
  const hasAddress = linkLayerAddressAt(view, icmpAt, end, OPTION_SOURCE_LINK_LAYER_ADDRESS) !== 0;
  return hasAddress ? FAULT_ND_SOURCE : FAULT_NONE;
}

function areOptionsLawful(view: DataView, icmpAt: number, end: number): boolean {
  let option = icmpAt + OPTIONS;
  while (option < end) {
    if (end - option < 2) return false;
    const length = view.getUint8(option + 1) * 8;
    if (length === 0 || length > end - option) return false;
    option += length;
  }
  return true;
}

/**
 * Whether the packet in the frame that ends at `end` is as long as it says, and its checksum good.
 * Where the snap length has cut the frame (`isCut`) it cannot be verified and is taken as it is.
 * Length 0 is a jumbogram's or an offloaded segment's, and this is neither.
 */
export function integrityCheck(
  view: DataView,
  ipAt: number,
  icmpAt: number,
  end: number,
  isCut: boolean,
): Fault {
  if (readIpv6PayloadLength(view, ipAt) === 0) return FAULT_ND_LENGTH;
  if (isIpv6Cut(view, ipAt, end)) return isCut ? FAULT_NONE : FAULT_IPV6_TRUNCATED;
  const isGood = neighborChecksumOk(view, ipAt, icmpAt, ipv6End(view, ipAt, end));
  return isGood ? FAULT_NONE : FAULT_ICMPV6_CHECKSUM;
}

export function neighborChecksumOk(
  view: DataView,
  ipAt: number,
  icmpAt: number,
  end: number,
): boolean {
  return icmpv6ChecksumOk(view, ipAt, icmpAt, end);
}

export function isSolicitation(view: DataView, icmpAt: number): boolean {
  return view.getUint8(icmpAt) === ICMPV6_NEIGHBOR_SOLICITATION;
}

/** Offset of the target address's first octet. */
export function neighborTargetAt(icmpAt: number): number {
  return icmpAt + TARGET;
}

export function isRouter(view: DataView, icmpAt: number): boolean {
  return (view.getUint8(icmpAt + FLAGS) & FLAG_ROUTER) !== 0;
}

export function isSolicited(view: DataView, icmpAt: number): boolean {
  return (view.getUint8(icmpAt + FLAGS) & FLAG_SOLICITED) !== 0;
}

export function isOverride(view: DataView, icmpAt: number): boolean {
  return (view.getUint8(icmpAt + FLAGS) & FLAG_OVERRIDE) !== 0;
}

/** Duplicate address detection: a solicitation from :: (RFC 4862 section 5.4.2). */
export function isDuplicateAddressDetection(view: DataView, ipAt: number, icmpAt: number): boolean {
  return isSolicitation(view, icmpAt) && isUnspecifiedIpv6(view, ipv6SourceAt(ipAt));
}

/** Offset of the MAC in the first option of this type (8 octets long), or 0. */
export function linkLayerAddressAt(
  view: DataView,
  icmpAt: number,
  end: number,
  optionType: number,
): number {
  let option = icmpAt + OPTIONS;
  while (end - option >= 8) {
    const length = view.getUint8(option + 1) * 8;
    if (length === 0) return 0;
    if (view.getUint8(option) === optionType && length === 8) return option + 2;
    option += length;
  }
  return 0;
}

export interface NeighborFields {
  type: typeof ICMPV6_NEIGHBOR_SOLICITATION | typeof ICMPV6_NEIGHBOR_ADVERTISEMENT;
  /** `FLAG_*` bits of an advertisement; 0 in a solicitation. */
  flags: number;
  target: Ipv6Words;
  /** MAC for the source (NS) or target (NA) option, or null for none. */
  linkLayerAddress: number | null;
}

/**
 * Writes the message at `icmpAt` with its checksum; the IPv6 header at `ipAt` stands already, its
 * payload length being that of the message. Returns the offset after the message.
 */
export function emitNeighbor(
  view: DataView,
  ipAt: number,
  icmpAt: number,
  fields: NeighborFields,
): number {
  view.setUint8(icmpAt + TYPE, fields.type);
  view.setUint8(icmpAt + CODE, 0);
  view.setUint32(icmpAt + FLAGS, (fields.flags << 24) >>> 0);
  writeIpv6Words(view, icmpAt + TARGET, fields.target);
  let end = icmpAt + OPTIONS;
  if (fields.linkLayerAddress !== null) {
    const isAdvertisement = fields.type === ICMPV6_NEIGHBOR_ADVERTISEMENT;
    view.setUint8(
      end,
      isAdvertisement ? OPTION_TARGET_LINK_LAYER_ADDRESS : OPTION_SOURCE_LINK_LAYER_ADDRESS,
    );
    view.setUint8(end + 1, 1);
    writeMac(view, end + 2, fields.linkLayerAddress);
    end += 8;
  }
  writeIcmpv6Checksum(view, ipAt, icmpAt, end);
  return end;
}
