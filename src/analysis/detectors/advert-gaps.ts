import type { Clock } from '../clock.ts';
import type { FindingLog } from '../finding-log.ts';
import { type RouterWords, secondsText } from './router-words.ts';
import type { SpeakerWatch } from './speaker-watch.ts';

/**
 * A master that was silent for longer than its interval while a backup still waited: adverts were
 * lost or sent late, and a little more would have been a failover. Judged when the capture has
 * ended, for only a capture that sees everything can tell silence.
 */
const GAP_INTERVALS_MIN = 1.5;
/**
 * Beyond it every backup would have taken over (three intervals and a skew below one), so that
 * nobody was listening. A unicast master whose only peer is down even stops sending: its kernel
 * finds no MAC to send to.
 */
const GAP_INTERVALS_MAX = 4;
const SPEAKERS_MAX = 1000;

interface Gaps {
  readonly watch: SpeakerWatch;
  count: number;
  missing: number;
  longest: number;
  interval: number;
  frame: number;
  stamp: number;
}

export class AdvertGaps {
  private readonly clock: Clock;
  private readonly log: FindingLog;
  private readonly words: RouterWords;
  private readonly bySpeaker = new Map<SpeakerWatch, Gaps>();

  constructor(clock: Clock, log: FindingLog, words: RouterWords) {
    this.clock = clock;
    this.log = log;
    this.words = words;
  }

  /** An advert of priority above 0; `watch.lastAdvert` is still the one before. */
  onAdvert(watch: SpeakerWatch): void {
    const { observer, router } = watch.speaker;
    const gap = this.clock.now - watch.lastAdvert;
    const { interval } = observer;
    if (!(gap > GAP_INTERVALS_MIN * interval) || gap > GAP_INTERVALS_MAX * interval) return;
    // Somebody took over meanwhile: a failover, which is reported as such.
    if (router.previousSpeaker !== watch.speaker || watch.interval === 0) return;
    this.note(watch, gap, interval);
  }

  finish(seesAll: boolean): void {
    if (!seesAll) return;
    for (const {
      watch,
      count,
      missing,
      longest,
      interval,
      frame,
      stamp,
    } of this.bySpeaker.values()) {
      const { speaker } = watch;
      const times = count === 2 ? 'once' : `${count - 1} times`;
      const often = count === 1 ? '' : ` and for less ${times} more`;
      const lost = missing === 1 ? 'an advert is' : `${missing} adverts are`;
      this.log.raise({
        code: 'advert-gap',
        severity: 'warning',
        id: this.words.idOf(speaker.router),
        frame,
        stamp,
        message:
          `${this.words.speaker(speaker)}, master of ${this.words.router(speaker.router)}, was ` +
          `silent for ${secondsText(longest)}${often} though it sends every ` +
          `${secondsText(interval)}: ${lost} missing or late. Three in a row, and a backup ` +
          'takes over.',
        advice:
          'Look for load on its host and loss on the way. `vrrp_rt_priority 50` in global_defs ' +
          'keeps keepalived from waiting for the processor; a longer `advert_int` tolerates more.',
      });
    }
  }

  private note(watch: SpeakerWatch, gap: number, interval: number): void {
    const { now, stamp, frame } = this.clock;
    const known = this.bySpeaker.get(watch);
    if (known === undefined && this.bySpeaker.size >= SPEAKERS_MAX) return;
    const gaps = known ?? { watch, count: 0, missing: 0, longest: 0, interval, frame, stamp };
    if (known === undefined) this.bySpeaker.set(watch, gaps);
    gaps.count++;
    gaps.missing += Math.max(1, Math.round(gap / interval) - 1);
    if (gap <= gaps.longest) return;
    gaps.longest = gap;
    gaps.interval = interval;
    gaps.frame = frame;
    gaps.stamp = Number.isNaN(stamp) ? stamp : now;
  }
}
