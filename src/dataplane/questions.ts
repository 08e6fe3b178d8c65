import {
  ARP_REQUEST,
  readOperation,
  readSenderProtocolAddress,
  readTargetProtocolAddress,
} from '../arp/arp.ts';
import { isDuplicateAddressDetection, isSolicitation, neighborTargetAt } from '../arp/neighbor.ts';
import { macFromHalves } from '../wire/mac.ts';
import { isHavipPolicy, POLICY_GATEWAY, POLICY_SUBNET } from './address-book.ts';
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

/** The verdict by IP on the ARP or ND that is in hand. */
export function answerByIp(owner: Known, view: DataView, port: number): number {
  const seen = owner.classifier;
  if (!isQuestion(owner, view)) return NOT_DELIVERED;
  if (seen.carries === frame.CARRIES_ARP) {
    const isProbe = readSenderProtocolAddress(view, seen.packet) === 0;
    return answer(owner, owner.addresses4, targetOf(owner, view), port, isProbe);
  }
  const isProbe = isDuplicateAddressDetection(view, seen.packet, seen.upperAt);
  return answer(owner, owner.addresses6, targetOf(owner, view), port, isProbe);
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

/** Never for the asker's own address or the HaVip it holds, nor a member's probe for a HaVip. */
function answer(
  owner: Known,
  table: AnyIpTable,
  entry: number,
  port: number,
  isProbe: boolean,
): number {
  if (entry < 0) return UNKNOWN_ADDRESS;
  const isHeld = table.mac(entry) !== 0;
  if (isHeld && table.port(entry) === port) return NOT_DELIVERED;
  const id = table.tag(entry);
  const policy = owner.book.policy(id);
  if (!isHavipPolicy(policy)) {
    return isHeld || policy === POLICY_GATEWAY ? verdict.RESPOND : UNKNOWN_ADDRESS;
  }
  if (!isProbe) return verdict.RESPOND;
  const link = owner.classifier.link;
  // Any ENI of the subnet is a member; the source guard let no other host through.
  if (policy === POLICY_SUBNET) return NOT_DELIVERED;
  const asker = macFromHalves(link.sourceHigh, link.sourceLow);
  return owner.book.hasMember(id, asker) ? NOT_DELIVERED : verdict.RESPOND;
}
