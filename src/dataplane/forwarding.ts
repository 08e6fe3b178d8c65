import type { IpTable4, IpTable6 } from '../fdb/ip-table.ts';
import type { MacTable } from '../fdb/mac-table.ts';
import { isNeighborDiscovery } from '../wire/icmpv6.ts';
import { PROTOCOL_ICMPV6, readIpv4Destination } from '../wire/ipv4.ts';
import { ipv6DestinationAt } from '../wire/ipv6.ts';
import { isGroupMacHigh } from '../wire/mac.ts';
import type { AddressBook } from './address-book.ts';
import { isHavipPolicy, POLICY_GATEWAY } from './address-book.ts';
import type { Classifier } from './classifier.ts';
import * as frame from './classifier.ts';
import * as reason from './drop-reason.ts';
import { hopsLeft } from './hop.ts';
import type { NeighborTable } from './neighbor-table.ts';
import { answerByIp, asksForGateway } from './questions.ts';
import type { Router } from './router.ts';
import * as verdict from './verdict.ts';

/**
 * Where an accepted frame goes. By MAC it is a learning switch, one of whose stations is the
 * gateway; by IP the destination MAC is not consulted, ARP and ND end here, and multicast is not
 * carried (design, section 3). Between subnets both route alike. It decides and sends nothing.
 */
export interface ForwardingRules {
  readonly byIp: boolean;
  readonly carriesMulticast: boolean;
}

export type AnyIpTable = IpTable4 | IpTable6;

/** The port that the gateway, a station of every network, stands behind. */
export const GATEWAY_PORT = 0xffff;

const dropped = (why: number): number => verdict.verdictOf(verdict.DROP, why);
const reported = (why: number): number => verdict.verdictOf(verdict.REPORT, why);
const NOT_CARRIED = dropped(reason.NOT_CARRIED);
const NOT_DELIVERED = dropped(reason.NOT_DELIVERED);
const UNKNOWN_ADDRESS = dropped(reason.UNKNOWN_ADDRESS);

/** What the switch knows when it asks for the way of a frame. */
export interface Known {
  readonly classifier: Classifier;
  readonly stations: MacTable;
  readonly neighbors: NeighborTable;
  readonly addresses4: IpTable4;
  readonly addresses6: IpTable6;
  readonly book: AddressBook;
}

export class Forwarding {
  private readonly rules: ForwardingRules;
  private readonly mtu: Uint32Array;
  private readonly router: Router | null;
  /** The MAC of whom the last FORWARD by IP or ROUTE goes to, in halves. */
  nextHigh = 0;
  nextLow = 0;
  /** Octets of the frame in hand beyond its longest segment; 0 where none is asked for. */
  excess = 0;

  /**
   * `mtu[port]` is the port's MTU in octets, without the Ethernet header. Without a router there
   * are no other subnets, and by MAC no gateway.
   */
  constructor(rules: ForwardingRules, mtu: readonly number[], router: Router | null = null) {
    this.rules = rules;
    this.mtu = Uint32Array.from(mtu);
    this.router = router;
  }

  /** Whether frames are sent on with both MACs rewritten. */
  get isByIp(): boolean {
    return this.rules.byIp;
  }

  /** The network that the last ROUTE goes to. */
  get nextNetwork(): number {
    return this.router === null ? 0 : this.router.nextNetwork;
  }

  /** The verdict on a broadcast announcement that the guards let through. */
  get announced(): number {
    if (this.rules.byIp) return NOT_DELIVERED;
    return this.rules.carriesMulticast ? verdict.FLOOD : NOT_CARRIED;
  }

  /** The verdict on the frame that the switch has just classified, guarded and learned. */
  resolve(owner: Known, view: DataView, port: number): number {
    return this.rules.byIp ? this.byIp(owner, view, port) : this.byMac(owner, view, port);
  }

  private byMac(owner: Known, view: DataView, port: number): number {
    const seen = owner.classifier;
    const link = seen.link;
    if (isGroupMacHigh(link.destinationHigh)) {
      if (this.router !== null && asksForGateway(owner, view)) return verdict.RESPOND;
      return this.rules.carriesMulticast ? verdict.FLOOD : NOT_CARRIED;
    }
    const entry = owner.stations.find(seen.network, link.destinationHigh, link.destinationLow);
    if (entry < 0) return verdict.FLOOD;
    const egress = owner.stations.port(entry);
    if (egress === GATEWAY_PORT) return this.toGateway(owner, view, port);
    return this.towards(owner, egress, port);
  }

  /** A frame to the gateway's MAC. */
  private toGateway(owner: Known, view: DataView, port: number): number {
    const { router } = this;
    const { family, carries } = owner.classifier;
    if (router === null) return NOT_DELIVERED;
    if (carries === frame.CARRIES_ARP || carries === frame.CARRIES_ND) {
      return asksForGateway(owner, view) ? verdict.RESPOND : NOT_DELIVERED;
    }
    if (family === 0) return NOT_DELIVERED;
    const entry = findDestination(owner, view, owner.classifier.network);
    const table = family === 4 ? owner.addresses4 : owner.addresses6;
    if (entry >= 0 && owner.book.policy(table.tag(entry)) === POLICY_GATEWAY) {
      return verdict.DELIVER;
    }
    return this.route(router, owner, view, port);
  }

