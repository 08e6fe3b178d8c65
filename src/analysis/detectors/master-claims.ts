import type { AddressBook } from '../../dataplane/address-book.ts';
import { isVirtualMac } from '../../wire/mac.ts';
import type { Clock } from '../clock.ts';
import { speakerWith } from '../failovers.ts';
import type { Discovery, FindingLog } from '../finding-log.ts';
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
/** A rival that has said nothing for so many intervals is none; sooner, where it serves nobody. */
const RIVAL_SILENCE = 2.5;
const IDLE_RIVAL_SILENCE = 1.5;
/** Requests of so long without an answer from the holder: it has given the address up. */
const UNSERVED = 0.5e9;
const PENDING_MAX = 10_000;
/** A run is settled, its first announcements out, after so many of its intervals and a second. */
export const SETTLED_INTERVALS = 2;
export const SETTLED_MIN = SECOND;

export interface MasterClaimParts {
  readonly clock: Clock;
  readonly log: FindingLog;
  readonly words: AddressWords;
  readonly tracks: readonly (Track | undefined)[];
  readonly watches: AddressWatches;
  readonly book: AddressBook;
}

export class MasterClaims {
  private readonly clock: Clock;
  private readonly log: FindingLog;
  private readonly words: AddressWords;
  private readonly tracks: readonly (Track | undefined)[];
  private readonly watches: AddressWatches;
  private readonly book: AddressBook;
  private readonly pending: Discovery[] = [];
  private isLive = false;

  constructor(parts: MasterClaimParts) {
    this.clock = parts.clock;
    this.log = parts.log;
    this.words = parts.words;
    this.tracks = parts.tracks;
    this.watches = parts.watches;
    this.book = parts.book;
  }

  /**
   * An advert of priority above 0 has been taken in; `changes` holders have changed so far. While
   * a master holds all it should and nothing changes, its adverts cost a comparison.
   */
  onAdvert(speaker: Speaker, changes: number): void {
    const { router, addresses } = speaker;
    if (addresses.length === 0) return;
    const first = this.watches.of(addresses[0] as number);
    if (first.orderlyAt === changes && first.orderlySpeaker === speaker.index) return;
    const run = speaker.observer.newestFirst()[0];
    if (run === undefined) return;
    const { now } = this.clock;
    const age = now - run.start;
    // The first advert of a master comes a moment before its announcements.
    if (age < speaker.observer.interval) return;
    const isOnly = !hasRival(router, speaker, now, IDLE_RIVAL_SILENCE);
    if (!isOnly) return;
    let isOrderly = true;
    for (const id of addresses) isOrderly = this.compare(speaker, id) && isOrderly;
    if (age < SETTLED_MIN || age < SETTLED_INTERVALS * speaker.observer.interval) return;
    if (addresses.length > 1) this.count(speaker, run.start, run.startFrame);
    if (!isOrderly) return;
    first.orderlyAt = changes;
    first.orderlySpeaker = speaker.index;
  }

  /** Whoever looks on at the switch itself sees all claims, and is told at once. */
  tellAtOnce(): void {
    this.isLive = true;
  }

  /** What only holds where the capture point sees all claims is said at the end. */
  finish(seesAll: boolean): void {
    if (seesAll) for (const discovery of this.pending) this.log.raise(discovery);
  }

  private hold(discovery: Discovery): void {
    if (this.isLive) this.log.raise(discovery);
    else if (this.pending.length < PENDING_MAX) this.pending.push(discovery);
  }

  /** True where there is nothing to say of the address as long as its holder stays. */
  private compare(speaker: Speaker, id: number): boolean {
    const track = this.tracks[id];
    if (track === undefined || track.holder === 0 || isHolder(track, speaker)) return true;
    const { now, frame, stamp } = this.clock;
    const since = now - track.lastAnnouncement;
    const watch = this.watches.of(id);
    if (watch.staleHolder === track.holder) return true;
    // A node may announce from another card than it advertises from; then MACs tell nothing.
    const isKnown = watch.former === speaker.mac || speakerWith(track, track.holder) !== null;
    if (!isKnown) return true;
    if (!(since >= speaker.observer.interval)) return false;
    const isServed = !(track.lastRequest - track.lastAnswer > UNSERVED);
    if (isServed && hasRival(speaker.router, speaker, now, RIVAL_SILENCE)) return false;
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
        'Clients wait until the master repeats its announcement: write `garp_master_refresh 5`, ' +
        'or less. Against a rival whose adverts it hears again, also `garp_lower_prio_delay 1` ' +
        'and `garp_lower_prio_repeat 5`.',
    };
    this.hold(discovery);
    return true;
  }

  /** Once a run: have all addresses of the set been announced since a second before it began? */
  private count(speaker: Speaker, start: number, startFrame: number): void {
    const { router, addresses } = speaker;
    const { clock } = this;
    const first = this.watches.of(addresses[0] as number);
    if (first.countedRun === startFrame) return;
    first.countedRun = startFrame;
    // A run that was under way when the capture began may have announced before.
    if (start - clock.start < 3 * speaker.observer.interval) return;
    const from = start - SECOND;
    const isOut = (id: number): boolean =>
      (this.tracks[id]?.lastAnnouncement ?? Number.NaN) >= from;
    const out = addresses.filter(isOut);
    const missing = addresses.filter((id) => !isOut(id) && this.isHere(id, out));
    if (missing.length === 0 || out.length === 0) return;
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
          `${out.length} of its ${out.length + missing.length} ` +
          `addresses, but not ${this.words.ip(id)}: it stays with whoever had it.`,
        advice:
          'The announcement was lost or not sent: write `garp_master_repeat 5`, ' +
          '`garp_master_refresh 5` and, in global_defs, `vrrp_garp_interval 0.01`, and compare ' +
          'the virtual_ipaddress of both nodes.',
      };
      this.hold(discovery);
    }
  }

  /** One VRID may list addresses of several networks, each announced on its own. */
  private isHere(id: number, announced: readonly number[]): boolean {
    const track = this.tracks[id];
    if (track !== undefined && track.holder !== 0) return true;
    return announced.some((other) => this.areNear(id, other));
  }

  /** In one IPv4 /24 or one IPv6 /64. */
  private areNear(a: number, b: number): boolean {
    const { book } = this;
    if (book.family(a) !== book.family(b)) return false;
    if (book.family(a) === 4) return book.word(a, 3) >>> 8 === book.word(b, 3) >>> 8;
    return book.word(a, 0) === book.word(b, 0) && book.word(a, 1) === book.word(b, 1);
  }
}

/** Another speaker of the router that has neither resigned nor fallen silent. */
function hasRival(router: Router, speaker: Speaker, now: number, silence: number): boolean {
  for (const other of router.speakers) {
    if (other === speaker) continue;
    const { observer } = other;
    if (observer.lastResignation >= observer.lastAdvert) continue;
    if (now - observer.lastAdvert < silence * observer.interval) return true;
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
