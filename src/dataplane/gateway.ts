import {
  ARP_LENGTH,
  ARP_REPLY,
  readSenderHardwareHigh,
  readSenderHardwareLow,
} from '../arp/arp.ts';
import {
  FLAG_OVERRIDE,
  FLAG_ROUTER,
  FLAG_SOLICITED,
  isDuplicateAddressDetection,
  NEIGHBOR_HOP_LIMIT,
  NEIGHBOR_LENGTH_WITH_ADDRESS,
  neighborTargetAt,
  OPTION_TARGET_LINK_LAYER_ADDRESS,
} from '../arp/neighbor.ts';
import {
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  ICMP_HEADER_LENGTH,
  icmpChecksumOk,
  writeIcmpChecksum,
} from '../wire/icmp.ts';
import {
  ICMPV6_ECHO_LENGTH,
  ICMPV6_ECHO_REPLY,
  ICMPV6_ECHO_REQUEST,
  ICMPV6_NEIGHBOR_ADVERTISEMENT,
  icmpv6ChecksumOk,
  writeIcmpv6Checksum,
} from '../wire/icmpv6.ts';
import {
  IPV4_HEADER_LENGTH,
  isIpv4Fragment,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  readIpv4TypeOfService,
} from '../wire/ipv4.ts';
import { IPV6_HEADER_LENGTH, ipv6DestinationAt, ipv6SourceAt } from '../wire/ipv6.ts';
import { macHigh, macLow, writeMacHalves } from '../wire/mac.ts';
import { POLICY_GATEWAY } from './address-book.ts';
import {
  AnswerLink,
  copyOctets,
  HOPS,
  padded,
  writeIcmpIpv4,
  writeIcmpIpv6,
} from './answer-frame.ts';
import * as frame from './classifier.ts';
import { RATE_LIMITED } from './drop-reason.ts';
import type { Responder } from './engine.ts';
import { IcmpErrors } from './icmp-errors.ts';
import type { Router } from './router.ts';
import type { Switch } from './switch.ts';
import { type BucketRate, TokenBuckets } from './token-buckets.ts';

/**
 * The gateway as hosts see it: it answers ARP and ND with its MAC, and ping. Whether a question is
 * answered at all the forwarding has decided. It does not reassemble, so that a ping in fragments
 * goes unanswered; DHCP and router discovery it does not serve.
 */
const PING_RATE: BucketRate = { rate: 1000, burst: 100 };

/** 33-33-00-00-00-01, the group of all nodes (RFC 2464 section 7). */
const ALL_NODES_HIGH = 0x3333;
const ALL_NODES_LOW = 1;

export class Gateway implements Responder {
  private readonly high: number;
  private readonly low: number;
  private readonly link: AnswerLink;
  private readonly pings: TokenBuckets;
  private readonly errors: IcmpErrors;

  constructor(gatewayMac: number, router: Router, ports: number) {
    this.high = macHigh(gatewayMac);
    this.low = macLow(gatewayMac);
    this.link = new AnswerLink(gatewayMac);
    this.pings = new TokenBuckets(PING_RATE, ports);
    this.errors = new IcmpErrors(this.link, router, ports);
  }

  respond(owner: Switch, view: DataView, answer: DataView, answerAt: number): number {
    const { classifier: seen } = owner;
    if (seen.carries === frame.CARRIES_ARP) return this.arp(owner, view, answer, answerAt);
    if (seen.carries === frame.CARRIES_ND) return this.neighbor(owner, view, answer, answerAt);
    if (!isEchoRequest(owner, view)) return 0;
    if (!this.pings.admits(owner.port, owner.now)) return -RATE_LIMITED;
    return seen.family === 4
      ? this.echo4(owner, view, answer, answerAt)
      : this.echo6(owner, view, answer, answerAt);
  }

  report(owner: Switch, why: number, view: DataView, answer: DataView, answerAt: number): number {
    return this.errors.write(owner, why, view, answer, answerAt);
  }

  /** The target's address at the gateway's MAC, to whoever asked (RFC 826). */
  private arp(owner: Switch, view: DataView, answer: DataView, answerAt: number): number {
    const from = owner.classifier.packet;
    const at = this.link.write(owner, view, answer, answerAt);
    copyOctets(view, from, 6, answer, at);
    answer.setUint16(at + 6, ARP_REPLY);
    writeMacHalves(answer, at + 8, this.high, this.low);
    answer.setUint32(at + 14, view.getUint32(from + 24));
    const asker = readSenderHardwareHigh(view, from);
    writeMacHalves(answer, at + 18, asker, readSenderHardwareLow(view, from));
    answer.setUint32(at + 24, view.getUint32(from + 14));
    return padded(answer, answerAt, at + ARP_LENGTH);
  }

