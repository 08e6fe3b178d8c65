import { type Claim, isAnnouncement } from '../arp/claim.ts';
import { DROP_REASON_NAMES } from '../dataplane/drop-reason.ts';
import * as verdict from '../dataplane/verdict.ts';
import { isVirtualMacHalves, macFromHalves } from '../wire/mac.ts';
import { causeOf } from './causes.ts';
import type { Clock } from './clock.ts';
import { CLAIM, FAILOVER, type Logs, TIMELINE } from './logs.ts';
import * as log from './logs.ts';
import { PENDING, PENDING_MAX, PendingFailovers } from './pending-failovers.ts';
import { Track } from './track.ts';
import type { Router, Speaker, VirtualRouters } from './virtual-routers.ts';

/**
 * Who holds each address, from the claims as the switch judged them: timeline entries at each
 * change of holder, failovers with their evidence, and which addresses are virtual. It keeps the
 * holder by MAC, and by speaker where the MAC is virtual and so the same for every node.
 */
export interface OwnershipListener {
  onClaim(sequence: number): void;
  onTimeline(sequence: number): void;
  onFailover(sequence: number): void;
}

const CLIENTLESS = Number.NaN;

export class Ownership {
  readonly tracks: (Track | undefined)[] = [];
  private readonly clock: Clock;
  private readonly logs: Logs;
  private readonly routers: () => VirtualRouters;
  private readonly isConfigured: (id: number) => boolean;
  private readonly keepsAllClaims: boolean;
  private readonly earlier = new Map<number, number[][]>();
  private readonly pending = new PendingFailovers();
  listener: OwnershipListener | null = null;

  /** `isConfigured(id)`: the address is a HaVip by lab file or `--havip`. */
  constructor(
    clock: Clock,
    logs: Logs,
    routers: () => VirtualRouters,
    isConfigured: (id: number) => boolean,
    keepsAllClaims: boolean,
  ) {
    this.clock = clock;
    this.logs = logs;
    this.routers = routers;
    this.isConfigured = isConfigured;
    this.keepsAllClaims = keepsAllClaims;
  }

  trackOf(id: number, network: number): Track {
    const known = this.tracks[id];
    if (known !== undefined) return known;
    const track = new Track(id, network);
    track.isVirtual = this.isConfigured(id);
    this.tracks[id] = track;
    return track;
  }

  onListed(id: number, router: Router): void {
    const track = this.trackOf(id, router.network);
    track.routers.push(router);
    this.promote(track);
  }

  onClaim(claim: Claim, id: number, outcome: number, why: number): void {
    const track = this.trackOf(id, claim.network);
    const mac = macFromHalves(claim.macHigh, claim.macLow);
    if (outcome === verdict.CLAIM_REFUSED) {
      this.refused(track, claim, mac, why);
      return;
    }
    const announces = isAnnouncement(claim.form, claim.override);
    if (announces) track.isAnnounced = true;
    if (track.holder !== 0 && mac !== track.holder) track.isContested = true;
    if (track.isContested && track.isAnnounced) this.promote(track);
    const speaker = isVirtualMacHalves(claim.macHigh, claim.macLow)
      ? this.lastSpeaker(track)
      : null;
    if (outcome === verdict.CLAIM_MOVED) this.move(track, claim, mac, speaker);
    else if (announces && this.isOtherSpeaker(track, mac, speaker)) {
      this.move(track, claim, mac, speaker);
    } else if (mac === track.holder) this.confirm(track, claim, mac, speaker, announces);
    else this.note(track, claim, mac);
    if (announces && mac === track.holder) track.lastAnnouncement = this.clock.now;
  }

  /** Decides what can be decided; `isFinal` at the end of the capture decides all. */
  settle(isFinal: boolean): void {
    while (this.pending.size > 0) {
      const isForced = isFinal || this.pending.size > PENDING_MAX;
      if (!this.settleHead(isForced)) return;
      this.pending.shift();
    }
  }

