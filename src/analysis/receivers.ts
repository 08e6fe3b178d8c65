import type { Claim } from '../arp/claim.ts';
import {
  ALL_PROFILES,
  AT_ONCE,
  BY_FORM,
  BY_ONE,
  HEARD_BY_ONE,
  LINUXES,
  LOCKTIME,
  meaningless,
  NO_GARP,
  shapeHeardBy,
  shapeOf,
  UNLOCKED,
} from '../arp/receiver-profiles.ts';
import { macFromHalves } from '../wire/mac.ts';
import type { Clock } from './clock.ts';
import { RecordLog } from './record-log.ts';
import type { Track } from './track.ts';

/**
 * Who would have believed a failover, and when: each claim of its address, from the failover's
 * first to the next failover, is shown to the receiver profiles that do not follow yet. Each starts
 * with an entry for the old holder, learned at its last announcement. Bit masks of profiles and a
 * few numbers an address; the moments at which some follow go into a bounded log, one record a
 * failover, with the failover's sequence number.
 */
const MOMENTS_MAX = 5;

/** Fields of a failover's record; behind them `MOMENTS_MAX` later moments. */
export const RECEPTION = {
  /** The first claim, packed: `firstParts` takes it apart. */
  FIRST: 0,
  /** The one host that followed the first claim: see `MOMENT`. */
  ALONE: 1,
  HOST: 2,
  /** Later moments that are known. */
  COUNT: 3,
  MOMENTS: 4,
  WIDTH: 34,
} as const;

/** What the first claim did: a bit mask of profiles in each of the first two octets. */
export interface FirstClaim {
  /** Profiles that followed it. */
  profiles: number;
  /** Profiles of which one host did. */
  alone: number;
  shape: number;
  /** The new holder has the old one's MAC, and nobody needs to follow. */
  isSame: boolean;
}

const ALONE_SHIFT = 8;
const SHAPE_SHIFT = 16;
const SAME_BIT = 1 << 24;

export function firstParts(first: number): FirstClaim {
  return {
    profiles: first & ALL_PROFILES,
    alone: (first >> ALONE_SHIFT) & ALL_PROFILES,
    shape: (first >> SHAPE_SHIFT) & 0xff,
    isSame: (first & SAME_BIT) !== 0,
  };
}

/** Fields of a moment, at which some profiles began to follow. */
export const MOMENT = {
  PROFILES: 0,
  FRAME: 1,
  STAMP: 2,
  /** The claim's shape. */
  SHAPE: 3,
  /** How the host is named that alone followed: `ALONE_*`, or 0 where all did. */
  ALONE: 4,
  /** Its MAC or IPv4 address. */
  HOST: 5,
  WIDTH: 6,
} as const;

export const ALONE_MAC = 1;
export const ALONE_IPV4 = 2;
export const ALONE_UNNAMED = 3;

/** An entry of a host that heeds the locktime: Linux, and Linux that drops gratuitous ARP. */
const ENTRY = { LINUX_MAC: 0, LINUX_CHANGED: 1, NO_GARP_MAC: 2, NO_GARP_CHANGED: 3, WIDTH: 4 };

export class Receivers {
  readonly log: RecordLog;
  private readonly clock: Clock;
  /** By address: profiles that do not follow yet, and those of which one host does. */
  private remaining = new Uint8Array(256);
  private alone = new Uint8Array(256);
  private entries = new Float64Array(256 * ENTRY.WIDTH);

  constructor(clock: Clock, limit: number) {
    this.clock = clock;
    this.log = new RecordLog(RECEPTION.WIDTH, limit);
  }

  /** A failover of `track`, which still says what was before it, to `mac` by this claim. */
  begin(track: Track, claim: Claim, mac: number): void {
    const { id, holder } = track;
    if (id >= this.remaining.length) this.grow(id);
    const { log, entries } = this;
    const isSame = mac === holder;
    const all = isSame ? 0 : ALL_PROFILES & ~meaningless(claim.family);
    const at = id * ENTRY.WIDTH;
    entries[at + ENTRY.LINUX_CHANGED] = track.lastAnnouncement;
    entries[at + ENTRY.NO_GARP_CHANGED] = track.lastAnnouncement;
    const shape = shapeOf(claim);
    const follow = this.followers(id, shape, all);
    const remaining = all & ~follow;
    const alone = (BY_ONE[shape] as number) & remaining;
    this.remaining[id] = remaining;
    this.alone[id] = alone;
    log.append();
    const same = isSame ? SAME_BIT : 0;
    const first = follow | (alone << ALONE_SHIFT) | (shape << SHAPE_SHIFT) | same;
    log.put(RECEPTION.FIRST, first);
    log.put(RECEPTION.COUNT, 0);
    if ((remaining & LINUXES) !== 0) entries[at + ENTRY.LINUX_MAC] = holder;
    if ((remaining & NO_GARP) !== 0) entries[at + ENTRY.NO_GARP_MAC] = holder;
    if (alone === 0) return;
    log.put(RECEPTION.ALONE, aloneOf(claim, shape));
    log.put(RECEPTION.HOST, hostOf(claim, shape));
  }

