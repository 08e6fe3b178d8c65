import {
  ARP_REPLY,
  ARP_REQUEST,
  arpCheck,
  readOperation,
  readSenderProtocolAddress,
  readTargetProtocolAddress,
} from '../arp/arp.ts';
import {
  integrityCheck,
  isNeighborMessage,
  isSolicitation,
  isSolicited,
  neighborCheck,
} from '../arp/neighbor.ts';
import { isCarp } from '../vrrp/advert.ts';
import { ahCheck, readAhLength, readAhNextHeader } from '../wire/ah.ts';
import { FAULT_NAMES, FAULT_ND_FRAGMENT, FAULT_NONE } from '../wire/fault.ts';
import {
  ipv4Check,
  ipv4End,
  PROTOCOL_AH,
  PROTOCOL_ICMPV6,
  PROTOCOL_VRRP,
  readIpv4FragmentOffset,
  readIpv4HeaderLength,
  readIpv4Protocol,
} from '../wire/ipv4.ts';
import { Ipv6Walk, ipv6Check, walkIpv6 } from '../wire/ipv6.ts';
import { ETHERTYPE_ARP, ETHERTYPE_IPV4, ETHERTYPE_IPV6, Link, readLink } from '../wire/link.ts';
import { LINKTYPE_ETHERNET } from '../wire/link-type.ts';
import * as count from './frame-counts.ts';
import { Networks } from './networks.ts';

/**
 * From octets to what a frame carries: link header, network packet, and the upper layer as far as
 * the switch cares (ARP, ND, VRRP, CARP). One reused instance; the result of `classify` stands in
 * its fields until the next call. It counts every frame and every fault and judges none.
 */
export const CARRIES_OTHER = 0;
export const CARRIES_ARP = 1;
export const CARRIES_IPV4 = 2;
export const CARRIES_IPV6 = 3;
export const CARRIES_VRRP = 4;
export const CARRIES_CARP = 5;
export const CARRIES_ND = 6;
export const CARRIES_FAULT = 7;

/** EtherType 0x0800 and version 4 with 5 words of header, as the octets 12 to 14 of a frame. */
export const PLAIN_IPV4 = 0x080045;
export const PLAIN_IPV4_LENGTH = 34;
/** The first four octets of 01-80-C2-00-00-0x. */
export const RESERVED_GROUP = 0x0180c200;
/** EtherType 0x0806 with Ethernet and IPv4 addresses, as the octets 12 to 19 of a frame. */
const PLAIN_ARP_TYPE = 0x08060001;
const PLAIN_ARP_FORMAT = 0x08000604;
const PLAIN_ARP_LENGTH = 42;

export class Classifier {
  readonly link = new Link();
  readonly counts = new Float64Array(count.FRAME_COUNT_NAMES.length);
  readonly faults = new Float64Array(FAULT_NAMES.length);
  private readonly walk = new Ipv6Walk();
  private readonly networks = new Networks();
  /** One of CARRIES_*. */
  carries = CARRIES_OTHER;
  fault = FAULT_NONE;
  /** 4 or 6; 0 where the frame carries no IP. */
  family = 0;
  /** Broadcast domain: the VID, 0 when untagged, 4096 and up for each stack of tags. */
  network = 0;
  packet = 0;
  /** First octet after the frame. */
  frameEnd = 0;
  /** IP protocol of the upper layer, or -1 in a fragment that is not the first. */
  protocol = -1;
  /** The upper layer's octets, by the lengths of the IP header: [upperAt, upperEnd). */
  upperAt = 0;
  upperEnd = 0;
  /** True where the upper layer stood inside an authentication header. */
  authenticated = false;
  /**
   * Set by whoever hands in a frame of which less is there than was on the wire. Live frames never
   * are cut.
   */
  isCut = false;

