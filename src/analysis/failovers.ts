import type { AddressBook } from '../dataplane/address-book.ts';
import { ADVERTS_MISSED_MAX, masterDownInterval } from '../vrrp/timers.ts';
import { isVirtualMac, macHigh } from '../wire/mac.ts';
import { causeOf, loweringBehind } from './causes.ts';
import type { Clock } from './clock.ts';
import * as log from './logs.ts';
import { FAILOVER, type Logs, TIMELINE } from './logs.ts';
import { waitOf } from './masterships.ts';
import { PENDING_MAX, type PendingFailover, PendingFailovers } from './pending-failovers.ts';
import type { Track } from './track.ts';
import type { Router, Speaker } from './virtual-router.ts';

/** Of a failover whose old holder was never heard. */
const NO_QUEUE = -1;

/**
 * The list of failovers: each with its evidence at the claim that made it, its cause as soon as
 * the adverts around it allow one. Those that wait for adverts wait in the queue of the old
 * holder's virtual router, so that none is kept waiting by a router of longer intervals.
 */
export class Failovers {
  onSettled: ((sequence: number, timeline: number) => void) | null = null;
  private readonly clock: Clock;
  private readonly book: AddressBook;
  private readonly logs: Logs;
  private readonly speakers: readonly Speaker[];
  private readonly tracks: readonly (Track | undefined)[];
  private readonly pending = new PendingFailovers();
  /** The one that is looked at: filled anew for each. */
  private readonly one: PendingFailover = {
    failover: 0,
    timeline: 0,
    from: -1,
    to: -1,
    claim: Number.NaN,
    id: 0,
    toMac: Number.NaN,
    priority: 0,
    adverts: 0,
    interval: Number.NaN,
  };

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
    this.settle(Number.POSITIVE_INFINITY);
    for (const track of this.tracks) if (track !== undefined) this.noteService(track);
  }

  /** The first packet that the present holder was seen to send, into its failover's evidence. */
  private noteService(track: Track): void {
    const first = this.book.marks.first[track.id] as number;
    this.logs.failovers.set(track.lastFailover, FAILOVER.FIRST_SERVICE, first);
  }

  /**
   * Decides what can be decided, and in any case what was claimed by `until`: at the end of the
   * capture, or when a report cannot wait.
   */
  settle(until = Number.NEGATIVE_INFINITY): void {
    if (this.pending.size === 0) return;
    for (let queue = 0; queue < this.pending.queues; queue++) this.settleQueue(queue, until);
  }

  /** An advert of `speaker` has been taken in. */
  onAdvert(speaker: Speaker): void {
    if (speaker.observer.newestFirst()[0]?.startFrame === this.clock.frame) this.onRun(speaker);
    if (this.pending.size === 0) return;
    const { index, sibling } = speaker.router;
    this.settleQueue(index, Number.NEGATIVE_INFINITY);
    // A node may come back with another version of VRRP, and take the address from this router.
    if (sibling !== null) this.settleQueue(sibling.index, Number.NEGATIVE_INFINITY);
  }

  /** A run begins: perhaps that of a new holder whose failover needed no advert for its cause. */
  private onRun(speaker: Speaker): void {
    const { failovers } = this.logs;
    for (const id of speaker.router.addresses) {
      const track = this.tracks[id] as Track;
      const field = (index: number): number => failovers.get(track.lastFailover, index);
      if (field(FAILOVER.TO_MAC) !== speaker.mac || field(FAILOVER.FIRST_ADVERT) !== 0) continue;
      const run = speaker.observer.runAround(field(FAILOVER.NOW));
      if (run === null || field(FAILOVER.CAUSE) === log.CAUSE_UNDECIDED) continue;
      failovers.set(track.lastFailover, FAILOVER.FIRST_ADVERT, run.startFrame);
      if (!Number.isNaN(field(FAILOVER.MASTER_DOWN))) continue;
      const master = speakerWith(track, field(FAILOVER.FROM_MAC)) ?? speaker;
      failovers.set(track.lastFailover, FAILOVER.MASTER_DOWN, waitOf(speaker, master));
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
    failovers.put(FAILOVER.OUTAGE_END, Number.NaN);
    failovers.put(FAILOVER.OUTAGE_BEFORE, 0);
    failovers.put(FAILOVER.MASTER_DOWN, Number.NaN);
    // Frames of two processors may stand in the wrong order.
    const silence = from === null ? Number.NaN : Math.max(0, now - from.observer.lastAdvert);
    failovers.put(FAILOVER.DETECTION, silence);
    failovers.put(FAILOVER.LAST_ADVERT, from === null ? 0 : from.observer.lastAdvertFrame);
    failovers.put(FAILOVER.LAST_SERVICE, this.book.marks.last[track.id] as number);
    failovers.put(FAILOVER.FIRST_CLAIM, frame);
    failovers.put(FAILOVER.FIRST_ADVERT, 0);
    failovers.put(FAILOVER.FIRST_SERVICE, 0);
    failovers.put(FAILOVER.PREVIOUS, track.lastFailover);
    failovers.put(FAILOVER.AHEAD, Number.NaN);
    failovers.put(FAILOVER.LOWERED_FRAME, 0);
    failovers.put(FAILOVER.ASKED, track.lastRequest);
    track.lastFailover = sequence;
    // A virtual MAC is often claimed and rarely sent from: the node answers with its own.
    this.book.marks.await(track.id, macHigh(mac), mac | 0, isVirtualMac(mac));
    const to = toSpeaker ?? speakerWith(track, mac);
    const { one } = this;
    one.failover = sequence;
    one.timeline = timeline;
    one.from = indexOf(from);
    one.to = indexOf(to);
    one.claim = now;
    one.id = track.id;
    one.toMac = mac;
    one.priority = to === null ? 0 : to.observer.priority;
    // Of a master that was never heard nothing is known but that the new one waits as it would.
    const master = from ?? to;
    one.adverts = from === null ? ADVERTS_MISSED_MAX : from.observer.advertsAwaited;
    one.interval = master === null ? Number.NaN : master.observer.announcedInterval;
    this.await(track, from, to);
  }

  /** Decided at once where it can be, and where nothing before it on its router waits. */
  private await(track: Track, from: Speaker | null, to: Speaker | null): void {
    const { pending, one } = this;
    const isFull = pending.size >= PENDING_MAX;
    const own = from === null ? NO_QUEUE : from.router.index;
    // Those of one address stay in their order, whoever held it.
    const queue = track.waiting > 0 ? track.queue : own;
    if (queue === NO_QUEUE || pending.isEmpty(queue)) {
      const cause = this.causeFor(from, to, isFull);
      if (cause !== log.CAUSE_UNDECIDED) {
        this.decide(from, to, cause);
        return;
      }
    }
    pending.push(queue, one);
    track.waiting++;
    track.queue = queue;
    if (isFull) this.settleHead(queue, Number.POSITIVE_INFINITY);
  }

  private settleQueue(queue: number, until: number): void {
    while (!this.pending.isEmpty(queue) && this.settleHead(queue, until));
  }

  /** True where the oldest of the queue has its cause now, and is out. */
  private settleHead(queue: number, until: number): boolean {
    const { pending, one } = this;
    pending.readHead(queue, one);
    const track = this.tracks[one.id] as Track;
    const from = one.from < 0 ? null : (this.speakers[one.from] as Speaker);
    // The newcomer may send its first advert only after its claim.
    const to = one.to < 0 ? speakerWith(track, one.toMac) : (this.speakers[one.to] as Speaker);
    const cause = this.causeFor(from, to, one.claim <= until);
    if (cause === log.CAUSE_UNDECIDED) return false;
    pending.shift(queue);
    track.waiting--;
    this.decide(from, to, cause);
    return true;
  }

  /** Without adverts of the old holder nothing but the announcement is known. */
  private causeFor(from: Speaker | null, to: Speaker | null, isFinal: boolean): number {
    if (from === null) return log.CAUSE_ANNOUNCEMENT;
    return causeOf(this.one.claim, from, to, this.clock.now, isFinal);
  }

  /** The one that is looked at has its cause. */
  private decide(from: Speaker | null, to: Speaker | null, cause: number): void {
    const { failover, timeline } = this.one;
    this.logs.failovers.set(failover, FAILOVER.CAUSE, cause);
    this.logs.timeline.set(timeline, TIMELINE.CAUSE, cause);
    if (to !== null) this.setExpectation(to);
    if (from !== null && to !== null && cause === log.CAUSE_PREEMPTION) this.setLowering(from, to);
    this.onSettled?.(failover, timeline);
  }

  private setLowering(from: Speaker, to: Speaker): void {
    const { failover, claim } = this.one;
    const lowering = loweringBehind(claim, from, to);
    if (lowering === null) return;
    const { failovers } = this.logs;
    failovers.set(failover, FAILOVER.LOWERED_FRAME, lowering.frame);
    failovers.set(failover, FAILOVER.LOWERED_FROM, lowering.from);
    failovers.set(failover, FAILOVER.LOWERED_TO, lowering.to);
    failovers.set(failover, FAILOVER.LOWERED_NOW, lowering.time);
  }

  /**
   * What the new master had to wait for, by its own priority and the old one's interval: its
   * priority at the claim, or that of its first advert where its run began after the claim. Of one
   * that was not heard by then nothing is said.
   */
  private setExpectation({ observer }: Speaker): void {
    const { failover, claim, priority, adverts, interval } = this.one;
    const { failovers } = this.logs;
    const run = observer.runAround(claim);
    if (run !== null) {
      failovers.set(failover, FAILOVER.FIRST_ADVERT, run.startFrame);
      failovers.set(failover, FAILOVER.AHEAD, claim - run.start);
    }
    const isNew = run !== null && (run.start > claim || priority === 0);
    const own = isNew ? run.firstPriority : priority;
    if (own === 0) return;
    const expected = masterDownInterval(observer.version, own, interval, adverts);
    failovers.set(failover, FAILOVER.MASTER_DOWN, expected);
  }
}

/** The speaker with this MAC of one of the routers that the address moves with. */
export function speakerWith(track: Track, mac: number): Speaker | null {
  // The low word is a small integer: comparing it first spares a look at every speaker's double.
  const low = mac | 0;
  const routers = track.routers.length > 0 ? track.routers : track.companions;
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
