import { type Claim, isAnnouncement } from '../arp/claim.ts';
import { DROP_REASON_NAMES } from '../dataplane/drop-reason.ts';
import * as verdict from '../dataplane/verdict.ts';
import { isVirtualMacHalves, macFromHalves } from '../wire/mac.ts';
import { type ClaimLog, sourceOf } from './claim-log.ts';
import type { Claimants } from './claimants.ts';
import type { Clock } from './clock.ts';
import { Companions } from './companions.ts';
import { contest, isContestedAfterAll } from './contests.ts';
import { type Failovers, speakerWith } from './failovers.ts';
import { identify, inherit, inheritService } from './former-master.ts';
import * as log from './logs.ts';
import { type Logs, TIMELINE } from './logs.ts';
import { masterSince } from './master-since.ts';
import type { Receivers } from './receivers.ts';
import type { Refusals } from './refusals.ts';
import { Track } from './track.ts';
import type { Router, Speaker } from './virtual-router.ts';

/**
 * Who holds each address, from the claims as the switch judged them: timeline entries at each
 * change of holder, failovers with their evidence, and which addresses are virtual. It keeps the
 * holder by MAC, and by speaker where the MAC is virtual and so the same for every node.
 */
export interface OwnershipParts {
  readonly clock: Clock;
  readonly logs: Logs;
  readonly claimLog: ClaimLog;
  readonly claimants: Claimants;
  readonly failovers: Failovers;
  readonly receivers: Receivers;
  readonly refusals: Refusals;
  /** All speakers of the capture, growing. */
  readonly speakers: readonly Speaker[];
  readonly tracks: (Track | undefined)[];
  /** Whether the address is a HaVip by lab file or `--havip`. */
  isConfigured(id: number): boolean;
}

export class Ownership {
  onTimeline: ((sequence: number) => void) | null = null;
  private readonly parts: OwnershipParts;
  private readonly clock: Clock;
  private readonly logs: Logs;
  private readonly companions: Companions;
  private readonly tracks: (Track | undefined)[];

  constructor(parts: OwnershipParts) {
    this.parts = parts;
    this.clock = parts.clock;
    this.logs = parts.logs;
    this.companions = new Companions(parts.speakers);
    this.tracks = parts.tracks;
  }

  trackOf(id: number, network: number): Track {
    const known = this.tracks[id];
    if (known !== undefined) return known;
    const track = new Track(id, network);
    track.isConfigured = this.parts.isConfigured(id);
    track.isVirtual = track.isConfigured;
    this.tracks[id] = track;
    return track;
  }

  onListed(id: number, router: Router): void {
    const track = this.trackOf(id, router.network);
    track.routers = [...track.routers, router];
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
    contest(track, claim, mac, outcome, this.parts.claimants);
    if (track.isContested && track.isAnnounced) this.promote(track);
    const speaker = isVirtualMacHalves(claim.macHigh, claim.macLow)
      ? this.lastSpeaker(track)
      : null;
    if (track.holder === 0 && outcome === verdict.CLAIM_MOVED) {
      inherit(track, mac, speaker, this.clock.now);
      if (track.holder === 0) inheritService(track, mac, this.parts.claimants);
    } else if (mac === track.holder && speaker !== null && track.holderSpeaker < 0) {
      identify(track, speaker, this.clock.now);
    }
    const isSame = mac === track.holder && !this.isOtherSpeaker(track, mac, speaker);
    if (outcome === verdict.CLAIM_MOVED && isSame) this.takeBack(track, claim, mac);
    else if (outcome === verdict.CLAIM_MOVED) this.move(track, claim, mac, speaker);
    else if (announces && this.isOtherSpeaker(track, mac, speaker)) {
      this.move(track, claim, mac, speaker);
    } else if (mac === track.holder) this.confirm(track, claim, mac, speaker, announces);
    else this.note(track, claim, mac);
    if (announces && mac === track.holder) track.lastAnnouncement = this.clock.now;
  }

  /** At the end it is known who answered for others. */
  finish(): void {
    for (const track of this.tracks) {
      if (track !== undefined && isContestedAfterAll(track, this.parts.claimants)) {
        this.promote(track);
      }
    }
  }

  /** Live: the binding of its holder was taken back, and nobody holds it any more. */
  onUnbound(id: number): void {
    const track = this.tracks[id];
    if (track === undefined || track.holder === 0 || track.isReleased) return;
    track.isReleased = true;
    this.onTimeline?.(this.logTimeline(track, 0, log.CAUSE_UNBIND));
  }

  private refused(track: Track, claim: Claim, mac: number, why: number): void {
    track.refused ??= DROP_REASON_NAMES.map(() => 0);
    track.refused[why] = (track.refused[why] as number) + 1;
    track.noteForeign(mac, this.clock, true);
    this.parts.refusals.note(track.id, mac, why);
    this.parts.claimLog.log(track, claim, mac, verdict.CLAIM_REFUSED, why);
  }

