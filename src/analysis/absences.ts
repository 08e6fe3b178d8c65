import type { Classifier } from '../dataplane/classifier.ts';
import { readVersion, readVrid } from '../vrrp/advert.ts';
import type { SpeakerObserver } from '../vrrp/observer.ts';
import { ICMP_HEADER_LENGTH, isProtocolUnreachable } from '../wire/icmp.ts';
import { isNextHeaderUnknown } from '../wire/icmpv6.ts';
import { type Ipv6Words, readIpv6Words } from '../wire/ip-address.ts';
import {
  ipv4Check,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_VRRP,
  readIpv4Destination,
  readIpv4FragmentOffset,
  readIpv4HeaderLength,
  readIpv4Protocol,
  readIpv4Source,
} from '../wire/ipv4.ts';
import {
  IPV6_HEADER_LENGTH,
  ipv6Check,
  ipv6DestinationAt,
  ipv6SourceAt,
  readIpv6NextHeader,
} from '../wire/ipv6.ts';
import { macFromHalves } from '../wire/mac.ts';
import type { Clock } from './clock.ts';
import type { Router, Speaker } from './virtual-router.ts';
import type { VirtualRouters } from './virtual-routers.ts';

/**
 * Hosts that adverts are sent to and on which no VRRP runs. Their kernel says so: where no process
 * receives a protocol, it answers "protocol unreachable" (RFC 792; RFC 1122 section 3.2.2.1), for
 * IPv6 "unrecognized Next Header" (RFC 4443 section 3.4). A keepalived that is stuck still has its
 * socket, and its host says nothing; nor does a host answer what was sent to a group. A firewall
 * may answer the same (REJECT): of a host that goes on speaking while it answers nothing is known.
 */
const ABSENCES_MAX = 64;
/** Kernels answer about once a second at most, so that a shorter silence means nothing. */
const SILENCE_MIN = 3e9;
const SILENT_INTERVALS = 3;

const HOSTS_MAX = 1024;

/** One that has answered so. */
interface Host {
  /** Its last answer, of whatever router: kernels answer so often, not for each router so often. */
  answered: number;
  /** It has VRRP, and a firewall in front of it. */
  isWalled: boolean;
  /** What speaks from its address, of all speakers that were known when it was looked up. */
  readonly own: Speaker[];
  known: number;
}

export class Absences {
  private readonly clock: Clock;
  private readonly routers: VirtualRouters;
  private readonly hosts = new Map<string, Host>();

  constructor(clock: Clock, routers: VirtualRouters) {
    this.clock = clock;
    this.routers = routers;
  }

  /** A packet of ICMP or ICMPv6, of those that the switch looks at. */
  onIcmp(view: DataView, seen: Classifier): void {
    const { upperAt: at, upperEnd: end } = seen;
    if (end - at < ICMP_HEADER_LENGTH) return;
    const isIpv4 = seen.family === 4;
    if (seen.protocol !== (isIpv4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6)) return;
    const isRefusal = isIpv4 ? isProtocolUnreachable(view, at) : isNextHeaderUnknown(view, at);
    if (!isRefusal) return;
    const quoted = at + ICMP_HEADER_LENGTH;
    const message = isIpv4
      ? advertToSource4(view, seen.packet, quoted, end)
      : advertToSource6(view, seen.packet, quoted, end);
    if (message < 0) return;
    const version = readVersion(view, message);
    if (version !== 2 && version !== 3) return;
    const router = this.routers.find(
      seen.network,
      readVrid(view, message),
      version,
      isIpv4 ? 4 : 6,
    );
    if (router === null) return;
    const words: Ipv6Words = isIpv4
      ? [0, 0, 0, readIpv4Source(view, seen.packet)]
      : readIpv6Words(view, ipv6SourceAt(seen.packet));
    const { link } = seen;
    const mac = link.hasSource ? macFromHalves(link.sourceHigh, link.sourceLow) : 0;
    if (isForged(router, words, mac)) return;
    this.note(router, words, mac);
  }

