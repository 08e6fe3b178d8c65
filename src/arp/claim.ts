/**
 * A claim: what an ARP or neighbor discovery frame asserts about an address, and in which form.
 *
 * This file says what is asserted, never whether the sender may. Probes and duplicate address
 * detection assert nothing. Every other ARP request or reply does, gratuitous or not, because
 * RFC 826 receivers take the sender pair before they look at the operation.
 */

import { isLoopbackIpv4, isMulticastIpv4, isMulticastIpv6 } from '../wire/ip-address.ts';
import { ipv6SourceAt } from '../wire/ipv6.ts';
import type { Link } from '../wire/link.ts';
import {
  ARP_REPLY,
  ARP_REQUEST,
  readOperation,
  readSenderHardwareHigh,
  readSenderHardwareLow,
  readSenderProtocolAddress,
  readTargetHardwareHigh,
  readTargetHardwareLow,
  readTargetProtocolAddress,
} from './arp.ts';
import {
  isOverride,
  isRouter,
  isSolicitation,
  isSolicited,
  linkLayerAddressAt,
  neighborTargetAt,
  OPTION_SOURCE_LINK_LAYER_ADDRESS,
  OPTION_TARGET_LINK_LAYER_ADDRESS,
} from './neighbor.ts';

/** An index into `FORM_NAMES`. */
export type Form = number;
export const FORM_GRATUITOUS_REQUEST = 0;
export const FORM_GRATUITOUS_REPLY = 1;
export const FORM_ARP_REQUEST = 2;
export const FORM_ARP_REPLY = 3;
export const FORM_UNSOLICITED_NA = 4;
export const FORM_SOLICITED_NA = 5;
export const FORM_NEIGHBOR_SOLICITATION = 6;

export const FORM_NAMES: readonly string[] = [
  'gratuitous-request',
  'gratuitous-reply',
  'arp-request',
  'arp-reply',
  'unsolicited-na',
  'solicited-na',
  'neighbor-solicitation',
];

/** What the target hardware address of an ARP claim holds; the first that fits. */
export const TARGET_ZERO = 0;
export const TARGET_ONES = 1;
export const TARGET_SENDER = 2;
export const TARGET_DESTINATION = 3;
export const TARGET_OTHER = 4;

/**
 * One claim, reused from frame to frame, as is the link header that it came with. The caller sets
 * `network` and the header (0/0 for an address that it has not) before it asks for the rest.
 */
export class Claim {
  form: Form = FORM_GRATUITOUS_REQUEST;
  family: 4 | 6 = 4;
  /** The caller's number for the network that the frame belongs to. */
  network = 0;
  /** The claimed IPv4 address; 0 for IPv6. */
  address = 0;
  /** The claimed IPv6 address; 0 for IPv4. */
  word0 = 0;
  word1 = 0;
  word2 = 0;
  word3 = 0;
  /** The asserted MAC: sender hardware address, TLLA or SLLA. */
  macHigh = 0;
  macLow = 0;
  readonly link: Link;
  /** Flags of a neighbor advertisement; false otherwise. */
  override = false;
  solicited = false;
  router = false;
  /** One of `TARGET_*`; meaningful for ARP. */
  targetHardware = TARGET_ZERO;
  /** Who is asked: target protocol address of ARP, last 32 bits of the target of an NS. */
  asked = 0;
  /** An NA without target link-layer address: the Ethernet source stands for it. */
  isImplied = false;
  /** An NA whose IPv6 source is the claimed address itself; true for every other form. */
  isFromClaimed = true;

  constructor(link: Link) {
    this.link = link;
  }
}

/** Whether a form takes an address from its holder: a gratuitous ARP, or an NA with S=0, O=1. */
export function isAnnouncement(form: Form, override: boolean): boolean {
  return form <= FORM_GRATUITOUS_REPLY || (form === FORM_UNSOLICITED_NA && override);
}

/** Whether it answers a question: an ARP reply to the asker, or an NA with S=1. */
export function isAnswer(form: Form): boolean {
  return form === FORM_ARP_REPLY || form === FORM_SOLICITED_NA;
}

/** Fills `claim` from ARP that passed `arpCheck`; false where it claims nothing. */
export function claimFromArp(view: DataView, at: number, claim: Claim): boolean {
  const operation = readOperation(view, at);
  if (operation !== ARP_REQUEST && operation !== ARP_REPLY) return false;
  const sender = readSenderProtocolAddress(view, at);
  if (!isClaimableIpv4(sender)) return false;
  const target = readTargetProtocolAddress(view, at);
  const isGratuitous = sender === target;
  if (operation === ARP_REQUEST) {
    claim.form = isGratuitous ? FORM_GRATUITOUS_REQUEST : FORM_ARP_REQUEST;
  } else {
    claim.form = isGratuitous ? FORM_GRATUITOUS_REPLY : FORM_ARP_REPLY;
  }
  clearNeighborFields(claim);
  claim.address = sender;
  claim.macHigh = readSenderHardwareHigh(view, at);
  claim.macLow = readSenderHardwareLow(view, at);
  const targetHigh = readTargetHardwareHigh(view, at);
  claim.targetHardware = targetKind(targetHigh, readTargetHardwareLow(view, at), claim);
  claim.asked = target;
  return true;
}

