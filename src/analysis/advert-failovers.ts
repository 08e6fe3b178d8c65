import type { Failovers } from './failovers.ts';
import { TAKEOVER_INTERVALS } from './former-master.ts';
import { CAUSE_INITIAL, FAILOVER, type Logs, OUTAGE, TIMELINE } from './logs.ts';
import { CHANGE, type Masterships } from './masterships.ts';
import type { OutageLog } from './outage-log.ts';
import type { Ownership } from './ownership.ts';
import type { Track } from './track.ts';
import type { Router, Speaker } from './virtual-router.ts';

/**
 * Failovers known by adverts alone. Where the capture holds no claim of an address by anyone, and
 * the adverts of its virtual router show that mastership changed, the change is listed at the
 * newcomer's first advert. Where there is any claim, accepted or refused, nothing is: the claims
 * then tell what the switch believes, and a master that does not announce changes nothing there.
 *
 * One claim is not enough where it is the first in view and that of a takeover: a host that must
 * ask for its peer's MAC announces the address before its first advert gets out, and was no known
 * speaker when it did. The address was the old master's until then.
 *
 * Decided at the end, since a claim may come until then. Nothing is said of an address that
 * several routers list, of masters that list different addresses, and of masters without a MAC.
 */
export interface AdvertFailoverParts {
  readonly logs: Logs;
  readonly tracks: readonly (Track | undefined)[];
  readonly speakers: readonly Speaker[];
  readonly masterships: Masterships;
  readonly outageLog: OutageLog;
  readonly failovers: Failovers;
  readonly ownership: Ownership;
}

export class AdvertFailovers {
  /** Address id → MAC of the master, where the timeline was made from adverts. */
  readonly masters = new Map<number, number>();
  private readonly parts: AdvertFailoverParts;
  private entries: Map<number, number> | null = null;

  constructor(parts: AdvertFailoverParts) {
    this.parts = parts;
  }

  finish(): void {
    const { changes } = this.parts.masterships;
    const changed = this.changedRouters();
    if (changed.size === 0) return;
    for (const sequence of changes.kept()) {
      const router = this.routerOf(sequence);
      if (router === undefined || !changed.has(router)) continue;
      // Of what it does not list any more nobody is master.
      const listed = this.parts.speakers[changes.get(sequence, CHANGE.TO)]?.addresses ?? [];
      for (const id of listed) {
        const track = this.parts.tracks[id];
        if (track === undefined) continue;
        if (isUnclaimed(track)) this.record(track, sequence);
        else if (this.isFirstClaim(track, sequence)) this.inherit(track, sequence);
      }
    }
    this.placeInOutages();
  }

  /** Routers whose master changed, as far as they can be judged. */
  private changedRouters(): Set<Router> {
    const { masterships, speakers } = this.parts;
    const { changes } = masterships;
    const changed = new Set<Router>();
    const unclear = new Set<Router>();
    for (const sequence of changes.kept()) {
      const router = this.routerOf(sequence);
      if (router === undefined) continue;
      const to = speakers[changes.get(sequence, CHANGE.TO)];
      const from = speakers[changes.get(sequence, CHANGE.FROM)] ?? to;
      const isSame = from?.addressDigest === to?.addressDigest && to?.addressDigest !== 0;
      if (!isSame || changes.get(sequence, CHANGE.TO_MAC) === 0) unclear.add(router);
      if (from !== to) changed.add(router);
    }
    for (const router of unclear) changed.delete(router);
    return changed;
  }

  private routerOf(sequence: number): Router | undefined {
    const { masterships, speakers } = this.parts;
    return speakers[masterships.changes.get(sequence, CHANGE.TO)]?.router;
  }

  private record(track: Track, sequence: number): void {
    const { logs, masterships, failovers, ownership } = this.parts;
    const field = (index: number): number => masterships.changes.get(sequence, index);
    const { timeline } = logs;
    const entry = timeline.append();
    timeline.put(TIMELINE.ID, track.id);
    timeline.put(TIMELINE.STAMP, field(CHANGE.STAMP));
    timeline.put(TIMELINE.FRAME, field(CHANGE.FRAME));
    timeline.put(TIMELINE.MAC, field(CHANGE.TO_MAC));
    timeline.put(TIMELINE.SPEAKER, field(CHANGE.TO));
    timeline.put(TIMELINE.CAUSE, field(CHANGE.CAUSE));
    timeline.put(TIMELINE.OTHER, -1);
    this.masters.set(track.id, field(CHANGE.TO_MAC));
    if (field(CHANGE.FROM) < 0) {
      ownership.onTimeline?.(entry);
      return;
    }
    const failover = this.append(track, field);
    failovers.onSettled?.(failover, entry);
  }

  /** The only holder by claims is the master of this change, and claimed right before it. */
  private isFirstClaim(track: Track, sequence: number): boolean {
    const field = (index: number): number => this.parts.masterships.changes.get(sequence, index);
    const isOnly = track.lastFailover < 0 && track.refused === null && track.routers.length === 1;
    if (!isOnly || field(CHANGE.FROM) < 0 || field(CHANGE.TO_MAC) !== track.holder) return false;
    const to = this.parts.speakers[field(CHANGE.TO)]?.observer;
    const ahead = field(CHANGE.NOW) - track.firstNow;
    const isNear = to !== undefined && ahead >= 0 && ahead <= TAKEOVER_INTERVALS * to.interval;
    if (!isNear) return false;
    return field(CHANGE.FROM_MAC) !== track.holder && to.runBefore(track.firstNow) === null;
  }