  private note(router: Router, words: Ipv6Words, mac: number): void {
    const { now, stamp, frame } = this.clock;
    const host = this.hostOf(router, words);
    if (host === null) return;
    const before = host.answered;
    host.answered = now;
    const own = this.speakersOf(host, router, words);
    if (own.some(({ observer }) => observer.isSpeaking(now))) {
      if (own.some(({ observer }) => hasGoneOn(observer, before))) this.wall(host, router, words);
      return;
    }
    const last = router.absences.findLast((absence) => isOf(absence, words));
    const silence = Math.max(SILENCE_MIN, SILENT_INTERVALS * router.interval);
    if (last !== undefined && now - before <= silence && !hasSpoken(own, last.lastNow)) {
      last.answers++;
      last.lastNow = now;
      last.lastStamp = stamp;
      last.lastFrame = frame;
      return;
    }
    if (router.absences.length === ABSENCES_MAX) return;
    router.absences.push({
      words,
      mac,
      answers: 1,
      firstStamp: stamp,
      firstFrame: frame,
      lastNow: now,
      lastStamp: stamp,
      lastFrame: frame,
    });
  }

  /** Null where nothing is to be learned of it, or more hosts than one can remember answer. */
  private hostOf({ network, family }: Router, words: Ipv6Words): Host | null {
    const key = `${network} ${family} ${words.join(' ')}`;
    const known = this.hosts.get(key);
    if (known !== undefined) return known.isWalled ? null : known;
    if (this.hosts.size === HOSTS_MAX) return null;
    const host: Host = { answered: Number.NaN, isWalled: false, own: [], known: 0 };
    this.hosts.set(key, host);
    return host;
  }

  /** What speaks from that address, for whatever virtual router. */
  private speakersOf(host: Host, { network, family }: Router, words: Ipv6Words): Speaker[] {
    const { speakers } = this.routers;
    for (; host.known < speakers.length; host.known++) {
      const speaker = speakers[host.known] as Speaker;
      const { router } = speaker;
      const isNear = router.network === network && router.family === family;
      if (isNear && isOf(speaker, words)) host.own.push(speaker);
    }
    return host.own;
  }

  /** Whatever it answered before, while it was silent, did not mean that it has no VRRP either. */
  private wall(host: Host, { network, family }: Router, words: Ipv6Words): void {
    host.isWalled = true;
    for (const router of this.routers.routers) {
      if (router.network !== network || router.family !== family) continue;
      router.absences = router.absences.filter((absence) => !isOf(absence, words));
    }
  }
}

/** Its run began before that time and went on after it. */
function hasGoneOn(observer: SpeakerObserver, time: number): boolean {
  const run = observer.newestFirst()[0];
  return run !== undefined && run.start < time && run.last > time;
}

function hasSpoken(speakers: readonly Speaker[], since: number): boolean {
  return speakers.some(({ observer }) => observer.lastAdvert > since);
}

/** Adverts to that address go to another MAC than the answer comes from. */
function isForged({ peers }: Router, words: Ipv6Words, mac: number): boolean {
  const peer = peers.find((one) => isOf(one, words));
  return peer !== undefined && peer.mac !== 0 && mac !== 0 && peer.mac !== mac;
}

/** The VRRP message of the quoted packet, if it went the way back of the packet at `ip`. */
function advertToSource4(view: DataView, ip: number, quoted: number, end: number): number {
  if (ipv4Check(view, quoted, end) !== 0) return -1;
  const message = quoted + readIpv4HeaderLength(view, quoted);
  if (readIpv4Protocol(view, quoted) !== PROTOCOL_VRRP || end - message < 2) return -1;
  if (readIpv4FragmentOffset(view, quoted) !== 0) return -1;
  if (readIpv4Source(view, quoted) !== readIpv4Destination(view, ip)) return -1;
  return readIpv4Destination(view, quoted) === readIpv4Source(view, ip) ? message : -1;
}

function advertToSource6(view: DataView, ip: number, quoted: number, end: number): number {
  if (ipv6Check(view, quoted, end) !== 0) return -1;
  const message = quoted + IPV6_HEADER_LENGTH;
  if (readIpv6NextHeader(view, quoted) !== PROTOCOL_VRRP || end - message < 2) return -1;
  if (!isSame(view, ipv6SourceAt(quoted), ipv6DestinationAt(ip))) return -1;
  return isSame(view, ipv6DestinationAt(quoted), ipv6SourceAt(ip)) ? message : -1;
}

function isSame(view: DataView, one: number, other: number): boolean {
  const words = readIpv6Words(view, other);
  return readIpv6Words(view, one).every((word, index) => word === words[index]);
}

function isOf({ words }: { readonly words: Ipv6Words }, others: Ipv6Words): boolean {
  return words.every((word, index) => word === others[index]);
}