  private refused(track: Track, claim: Claim, mac: number, why: number): void {
    track.refused ??= DROP_REASON_NAMES.map(() => 0);
    track.refused[why] = (track.refused[why] as number) + 1;
    track.noteForeign(this.clock.now, true);
    this.logClaim(track, claim, mac, verdict.CLAIM_REFUSED, why);
  }

  private move(track: Track, claim: Claim, mac: number, speaker: Speaker | null): void {
    track.moved++;
    const { clock } = this;
    const isFirst = track.holder === 0;
    if (isFirst) {
      track.firstNow = clock.now;
      track.firstStamp = clock.stamp;
      track.firstFrame = clock.frame;
      track.firstSource = sourceOf(claim, mac);
      track.firstForm = claim.form;
    } else {
      track.noteForeign(clock.now, false);
      this.logClaim(track, claim, mac, verdict.CLAIM_MOVED, 0);
      this.failOver(track, mac, speaker);
    }
    track.holder = mac;
    track.holderSpeaker = speaker === null ? -1 : speaker.index;
    track.speaker = speaker;
    track.speakersKnown = -1;
    track.lastAnnouncement = Number.NaN;
    if (isFirst && track.isVirtual) this.logFirst(track);
  }

  private confirm(
    track: Track,
    claim: Claim,
    mac: number,
    speaker: Speaker | null,
    announces: boolean,
  ): void {
    track.confirmed++;
    if (track.holderSpeaker < 0 && speaker !== null) {
      track.holderSpeaker = speaker.index;
      track.speaker = speaker;
    }
    this.logMinor(track, claim, mac, verdict.CLAIM_CONFIRMED);
    if (announces && track.routers.length > 0 && this.isResumption(track)) {
      const sequence = this.logTimeline(track, mac, log.CAUSE_RESUMED);
      this.listener?.onTimeline(sequence);
    }
  }

  private note(track: Track, claim: Claim, mac: number): void {
    track.noted++;
    track.noteForeign(this.clock.now, false);
    this.logMinor(track, claim, mac, verdict.CLAIM_NOTED);
  }

  /** Its own resignation, or silence for masterDownInterval, since it last spoke for the address. */
  private isResumption(track: Track): boolean {
    const speaker = this.holderSpeaker(track);
    const last = track.lastAnnouncement;
    if (speaker === null || Number.isNaN(last)) return false;
    const { observer } = speaker;
    if (observer.lastResignation > last) return true;
    const run = observer.newestFirst()[0];
    if (run === undefined) return false;
    const before = observer.newestFirst()[1];
    const heard = run.start > last ? (before === undefined ? last : before.last) : run.last;
    const resumed = run.start > last ? run.start : this.clock.now;
    return resumed - Math.max(heard, last) >= observer.masterDownInterval();
  }

