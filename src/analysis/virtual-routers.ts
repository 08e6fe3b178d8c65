import type { Classifier } from '../dataplane/classifier.ts';
import { addressAt, readAddressCount, readVersion, readVrid } from '../vrrp/advert.ts';
import { SpeakerObserver } from '../vrrp/observer.ts';
import { readIpv6Word } from '../wire/ip-address.ts';
import { readIpv4Source } from '../wire/ipv4.ts';
import { ipv6SourceAt } from '../wire/ipv6.ts';
import { AdvertIntake } from './advert-intake.ts';
import type { Clock } from './clock.ts';
import { Masterships } from './masterships.ts';
import { ADVERT_FAULTS, type Router, type Speaker } from './virtual-router.ts';

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
  readonly masterships: Masterships;
  private readonly byKey = new Map<number, Router>();
  private readonly clock: Clock;
  private readonly intake: AdvertIntake;
  private readonly define: DefineAddress;
  private readonly onListed: (id: number, router: Router) => void;

  constructor(clock: Clock, define: DefineAddress, onListed: (id: number, router: Router) => void) {
    this.clock = clock;
    this.define = define;
    this.onListed = onListed;
    this.masterships = new Masterships(clock);
    this.intake = new AdvertIntake(clock, (speaker, view, at) => this.list(speaker, view, at));
  }

  /** Takes in one advert and gives its speaker; null for what is no advert, or is beyond bounds. */
  onAdvert(view: DataView, seen: Classifier): Speaker | null {
    const at = seen.upperAt;
    if (seen.upperEnd - at < 8) return null;
    const version = readVersion(view, at);
    if (version !== 2 && version !== 3) return null;
    const family = seen.family as 4 | 6;
    const router = this.routerOf(seen.network, readVrid(view, at), version, family);
    if (router === null) return null;
    const speaker = this.speakerOf(router, view, seen);
    if (speaker === null) return null;
    this.intake.take(router, speaker, view, seen);
    this.masterships.onAdvert(router, speaker);
    return speaker;
  }

  /** The router that has spoken with these; null where none has. */
  find(network: number, vrid: number, version: 2 | 3, family: 4 | 6): Router | null {
    return this.byKey.get(keyOf(network, vrid, version, family)) ?? null;
  }

  private list(speaker: Speaker, view: DataView, at: number): void {
    const { router } = speaker;
    const { family, network } = router;
    speaker.addresses.length = 0;
    for (let i = 0; i < readAddressCount(view, at); i++) {
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
      if (id !== 0 && !speaker.addresses.includes(id)) speaker.addresses.push(id);
      if (id === 0 || router.addresses.includes(id)) continue;
      if (router.addresses.length === ADDRESSES_MAX) return;
      router.addresses.push(id);
      this.onListed(id, router);
    }
  }

  private routerOf(network: number, vrid: number, version: 2 | 3, family: 4 | 6): Router | null {
    const key = keyOf(network, vrid, version, family);
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    if (this.routers.length === ROUTERS_MAX) return null;
    const sibling = this.byKey.get(keyOf(network, vrid, version === 2 ? 3 : 2, family)) ?? null;
    const router: Router = {
      index: this.routers.length,
      network,
      vrid,
      version,
      family,
      sibling,
      addresses: [],
      speakers: [],
      peers: [],
      absences: [],
      lastSpeaker: null,
      previousSpeaker: null,
      master: null,
      unicast: false,
      multicast: false,
      authType: 0,
      conventions: 0,
      interval: 0,
    };
    if (sibling !== null) sibling.sibling = router;
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
      lastMac: 0,
      observer: new SpeakerObserver(router.version),
      adverts: 0,
      firstFrame: this.clock.frame,
      lastFrame: 0,
      faults: ADVERT_FAULTS.map(() => 0),
      addressDigest: 0,
      authDigest: 0,
      addresses: [],
    };
    router.speakers.push(speaker);
    this.speakers.push(speaker);
    return speaker;
  }
}

function keyOf(network: number, vrid: number, version: 2 | 3, family: 4 | 6): number {
  return ((network * 256 + vrid) * 2 + (version - 2)) * 2 + (family === 6 ? 1 : 0);
}