/** Sets what only claims by neighbor discovery have to what it is in a claim by ARP. */
export function clearNeighborFields(claim: Claim): void {
  claim.family = 4;
  claim.word0 = claim.word1 = claim.word2 = claim.word3 = 0;
  claim.override = claim.solicited = claim.router = false;
  claim.isImplied = false;
  claim.isFromClaimed = true;
}

/** Linux arp_process and rule 0.0.0.0 = probe: such senders change no cache. */
export function isClaimableIpv4(address: number): boolean {
  if (address === 0 || address === 0xffffffff) return false;
  return !isMulticastIpv4(address) && !isLoopbackIpv4(address);
}

/** What a target hardware address is (both words unsigned) in `claim`, whose MACs are filled. */
export function targetKind(high: number, low: number, claim: Claim): number {
  if (high === 0 && low === 0) return TARGET_ZERO;
  if (high === 0xffff && low === 0xffffffff) return TARGET_ONES;
  if (high === claim.macHigh && low === claim.macLow) return TARGET_SENDER;
  const { destinationHigh, destinationLow } = claim.link;
  const isDestination = high === destinationHigh && low === destinationLow;
  return isDestination ? TARGET_DESTINATION : TARGET_OTHER;
}

/** Fills `claim` from a message that passed `neighborCheck`; false where it claims nothing. */
export function claimFromNeighbor(
  view: DataView,
  ipAt: number,
  icmpAt: number,
  end: number,
  claim: Claim,
): boolean {
  return isSolicitation(view, icmpAt)
    ? claimFromSolicitation(view, ipAt, icmpAt, end, claim)
    : claimFromAdvertisement(view, ipAt, icmpAt, end, claim);
}

/** RFC 4861 7.2.3: the source address goes with the source link-layer address option. */
function claimFromSolicitation(
  view: DataView,
  ipAt: number,
  icmpAt: number,
  end: number,
  claim: Claim,
): boolean {
  const option = linkLayerAddressAt(view, icmpAt, end, OPTION_SOURCE_LINK_LAYER_ADDRESS);
  if (option === 0 || !setIpv6(view, ipv6SourceAt(ipAt), claim)) return false;
  claim.form = FORM_NEIGHBOR_SOLICITATION;
  claim.macHigh = view.getUint16(option);
  claim.macLow = view.getUint32(option + 2);
  claim.override = claim.solicited = claim.router = false;
  claim.asked = view.getUint32(neighborTargetAt(icmpAt) + 12);
  claim.isImplied = false;
  claim.isFromClaimed = true;
  return true;
}

/** RFC 4861 7.2.5; without a target link-layer address the Ethernet source stands for it. */
function claimFromAdvertisement(
  view: DataView,
  ipAt: number,
  icmpAt: number,
  end: number,
  claim: Claim,
): boolean {
  if (!setIpv6(view, neighborTargetAt(icmpAt), claim)) return false;
  const option = linkLayerAddressAt(view, icmpAt, end, OPTION_TARGET_LINK_LAYER_ADDRESS);
  claim.macHigh = option === 0 ? claim.link.sourceHigh : view.getUint16(option);
  claim.macLow = option === 0 ? claim.link.sourceLow : view.getUint32(option + 2);
  if (option === 0 && claim.macHigh === 0 && claim.macLow === 0) return false;
  claim.override = isOverride(view, icmpAt);
  claim.solicited = isSolicited(view, icmpAt);
  claim.router = isRouter(view, icmpAt);
  claim.form = claim.solicited ? FORM_SOLICITED_NA : FORM_UNSOLICITED_NA;
  claim.asked = 0;
  claim.isImplied = option === 0;
  claim.isFromClaimed = isSource(view, ipv6SourceAt(ipAt), claim);
  return true;
}

function isSource(view: DataView, at: number, claim: Claim): boolean {
  return (
    view.getUint32(at + 12) === claim.word3 &&
    view.getUint32(at + 8) === claim.word2 &&
    view.getUint32(at + 4) === claim.word1 &&
    view.getUint32(at) === claim.word0
  );
}

/** False for ::, ::1 and groups, which nobody can hold. */
export function isClaimableIpv6(
  word0: number,
  word1: number,
  word2: number,
  word3: number,
): boolean {
  if (word0 === 0 && word1 === 0 && word2 === 0 && word3 <= 1) return false;
  return !isMulticastIpv6(word0);
}

/** Sets the claimed address; false for one that nobody can hold. */
function setIpv6(view: DataView, at: number, claim: Claim): boolean {
  const word0 = view.getUint32(at);
  const word1 = view.getUint32(at + 4);
  const word2 = view.getUint32(at + 8);
  const word3 = view.getUint32(at + 12);
  if (!isClaimableIpv6(word0, word1, word2, word3)) return false;
  claim.family = 6;
  claim.address = 0;
  claim.word0 = word0;
  claim.word1 = word1;
  claim.word2 = word2;
  claim.word3 = word3;
  claim.targetHardware = TARGET_ZERO;
  return true;
}