  private failOver(track: Track, mac: number, toSpeaker: Speaker | null): void {
    const { failovers } = this.logs;
    const from = this.holderSpeaker(track);
    const to = toSpeaker ?? speakerWith(track, mac);
    const { now, stamp, frame } = this.clock;
    const timeline = track.isVirtual
      ? this.logTimeline(track, mac, log.CAUSE_UNDECIDED, toSpeaker)
      : -1;
    const sequence = failovers.append();
    failovers.put(FAILOVER.ID, track.id);
    failovers.put(FAILOVER.STAMP, stamp);
    failovers.put(FAILOVER.NOW, now);
    failovers.put(FAILOVER.FRAME, frame);
    failovers.put(FAILOVER.FROM_MAC, track.holder);
    failovers.put(FAILOVER.FROM_SPEAKER, track.holderSpeaker);
    failovers.put(FAILOVER.TO_MAC, mac);
    failovers.put(FAILOVER.TO_SPEAKER, toSpeaker === null ? -1 : toSpeaker.index);
    failovers.put(FAILOVER.CAUSE, log.CAUSE_UNDECIDED);
    failovers.put(FAILOVER.OUTAGE, CLIENTLESS);
    failovers.put(FAILOVER.MASTER_DOWN, Number.NaN);
    const heard = from === null ? Number.NaN : from.observer.lastAdvert;
    failovers.put(FAILOVER.DETECTION, now - heard);
    failovers.put(FAILOVER.LAST_ADVERT, from === null ? 0 : from.observer.lastAdvertFrame);
    failovers.put(FAILOVER.LAST_SERVICE, track.lastServiceFrame);
    failovers.put(FAILOVER.FIRST_CLAIM, frame);
    failovers.put(FAILOVER.PREVIOUS, track.lastFailover);
    track.lastFailover = sequence;
    track.awaitsService = true;
    const at = this.pending.push();
    this.pending.setAt(at, PENDING.FAILOVER, sequence);
    this.pending.setAt(at, PENDING.TIMELINE, timeline);
    this.pending.setAt(at, PENDING.FROM_SPEAKER, indexOf(from));
    this.pending.setAt(at, PENDING.TO_SPEAKER, indexOf(to));
    this.pending.setAt(at, PENDING.CLAIM, now);
    this.pending.setAt(at, PENDING.ID, track.id);
    this.pending.setAt(at, PENDING.TO_MAC, mac);
    if (from === null) this.settle(false);
  }