  private byIp(owner: Known, view: DataView, port: number): number {
    const seen = owner.classifier;
    const { router } = this;
    if (seen.carries === frame.CARRIES_ARP || seen.carries === frame.CARRIES_ND) {
      return answerByIp(owner, view, port, router === null ? 0 : router.subnetOfPort(port));
    }
    if (isGroupMacHigh(seen.link.destinationHigh)) return NOT_CARRIED;
    if (seen.family === 0 || isDiscovery(seen, view)) return NOT_DELIVERED;
    const table = seen.family === 4 ? owner.addresses4 : owner.addresses6;
    const entry = findDestination(owner, view, seen.network);
    if (entry < 0) {
      return router === null ? UNKNOWN_ADDRESS : this.elsewhere(router, owner, view, port);
    }
    const id = table.tag(entry);
    const policy = owner.book.policy(id);
    if (policy === POLICY_GATEWAY) return verdict.DELIVER;
    if (router !== null && isOfAnother(owner.book.subnet(id), router.subnetOfPort(port))) {
      return this.route(router, owner, view, port);
    }
    if (table.mac(entry) === 0) {
      return isHavipPolicy(policy) ? dropped(reason.NO_HOLDER) : UNKNOWN_ADDRESS;
    }
    this.nextHigh = table.macHigh(entry);
    this.nextLow = table.macLow(entry);
    return this.towards(owner, table.port(entry), port);
  }

  /** By IP, to an address that the network does not have: nobody's, or another subnet's. */
  private elsewhere(router: Router, owner: Known, view: DataView, port: number): number {
    const subnet = router.destinationOf(owner.classifier, view, port);
    if (subnet !== 0 && subnet === router.subnetOfPort(port)) return UNKNOWN_ADDRESS;
    return this.route(router, owner, view, port);
  }

  /** From one subnet to another of its VPC: ROUTE, or what its sender is told. */
  private route(router: Router, owner: Known, view: DataView, port: number): number {
    const seen = owner.classifier;
    if (!router.isRoutable(seen, view)) return UNKNOWN_ADDRESS;
    const subnet = router.destinationOf(seen, view, port);
    if (subnet === 0) return reported(reason.NO_ROUTE);
    const entry = this.holderIn(router, owner, view, subnet);
    if (entry < 0) {
      if (router.isBroadcast(seen, view, subnet)) return UNKNOWN_ADDRESS;
      return reported(reason.UNKNOWN_ADDRESS);
    }
    const table = seen.family === 4 ? owner.addresses4 : owner.addresses6;
    const policy = owner.book.policy(table.tag(entry));
    if (policy === POLICY_GATEWAY) return verdict.DELIVER;
    if (table.mac(entry) === 0) {
      return reported(isHavipPolicy(policy) ? reason.NO_HOLDER : reason.UNKNOWN_ADDRESS);
    }
    if (hopsLeft(view, seen.packet, seen.family) <= 1) return reported(reason.TTL_EXCEEDED);
    const egress = this.egressOf(owner, table, entry, router.nextNetwork);
    if (egress === port && router.nextNetwork === seen.network) return dropped(reason.HAIRPIN);
    router.nextMtu = this.mtu[egress]!;
    if (this.isTooBig(owner, egress)) return reported(reason.TOO_BIG);
    this.nextHigh = table.macHigh(entry);
    this.nextLow = table.macLow(entry);
    return verdict.verdictOf(verdict.ROUTE, egress);
  }

  /** The destination's entry in one of the networks of a subnet, held rather than not; or -1. */
  private holderIn(router: Router, owner: Known, view: DataView, subnet: number): number {
    const { family } = owner.classifier;
    const networks = router.networksOf(subnet);
    let found = -1;
    for (let i = 0; i < networks.length; i++) {
      const network = networks[i]!;
      const entry = findDestination(owner, view, network);
      if (entry < 0) continue;
      const table = family === 4 ? owner.addresses4 : owner.addresses6;
      if (found >= 0 && table.mac(entry) === 0) continue;
      found = entry;
      router.nextNetwork = network;
      if (table.mac(entry) !== 0) break;
    }
    return found;
  }

  /** By MAC the holder is where its station was seen last. */
  private egressOf(owner: Known, table: AnyIpTable, entry: number, network: number): number {
    if (this.rules.byIp) return table.port(entry);
    const { stations } = owner;
    const station = stations.find(network, table.macHigh(entry), table.macLow(entry));
    return station < 0 ? table.port(entry) : stations.port(station);
  }

  private towards(owner: Known, egress: number, ingress: number): number {
    if (egress === ingress) return dropped(reason.HAIRPIN);
    if (this.isTooBig(owner, egress)) return dropped(reason.TOO_BIG);
    return verdict.verdictOf(verdict.FORWARD, egress);
  }

  /** The MTU counts what follows the header and its tags (IEEE 802.3 3.2.7). */
  private isTooBig(owner: Known, egress: number): boolean {
    const { frameEnd, packet } = owner.classifier;
    return frameEnd - packet - this.excess > this.mtu[egress]!;
  }
}

/** The entry of the destination of the packet in hand in a network, or -1. */
export function findDestination(owner: Known, view: DataView, network: number): number {
  const { family, packet } = owner.classifier;
  return family === 4
    ? owner.addresses4.find(network, readIpv4Destination(view, packet))
    : owner.neighbors.find6(network, view, ipv6DestinationAt(packet));
}

/** Router discovery or a redirect, which are no more for hosts than neighbor discovery is. */
function isDiscovery(seen: Classifier, view: DataView): boolean {
  if (seen.family !== 6 || seen.protocol !== PROTOCOL_ICMPV6) return false;
  return seen.upperAt < seen.upperEnd && isNeighborDiscovery(view, seen.upperAt);
}

function isOfAnother(subnet: number, own: number): boolean {
  return subnet !== 0 && subnet !== own;
}
