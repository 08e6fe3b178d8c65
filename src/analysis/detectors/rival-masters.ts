import type { Ipv6Words } from '../../wire/ip-address.ts';
import type { Clock } from '../clock.ts';
import type { FindingLog } from '../finding-log.ts';
import type { Finding } from '../result.ts';
import type { Router, Speaker } from '../virtual-router.ts';
import type { VirtualRouters } from '../virtual-routers.ts';
import { type RouterWords, secondsText } from './router-words.ts';
import type { SpeakerWatch, SpeakerWatches } from './speaker-watch.ts';
import { VridCollision } from './vrid-collision.ts';

/**
 * Two masters of one virtual router at the same time. A newcomer that takes over lawfully sends
 * its first advert while the old master may send one more; when each has sent two since the later
 * of them began, one at least does not hear the other. A shorter contest counts where the newcomer
 * even announced the addresses although the master never stopped.
 */
const COMPLETED_MAX = 1000;

interface Rivalry {
  readonly finding: Finding;
  readonly first: Speaker;
  readonly second: Speaker;
  /** Who certainly did not hear the other, by the priorities of that time. */
  readonly deafness: string;
  /** Since when the present overlap lasts, its last advert, and what earlier ones lasted. */
  start: number;
  last: number;
  earlier: number;
}

export class RivalMasters {
  private readonly clock: Clock;
  private readonly log: FindingLog;
  private readonly words: RouterWords;
  private readonly watches: SpeakerWatches;
  private readonly collisions: VridCollision;
  private readonly rivalries = new Map<Router, Rivalry>();
  private readonly contested = new Set<Router>();

  constructor(
    clock: Clock,
    log: FindingLog,
    words: RouterWords,
    watches: SpeakerWatches,
    routers: VirtualRouters,
  ) {
    this.clock = clock;
    this.log = log;
    this.words = words;
    this.watches = watches;
    this.collisions = new VridCollision(log, words, routers);
  }

  /** An advert of priority above 0. */
  onAdvert(watch: SpeakerWatch): void {
    const { speaker } = watch;
    const previous = speaker.router.previousSpeaker;
    if (previous !== null && previous !== speaker) this.meet(watch, previous);
    else if (watch.challenger !== null) this.outlast(watch, watch.challenger);
  }

  /** The run has lasted for some adverts. */
  onSettled(watch: SpeakerWatch): void {
    this.collisions.onSettled(watch.speaker, this.clock.now);
  }

  finish(): void {
    for (const [router, rivalry] of this.rivalries) {
      const { finding, first, second, deafness, start, last, earlier } = rivalry;
      const lasted = secondsText(earlier + last - start);
      finding.message =
        `${this.words.speaker(first)} and ${this.words.speaker(second)} were both master of ` +
        `${this.words.router(router)} for ${lasted} at least: ${deafness}.`;
    }
  }

  /** Another speaker sent the advert before this one. */
  private meet(watch: SpeakerWatch, other: Speaker): void {
    const { speaker } = watch;
    const mine = speaker.observer.newestFirst()[0];
    const theirs = other.observer.newestFirst()[0];
    if (mine === undefined || theirs === undefined) return;
    watch.challenger = null;
    if (!Number.isNaN(theirs.resigned)) return;
    if (theirs.start > mine.start) watch.challenger = other;
    if (this.clock.now >= other.observer.endOf(theirs)) return;
    const start = Math.max(mine.start, theirs.start);
    if (!(mine.previous >= start && theirs.previous >= start)) return;
    watch.challenger = null;
    const isMineLater = mine.start > theirs.start;
    const second = isMineLater ? speaker : other;
    const first = isMineLater ? other : speaker;
    if (areDisjoint(speaker, other)) this.collisions.raise(first, second);
    else this.note(first, second, start);
  }

  private note(first: Speaker, second: Speaker, start: number): void {
    const { router } = first;
    const { now } = this.clock;
    const known = this.rivalries.get(router);
    if (known === undefined) {
      if (this.rivalries.size < COMPLETED_MAX) this.raise(first, second, start);
      return;
    }
    // Of a third one's contest nothing is said in the name of the first two.
    if (![known.first, known.second].every((one) => one === first || one === second)) return;
    if (start > known.last) {
      known.earlier += known.last - known.start;
      known.start = start;
    }
    known.last = now;
  }

