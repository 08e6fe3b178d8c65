import type { Classifier } from '../dataplane/classifier.ts';
import {
  AUTH_IP_AH,
  AUTH_SIMPLE,
  addressAt,
  advertCheck,
  authDataAt,
  readAddressCount,
  readAuthType,
  readIntervalNanoseconds,
  readPriority,
} from '../vrrp/advert.ts';
import { ADVERT_TIME_TO_LIVE } from '../vrrp/advert-packet.ts';
import { advertChecksum, CHECKSUM_BAD } from '../vrrp/checksum.ts';
import { FAULT_NONE } from '../wire/fault.ts';
import { isMulticastIpv4 } from '../wire/ip-address.ts';
import {
  isIpv4Cut,
  readIpv4Destination,
  readIpv4TimeToLive,
  readIpv4TotalLength,
} from '../wire/ipv4.ts';
import {
  ipv6DestinationAt,
  isIpv6Cut,
  readIpv6HopLimit,
  readIpv6PayloadLength,
} from '../wire/ipv6.ts';
import { macFromHalves } from '../wire/mac.ts';
import type { Clock } from './clock.ts';
import {
  countFault,
  FAULT_ADDRESS_LIST,
  FAULT_AUTH,
  FAULT_CHECKSUM,
  FAULT_INTERVAL,
  FAULT_LENGTH,
  FAULT_TTL,
  FAULT_VERSION,
  PEERS_MAX,
  type Router,
  type Speaker,
  wasHeardLately,
} from './virtual-router.ts';

/**
 * One advert into what is known of its router and speaker: the speaker's run, and every property
 * in which adverts of one router should agree. Passwords are compared, never kept.
 */
export class AdvertIntake {
  private readonly clock: Clock;
  private readonly onAddresses: (speaker: Speaker, view: DataView, at: number) => void;

  /** `onAddresses` hears of each address list that a speaker had not sent before. */
  constructor(clock: Clock, onAddresses: (speaker: Speaker, view: DataView, at: number) => void) {
    this.clock = clock;
    this.onAddresses = onAddresses;
  }

  take(router: Router, speaker: Speaker, view: DataView, seen: Classifier): void {
    const at = seen.upperAt;
    const { now, frame } = this.clock;
    speaker.adverts++;
    speaker.lastFrame = frame;
    if (seen.link.hasSource) this.takeSource(speaker, seen);
    const interval = readIntervalNanoseconds(view, at);
    this.compareInterval(router, speaker, interval);
    if (interval > 0) router.interval = interval;
    const rival = router.sibling?.lastSpeaker;
    if (rival?.observer.isSpeaking(now) === true) countFault(speaker, FAULT_VERSION);
    speaker.observer.onAdvert(readPriority(view, at), interval, now, frame);
    router.previousSpeaker = router.lastSpeaker;
    router.lastSpeaker = speaker;
    router.authType = seen.authenticated ? AUTH_IP_AH : readAuthType(view, at);
    this.takeAddressing(router, speaker, view, seen);
    const isShort = isShorterThanSaid(view, seen);
    // Nothing can be said of what the snap length has cut off.
    if (isShort && seen.isCut) return;
    const isOpen = isLengthOpen(view, seen);
    if (isShort || isOpen || advertCheck(view, at, seen.upperEnd, router.family) !== FAULT_NONE) {
      countFault(speaker, FAULT_LENGTH);
      return;
    }
    const isDamaged = this.takeChecksum(router, speaker, view, seen);
    // Every receiver discards it, so that it says nothing beside those that are whole.
    if (isDamaged && router.conventions !== 1 << CHECKSUM_BAD) return;
    this.takeAuthentication(router, speaker, view, at);
    this.takeAddresses(router, speaker, view, at);
  }

  /** Anybody may send one advert in the name of a speaker that goes on from where it is. */
  private takeSource(speaker: Speaker, { link }: Classifier): void {
    const mac = macFromHalves(link.sourceHigh, link.sourceLow);
    const isOwn = mac === speaker.lastMac || !speaker.observer.isSpeaking(this.clock.now);
    speaker.lastMac = mac;
    if (!isOwn) return;
    speaker.mac = mac;
    speaker.macLow = link.sourceLow | 0;
  }

  /** With each that was heard lately: version 2 discards adverts of another interval. */
  private compareInterval(router: Router, speaker: Speaker, interval: number): void {
    const { now } = this.clock;
    for (const other of router.speakers) {
      if (other === speaker || other.observer.announcedInterval === interval) continue;
      if (!wasHeardLately(other, now)) continue;
      countFault(speaker, FAULT_INTERVAL);
      break;
    }
  }

