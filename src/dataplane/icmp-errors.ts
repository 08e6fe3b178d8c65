import { ICMP_TIME_EXCEEDED, ICMP_UNREACHABLE, writeIcmpChecksum } from '../wire/icmp.ts';
import { ICMPV6_REDIRECT, writeIcmpv6Checksum } from '../wire/icmpv6.ts';
import { isLoopbackIpv4, isMulticastIpv4, isUnspecifiedIpv6 } from '../wire/ip-address.ts';
import {
  INTERNETWORK_CONTROL,
  IPV4_HEADER_LENGTH,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  readIpv4Destination,
  readIpv4FragmentOffset,
  readIpv4Source,
} from '../wire/ipv4.ts';
import { IPV6_HEADER_LENGTH, ipv6DestinationAt, ipv6SourceAt } from '../wire/ipv6.ts';
import { isGroupMacHigh } from '../wire/mac.ts';
import {
  type AnswerLink,
  copyOctets,
  HOPS,
  padded,
  writeIcmpIpv4,
  writeIcmpIpv6,
} from './answer-frame.ts';
import * as reason from './drop-reason.ts';
import type { AddressWords, Router } from './router.ts';
import type { Switch } from './switch.ts';
import { type BucketRate, TokenBuckets } from './token-buckets.ts';

/**
 * What a router tells the sender of a packet that it could not pass on (RFC 792, RFC 4443), from
 * the gateway's address in the sender's own subnet, so many a second for each port. Never about an
 * ICMP error, a fragment that is not the first, or from and to anything but single hosts (RFC 1812
 * section 4.3.2.7, RFC 4443 section 2.4 e). It fragments nothing: an IPv4 packet that is too big
 * and may be fragmented is lost without a word.
 */
const ICMP_ERROR_RATE: BucketRate = { rate: 100, burst: 50 };

/** RFC 1812 4.3.2.3: as much of the packet as fits into 576 octets. */
const IPV4_ERROR_MAX = 576;
/** RFC 4443 2.4 c: as much as fits into the least MTU of IPv6. */
const IPV6_ERROR_MAX = 1280;
const HEADER = 8;

const NETWORK_UNREACHABLE = (ICMP_UNREACHABLE << 8) | 0;
const HOST_UNREACHABLE = (ICMP_UNREACHABLE << 8) | 1;
const FRAGMENTATION_NEEDED = (ICMP_UNREACHABLE << 8) | 4;
const TIME_EXCEEDED = ICMP_TIME_EXCEEDED << 8;
const NO_ROUTE_6 = 0x0100;
const ADDRESS_UNREACHABLE_6 = 0x0103;
const PACKET_TOO_BIG_6 = 0x0200;
const TIME_EXCEEDED_6 = 0x0300;
const DONT_FRAGMENT = 0x4000;

export class IcmpErrors {
  private readonly link: AnswerLink;
  private readonly router: Router;
  private readonly buckets: TokenBuckets;

  constructor(link: AnswerLink, router: Router, ports: number) {
    this.link = link;
    this.router = router;
    this.buckets = new TokenBuckets(ICMP_ERROR_RATE, ports);
  }

  /** Writes the error about the frame in hand as a frame; its length, 0 where there is none. */
  write(owner: Switch, why: number, view: DataView, answer: DataView, answerAt: number): number {
    const { family, link } = owner.classifier;
    if (isGroupMacHigh(link.destinationHigh)) return 0;
    const gateway = this.router.gatewayOf(owner.port, family);
    if (gateway === null) return 0;
    const isTold = family === 4 ? mayTell4(owner, view, why) : mayTell6(owner, view);
    if (!isTold || !this.buckets.admits(owner.port, owner.now)) return 0;
    const at = this.link.write(owner, view, answer, answerAt);
    const end =
      family === 4
        ? this.error4(owner, why, view, answer, at, gateway)
        : this.error6(owner, why, view, answer, at, gateway);
    return padded(answer, answerAt, end);
  }

