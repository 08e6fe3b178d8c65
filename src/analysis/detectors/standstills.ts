import type { Clock, Sighting } from '../clock.ts';
import type { Stillness, Stretch } from '../stillness.ts';
import type { Speaker } from '../virtual-router.ts';
import type { SpeakerWatch } from './speaker-watch.ts';

/**
 * A master that was one before a stretch without a frame and is one after it, which was so long
 * that every backup would have taken over. A paused virtual machine captures nothing and sends
 * nothing; when it goes on it is a second master for a moment, and announces nothing, so that the
 * address stays with whoever took over meanwhile. Who was started anew announces it.
 */
const INTERVALS_MIN = 4;
/** Intervals between the ends of the stretch and the adverts next to it. */
const NEAR_INTERVALS = 1.5;

export interface Standstill extends Sighting {
  readonly still: Stretch;
  readonly speaker: Speaker;
}

export class Standstills {
  /** The first that is certain; null before one. */
  first: Standstill | null = null;
  private readonly clock: Clock;
  private readonly stillness: Stillness;
  /** The last one, until its master has had the time to announce. */
  private candidate: Standstill | null = null;

  constructor(clock: Clock, stillness: Stillness) {
    this.clock = clock;
    this.stillness = stillness;
  }

  /** An advert of priority above 0; `watch.lastAdvert` is still the one before. */
  onAdvert(watch: SpeakerWatch): void {
    if (this.first !== null) return;
    const { now } = this.clock;
    const { speaker, lastAdvert } = watch;
    const { interval } = speaker.observer;
    if (!(now - lastAdvert > INTERVALS_MIN * interval)) return;
    if (speaker.router.previousSpeaker !== speaker || watch.interval === 0) return;
    const still = this.stillness.around((now + lastAdvert) / 2);
    if (still === null || still.end - still.start < INTERVALS_MIN * interval) return;
    const near = NEAR_INTERVALS * interval;
    if (still.start - lastAdvert > near || now - still.end > near) return;
    this.candidate = { ...this.clock.sighting, still, speaker };
  }

  /** The run of a master is old enough for its first announcements to be out. */
  onSettled(watch: SpeakerWatch): void {
    const { candidate } = this;
    if (candidate === null || candidate.speaker !== watch.speaker) return;
    if (!(watch.announced >= candidate.still.end)) this.first = candidate;
    this.candidate = null;
  }
}