  /** What the frame [at, end) carries: one of CARRIES_*. Never throws, reads nothing outside. */
  classify(view: DataView, at: number, end: number, linkType: number): number {
    const link = this.link;
    this.family = 0;
    this.protocol = -1;
    this.frameEnd = end;
    if (linkType === LINKTYPE_ETHERNET && this.isPlainArp(view, at, end)) {
      return this.takePlainArp(view, at);
    }
    const fault = readLink(view, at, end, linkType, link);
    if (link.tagged) this.counts[count.COUNT_VLAN]!++;
    this.network = link.tags > 1 ? this.networks.numberOf(link) : link.vlan;
    this.packet = link.packet;
    if (link.etherType === ETHERTYPE_IPV4) {
      this.counts[count.COUNT_IPV4]!++;
      if (fault !== FAULT_NONE) return this.faulty(fault);
      return (this.carries = this.ipv4(view, link.packet, end));
    }
    if (link.etherType === ETHERTYPE_ARP) {
      this.counts[count.COUNT_ARP]!++;
      if (fault !== FAULT_NONE) return this.faulty(fault);
      return (this.carries = this.arp(view, link.packet, end));
    }
    if (link.etherType === ETHERTYPE_IPV6) {
      this.counts[count.COUNT_IPV6]!++;
      if (fault !== FAULT_NONE) return this.faulty(fault);
      return (this.carries = this.ipv6(view, link.packet, end));
    }
    this.counts[count.COUNT_OTHER]!++;
    if (fault !== FAULT_NONE) return this.faulty(fault);
    return (this.carries = CARRIES_OTHER);
  }

  /**
   * Whether the Ethernet frame is an untagged IPv4 packet, 20 octets of header, of a protocol that
   * is nothing to the switch, from and to a lawful address. Everything else goes the long way.
   */
  isPlainIpv4(view: DataView, at: number, end: number): boolean {
    if (end - at < PLAIN_IPV4_LENGTH) return false;
    if (view.getInt32(at + 12) >>> 8 !== PLAIN_IPV4) return false;
    const protocol = view.getUint8(at + 23);
    if (protocol === PROTOCOL_VRRP || protocol === PROTOCOL_AH) return false;
    if (view.getUint16(at + 16) < 20 || view.getInt32(at) === RESERVED_GROUP) return false;
    const source = view.getUint16(at + 6);
    return (source & 0x0100) === 0 && (source | view.getInt32(at + 8)) !== 0;
  }

  /** Counts plain packets that nobody looks at. */
  passPlainIpv4(frames: number): void {
    this.counts[count.COUNT_IPV4]! += frames;
    this.carries = CARRIES_IPV4;
    this.protocol = -1;
  }

  /** Counts a plain packet and fills the fields as `classify` does. */
  takePlainIpv4(view: DataView, at: number, end: number): void {
    this.takeUntagged(view, at);
    this.counts[count.COUNT_IPV4]!++;
    this.carries = CARRIES_IPV4;
    this.family = 4;
    const packet = at + 14;
    this.frameEnd = end;
    this.upperAt = packet + 20;
    this.upperEnd = ipv4End(view, packet, end);
    const isFirst = readIpv4FragmentOffset(view, packet) === 0;
    this.protocol = isFirst ? readIpv4Protocol(view, packet) : -1;
  }

  /** Counts an untagged gratuitous ARP and fills the fields as `classify` does, save its MACs. */
  takeAnnouncement(at: number, end: number, operation: number, network: number): void {
    this.family = 0;
    this.protocol = -1;
    this.frameEnd = end;
    this.takeHeader(at);
    this.network = network;
    this.carries = CARRIES_ARP;
    const { counts } = this;
    counts[count.COUNT_ARP]!++;
    const isRequest = operation === ARP_REQUEST;
    counts[isRequest ? count.COUNT_GRATUITOUS_REQUEST : count.COUNT_GRATUITOUS_REPLY]!++;
  }

  /** Untagged Ethernet ARP between IPv4 addresses, which needs none of the checks below. */
  private isPlainArp(view: DataView, at: number, end: number): boolean {
    return (
      end - at >= PLAIN_ARP_LENGTH &&
      view.getInt32(at + 12) === PLAIN_ARP_TYPE &&
      view.getInt32(at + 16) === PLAIN_ARP_FORMAT
    );
  }

  private takePlainArp(view: DataView, at: number): number {
    this.takeUntagged(view, at);
    this.counts[count.COUNT_ARP]!++;
    return (this.carries = this.countArp(view, at + 14));
  }

  /** The fields that `readLink` would fill for an untagged Ethernet II frame. */
  private takeUntagged(view: DataView, at: number): void {
    this.takeHeader(at);
    const { link } = this;
    link.destinationHigh = view.getUint16(at);
    link.destinationLow = view.getUint32(at + 2);
    link.sourceHigh = view.getUint16(at + 6);
    link.sourceLow = view.getUint32(at + 8);
  }

  private takeHeader(at: number): void {
    this.fault = FAULT_NONE;
    this.network = 0;
    this.authenticated = false;
    this.packet = at + 14;
    const link = this.link;
    link.fault = FAULT_NONE;
    link.tags = 0;
    link.tagged = false;
    link.hasEthernet = true;
    link.hasSource = true;
    link.hasDestination = true;
  }