  /** True where the oldest pending failover has its cause now. */
  private settleHead(isFinal: boolean): boolean {
    const { failovers, timeline } = this.logs;
    const sequence = this.pending.headField(PENDING.FAILOVER);
    const speakers = this.routers().speakers;
    const from = speakers[this.pending.headField(PENDING.FROM_SPEAKER)] ?? null;
    const to = speakers[this.pending.headField(PENDING.TO_SPEAKER)] ?? this.lateSpeaker();
    const claim = this.pending.headField(PENDING.CLAIM);
    const cause =
      from === null
        ? log.CAUSE_ANNOUNCEMENT
        : causeOf(claim, from, to, this.clock.now, isFinal);
    if (cause === log.CAUSE_UNDECIDED) return false;
    failovers.set(sequence, FAILOVER.CAUSE, cause);
    const entry = this.pending.headField(PENDING.TIMELINE);
    timeline.set(entry, TIMELINE.CAUSE, cause);
    if (to !== null) this.setExpectation(sequence, claim, cause, from, to);
    this.listener?.onTimeline(entry);
    this.listener?.onFailover(sequence);
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

  /** An address that turns out to be virtual: what was claimed before counts, too. */
  private promote(track: Track): void {
    if (track.isVirtual) return;
    track.isVirtual = true;
    if (track.holder !== 0) this.logFirst(track);
    const earlier = this.earlier.get(track.id);
    if (earlier === undefined) return;
    this.earlier.delete(track.id);
    for (const record of earlier) this.appendClaim(record);
  }

  private logFirst(track: Track): void {
    const { id, firstStamp, firstFrame, holder, firstSource, firstForm } = track;
    const record = [id, firstStamp, firstFrame, holder, firstSource, firstForm];
    this.appendClaim([...record, verdict.CLAIM_MOVED, 0]);
    const { timeline } = this.logs;
    const sequence = timeline.append();
    timeline.put(TIMELINE.ID, id);
    timeline.put(TIMELINE.STAMP, firstStamp);
    timeline.put(TIMELINE.FRAME, firstFrame);
    timeline.put(TIMELINE.MAC, holder);
    timeline.put(TIMELINE.SPEAKER, track.holderSpeaker);
    timeline.put(TIMELINE.CAUSE, log.CAUSE_INITIAL);
    this.listener?.onTimeline(sequence);
  }

  private logTimeline(
    track: Track,
    mac: number,
    cause: number,
    speaker: Speaker | null = null,
  ): number {
    const { timeline } = this.logs;
    const sequence = timeline.append();
    const index = speaker === null ? track.holderSpeaker : speaker.index;
    timeline.put(TIMELINE.ID, track.id);
    timeline.put(TIMELINE.STAMP, this.clock.stamp);
    timeline.put(TIMELINE.FRAME, this.clock.frame);
    timeline.put(TIMELINE.MAC, mac);
    timeline.put(TIMELINE.SPEAKER, mac === track.holder || speaker !== null ? index : -1);
    timeline.put(TIMELINE.CAUSE, cause);
    return sequence;
  }

  private logMinor(track: Track, claim: Claim, mac: number, outcome: number): void {
    if (this.keepsAllClaims) this.logClaim(track, claim, mac, outcome, 0);
  }

  private logClaim(track: Track, claim: Claim, mac: number, outcome: number, why: number): void {
    if (!track.isVirtual && outcome !== verdict.CLAIM_REFUSED) {
      if (this.keepsAllClaims) this.rememberClaim(track, claim, mac, outcome);
      return;
    }
    const { claims } = this.logs;
    const sequence = claims.append();
    claims.put(CLAIM.ID, track.id);
    claims.put(CLAIM.STAMP, this.clock.stamp);
    claims.put(CLAIM.FRAME, this.clock.frame);
    claims.put(CLAIM.MAC, mac);
    claims.put(CLAIM.SOURCE, sourceOf(claim, mac));
    claims.put(CLAIM.FORM, claim.form);
    claims.put(CLAIM.VERDICT, outcome);
    claims.put(CLAIM.REASON, why);
    this.listener?.onClaim(sequence);
  }

  /** With --all-claims: an address that is not virtual yet may become so. */
  private rememberClaim(track: Track, claim: Claim, mac: number, outcome: number): void {
    const { stamp, frame } = this.clock;
    const record = [track.id, stamp, frame, mac, sourceOf(claim, mac), claim.form, outcome, 0];
    const earlier = this.earlier.get(track.id);
    if (earlier === undefined) this.earlier.set(track.id, [record]);
    else if (earlier.length < 1000) earlier.push(record);
  }

  private appendClaim(record: readonly number[]): void {
    const sequence = this.logs.claims.append();
    for (let i = 0; i < record.length; i++) {
      this.logs.claims.put(i, record[i] as number);
    }
    this.listener?.onClaim(sequence);
  }

  private isOtherSpeaker(track: Track, mac: number, speaker: Speaker | null): boolean {
    if (speaker === null || mac !== track.holder || track.holderSpeaker < 0) return false;
    return speaker.index !== track.holderSpeaker;
  }

  /** Looked up anew only while it is unknown and further speakers have turned up. */
  private holderSpeaker(track: Track): Speaker | null {
    const { speakers } = this.routers();
    if (track.speaker === null && track.speakersKnown !== speakers.length) {
      track.speakersKnown = speakers.length;
      const known = track.holderSpeaker >= 0 ? speakers[track.holderSpeaker] : undefined;
      track.speaker = known ?? speakerWith(track, track.holder);
    }
    return track.speaker;
  }

  private lastSpeaker(track: Track): Speaker | null {
    let last: Speaker | null = null;
    for (const router of track.routers) {
      const speaker = router.lastSpeaker;
      if (speaker === null) continue;
      if (last === null || speaker.lastFrame > last.lastFrame) last = speaker;
    }
    return last;
  }
}

function speakerWith(track: Track, mac: number): Speaker | null {
  for (const router of track.routers) {
    for (const speaker of router.speakers) if (speaker.mac === mac) return speaker;
  }
  return null;
}

function indexOf(speaker: Speaker | null): number {
  return speaker === null ? -1 : speaker.index;
}

/** The Ethernet source where it is not the asserted MAC, else NaN. */
function sourceOf(claim: Claim, mac: number): number {
  const source = macFromHalves(claim.sourceHigh, claim.sourceLow);
  return source === mac || source === 0 ? Number.NaN : source;
}
