import {
  ARP_REQUEST,
  readOperation,
  readSenderProtocolAddress,
  readTargetProtocolAddress,
} from '../arp/arp.ts';
import { isDuplicateAddressDetection, isSolicitation, neighborTargetAt } from '../arp/neighbor.ts';
import type { IpTable4, IpTable6 } from '../fdb/ip-table.ts';
import type { MacTable } from '../fdb/mac-table.ts';
import { readIpv4Destination } from '../wire/ipv4.ts';
import { ipv6DestinationAt } from '../wire/ipv6.ts';
import { isGroupMacHigh, macFromHalves } from '../wire/mac.ts';
import type { AddressBook } from './address-book.ts';
import { isHavipPolicy, POLICY_GATEWAY, POLICY_SUBNET } from './address-book.ts';
import type { Classifier } from './classifier.ts';
import * as frame from './classifier.ts';
import * as reason from './drop-reason.ts';
import type { NeighborTable } from './neighbor-table.ts';
import * as verdict from './verdict.ts';

/**
 * Where an accepted frame goes. By MAC it is a learning switch; by IP the destination MAC is not
 * consulted, ARP and ND end here, and multicast is not carried (design, section 3). It decides and
 * sends nothing.
 */
export interface ForwardingRules {
  readonly byIp: boolean;
  readonly carriesMulticast: boolean;
}

type AnyIpTable = IpTable4 | IpTable6;

const dropped = (why: number): number => verdict.verdictOf(verdict.DROP, why);
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
  /** The MAC of whom the last FORWARD by IP goes to, in halves. */
  nextHigh = 0;
  nextLow = 0;

  /** `mtu[port]` is the port's MTU in octets, without the Ethernet header. */
  constructor(rules: ForwardingRules, mtu: readonly number[]) {
    this.rules = rules;
    this.mtu = Uint32Array.from(mtu);
  }

  /** Whether frames are sent on with both MACs rewritten. */
  get isByIp(): boolean {
    return this.rules.byIp;
  }

  /** The verdict on a broadcast announcement that the guards let through. */
  get announced(): number {
    if (this.rules.byIp) return NOT_DELIVERED;
    return this.rules.carriesMulticast ? verdict.FLOOD : NOT_CARRIED;
  }

  /** The verdict on the frame that the switch has just classified, guarded and learned. */
  resolve(owner: Known, view: DataView, port: number): number {
    return this.rules.byIp ? this.byIp(owner, view, port) : this.byMac(owner, port);
  }

  private byMac(owner: Known, port: number): number {
    const seen = owner.classifier;
    const link = seen.link;
    if (isGroupMacHigh(link.destinationHigh)) {
      return this.rules.carriesMulticast ? verdict.FLOOD : NOT_CARRIED;
    }
    const entry = owner.stations.find(seen.network, link.destinationHigh, link.destinationLow);
    if (entry < 0) return verdict.FLOOD;
    return this.towards(owner, owner.stations.port(entry), port);
  }

  private byIp(owner: Known, view: DataView, port: number): number {
    const seen = owner.classifier;
    if (seen.carries === frame.CARRIES_ARP) return this.arp(owner, view, port);
    if (seen.carries === frame.CARRIES_ND) return this.neighbor(owner, view, port);
    if (isGroupMacHigh(seen.link.destinationHigh)) return NOT_CARRIED;
    if (seen.family === 4) {
      const table = owner.addresses4;
      const destination = readIpv4Destination(view, seen.packet);
      return this.unicast(owner, table, table.find(seen.network, destination), port);
    }
    if (seen.family === 6) {
      const entry = owner.neighbors.find6(
        owner.classifier.network,
        view,
        ipv6DestinationAt(seen.packet),
      );
      return this.unicast(owner, owner.addresses6, entry, port);
    }
    return NOT_DELIVERED;
  }

  private unicast(owner: Known, table: AnyIpTable, entry: number, port: number): number {
    if (entry < 0) return UNKNOWN_ADDRESS;
    const policy = owner.book.policy(table.tag(entry));
    if (policy === POLICY_GATEWAY) return verdict.DELIVER;
    if (table.mac(entry) === 0) {
      return isHavipPolicy(policy) ? dropped(reason.NO_HOLDER) : UNKNOWN_ADDRESS;
    }
    const way = this.towards(owner, table.port(entry), port);
    this.nextHigh = table.macHigh(entry);
    this.nextLow = table.macLow(entry);
    return way;
  }

  private towards(owner: Known, egress: number, ingress: number): number {
    if (egress === ingress) return dropped(reason.HAIRPIN);
    // The MTU counts what follows the header and its tags (IEEE 802.3 3.2.7).
    const { frameEnd, packet } = owner.classifier;
    if (frameEnd - packet > this.mtu[egress]!) return dropped(reason.TOO_BIG);
    return verdict.verdictOf(verdict.FORWARD, egress);
  }

  private arp(owner: Known, view: DataView, port: number): number {
    const seen = owner.classifier;
    const at = seen.packet;
    if (readOperation(view, at) !== ARP_REQUEST) return NOT_DELIVERED;
    const sender = readSenderProtocolAddress(view, at);
    const target = readTargetProtocolAddress(view, at);
    if (sender === target) return NOT_DELIVERED;
    const table = owner.addresses4;
    return this.answer(owner, table, table.find(seen.network, target), port, sender === 0);
  }

  private neighbor(owner: Known, view: DataView, port: number): number {
    const seen = owner.classifier;
    if (!isSolicitation(view, seen.upperAt)) return NOT_DELIVERED;
    const entry = owner.neighbors.find6(
      owner.classifier.network,
      view,
      neighborTargetAt(seen.upperAt),
    );
    const isProbe = isDuplicateAddressDetection(view, seen.packet, seen.upperAt);
    return this.answer(owner, owner.addresses6, entry, port, isProbe);
  }

  /** Never for the asker's own address or the HaVip it holds, nor a member's probe for a HaVip. */
  private answer(
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
}