  private raise(first: Speaker, second: Speaker, start: number): void {
    const { router } = first;
    const frame = second.observer.newestFirst()[0]?.startFrame ?? 0;
    const deafness = this.deafness(first, second);
    const finding = this.log.raise({
      code: 'split-brain',
      severity: 'error',
      id: this.words.idOf(router),
      frame,
      stamp: this.clock.isTimed ? start : Number.NaN,
      message:
        `${this.words.speaker(first)} and ${this.words.speaker(second)} are both master of ` +
        `${this.words.router(router)}: ${deafness}.`,
      advice: this.advice(first, second),
    });
    const { now } = this.clock;
    this.rivalries.set(router, { finding, first, second, deafness, start, last: now, earlier: 0 });
  }

  /**
   * Who certainly did not hear: a master gives way to adverts of a higher priority, or of a higher
   * address where priorities are equal (RFC 9568 section 6.4.3). Of the other nobody can tell.
   */
  private deafness(first: Speaker, second: Speaker): string {
    const ahead = first.observer.priority - second.observer.priority;
    const isFirst = ahead === 0 ? isHigher(first.words, second.words) : ahead > 0;
    const [winner, loser] = isFirst ? [first, second] : [second, first];
    const why = ahead === 0 ? 'address' : 'priority';
    const { words } = this;
    return (
      `${words.speaker(loser)} got none of the adverts of ${words.speaker(winner)}, whose ${why} ` +
      'is higher, or discarded them'
    );
  }

  private advice(first: Speaker, second: Speaker): string {
    const mend = first.router.multicast
      ? 'Where multicast is not carried (most clouds) write ' +
        `${this.words.peerLine(first, second)} and ${this.words.peerLine(second, first)}; `
      : 'Check `unicast_src_ip` and `unicast_peer` on both; ';
    return (
      `${mend}let firewalls and security groups pass IP protocol 112. ` +
      '`garp_master_refresh 5`, or less, on both mends caches that the wrong one has left.'
    );
  }

  /** The second advert since the challenger began: did that one take the addresses meanwhile? */
  private outlast(watch: SpeakerWatch, challenger: Speaker): void {
    const { speaker } = watch;
    const { router } = speaker;
    const mine = speaker.observer.newestFirst()[0];
    const theirs = challenger.observer.newestFirst()[0];
    watch.challenger = null;
    if (mine === undefined || theirs === undefined || mine.previous < theirs.start) return;
    if (theirs.start < mine.start || this.rivalries.has(router)) return;
    const { announced } = this.watches.of(challenger);
    if (!(announced >= theirs.start) || this.contested.has(router)) return;
    if (this.contested.size >= COMPLETED_MAX || areDisjoint(speaker, challenger)) return;
    this.contested.add(router);
    const { interval } = speaker.observer;
    this.log.raise({
      code: 'split-brain',
      severity: 'warning',
      id: this.words.idOf(router),
      frame: theirs.startFrame,
      stamp: this.clock.isTimed ? theirs.start : Number.NaN,
      message:
        `${this.words.speaker(challenger)} took over ${this.words.router(router)} for a moment ` +
        `although ${this.words.speaker(speaker)} never stopped being master: until that one ` +
        'announces the addresses again, neighbors send to the wrong host.',
      advice:
        'Find out why it missed the adverts just before (loss, load, a forged MAC). ' +
        `\`garp_master_refresh 5\` on ${this.words.ip(speaker)} heals caches, and a larger ` +
        `\`advert_int ${Math.max(1, Math.ceil((2 * interval) / 1e9))}\` tolerates longer gaps.`,
    });
  }
}

function isHigher(a: Ipv6Words, b: Ipv6Words): boolean {
  const differing = a.findIndex((word, i) => word !== b[i]);
  return differing >= 0 && (a[differing] as number) > (b[differing] as number);
}

/** Two address lists, both known, with nothing in common: routers that only share a number. */
function areDisjoint(a: Speaker, b: Speaker): boolean {
  if (a.addresses.length === 0 || b.addresses.length === 0) return false;
  return !a.addresses.some((id) => b.addresses.includes(id));
}