  /** The first claim was a takeover. */
  private inherit(track: Track, sequence: number): void {
    const { logs, masterships, failovers } = this.parts;
    const { timeline } = logs;
    const field = (index: number): number => masterships.changes.get(sequence, index);
    const ahead = field(CHANGE.NOW) - track.firstNow;
    const failover = this.append(track, field);
    logs.failovers.put(FAILOVER.STAMP, track.firstStamp);
    logs.failovers.put(FAILOVER.NOW, track.firstNow);
    logs.failovers.put(FAILOVER.FRAME, track.firstFrame);
    logs.failovers.put(FAILOVER.FIRST_CLAIM, track.firstFrame);
    logs.failovers.put(FAILOVER.DETECTION, Math.max(0, field(CHANGE.DETECTION) - ahead));
    this.masters.set(track.id, track.holder);
    const entry = this.firstEntries().get(track.id);
    if (entry === undefined) return;
    timeline.set(entry, TIMELINE.CAUSE, field(CHANGE.CAUSE));
    failovers.onSettled?.(failover, entry);
  }

  /** By address: the first entry of its timeline, of those that are kept. */
  private firstEntries(): Map<number, number> {
    if (this.entries !== null) return this.entries;
    const { timeline } = this.parts.logs;
    this.entries = new Map();
    for (const entry of timeline.kept()) {
      const id = timeline.get(entry, TIMELINE.ID);
      if (timeline.get(entry, TIMELINE.CAUSE) === CAUSE_INITIAL) this.entries.set(id, entry);
    }
    return this.entries;
  }

  private append(track: Track, field: (index: number) => number): number {
    const { failovers } = this.parts.logs;
    const sequence = failovers.append();
    failovers.put(FAILOVER.ID, track.id);
    failovers.put(FAILOVER.STAMP, field(CHANGE.STAMP));
    failovers.put(FAILOVER.NOW, field(CHANGE.NOW));
    failovers.put(FAILOVER.FRAME, field(CHANGE.FRAME));
    failovers.put(FAILOVER.FROM_MAC, field(CHANGE.FROM_MAC));
    failovers.put(FAILOVER.FROM_SPEAKER, field(CHANGE.FROM));
    failovers.put(FAILOVER.TO_MAC, field(CHANGE.TO_MAC));
    failovers.put(FAILOVER.TO_SPEAKER, field(CHANGE.TO));
    failovers.put(FAILOVER.CAUSE, field(CHANGE.CAUSE));
    failovers.put(FAILOVER.OUTAGE, Number.NaN);
    failovers.put(FAILOVER.OUTAGE_END, Number.NaN);
    failovers.put(FAILOVER.OUTAGE_BEFORE, 0);
    failovers.put(FAILOVER.MASTER_DOWN, field(CHANGE.MASTER_DOWN));
    failovers.put(FAILOVER.DETECTION, field(CHANGE.DETECTION));
    failovers.put(FAILOVER.LAST_ADVERT, field(CHANGE.LAST_ADVERT));
    failovers.put(FAILOVER.LAST_SERVICE, 0);
    failovers.put(FAILOVER.FIRST_CLAIM, 0);
    failovers.put(FAILOVER.FIRST_ADVERT, field(CHANGE.FRAME));
    failovers.put(FAILOVER.FIRST_SERVICE, 0);
    failovers.put(FAILOVER.PREVIOUS, track.lastFailover);
    failovers.put(FAILOVER.AHEAD, Number.NaN);
    failovers.put(FAILOVER.LOWERED_FRAME, field(CHANGE.LOWERED_FRAME));
    failovers.put(FAILOVER.LOWERED_FROM, field(CHANGE.LOWERED_FROM));
    failovers.put(FAILOVER.LOWERED_TO, field(CHANGE.LOWERED_TO));
    failovers.put(FAILOVER.LOWERED_NOW, field(CHANGE.LOWERED_NOW));
    // Known at the end alone, when others have asked since.
    failovers.put(FAILOVER.ASKED, Number.POSITIVE_INFINITY);
    track.lastFailover = sequence;
    return sequence;
  }

  /** Outages were recorded before their failovers were known. */
  private placeInOutages(): void {
    const { logs, tracks, outageLog } = this.parts;
    const { outages, failovers } = logs;
    for (const sequence of outages.kept()) {
      const field = (index: number): number => outages.get(sequence, index);
      const track = tracks[field(OUTAGE.ID)];
      if (track === undefined || !this.masters.has(track.id)) continue;
      const failover = outageLog.failoverIn(track, field(OUTAGE.CLIENT), {
        start: field(OUTAGE.START),
        end: field(OUTAGE.END),
        firstFrame: field(OUTAGE.FIRST_SERVICE),
        isLost: field(OUTAGE.LOST) === 1,
        before: field(OUTAGE.BEFORE_MAC),
      });
      outages.set(sequence, OUTAGE.FAILOVER, failover);
      if (failovers.get(failover, FAILOVER.LAST_SERVICE) !== 0) continue;
      failovers.set(failover, FAILOVER.LAST_SERVICE, field(OUTAGE.LAST_SERVICE));
      failovers.set(failover, FAILOVER.FIRST_SERVICE, field(OUTAGE.FIRST_SERVICE));
    }
  }
}

function isUnclaimed(track: Track): boolean {
  return track.holder === 0 && track.refused === null && track.routers.length === 1;
}
