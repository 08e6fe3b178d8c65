import type { Classifier } from '../../dataplane/classifier.ts';
import {
  COUNT_ARP,
  COUNT_NEIGHBOR_ADVERTISEMENT,
  COUNT_NEIGHBOR_SOLICITATION,
} from '../../dataplane/frame-counts.ts';
import { readAddressCount } from '../../vrrp/advert.ts';
import type { Clock } from '../clock.ts';
import type { FindingLog } from '../finding-log.ts';
import type { Track } from '../track.ts';
import type { Router, Speaker } from '../virtual-router.ts';
import type { RouterWords } from './router-words.ts';
import type { SpeakerWatch } from './speaker-watch.ts';

/**
 * Masters that do not tell their neighbors: one that became master before our eyes and never
 * announced its addresses, and a router whose addresses nobody ever claimed, or that has none. Of
 * a master that was one before the capture began nothing can be said: it need not announce again.
 */
const CANDIDATES_MAX = 1000;
/** Who is first heard this many intervals after the start of the capture began to speak then. */
const START_INTERVALS = 2.5;
/** A run also holds the claims that come at most so many of its intervals before it. */
const HELD_INTERVALS = 2;

interface Candidate {
  readonly watch: SpeakerWatch;
  readonly since: number;
  readonly frame: number;
  readonly stamp: number;
}

export interface UnclaimedParts {
  readonly clock: Clock;
  readonly log: FindingLog;
  readonly words: RouterWords;
  readonly tracks: readonly (Track | undefined)[];
  readonly classifier: Classifier;
}

export class Unclaimed {
  private readonly parts: UnclaimedParts;
  private readonly candidates: Candidate[] = [];
  private readonly without = new Set<Router>();

  constructor(parts: UnclaimedParts) {
    this.parts = parts;
  }

  /**
   * Whether the run that begins now is that of a new master. A unicast master also seems to begin
   * when its dead peer returns: before, its kernel found no MAC to send adverts to.
   */
  onRunStart(watch: SpeakerWatch): void {
    const { router, observer } = watch.speaker;
    const [run, earlier] = observer.newestFirst();
    const isAfterOther =
      router.previousSpeaker !== null && router.previousSpeaker !== watch.speaker;
    const hasResigned = earlier !== undefined && !Number.isNaN(earlier.resigned);
    const age = run === undefined ? Number.NaN : run.start - this.parts.clock.start;
    const isFirst = earlier === undefined && !router.unicast;
    const hasBegun = isFirst && age > START_INTERVALS * observer.interval;
    watch.isTakeover = isAfterOther || hasResigned || hasBegun;
  }

  /** The run has lasted long enough for its first announcements. */
  onSettled(watch: SpeakerWatch, view: DataView, at: number): void {
    const { speaker } = watch;
    const { clock, classifier } = this.parts;
    const run = speaker.observer.newestFirst()[0];
    if (run === undefined || !classifier.link.hasSource) return;
    const { startFrame: frame, start } = run;
    const stamp = clock.isTimed ? start : Number.NaN;
    if (readAddressCount(view, at) === 0) {
      this.judgeEmpty(speaker, frame, stamp);
      return;
    }
    const since = start - HELD_INTERVALS * speaker.observer.interval;
    if (!watch.isTakeover || this.hasAnnounced(watch, since)) return;
    if (this.candidates.length < CANDIDATES_MAX) {
      this.candidates.push({ watch, since, frame, stamp });
    }
  }

  finish(seesAll: boolean): void {
    if (!seesAll) return;
    const told = new Set<Router | Speaker>();
    for (const candidate of this.candidates) {
      const { watch, since } = candidate;
      const { router } = watch.speaker;
      if (!this.seesClaims(router.family) || this.hasAnnounced(watch, since)) continue;
      const { addresses } = router;
      const isSilent = addresses.length > 0 && addresses.every((id) => this.isBare(id));
      const subject = isSilent ? router : watch.speaker;
      if (told.has(subject)) continue;
      told.add(subject);
      if (isSilent) this.raiseSilent(candidate);
      else this.raiseMissing(candidate);
    }
  }

