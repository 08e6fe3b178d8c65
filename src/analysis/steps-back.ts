/** Frames that are stamped earlier than the frame before them. */
export class StepsBack {
  count = 0;
  /** Nanoseconds. */
  largest = 0;
  /** Of the first of them. */
  frame = 0;
  stamp = Number.NaN;

  /** This frame is so many nanoseconds earlier. */
  note(frame: number, stamp: number, by: number): void {
    if (this.count++ === 0) {
      this.frame = frame;
      this.stamp = stamp;
    }
    this.largest = Math.max(this.largest, by);
  }
}