  /**
   * An advertisement of the target (RFC 4861 section 7.2.4): to the asker, solicited; to all nodes
   * where it was asked by duplicate address detection.
   */
  private neighbor(owner: Switch, view: DataView, answer: DataView, answerAt: number): number {
    const { packet, upperAt } = owner.classifier;
    const at = this.link.write(owner, view, answer, answerAt);
    const icmpAt = at + IPV6_HEADER_LENGTH;
    const target = neighborTargetAt(upperAt);
    const isProbe = isDuplicateAddressDetection(view, packet, upperAt);
    writeIcmpIpv6(answer, at, NEIGHBOR_LENGTH_WITH_ADDRESS, NEIGHBOR_HOP_LIMIT);
    copyOctets(view, target, 16, answer, ipv6SourceAt(at));
    if (isProbe) {
      writeMacHalves(answer, answerAt, ALL_NODES_HIGH, ALL_NODES_LOW);
      answer.setUint32(ipv6DestinationAt(at), 0xff020000);
      answer.setUint32(ipv6DestinationAt(at) + 4, 0);
      answer.setUint32(ipv6DestinationAt(at) + 8, 0);
      answer.setUint32(ipv6DestinationAt(at) + 12, 1);
    } else {
      copyOctets(view, ipv6SourceAt(packet), 16, answer, ipv6DestinationAt(at));
    }
    const router = isGateway(owner, view, target) ? FLAG_ROUTER : 0;
    const flags = FLAG_OVERRIDE | (isProbe ? 0 : FLAG_SOLICITED) | router;
    answer.setUint16(icmpAt, ICMPV6_NEIGHBOR_ADVERTISEMENT << 8);
    answer.setUint32(icmpAt + 4, (flags << 24) >>> 0);
    copyOctets(view, target, 16, answer, neighborTargetAt(icmpAt));
    const option = neighborTargetAt(icmpAt) + 16;
    answer.setUint16(option, (OPTION_TARGET_LINK_LAYER_ADDRESS << 8) | 1);
    writeMacHalves(answer, option + 2, this.high, this.low);
    const end = option + 8;
    writeIcmpv6Checksum(answer, at, icmpAt, end);
    return end - answerAt;
  }

  private echo4(owner: Switch, view: DataView, answer: DataView, answerAt: number): number {
    const { packet, upperAt, upperEnd } = owner.classifier;
    const at = this.link.write(owner, view, answer, answerAt);
    const icmpAt = at + IPV4_HEADER_LENGTH;
    const end = icmpAt + upperEnd - upperAt;
    answer.setUint32(at + 12, view.getUint32(packet + 16));
    answer.setUint32(at + 16, view.getUint32(packet + 12));
    writeIcmpIpv4(answer, at, end - at, readIpv4TypeOfService(view, packet));
    copyOctets(view, upperAt, upperEnd - upperAt, answer, icmpAt);
    answer.setUint8(icmpAt, ICMP_ECHO_REPLY);
    writeIcmpChecksum(answer, icmpAt, end);
    return padded(answer, answerAt, end);
  }

  private echo6(owner: Switch, view: DataView, answer: DataView, answerAt: number): number {
    const { packet, upperAt, upperEnd } = owner.classifier;
    const at = this.link.write(owner, view, answer, answerAt);
    const icmpAt = at + IPV6_HEADER_LENGTH;
    const end = icmpAt + upperEnd - upperAt;
    writeIcmpIpv6(answer, at, end - icmpAt, HOPS);
    copyOctets(view, ipv6DestinationAt(packet), 16, answer, ipv6SourceAt(at));
    copyOctets(view, ipv6SourceAt(packet), 16, answer, ipv6DestinationAt(at));
    copyOctets(view, upperAt, upperEnd - upperAt, answer, icmpAt);
    answer.setUint8(icmpAt, ICMPV6_ECHO_REPLY);
    writeIcmpv6Checksum(answer, at, icmpAt, end);
    return padded(answer, answerAt, end);
  }
}

/** A whole echo request whose checksum is right. */
function isEchoRequest(owner: Switch, view: DataView): boolean {
  const { family, protocol, packet, upperAt, upperEnd } = owner.classifier;
  if (family === 4) {
    if (protocol !== PROTOCOL_ICMP || upperEnd - upperAt < ICMP_HEADER_LENGTH) return false;
    if (view.getUint16(upperAt) !== ICMP_ECHO_REQUEST << 8) return false;
    return !isIpv4Fragment(view, packet) && icmpChecksumOk(view, upperAt, upperEnd);
  }
  if (protocol !== PROTOCOL_ICMPV6 || upperEnd - upperAt < ICMPV6_ECHO_LENGTH) return false;
  if (view.getUint16(upperAt) !== ICMPV6_ECHO_REQUEST << 8) return false;
  return icmpv6ChecksumOk(view, packet, upperAt, upperEnd);
}

/** Whether the IPv6 address at `at` is a gateway's in the network of the frame in hand. */
function isGateway(owner: Switch, view: DataView, at: number): boolean {
  const entry = owner.neighbors.find6(owner.classifier.network, view, at);
  return entry >= 0 && owner.book.policy(owner.addresses6.tag(entry)) === POLICY_GATEWAY;
}
