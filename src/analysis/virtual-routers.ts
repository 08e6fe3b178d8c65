import type { Classifier } from '../dataplane/classifier.ts';
import {
  AUTH_SIMPLE,
  addressAt,
  advertCheck,
  advertEnd,
  authDataAt,
  readAddressCount,
  readAuthType,
  readIntervalNanoseconds,
  readPriority,
  readVersion,
  readVrid,
} from '../vrrp/advert.ts';
import { advertChecksum, CHECKSUM_BAD } from '../vrrp/checksum.ts';
import { SpeakerObserver } from '../vrrp/observer.ts';
import { FAULT_NONE } from '../wire/fault.ts';
import { isMulticastIpv4, readIpv6Word } from '../wire/ip-address.ts';
import { isIpv4Cut, readIpv4Destination, readIpv4Source, readIpv4TimeToLive } from '../wire/ipv4.ts';
import { ipv6DestinationAt, ipv6SourceAt, isIpv6Cut, readIpv6HopLimit } from '../wire/ipv6.ts';
import { macFromHalves } from '../wire/mac.ts';
import type { Clock } from './clock.ts';

/**
 * The virtual routers of a capture and their speakers, from adverts. A router is (network, VRID,
 * version, family); a speaker of it is known by its IP source. What receivers would object to is
 * counted per speaker as a fault. Passwords are compared, never kept.
 */
export const ADVERT_FAULTS = [
  'checksum',
  'ttl',
  'auth',
  'version',
  'length',
  'interval',
  'address-list',
] as const;
const CHECKSUM = 0;
const TTL = 1;
const AUTH = 2;
const VERSION = 3;
const LENGTH = 4;
const INTERVAL = 5;
const ADDRESS_LIST = 6;

const ROUTERS_MAX = 16_384;
const SPEAKERS_MAX = 64;
const ADDRESSES_MAX = 1024;

export interface Speaker {
  readonly index: number;
  readonly router: Router;
  readonly words: readonly [number, number, number, number];
  /** 48-bit MAC its last advert came from; 0 where the link has none. */
  mac: number;
  readonly observer: SpeakerObserver;
  adverts: number;
  readonly firstFrame: number;
  lastFrame: number;
  readonly faults: number[];
  /** Digest of its address list and of its authentication data. */
  addressDigest: number;
  authDigest: number;
}

export interface Router {
  readonly network: number;
  readonly vrid: number;
  readonly version: 2 | 3;
  readonly family: 4 | 6;
  /** Ids of the addresses that its adverts list. */
  readonly addresses: number[];
  readonly speakers: Speaker[];
  lastSpeaker: Speaker | null;
  unicast: boolean;
  multicast: boolean;
  /** Whom unicast adverts are sent to: one entry an address, with the MAC, 0 where unknown. */
  readonly peers: Peer[];
  authType: number;
  /** Bit set of the checksum conventions seen. */
  conventions: number;
  interval: number;
}

export interface Peer {
  readonly words: readonly [number, number, number, number];
  readonly mac: number;
}

/** Gives an address that an advert lists an id, so that its traffic is followed. */
export type DefineAddress = (
  network: number,
  family: 4 | 6,
  w0: number,
  w1: number,
  w2: number,
  w3: number,
) => number;

export class VirtualRouters {
  readonly routers: Router[] = [];
  readonly speakers: Speaker[] = [];
  private readonly byKey = new Map<number, Router>();
  private readonly clock: Clock;
  private readonly define: DefineAddress;
  private readonly onListed: (id: number, router: Router) => void;

  constructor(
    clock: Clock,
    define: DefineAddress,
    onListed: (id: number, router: Router) => void,
  ) {
    this.clock = clock;
    this.define = define;
    this.onListed = onListed;
  }

  /** Takes in one advert; a message that is no advert at all is ignored. */
  onAdvert(view: DataView, seen: Classifier): void {
    const at = seen.upperAt;
    if (seen.upperEnd - at < 8) return;
    const version = readVersion(view, at);
    if (version !== 2 && version !== 3) return;
    const family = seen.family as 4 | 6;
    const router = this.routerOf(seen.network, readVrid(view, at), version, family);
    if (router === null) return;
    const speaker = this.speakerOf(router, view, seen);
    if (speaker === null) return;
    this.take(router, speaker, view, seen);
  }

  private take(router: Router, speaker: Speaker, view: DataView, seen: Classifier): void {
    const at = seen.upperAt;
    const { now, frame } = this.clock;
    speaker.adverts++;
    speaker.lastFrame = frame;
    const link = seen.link;
    if (link.hasSource) speaker.mac = macFromHalves(link.sourceHigh, link.sourceLow);
    const interval = readIntervalNanoseconds(view, at);
    if (router.interval !== 0 && interval !== router.interval) fault(speaker, INTERVAL);
    if (interval > 0) router.interval = interval;
    speaker.observer.onAdvert(readPriority(view, at), interval, now, frame);
    router.lastSpeaker = speaker;
    this.takeAddressing(router, speaker, view, seen);
    if (isCut(view, seen)) return;
    if (advertCheck(view, at, seen.upperEnd, router.family) !== FAULT_NONE) {
      fault(speaker, LENGTH);
      return;
    }
    this.takeChecksum(router, speaker, view, seen);
    this.takeAuthentication(router, speaker, view, seen);
    this.takeAddresses(router, speaker, view, at);
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
    if (isGroup && ttl !== 255) fault(speaker, TTL);
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
    if (router.peers.length === SPEAKERS_MAX) return;
    const link = seen.link;
    const mac = link.hasDestination ? macFromHalves(link.destinationHigh, link.destinationLow) : 0;
    router.peers.push({ words: [w0, w1, w2, w3], mac });
  }

