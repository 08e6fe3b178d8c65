import { resized } from './resized.ts';

/**
 * Stretches in which the capture holds not one frame, by the frames that the analysis is shown. A
 * host whose link is down captures none, and cannot tell when another took over meanwhile.
 */
const STILL_MIN = 2e9;
/** Later ones are not kept. */
const STRETCHES_MAX = 1 << 14;

/** Nanoseconds. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

export class Stillness {
  private last = Number.NaN;
  private size = 0;
  /** Start and end of each, in order of time. */
  private bounds = new Float64Array(64);

  /** A frame that has a time. */
  onFrame(now: number): void {
    if (now - this.last >= STILL_MIN) this.add(this.last, now);
    this.last = now;
  }

  /** Frames that the analysis is not shown have passed since the last one. */
  forget(): void {
    this.last = Number.NaN;
  }

  /** The one around `time`; null where there is none. */
  around(time: number): Stretch | null {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.bounds[middle * 2 + 1] as number) < time) low = middle + 1;
      else high = middle;
    }
    if (low === this.size) return null;
    const start = this.bounds[low * 2] as number;
    return start > time ? null : { start, end: this.bounds[low * 2 + 1] as number };
  }

  private add(start: number, end: number): void {
    if (this.size === STRETCHES_MAX) return;
    if ((this.size + 1) * 2 > this.bounds.length) {
      this.bounds = resized(this.bounds, this.bounds.length * 2);
    }
    this.bounds[this.size * 2] = start;
    this.bounds[this.size * 2 + 1] = end;
    this.size++;
  }
}
