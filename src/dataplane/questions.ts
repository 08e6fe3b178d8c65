import {
  ARP_REQUEST,
  readOperation,
  readSenderProtocolAddress,
  readTargetProtocolAddress,
} from '../arp/arp.ts';
import { isDuplicateAddressDetection, isSolicitation, neighborTargetAt } from '../arp/neighbor.ts';
import { macFromHalves } from '../wire/mac.ts';
import { isHavipPolicy, POLICY_GATEWAY, POLICY_HAVIP, POLICY_SUBNET } from './address-book.ts';
import * as frame from './classifier.ts';
import * as reason from './drop-reason.ts';
import type { AnyIpTable, Known } from './forwarding.ts';
import * as verdict from './verdict.ts';

/**
 * Which questions for an address (ARP requests, neighbor solicitations) the switch answers itself.
 * By IP for the gateway, an ENI's address and a HaVip, held or not; by MAC for the gateway alone
 * (design, section 3).
 */
const NOT_DELIVERED = verdict.verdictOf(verdict.DROP, reason.NOT_DELIVERED);
const UNKNOWN_ADDRESS = verdict.verdictOf(verdict.DROP, reason.UNKNOWN_ADDRESS);

/**
 * The verdict by IP on the ARP or ND that is in hand, from a port in `subnet` (0 where there is
 * but one). A member's probe for a HaVip is never answered.
 */
export function answerByIp(owner: Known, view: DataView, port: number, subnet: number): number {
  if (!isQuestion(owner, view)) return NOT_DELIVERED;
  const isArp = owner.classifier.carries === frame.CARRIES_ARP;
  const table = isArp ? owner.addresses4 : owner.addresses6;
  const entry = targetOf(owner, view);
  const way = answer(owner, table, entry, port);
  if (way !== verdict.RESPOND || !isProbe(owner, view)) return way;
  return mayHold(owner, table.tag(entry), subnet) ? NOT_DELIVERED : way;
}

/** Whether the frame in hand is ARP or ND that asks for a gateway's address. */
export function asksForGateway(owner: Known, view: DataView): boolean {
  const { carries } = owner.classifier;
  if (carries !== frame.CARRIES_ARP && carries !== frame.CARRIES_ND) return false;
  if (!isQuestion(owner, view)) return false;
  const entry = targetOf(owner, view);
  if (entry < 0) return false;
  const table = carries === frame.CARRIES_ARP ? owner.addresses4 : owner.addresses6;
  return owner.book.policy(table.tag(entry)) === POLICY_GATEWAY;
}

/** A request for another address than the asker's own, or a solicitation. */
function isQuestion(owner: Known, view: DataView): boolean {
  const { carries, packet, upperAt } = owner.classifier;
  if (carries === frame.CARRIES_ND) return isSolicitation(view, upperAt);
  if (readOperation(view, packet) !== ARP_REQUEST) return false;
  return readSenderProtocolAddress(view, packet) !== readTargetProtocolAddress(view, packet);
}

/** The entry of the address that is asked for, or -1. */
function targetOf(owner: Known, view: DataView): number {
  const { carries, network, packet, upperAt } = owner.classifier;
  return carries === frame.CARRIES_ARP
    ? owner.addresses4.find(network, readTargetProtocolAddress(view, packet))
    : owner.neighbors.find6(network, view, neighborTargetAt(upperAt));
}

/** ARP or ND by which the asker finds out whether the address is free (RFC 5227, RFC 4862). */
function isProbe(owner: Known, view: DataView): boolean {
  const { carries, packet, upperAt } = owner.classifier;
  return carries === frame.CARRIES_ARP
    ? readSenderProtocolAddress(view, packet) === 0
    : isDuplicateAddressDetection(view, packet, upperAt);
}

/** Never for the asker's own address or the HaVip it holds. */
function answer(owner: Known, table: AnyIpTable, entry: number, port: number): number {
  if (entry < 0) return UNKNOWN_ADDRESS;
  const isHeld = table.mac(entry) !== 0;
  if (isHeld && table.port(entry) === port) return NOT_DELIVERED;
  const policy = owner.book.policy(table.tag(entry));
  const isKnown = isHeld || policy === POLICY_GATEWAY || isHavipPolicy(policy);
  return isKnown ? verdict.RESPOND : UNKNOWN_ADDRESS;
}

/** Whether the address is a HaVip that the asker, whose port is in `subnet`, is a member of. */
function mayHold(owner: Known, id: number, subnet: number): boolean {
  const { book, classifier } = owner;
  const policy = book.policy(id);
  // Two subnets may share a VLAN.
  if (policy === POLICY_SUBNET) return subnet === 0 || book.subnet(id) === subnet;
  const { sourceHigh, sourceLow } = classifier.link;
  return policy === POLICY_HAVIP && book.hasMember(id, macFromHalves(sourceHigh, sourceLow));
}