  private arp(view: DataView, at: number, end: number): number {
    const fault = arpCheck(view, at, end);
    return fault !== FAULT_NONE ? this.faulty(fault) : this.countArp(view, at);
  }

  private countArp(view: DataView, at: number): number {
    const operation = readOperation(view, at);
    const sender = readSenderProtocolAddress(view, at);
    if (sender === 0) {
      if (operation === ARP_REQUEST) this.counts[count.COUNT_ARP_PROBE]!++;
    } else if (sender === readTargetProtocolAddress(view, at)) {
      if (operation === ARP_REQUEST) this.counts[count.COUNT_GRATUITOUS_REQUEST]!++;
      else if (operation === ARP_REPLY) this.counts[count.COUNT_GRATUITOUS_REPLY]!++;
    }
    return CARRIES_ARP;
  }

  private ipv4(view: DataView, at: number, end: number): number {
    const fault = ipv4Check(view, at, end);
    if (fault !== FAULT_NONE) return this.faulty(fault);
    this.family = 4;
    this.upperAt = at + readIpv4HeaderLength(view, at);
    this.upperEnd = ipv4End(view, at, end);
    if (readIpv4FragmentOffset(view, at) !== 0) return CARRIES_IPV4;
    const protocol = readIpv4Protocol(view, at);
    this.protocol = protocol;
    if (protocol === PROTOCOL_VRRP || protocol === PROTOCOL_AH) {
      return this.vrrp(view, protocol, CARRIES_IPV4);
    }
    return CARRIES_IPV4;
  }

  private ipv6(view: DataView, at: number, end: number): number {
    const fault = ipv6Check(view, at, end);
    if (fault !== FAULT_NONE) return this.faulty(fault);
    this.family = 6;
    const walk = this.walk;
    const extensionFault = walkIpv6(view, at, end, walk);
    if (extensionFault !== FAULT_NONE) return this.faulty(extensionFault);
    this.upperAt = walk.at;
    this.upperEnd = walk.end;
    this.protocol = walk.fragmentOffset !== 0 ? -1 : walk.protocol;
    if (this.protocol === PROTOCOL_ICMPV6) {
      if (walk.at < walk.end && isNeighborMessage(view, walk.at)) {
        return this.neighbor(view, at, end);
      }
    } else if (this.protocol === PROTOCOL_VRRP || this.protocol === PROTOCOL_AH) {
      return this.vrrp(view, this.protocol, CARRIES_IPV6);
    }
    return CARRIES_IPV6;
  }

  private neighbor(view: DataView, at: number, end: number): number {
    const isNs = isSolicitation(view, this.upperAt);
    this.counts[isNs ? count.COUNT_NEIGHBOR_SOLICITATION : count.COUNT_NEIGHBOR_ADVERTISEMENT]!++;
    // RFC 6980: neighbor discovery in fragments is ignored.
    if (this.walk.isFragment) return this.faulty(FAULT_ND_FRAGMENT);
    const fault = neighborCheck(view, at, this.upperAt, this.upperEnd);
    if (fault !== FAULT_NONE) return this.faulty(fault);
    if (!isNs && !isSolicited(view, this.upperAt)) this.counts[count.COUNT_UNSOLICITED_NA]!++;
    const damage = integrityCheck(view, at, this.upperAt, end, this.isCut);
    return damage === FAULT_NONE ? CARRIES_ND : this.faulty(damage);
  }

  private vrrp(view: DataView, protocol: number, otherwise: number): number {
    this.authenticated = protocol === PROTOCOL_AH;
    if (this.authenticated) {
      if (ahCheck(view, this.upperAt, this.upperEnd) !== FAULT_NONE) return otherwise;
      this.protocol = readAhNextHeader(view, this.upperAt);
      this.upperAt += readAhLength(view, this.upperAt);
      if (this.protocol !== PROTOCOL_VRRP) return otherwise;
    }
    if (isCarp(view, this.upperAt, this.upperEnd)) {
      this.counts[count.COUNT_CARP]!++;
      return CARRIES_CARP;
    }
    this.counts[count.COUNT_VRRP]!++;
    return CARRIES_VRRP;
  }

  private faulty(fault: number): number {
    this.fault = fault;
    this.faults[fault]!++;
    return (this.carries = CARRIES_FAULT);
  }

  /** The VID to show for a network number: the innermost tag's; 0 for none. */
  vlanOf(network: number): number {
    return this.networks.vlanOf(network);
  }
}
