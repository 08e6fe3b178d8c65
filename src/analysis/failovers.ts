import type { AddressBook } from '../dataplane/address-book.ts';
import { isVirtualMac, macHigh } from '../wire/mac.ts';
import { causeOf } from './causes.ts';
import type { Clock } from './clock.ts';
import * as log from './logs.ts';
import { FAILOVER, type Logs, TIMELINE } from './logs.ts';
import { PENDING, PENDING_MAX, PendingFailovers } from './pending-failovers.ts';
import type { Track } from './track.ts';
import type { Router, Speaker } from './virtual-router.ts';

/**
 * The list of failovers: each with its evidence at the claim that made it, its cause as soon as
 * the adverts around it allow one.
 */
export class Failovers {
  onSettled: ((sequence: number, timeline: number) => void) | null = null;
  private readonly clock: Clock;
  private readonly book: AddressBook;
  private readonly logs: Logs;
  private readonly speakers: readonly Speaker[];
  private readonly tracks: readonly (Track | undefined)[];
  private readonly pending = new PendingFailovers();

  constructor(
    clock: Clock,
    logs: Logs,
    speakers: readonly Speaker[],
    tracks: readonly (Track | undefined)[],
    book: AddressBook,
  ) {
    this.book = book;
    this.clock = clock;
    this.logs = logs;
    this.speakers = speakers;
    this.tracks = tracks;
  }

  /** At the end of the capture: everything is decided. */
  finish(): void {
    this.settle(true);
    for (const track of this.tracks) if (track !== undefined) this.noteService(track);
  }

  /** The first packet that the present holder was seen to send, into its failover's evidence. */
  private noteService(track: Track): void {
    const first = this.book.marks.first[track.id] as number;
    this.logs.failovers.set(track.lastFailover, FAILOVER.FIRST_SERVICE, first);
  }

  /**
   * Decides what can be decided; `isFinal` decides all, or all whose claim is not after `until`:
   * at the end of the capture, or when a report cannot wait.
   */
  settle(isFinal: boolean, until = Number.POSITIVE_INFINITY): void {
    while (this.pending.size > 0) {
      const isDue = isFinal && this.pending.headField(PENDING.CLAIM) <= until;
      const isForced = isDue || this.pending.size > PENDING_MAX;
      if (!this.settleHead(isForced)) return;
      this.pending.shift();
    }
  }

  /**
   * The holder of `track` changes to `mac`. `from` is the old holder's speaker, `toSpeaker` the
   * new one's where the MAC is virtual; `timeline` is the timeline entry of the change.
   */
  record(
    track: Track,
    mac: number,
    from: Speaker | null,
    toSpeaker: Speaker | null,
    timeline: number,
  ): void {
    const { failovers } = this.logs;
    const { now, stamp, frame } = this.clock;
    this.noteService(track);
    const sequence = failovers.append();
    failovers.put(FAILOVER.ID, track.id);
    failovers.put(FAILOVER.STAMP, stamp);
    failovers.put(FAILOVER.NOW, now);
    failovers.put(FAILOVER.FRAME, frame);
    failovers.put(FAILOVER.FROM_MAC, track.holder);
    failovers.put(FAILOVER.FROM_SPEAKER, track.holderSpeaker);
    failovers.put(FAILOVER.TO_MAC, mac);
    failovers.put(FAILOVER.TO_SPEAKER, indexOf(toSpeaker));
    failovers.put(FAILOVER.CAUSE, log.CAUSE_UNDECIDED);
    failovers.put(FAILOVER.OUTAGE, Number.NaN);
    failovers.put(FAILOVER.MASTER_DOWN, Number.NaN);
    failovers.put(FAILOVER.DETECTION, from === null ? Number.NaN : now - from.observer.lastAdvert);
    failovers.put(FAILOVER.LAST_ADVERT, from === null ? 0 : from.observer.lastAdvertFrame);
    failovers.put(FAILOVER.LAST_SERVICE, this.book.marks.last[track.id] as number);
    failovers.put(FAILOVER.FIRST_CLAIM, frame);
    failovers.put(FAILOVER.FIRST_ADVERT, 0);
    failovers.put(FAILOVER.FIRST_SERVICE, 0);
    failovers.put(FAILOVER.PREVIOUS, track.lastFailover);
    track.lastFailover = sequence;
    // A virtual MAC is often claimed and rarely sent from: the node answers with its own.
    this.book.marks.await(track.id, macHigh(mac), mac | 0, isVirtualMac(mac));
    const to = toSpeaker ?? speakerWith(track, mac);
    const { pending } = this;
    const at = pending.push();
    pending.setAt(at, PENDING.FAILOVER, sequence);
    pending.setAt(at, PENDING.TIMELINE, timeline);
    pending.setAt(at, PENDING.FROM_SPEAKER, indexOf(from));
    pending.setAt(at, PENDING.TO_SPEAKER, indexOf(to));
    pending.setAt(at, PENDING.CLAIM, now);
    pending.setAt(at, PENDING.ID, track.id);
    pending.setAt(at, PENDING.TO_MAC, mac);
    if (from === null) this.settle(false);
  }

