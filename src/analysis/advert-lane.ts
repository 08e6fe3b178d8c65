import { Marks } from './marks.ts';
import type { Speaker } from './virtual-router.ts';

/**
 * The adverts of one speaker over time: each as a mark, and the stretches in which it went on
 * with one priority. A stretch ends when the priority changes, when the speaker resigns (priority
 * 0), or when it falls silent, by the same rule that the observer's runs follow.
 */
const STRETCHES_MAX = 512;

export type StretchEnd = 'priority' | 'resigned' | 'silent' | 'open';

/** Times are nanoseconds. */
export interface Stretch {
  start: number;
  startFrame: number;
  last: number;
  lastFrame: number;
  priority: number;
  adverts: number;
  /** `open`: nothing more is known of it. */
  end: StretchEnd;
}

export class AdvertLane {
  readonly speaker: Speaker;
  readonly marks = new Marks();
  readonly stretches: Stretch[] = [];

  constructor(speaker: Speaker) {
    this.speaker = speaker;
  }

  /** An advert that the speaker's observer has taken in already. */
  add(priority: number, now: number, frame: number): void {
    this.marks.add(now, frame);
    const last = this.stretches.at(-1);
    if (last !== undefined && last.end === 'resigned' && priority === 0) return;
    if (last !== undefined && last.end === 'open') {
      last.end = this.endAt(last, priority, now, frame);
      if (last.end === 'open' || last.end === 'resigned') {
        last.last = now;
        last.lastFrame = frame;
        last.adverts++;
        return;
      }
    }
    this.begin(priority, now, frame);
  }

  /** What became of the last stretch, when the capture ends at `now`. */
  finish(now: number): void {
    const last = this.stretches.at(-1);
    if (last === undefined || last.end !== 'open') return;
    const { observer } = this.speaker;
    const run = observer.newestFirst()[0];
    if (run !== undefined && observer.endOf(run) < now) last.end = 'silent';
  }

  private endAt(last: Stretch, priority: number, now: number, frame: number): StretchEnd {
    const run = this.speaker.observer.newestFirst()[0];
    if (priority === 0) return run?.resigned === now ? 'resigned' : 'silent';
    if (run?.startFrame === frame) return 'silent';
    return priority === last.priority ? 'open' : 'priority';
  }

  private begin(priority: number, now: number, frame: number): void {
    if (this.stretches.length === STRETCHES_MAX) return;
    this.stretches.push({
      start: now,
      startFrame: frame,
      last: now,
      lastFrame: frame,
      priority,
      adverts: 1,
      end: priority === 0 ? 'resigned' : 'open',
    });
  }
}