  private error4(
    owner: Switch,
    why: number,
    view: DataView,
    answer: DataView,
    at: number,
    gateway: AddressWords,
  ): number {
    const { packet, upperEnd } = owner.classifier;
    const icmpAt = at + IPV4_HEADER_LENGTH;
    const quoted = Math.min(upperEnd - packet, IPV4_ERROR_MAX - IPV4_HEADER_LENGTH - HEADER);
    const end = icmpAt + HEADER + quoted;
    answer.setUint32(at + 12, gateway[3]);
    answer.setUint32(at + 16, readIpv4Source(view, packet));
    writeIcmpIpv4(answer, at, end - at, INTERNETWORK_CONTROL);
    answer.setUint16(icmpAt, typeAndCode(why, 4));
    answer.setUint32(icmpAt + 4, why === reason.TOO_BIG ? this.router.nextMtu : 0);
    copyOctets(view, packet, quoted, answer, icmpAt + HEADER);
    writeIcmpChecksum(answer, icmpAt, end);
    return end;
  }

  private error6(
    owner: Switch,
    why: number,
    view: DataView,
    answer: DataView,
    at: number,
    gateway: AddressWords,
  ): number {
    const { packet, upperEnd } = owner.classifier;
    const icmpAt = at + IPV6_HEADER_LENGTH;
    const quoted = Math.min(upperEnd - packet, IPV6_ERROR_MAX - IPV6_HEADER_LENGTH - HEADER);
    const end = icmpAt + HEADER + quoted;
    writeIcmpIpv6(answer, at, end - icmpAt, HOPS);
    for (let i = 0; i < 4; i++) answer.setUint32(ipv6SourceAt(at) + 4 * i, gateway[i]!);
    copyOctets(view, ipv6SourceAt(packet), 16, answer, ipv6DestinationAt(at));
    answer.setUint16(icmpAt, typeAndCode(why, 6));
    answer.setUint32(icmpAt + 4, why === reason.TOO_BIG ? this.router.nextMtu : 0);
    copyOctets(view, packet, quoted, answer, icmpAt + HEADER);
    writeIcmpv6Checksum(answer, at, icmpAt, end);
    return end;
  }
}

/** The first two octets of the error: of ICMP, or of ICMPv6. */
function typeAndCode(why: number, family: 4 | 6): number {
  switch (why) {
    case reason.TTL_EXCEEDED:
      return family === 4 ? TIME_EXCEEDED : TIME_EXCEEDED_6;
    case reason.TOO_BIG:
      return family === 4 ? FRAGMENTATION_NEEDED : PACKET_TOO_BIG_6;
    case reason.NO_ROUTE:
      return family === 4 ? NETWORK_UNREACHABLE : NO_ROUTE_6;
    default:
      return family === 4 ? HOST_UNREACHABLE : ADDRESS_UNREACHABLE_6;
  }
}

function mayTell4(owner: Switch, view: DataView, why: number): boolean {
  const { packet, protocol, upperAt, upperEnd } = owner.classifier;
  const isUnfragmentable = (view.getUint16(packet + 6) & DONT_FRAGMENT) !== 0;
  if (why === reason.TOO_BIG && !isUnfragmentable) return false;
  if (readIpv4FragmentOffset(view, packet) !== 0) return false;
  if (!isHost(readIpv4Source(view, packet)) || !isHost(readIpv4Destination(view, packet))) {
    return false;
  }
  if (protocol !== PROTOCOL_ICMP) return true;
  return upperAt < upperEnd && isQuery4(view.getUint8(upperAt));
}

/** Not this network, loopback, a group, class E or broadcast. */
function isHost(address: number): boolean {
  const isNobody = address >>> 24 === 0 || isLoopbackIpv4(address) || isMulticastIpv4(address);
  return !isNobody && address < 0xf0000000;
}

/** RFC 1122 3.2.2: echo, timestamp, information and address mask are queries, others errors. */
function isQuery4(type: number): boolean {
  return type === 0 || type === 8 || (type >= 13 && type <= 18);
}

function mayTell6(owner: Switch, view: DataView): boolean {
  const { packet, protocol, upperAt, upperEnd } = owner.classifier;
  if (protocol < 0) return false;
  const source = ipv6SourceAt(packet);
  if (view.getUint8(source) === 0xff || isUnspecifiedIpv6(view, source)) return false;
  if (view.getUint8(ipv6DestinationAt(packet)) === 0xff) return false;
  if (protocol !== PROTOCOL_ICMPV6) return true;
  if (upperAt >= upperEnd) return false;
  const type = view.getUint8(upperAt);
  return type >= 128 && type !== ICMPV6_REDIRECT;
}
