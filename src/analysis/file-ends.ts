import type { RecordBatch } from '../capture/index.ts';
import type { Sighting } from './clock.ts';
import type { TimeBase } from './time-base.ts';

/**
 * How far each file of a replay was read: its last frame, whether it was looked at or not. What
 * there is to say of the end of a file is said of that frame.
 */
export class FileEnds {
  private readonly frames: Float64Array;
  private readonly stamps: Float64Array;

  constructor(files: number) {
    this.frames = new Float64Array(files);
    this.stamps = new Float64Array(files).fill(Number.NaN);
  }

  /** A batch, of one file, whose last frame has this number. */
  pass({ count, file, seconds, nanoseconds }: RecordBatch, frame: number, times: TimeBase): void {
    const last = count - 1;
    this.note(file[last]!, frame, times.nowOf(seconds[last]!, nanoseconds[last]!, frame));
  }

  note(file: number, frame: number, stamp: number): void {
    this.frames[file] = frame;
    this.stamps[file] = stamp;
  }

  of(file: number): Sighting {
    return { frame: this.frames[file]!, stamp: this.stamps[file]! };
  }
}
