import type { Claim } from '../arp/claim.ts';
import type { Classifier } from '../dataplane/classifier.ts';
import { CLAIM_MOVED } from '../dataplane/verdict.ts';
import { readPriority } from '../vrrp/advert.ts';
import { macFromHalves } from '../wire/mac.ts';
import { AddressLane } from './address-lane.ts';
import { AdvertLane } from './advert-lane.ts';
import type { Analysis } from './analysis.ts';
import type { Clock } from './clock.ts';
import { type Lanes, lanesOf } from './lanes.ts';
import type { Track } from './track.ts';
import type { Speaker } from './virtual-router.ts';

/**
 * Collects what a picture of the capture is made from, while the frames pass: adverts by speaker,
 * claims and packets by address. It judges nothing. Of addresses the virtual ones matter: while
 * there is room others are followed too, as they may turn out to be virtual, and then make way.
 */
const ADDRESSES_MAX = 128;
const SPEAKERS_MAX = 128;

export class LaneCollector {
  /** By the speaker's index. */
  readonly adverts: (AdvertLane | undefined)[] = [];
  readonly addresses = new Map<number, AddressLane>();
  /** Speakers and virtual addresses that found no room. */
  leftOut = 0;
  private readonly analysis: Analysis;
  private readonly clock: Clock;
  private readonly tracks: readonly (Track | undefined)[];
  private readonly unplaced = new Set<number>();
  private speakers = 0;

  constructor(analysis: Analysis) {
    this.analysis = analysis;
    this.clock = analysis.clock;
    this.tracks = analysis.tracks;
  }

  onAdvert(speaker: Speaker, view: DataView, seen: Classifier): void {
    let lane = this.adverts[speaker.index];
    if (lane === undefined) {
      if (this.speakers === SPEAKERS_MAX) {
        if (speaker.adverts === 1) this.leftOut++;
        return;
      }
      this.speakers++;
      lane = this.adverts[speaker.index] = new AdvertLane(speaker);
    }
    lane.add(readPriority(view, seen.upperAt), this.clock.now, this.clock.frame);
  }

  onClaim(claim: Claim, id: number, verdict: number): void {
    const mac = macFromHalves(claim.macHigh, claim.macLow);
    const moves = verdict === CLAIM_MOVED;
    this.laneOf(id)?.onClaim(mac, verdict, moves, this.clock.now, this.clock.frame);
  }

  onPacketTo(id: number, seen: Classifier): void {
    const { link } = seen;
    const mac = link.hasDestination ? macFromHalves(link.destinationHigh, link.destinationLow) : 0;
    this.laneOf(id)?.onPacketTo(mac, this.clock.now, this.clock.frame);
  }

  onPacketFrom(id: number, seen: Classifier): void {
    const { link } = seen;
    const mac = link.hasSource ? macFromHalves(link.sourceHigh, link.sourceLow) : 0;
    this.laneOf(id)?.onPacketFrom(mac, this.clock.now, this.clock.frame);
  }

  /** What was collected, as text and numbers, when the replay has ended. */
  document(): Lanes {
    for (const lane of this.adverts) lane?.finish(this.clock.now);
    return lanesOf(this.analysis, this);
  }

  private laneOf(id: number): AddressLane | null {
    const known = this.addresses.get(id);
    if (known !== undefined) return known;
    if (this.addresses.size === ADDRESSES_MAX && !this.makesRoom(id)) return null;
    const lane = new AddressLane(id);
    this.addresses.set(id, lane);
    return lane;
  }

  /** A virtual address takes the place of one that is not. */
  private makesRoom(id: number): boolean {
    if (this.tracks[id]?.isVirtual !== true || this.unplaced.has(id)) return false;
    for (const other of this.addresses.keys()) {
      if (this.tracks[other]?.isVirtual === true) continue;
      this.addresses.delete(other);
      return true;
    }
    this.unplaced.add(id);
    this.leftOut++;
    return false;
  }
}