  /** With a filter such as `vrrp` no claim can be in the capture. */
  private seesClaims(family: 4 | 6): boolean {
    const { counts } = this.parts.classifier;
    if (family === 4) return (counts[COUNT_ARP] as number) > 0;
    const solicitations = counts[COUNT_NEIGHBOR_SOLICITATION] as number;
    return solicitations + (counts[COUNT_NEIGHBOR_ADVERTISEMENT] as number) > 0;
  }

  private hasAnnounced({ speaker, announced }: SpeakerWatch, since: number): boolean {
    if (announced >= since) return true;
    // Before its first advert nobody could know that the address was one of a router.
    return speaker.addresses.some((id) => {
      const track = this.parts.tracks[id];
      return track?.holder === speaker.mac && track.lastAnnouncement >= since;
    });
  }

  private isBare(id: number): boolean {
    const track = this.parts.tracks[id];
    return track === undefined || (track.holder === 0 && track.refused === null);
  }

  /** Adverts that list no address; addresses that are kept out of adverts may yet be announced. */
  private judgeEmpty(speaker: Speaker, frame: number, stamp: number): void {
    const { log, words } = this.parts;
    if (this.without.has(speaker.router) || this.without.size >= CANDIDATES_MAX) return;
    if (this.announcesOthers(speaker)) return;
    this.without.add(speaker.router);
    log.raise({
      code: 'silent-master',
      severity: 'error',
      id: 0,
      frame,
      stamp,
      message:
        `${words.speaker(speaker)} is master of VRID ${speaker.router.vrid}, but its adverts ` +
        'list no address and it announces none: there is nothing that could fail over.',
      advice:
        'Its vrrp_instance has no `virtual_ipaddress { ... }`: look for a closing brace too many ' +
        'before that block (its log says "No VIP specified"), and list the HaVip there.',
    });
  }

  private announcesOthers(speaker: Speaker): boolean {
    const { tracks, words } = this.parts;
    const own = words.ip(speaker);
    return tracks.some(
      (track) =>
        track?.isAnnounced === true &&
        track.holder === speaker.mac &&
        words.list([track.id]) !== own,
    );
  }

  private raiseSilent({ watch, frame, stamp }: Candidate): void {
    const { log, words } = this.parts;
    const { speaker } = watch;
    log.raise({
      code: 'silent-master',
      severity: 'error',
      id: words.idOf(speaker.router),
      frame,
      stamp,
      message:
        `${words.speaker(speaker)} is master of ${words.router(speaker.router)}, but nobody ever ` +
        'claimed an address of it: no neighbor learns where to send.',
      advice:
        'Check that `virtual_ipaddress { ... }` names the interface of this network (`dev eth0`) ' +
        'and look at `ip address` on the master; `garp_master_refresh 5` repeats the claim. ' +
        `A capture filter such as \`host ${words.ip(speaker)}\` leaves claims of others out.`,
    });
  }

  private raiseMissing({ watch, frame, stamp }: Candidate): void {
    const { log, words } = this.parts;
    const { speaker, announced } = watch;
    const missing = Number.isNaN(announced)
      ? 'never announced an address of it'
      : 'did not announce its addresses anew';
    log.raise({
      code: 'claim-missing',
      severity: 'error',
      id: words.idOf(speaker.router),
      frame,
      stamp,
      message:
        `${words.speaker(speaker)} became master of ${words.router(speaker.router)} and ` +
        `${missing}: neighbors go on sending to the host before.`,
      advice:
        'Write `garp_master_delay 1` and `garp_master_refresh 5` in its vrrp_instance, and take ' +
        'out `garp_master_repeat 0`; see `dev` in virtual_ipaddress if it announces elsewhere.',
    });
  }
}