  private move(track: Track, claim: Claim, mac: number, speaker: Speaker | null): void {
    track.moved++;
    track.isReleased = false;
    const { clock } = this;
    const isFirst = track.holder === 0;
    if (isFirst) {
      track.firstNow = clock.now;
      track.firstStamp = clock.stamp;
      track.firstFrame = clock.frame;
      track.firstSource = sourceOf(claim, mac);
      track.firstForm = claim.form;
    } else {
      track.noteForeign(mac, clock, false);
      if (track.routers.length === 0) this.accompany(track, mac);
      this.parts.claimLog.log(track, claim, mac, verdict.CLAIM_MOVED, 0);
      const entry = track.isVirtual
        ? this.logTimeline(track, mac, log.CAUSE_UNDECIDED, speaker)
        : -1;
      this.parts.failovers.record(track, mac, this.holderSpeaker(track), speaker, entry);
      this.parts.receivers.begin(track, claim, mac);
    }
    track.holder = mac;
    track.holderSpeaker = speaker === null ? -1 : speaker.index;
    track.speaker = speaker;
    track.speakersKnown = -1;
    track.lastAnnouncement = Number.NaN;
    if (isFirst && track.isVirtual) this.logFirst(track);
  }

  /** The address moves to `mac`, and perhaps with a router that does not list it. */
  private accompany(track: Track, mac: number): void {
    const router = this.companions.between(track.network, track.holder, mac);
    if (router === null && track.companions.length === 0) return;
    track.companions = router === null ? [] : [router];
    track.speakersKnown = -1;
    if (track.holderSpeaker < 0) track.speaker = null;
  }

  /** Live: the holder was unbound or started anew, so that nobody held the address: it is back. */
  private takeBack(track: Track, claim: Claim, mac: number): void {
    track.moved++;
    this.parts.claimLog.log(track, claim, mac, verdict.CLAIM_MOVED, 0);
    if (!track.isReleased) return;
    track.isReleased = false;
    this.onTimeline?.(this.logTimeline(track, mac, log.CAUSE_RESUMED));
  }

  private confirm(
    track: Track,
    claim: Claim,
    mac: number,
    speaker: Speaker | null,
    announces: boolean,
  ): void {
    track.confirmed++;
    if (track.lastFailover >= 0) this.parts.receivers.see(track, claim, mac);
    if (track.holderSpeaker < 0 && speaker !== null) {
      track.holderSpeaker = speaker.index;
      track.speaker = speaker;
    }
    this.parts.claimLog.logMinor(track, claim, mac, verdict.CLAIM_CONFIRMED);
    if (announces && track.routers.length > 0 && this.isResumption(track)) {
      const sequence = this.logTimeline(track, mac, log.CAUSE_RESUMED);
      this.noteOther(track, sequence);
      this.onTimeline?.(sequence);
    }
  }

  /** The holder announces again: who was master since it did so last, unclaimed or out of sight. */
  private noteOther(track: Track, sequence: number): void {
    const { timeline } = this.logs;
    const other = masterSince(track, this.holderSpeaker(track));
    if (other === undefined) return;
    const first = other.observer.newestFirst()[0]?.startFrame ?? 0;
    timeline.set(sequence, TIMELINE.OTHER, other.index);
    timeline.set(sequence, TIMELINE.OTHER_FRAME, first);
    timeline.set(sequence, TIMELINE.OTHER_LAST, other.observer.lastAdvertFrame);
  }

  private note(track: Track, claim: Claim, mac: number): void {
    track.noted++;
    if (track.lastFailover >= 0) this.parts.receivers.see(track, claim, mac);
    track.noteForeign(mac, this.clock, false);
    this.parts.claimLog.logMinor(track, claim, mac, verdict.CLAIM_NOTED);
  }

  /** Resigned, or silent for masterDownInterval, since it last spoke for the address. */
  private isResumption(track: Track): boolean {
    const speaker = this.holderSpeaker(track);
    const last = track.lastAnnouncement;
    if (speaker === null || Number.isNaN(last)) return false;
    const { observer } = speaker;
    if (observer.lastResignation > last) return true;
    const { now } = this.clock;
    const wait = observer.masterDownInterval();
    if (now - Math.max(observer.lastAdvert, last) >= wait) return true;
    return observer.silentUntil - Math.max(observer.silentSince, last) >= wait;
  }

  /** An address that turns out to be virtual: what was claimed before counts, too. */
  private promote(track: Track): void {
    if (track.isVirtual) return;
    track.isVirtual = true;
    if (track.holder !== 0) this.logFirst(track);
    else this.parts.claimLog.promote(track, null);
  }

  private logFirst(track: Track): void {
    const { id, firstStamp, firstFrame, holder, firstSource, firstForm } = track;
    const first = [id, firstStamp, firstFrame, holder, firstSource, firstForm];
    this.parts.claimLog.promote(track, [...first, verdict.CLAIM_MOVED, 0]);
    const { timeline } = this.logs;
    const sequence = timeline.append();
    timeline.put(TIMELINE.ID, id);
    timeline.put(TIMELINE.STAMP, firstStamp);
    timeline.put(TIMELINE.FRAME, firstFrame);
    timeline.put(TIMELINE.MAC, holder);
    timeline.put(TIMELINE.SPEAKER, track.holderSpeaker);
    timeline.put(TIMELINE.CAUSE, log.CAUSE_INITIAL);
    timeline.put(TIMELINE.OTHER, -1);
    this.onTimeline?.(sequence);
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
    timeline.put(TIMELINE.OTHER, -1);
    return sequence;
  }

  private isOtherSpeaker(track: Track, mac: number, speaker: Speaker | null): boolean {
    if (speaker === null || mac !== track.holder || track.holderSpeaker < 0) return false;
    return speaker.index !== track.holderSpeaker;
  }

  /** Looked up anew only while it is unknown and further speakers have turned up. */
  private holderSpeaker(track: Track): Speaker | null {
    const { speakers } = this.parts;
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