  /** True where the oldest pending failover has its cause now. */
  private settleHead(isFinal: boolean): boolean {
    const { failovers, timeline } = this.logs;
    const sequence = this.pending.headField(PENDING.FAILOVER);
    const from = this.speakers[this.pending.headField(PENDING.FROM_SPEAKER)] ?? null;
    const to = this.speakers[this.pending.headField(PENDING.TO_SPEAKER)] ?? this.lateSpeaker();
    const claim = this.pending.headField(PENDING.CLAIM);
    const { now } = this.clock;
    const cause = from === null ? log.CAUSE_ANNOUNCEMENT : causeOf(claim, from, to, now, isFinal);
    if (cause === log.CAUSE_UNDECIDED) return false;
    failovers.set(sequence, FAILOVER.CAUSE, cause);
    const entry = this.pending.headField(PENDING.TIMELINE);
    timeline.set(entry, TIMELINE.CAUSE, cause);
    if (to !== null) this.setExpectation(sequence, claim, cause, from, to);
    this.onSettled?.(sequence, entry);
    return true;
  }

  /** What the new master had to wait for, by its own priority and the old one's interval. */
  private setExpectation(
    sequence: number,
    claim: number,
    cause: number,
    from: Speaker | null,
    to: Speaker,
  ): void {
    const { failovers } = this.logs;
    const run = to.observer.runAround(claim);
    if (run !== null) failovers.set(sequence, FAILOVER.FIRST_ADVERT, run.startFrame);
    const interval = from === null ? to.observer.interval : from.observer.interval;
    const skew = to.observer.skewTime(interval);
    const expected = cause === log.CAUSE_SHUTDOWN ? skew : 3 * interval + skew;
    failovers.set(sequence, FAILOVER.MASTER_DOWN, expected);
  }

  /** The newcomer may send its first advert only after its claim. */
  private lateSpeaker(): Speaker | null {
    const track = this.tracks[this.pending.headField(PENDING.ID)];
    if (track === undefined) return null;
    const found = speakerWith(track, this.pending.headField(PENDING.TO_MAC));
    if (found !== null) this.pending.setHeadField(PENDING.TO_SPEAKER, found.index);
    return found;
  }
}

/** The speaker of one of the address's routers with this MAC. */
export function speakerWith(track: Track, mac: number): Speaker | null {
  // The low word is a small integer: comparing it first spares a look at every speaker's double.
  const low = mac | 0;
  const { routers } = track;
  for (let r = 0; r < routers.length; r++) {
    const { speakers } = routers[r] as Router;
    for (let s = 0; s < speakers.length; s++) {
      const speaker = speakers[s] as Speaker;
      if (speaker.macLow === low && speaker.mac === mac) return speaker;
    }
  }
  return null;
}

function indexOf(speaker: Speaker | null): number {
  return speaker === null ? -1 : speaker.index;
}
