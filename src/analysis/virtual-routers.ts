import type { Classifier } from '../dataplane/classifier.ts';
import { addressAt, readAddressCount, readVersion, readVrid } from '../vrrp/advert.ts';
import { SpeakerObserver } from '../vrrp/observer.ts';
import { readIpv6Word } from '../wire/ip-address.ts';
import { readIpv4Source } from '../wire/ipv4.ts';
import { ipv6SourceAt } from '../wire/ipv6.ts';
import { AdvertIntake } from './advert-intake.ts';
import type { Clock } from './clock.ts';
import {
  ADVERT_FAULTS,
  countFault,
  FAULT_VERSION,
  type Router,
  type Speaker,
} from './virtual-router.ts';

/**
 * The virtual routers of a capture and their speakers, found by adverts. Everything is bounded:
 * what comes beyond the bounds is ignored.
 */
const ROUTERS_MAX = 16_384;
const SPEAKERS_MAX = 64;
const ADDRESSES_MAX = 1024;

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
  private readonly intake: AdvertIntake;
  private readonly define: DefineAddress;
  private readonly onListed: (id: number, router: Router) => void;

  constructor(clock: Clock, define: DefineAddress, onListed: (id: number, router: Router) => void) {
    this.clock = clock;
    this.define = define;
    this.onListed = onListed;
    this.intake = new AdvertIntake(clock, (router, view, at) => this.list(router, view, at));
  }

  /** Takes in one advert and gives its speaker; null for a message that is no advert at all. */
  onAdvert(view: DataView, seen: Classifier): Speaker | null {
    const at = seen.upperAt;
    if (seen.upperEnd - at < 8) return null;
    const version = readVersion(view, at);
    if (version !== 2 && version !== 3) return null;
    const family = seen.family as 4 | 6;
    const router = this.routerOf(seen.network, readVrid(view, at), version, family);
    if (router === null) return null;
    const speaker = this.speakerOf(router, view, seen);
    if (speaker !== null) this.intake.take(router, speaker, view, seen);
    return speaker;
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

  private routerOf(network: number, vrid: number, version: 2 | 3, family: 4 | 6): Router | null {
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
      macLow: 0,
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
      if (isSame && other.vrid === router.vrid && other !== router)
        countFault(speaker, FAULT_VERSION);
    }
  }
}