  /** Unicast or multicast, and RFC 9568 5.1.1.3: a multicast advert has TTL 255. */
  private takeAddressing(router: Router, speaker: Speaker, view: DataView, seen: Classifier): void {
    const isIpv4 = router.family === 4;
    const isGroup = isIpv4
      ? isMulticastIpv4(readIpv4Destination(view, seen.packet))
      : view.getUint8(ipv6DestinationAt(seen.packet)) === 0xff;
    if (isGroup) router.multicast = true;
    else this.takePeer(router, view, seen);
    const ttl = isIpv4
      ? readIpv4TimeToLive(view, seen.packet)
      : readIpv6HopLimit(view, seen.packet);
    if (isGroup && ttl !== ADVERT_TIME_TO_LIVE) countFault(speaker, FAULT_TTL);
  }

  private takePeer(router: Router, view: DataView, seen: Classifier): void {
    router.unicast = true;
    const at = ipv6DestinationAt(seen.packet);
    const isIpv4 = router.family === 4;
    const w0 = isIpv4 ? 0 : view.getUint32(at);
    const w1 = isIpv4 ? 0 : view.getUint32(at + 4);
    const w2 = isIpv4 ? 0 : view.getUint32(at + 8);
    const w3 = isIpv4 ? readIpv4Destination(view, seen.packet) : view.getUint32(at + 12);
    for (const { words } of router.peers) {
      if (words[3] === w3 && words[2] === w2 && words[1] === w1 && words[0] === w0) return;
    }
    if (router.peers.length === PEERS_MAX) return;
    const link = seen.link;
    const mac = link.hasDestination ? macFromHalves(link.destinationHigh, link.destinationLow) : 0;
    router.peers.push({ words: [w0, w1, w2, w3], mac });
  }

  /** Whether it is right under no convention. */
  private takeChecksum(
    router: Router,
    speaker: Speaker,
    view: DataView,
    seen: Classifier,
  ): boolean {
    const { packet, upperAt, upperEnd } = seen;
    const convention = advertChecksum(view, packet, upperAt, upperEnd, router.family);
    router.conventions |= 1 << convention;
    if (convention !== CHECKSUM_BAD) return false;
    countFault(speaker, FAULT_CHECKSUM);
    return true;
  }

  private takeAuthentication(router: Router, speaker: Speaker, view: DataView, at: number): void {
    let digest = router.authType + 1;
    if (router.authType === AUTH_SIMPLE) {
      const data = authDataAt(view, at);
      for (let i = 0; i < 8; i++) digest = mix(digest, view.getUint8(data + i));
    }
    speaker.authDigest = digest;
    for (const other of router.speakers) {
      if (other === speaker || other.authDigest === 0 || other.authDigest === digest) continue;
      if (!wasHeardLately(other, this.clock.now)) continue;
      countFault(speaker, FAULT_AUTH);
      break;
    }
  }

  private takeAddresses(router: Router, speaker: Speaker, view: DataView, at: number): void {
    const digest = digestOfList(view, at, router.family);
    if (digest !== speaker.addressDigest) {
      speaker.addressDigest = digest;
      this.onAddresses(speaker, view, at);
    }
    for (const other of router.speakers) {
      if (other === speaker || other.addressDigest === 0) continue;
      if (other.addressDigest === digest || !wasHeardLately(other, this.clock.now)) continue;
      countFault(speaker, FAULT_ADDRESS_LIST);
      break;
    }
  }
}

function isShorterThanSaid(view: DataView, seen: Classifier): boolean {
  const limit = seen.frameEnd;
  return seen.family === 4
    ? isIpv4Cut(view, seen.packet, limit)
    : isIpv6Cut(view, seen.packet, limit);
}

/** A length of 0 is for segments that are offloaded, never for an advert. */
function isLengthOpen(view: DataView, { family, packet }: Classifier): boolean {
  const length =
    family === 4 ? readIpv4TotalLength(view, packet) : readIpv6PayloadLength(view, packet);
  return length === 0;
}

function mix(digest: number, word: number): number {
  return (Math.imul(digest ^ word, 0x9e3779b1) ^ (digest >>> 15)) | 1;
}

/** The same for a list in another order: receivers look each address up in their own. Never 0. */
function digestOfList(view: DataView, at: number, family: 4 | 6): number {
  const octets = family === 4 ? 4 : 16;
  const count = readAddressCount(view, at);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const address = addressAt(at, i, family);
    let digest = 0;
    for (let octet = 0; octet < octets; octet += 4) {
      digest = scatter(digest ^ view.getUint32(address + octet));
    }
    sum = (sum + digest) | 0;
  }
  return sum === 0 ? 1 : sum;
}

/** Murmur3's last step: spreads each bit of a word over all, so that sums of words tell. */
function scatter(word: number): number {
  const first = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return second ^ (second >>> 16);
}