  /** A later claim of an address that has failed over; not a refused one. */
  see(track: Track, claim: Claim, mac: number): void {
    const { id } = track;
    const remaining = this.remaining[id] as number;
    // Most claims repeat the first, and whoever heeds their form follows already.
    if ((remaining & (BY_FORM[claim.form] as number)) === 0) return;
    const shape = shapeOf(claim);
    const follow = this.followers(id, shape, remaining);
    if (mac !== track.holder) {
      if (follow !== 0) this.noteOther(id, mac, follow);
      return;
    }
    if (follow !== 0) {
      this.remaining[id] = remaining & ~follow;
      this.addMoment(track.lastFailover, follow, shape);
    }
    const one = (BY_ONE[shape] as number) & remaining & ~follow & ~(this.alone[id] as number);
    if (one === 0) return;
    this.alone[id] = (this.alone[id] as number) | one;
    const at = this.addMoment(track.lastFailover, one, shape);
    if (at < 0) return;
    this.log.set(track.lastFailover, at + MOMENT.ALONE, aloneOf(claim, shape));
    this.log.set(track.lastFailover, at + MOMENT.HOST, hostOf(claim, shape));
  }

  /** Those of `remaining` that all follow a claim of this shape now. */
  private followers(id: number, shape: number, remaining: number): number {
    const unlocked = (UNLOCKED[shape] as number) & remaining;
    const atOnce = (AT_ONCE[shape] as number) & remaining;
    return unlocked === 0 ? atOnce : atOnce | (unlocked & this.unlocked(id));
  }

  /** Profiles whose entry is old enough to be replaced by ARP that is not gratuitous. */
  private unlocked(id: number): number {
    const at = id * ENTRY.WIDTH;
    const { now } = this.clock;
    // An entry whose age is unknown (NaN) is an old one.
    const isLinuxLocked = now - (this.entries[at + ENTRY.LINUX_CHANGED] as number) <= LOCKTIME;
    const isOtherLocked = now - (this.entries[at + ENTRY.NO_GARP_CHANGED] as number) <= LOCKTIME;
    return (isLinuxLocked ? 0 : LINUXES) | (isOtherLocked ? 0 : NO_GARP);
  }

  /** Somebody else than the new holder draws them to itself: their entries change. */
  private noteOther(id: number, mac: number, follow: number): void {
    const at = id * ENTRY.WIDTH;
    const { entries } = this;
    if ((follow & LINUXES) !== 0 && entries[at + ENTRY.LINUX_MAC] !== mac) {
      entries[at + ENTRY.LINUX_MAC] = mac;
      entries[at + ENTRY.LINUX_CHANGED] = this.clock.now;
    }
    if ((follow & NO_GARP) !== 0 && entries[at + ENTRY.NO_GARP_MAC] !== mac) {
      entries[at + ENTRY.NO_GARP_MAC] = mac;
      entries[at + ENTRY.NO_GARP_CHANGED] = this.clock.now;
    }
  }

  /** Where the moment stands in the record; -1 where it is not kept. */
  private addMoment(failover: number, profiles: number, shape: number): number {
    const { log, clock } = this;
    const count = log.get(failover, RECEPTION.COUNT);
    if (!(count < MOMENTS_MAX)) return -1;
    const at = RECEPTION.MOMENTS + count * MOMENT.WIDTH;
    log.set(failover, RECEPTION.COUNT, count + 1);
    log.set(failover, at + MOMENT.PROFILES, profiles);
    log.set(failover, at + MOMENT.FRAME, clock.frame);
    log.set(failover, at + MOMENT.STAMP, clock.stamp);
    log.set(failover, at + MOMENT.SHAPE, shape);
    log.set(failover, at + MOMENT.ALONE, 0);
    return at;
  }

  private grow(id: number): void {
    let length = this.remaining.length;
    while (length <= id) length *= 2;
    const { remaining, alone, entries } = this;
    this.remaining = new Uint8Array(length);
    this.alone = new Uint8Array(length);
    this.entries = new Float64Array(length * ENTRY.WIDTH);
    this.remaining.set(remaining);
    this.alone.set(alone);
    this.entries.set(entries);
  }
}

/** How the one host is known that hears the claim or is asked by it. */
function aloneOf(claim: Claim, shape: number): number {
  const { destinationHigh: high, destinationLow: low } = claim.link;
  const isKnown = high !== 0 || low !== 0;
  if (isKnown && shapeHeardBy(shape) === HEARD_BY_ONE) return ALONE_MAC;
  return claim.family === 4 ? ALONE_IPV4 : ALONE_UNNAMED;
}

function hostOf(claim: Claim, shape: number): number {
  const isMac = aloneOf(claim, shape) === ALONE_MAC;
  return isMac ? macFromHalves(claim.link.destinationHigh, claim.link.destinationLow) : claim.asked;
}
