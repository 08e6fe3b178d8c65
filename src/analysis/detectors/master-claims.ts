import { isVirtualMac } from '../../wire/mac.ts';
import type { Clock } from '../clock.ts';
import type { FindingLog } from '../finding-log.ts';
import type { Track } from '../track.ts';
import type { Router, Speaker } from '../virtual-router.ts';
import type { AddressWatches } from './address-watch.ts';
import type { AddressWords } from './address-words.ts';

/**
 * Whether the switch's holder is the master that the adverts tell of. `stale-cache`: the last
 * announcement is another's, and an interval later the only master has still not announced.
 * `announcement-missing`: a new master announced some addresses of its set, and not this one.
 */
const SECOND = 1e9;
/** A rival that has said nothing for so many intervals is none. */
const RIVAL_SILENCE = 1.5;
/** The announcements of a run are out after so many of its intervals, and a second. */
const SETTLED_INTERVALS = 2;

export class MasterClaims {
  private readonly clock: Clock;
  private readonly log: FindingLog;
  private readonly words: AddressWords;
  private readonly tracks: readonly (Track | undefined)[];
  private readonly watches: AddressWatches;
  private readonly pending: { id: number; raise: () => void }[] = [];

  constructor(
    clock: Clock,
    log: FindingLog,
    words: AddressWords,
    tracks: readonly (Track | undefined)[],
    watches: AddressWatches,
  ) {
    this.clock = clock;
    this.log = log;
    this.words = words;
    this.tracks = tracks;
    this.watches = watches;
  }

  /** An advert of priority above 0 has been taken in. */
  onAdvert(speaker: Speaker): void {
    const { router } = speaker;
    const run = speaker.observer.newestFirst()[0];
    if (run === undefined) return;
    const { now } = this.clock;
    const isOnly = !hasRival(router, speaker, now);
    const age = now - run.start;
    // The first advert of a master comes a moment before its announcements.
    if (age < speaker.observer.interval) return;
    if (isOnly) for (const id of router.addresses) this.compare(speaker, id);
    if (age < SECOND || age < SETTLED_INTERVALS * speaker.observer.interval) return;
    if (router.addresses.length > 1 && isOnly) this.count(speaker, run.start, run.startFrame);
  }

  /** What only holds where the capture point sees all claims is said at the end. */
  finish(seesAll: boolean): void {
    if (seesAll) for (const { raise } of this.pending) raise();
  }

  private compare(speaker: Speaker, id: number): void {
    const track = this.tracks[id];
    if (track === undefined || track.holder === 0 || isHolder(track, speaker)) return;
    const { now, frame, stamp } = this.clock;
    const since = now - track.lastAnnouncement;
    if (!(since >= speaker.observer.interval)) return;
    const watch = this.watches.of(id);
    if (watch.staleHolder === track.holder) return;
    watch.staleHolder = track.holder;
    const holder = this.words.host(track.holder);
    const seconds = (since / 1e9).toFixed(1);
    const master = speaker.mac === 0 ? 'the master' : this.words.host(speaker.mac);
    const discovery = {
      code: 'stale-cache',
      severity: 'error' as const,
      id,
      frame,
      stamp,
      message:
        `${master} is the only master of ${this.words.ip(id)}, but the last announcement, ` +
        `${seconds} s ago, was that of ${holder}: switches and clients send there, until the ` +
        'master announces it again.',
      advice:
        'Write `garp_master_refresh 5`, so that the master repeats its announcements, and ' +
        '`garp_lower_prio_repeat 5` with `garp_lower_prio_delay 1` against a rival that gave up.',
    };
    this.pending.push({ id, raise: () => this.log.raise(discovery) });
  }

  /** Once a run: have all addresses of the set been announced since a second before it began? */
  private count(speaker: Speaker, start: number, startFrame: number): void {
    const { router } = speaker;
    const { clock } = this;
    const first = this.watches.of(router.addresses[0] as number);
    if (first.countedRun === startFrame) return;
    first.countedRun = startFrame;
    // A run that was under way when the capture began may have announced before.
    if (start - clock.start < 3 * speaker.observer.interval) return;
    const from = start - SECOND;
    const isOut = (id: number): boolean =>
      (this.tracks[id]?.lastAnnouncement ?? Number.NaN) >= from;
    const missing = router.addresses.filter((id) => !isOut(id));
    if (missing.length === 0 || missing.length === router.addresses.length) return;
    const { frame, stamp } = clock;
    for (const id of missing) {
      const discovery = {
        code: 'announcement-missing',
        severity: 'error' as const,
        id,
        frame,
        stamp,
        message:
          `${this.words.host(speaker.mac)} became master of VRID ${router.vrid} and announced ` +
          `${router.addresses.length - missing.length} of its ${router.addresses.length} ` +
          `addresses, but not ${this.words.ip(id)}: it stays with whoever had it.`,
        advice:
          'The announcement was lost or not sent: write `garp_master_repeat 5`, ' +
          '`garp_master_refresh 5` and `garp_interval 0.01`, and compare the virtual_ipaddress ' +
          'of both nodes.',
      };
      this.pending.push({ id, raise: () => this.log.raise(discovery) });
    }
  }
}

/** Another speaker of the router that has neither resigned nor fallen silent. */
function hasRival(router: Router, speaker: Speaker, now: number): boolean {
  for (const other of router.speakers) {
    if (other === speaker) continue;
    const { observer } = other;
    if (observer.lastResignation >= observer.lastAdvert) continue;
    if (now - observer.lastAdvert < RIVAL_SILENCE * observer.interval) return true;
  }
  return false;
}

function isHolder(track: Track, speaker: Speaker): boolean {
  if (track.holder === speaker.mac) return true;
  // With use_vmac and vmac_xmit_base adverts do not come from the MAC that is announced.
  return isVirtualMac(track.holder) || isVirtualMac(speaker.mac)
    ? track.holderSpeaker < 0 || track.holderSpeaker === speaker.index
    : false;
}