  private takeChecksum(router: Router, speaker: Speaker, view: DataView, seen: Classifier): void {
    const { packet, upperAt, upperEnd } = seen;
    const convention = advertChecksum(view, packet, upperAt, upperEnd, router.family);
    router.conventions |= 1 << convention;
    if (convention === CHECKSUM_BAD) fault(speaker, CHECKSUM);
  }

  private takeAuthentication(
    router: Router,
    speaker: Speaker,
    view: DataView,
    seen: Classifier,
  ): void {
    const at = seen.upperAt;
    const type = seen.authenticated ? 2 : readAuthType(view, at);
    router.authType = type;
    let digest = type + 1;
    if (type === AUTH_SIMPLE) {
      const data = authDataAt(view, at);
      for (let i = 0; i < 8; i++) digest = mix(digest, view.getUint8(data + i));
    }
    speaker.authDigest = digest;
    for (const other of router.speakers) {
      if (other !== speaker && other.authDigest !== 0 && other.authDigest !== digest) {
        fault(speaker, AUTH);
        break;
      }
    }
  }

  private takeAddresses(router: Router, speaker: Speaker, view: DataView, at: number): void {
    const words = (advertEnd(view, at, router.family) - addressAt(at, 0, router.family)) >>> 2;
    const count = router.version === 2 ? words - 2 : words;
    let digest = 1;
    for (let i = 0; i < count; i++) {
      digest = mix(digest, view.getUint32(addressAt(at, 0, router.family) + i * 4));
    }
    if (digest !== speaker.addressDigest) {
      speaker.addressDigest = digest;
      this.list(router, view, at);
    }
    for (const other of router.speakers) {
      if (other !== speaker && other.addressDigest !== 0 && other.addressDigest !== digest) {
        fault(speaker, ADDRESS_LIST);
        break;
      }
    }
  }

  private list(router: Router, view: DataView, at: number): void {
    const { family, network } = router;
    for (let i = 0; i < readAddressCount(view, at); i++) {
      if (router.addresses.length === ADDRESSES_MAX) return;
      const address = addressAt(at, i, family);
      const id =
        family === 4
          ? this.define(network, 4, 0, 0, 0, view.getUint32(address))
          : this.define(
              network,
              6,
              readIpv6Word(view, address, 0),
              readIpv6Word(view, address, 1),
              readIpv6Word(view, address, 2),
              readIpv6Word(view, address, 3),
            );
      if (id === 0 || router.addresses.includes(id)) continue;
      router.addresses.push(id);
      this.onListed(id, router);
    }
  }

  private routerOf(
    network: number,
    vrid: number,
    version: 2 | 3,
    family: 4 | 6,
  ): Router | null {
    const key = ((network * 256 + vrid) * 2 + (version - 2)) * 2 + (family === 6 ? 1 : 0);
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    if (this.routers.length === ROUTERS_MAX) return null;
    const router: Router = {
      network,
      vrid,
      version,
      family,
      addresses: [],
      speakers: [],
      peers: [],
      lastSpeaker: null,
      unicast: false,
      multicast: false,
      authType: 0,
      conventions: 0,
      interval: 0,
    };
    this.byKey.set(key, router);
    this.routers.push(router);
    return router;
  }

  private speakerOf(router: Router, view: DataView, seen: Classifier): Speaker | null {
    const isIpv4 = router.family === 4;
    const at = ipv6SourceAt(seen.packet);
    const w0 = isIpv4 ? 0 : view.getUint32(at);
    const w1 = isIpv4 ? 0 : view.getUint32(at + 4);
    const w2 = isIpv4 ? 0 : view.getUint32(at + 8);
    const w3 = isIpv4 ? readIpv4Source(view, seen.packet) : view.getUint32(at + 12);
    for (const speaker of router.speakers) {
      const words = speaker.words;
      if (words[3] === w3 && words[2] === w2 && words[1] === w1 && words[0] === w0) return speaker;
    }
    if (router.speakers.length === SPEAKERS_MAX) return null;
    const speaker: Speaker = {
      index: this.speakers.length,
      router,
      words: [w0, w1, w2, w3],
      mac: 0,
      observer: new SpeakerObserver(router.version),
      adverts: 0,
      firstFrame: this.clock.frame,
      lastFrame: 0,
      faults: ADVERT_FAULTS.map(() => 0),
      addressDigest: 0,
      authDigest: 0,
    };
    router.speakers.push(speaker);
    this.speakers.push(speaker);
    this.noteOtherVersion(router, speaker);
    return speaker;
  }

  /** Two versions on one VRID do not hear each other. */
  private noteOtherVersion(router: Router, speaker: Speaker): void {
    for (const other of this.routers) {
      const isSame = other.network === router.network && other.family === router.family;
      if (isSame && other.vrid === router.vrid && other !== router) fault(speaker, VERSION);
    }
  }
}

/** Whether the snap length cut the packet, so that nothing can be said of what is missing. */
function isCut(view: DataView, seen: Classifier): boolean {
  const limit = seen.frameEnd;
  return seen.family === 4
    ? isIpv4Cut(view, seen.packet, limit)
    : isIpv6Cut(view, seen.packet, limit);
}

function fault(speaker: Speaker, index: number): void {
  speaker.faults[index] = (speaker.faults[index] as number) + 1;
}

function mix(digest: number, word: number): number {
  return (Math.imul(digest ^ word, 0x9e3779b1) ^ (digest >>> 15)) | 1;
}
