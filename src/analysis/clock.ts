/**
 * Where the replay stands: the frame being analysed and its time. One instance, set by the replay
 * before each frame and read by every analyser.
 */
export class Clock {
  /** Nanoseconds since the first frame's whole second; the last known time where there is none. */
  now = 0;
  /** When the stretch of the capture that is analysed begins; NaN where nothing is timed. */
  start = Number.NaN;
  /** 1-based number of the frame in the (merged) capture. */
  frame = 0;
  /** False where the frame itself carried no time: reports then print null. */
  isTimed = true;

  /** The time to put into a record: NaN where the frame has none. */
  get stamp(): number {
    return this.isTimed ? this.now : Number.NaN;
  }

  get sighting(): Sighting {
    return { frame: this.frame, stamp: this.stamp };
  }
}

/** A frame that shows something: its number, 0 for none, and its time, NaN for none. */
export interface Sighting {
  readonly frame: number;
  readonly stamp: number;
}
