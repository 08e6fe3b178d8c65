/**
 * Moments on one lane of a picture, in bounded memory: each by itself while they are few, then by
 * buckets of time whose width doubles whenever there are too many. A mark is the first and last
 * moment of its bucket, the frame of the first, and how many there were. Times are nanoseconds.
 */
export const MARKS_MAX = 1024;
const MARKS_INITIAL = 16;
const WORDS = 4;
const FIRST = 0;
const LAST = 1;
const FRAME = 2;
const COUNT = 3;
/** The first width, once there are too many moments to keep each: one millisecond. */
const WIDTH_FIRST = 1e6;

export class Marks {
  private words = new Float64Array(MARKS_INITIAL * WORDS);
  private width = 0;
  size = 0;

  add(now: number, frame: number): void {
    const last = (this.size - 1) * WORDS;
    const isSame = this.width > 0 && this.size > 0 && this.bucket(last) === this.bucketOf(now);
    if (isSame) {
      this.words[last + LAST] = Math.max(this.words[last + LAST]!, now);
      this.words[last + COUNT]!++;
      return;
    }
    if (this.size === MARKS_MAX) this.widen();
    if (this.size * WORDS === this.words.length) this.grow();
    const at = this.size++ * WORDS;
    this.words[at + FIRST] = now;
    this.words[at + LAST] = now;
    this.words[at + FRAME] = frame;
    this.words[at + COUNT] = 1;
  }

  first(index: number): number {
    return this.words[index * WORDS + FIRST]!;
  }

  last(index: number): number {
    return this.words[index * WORDS + LAST]!;
  }

  frame(index: number): number {
    return this.words[index * WORDS + FRAME]!;
  }

  count(index: number): number {
    return this.words[index * WORDS + COUNT]!;
  }

  private bucket(at: number): number {
    return this.bucketOf(this.words[at + FIRST]!);
  }

  private bucketOf(now: number): number {
    return Math.floor(now / this.width);
  }

  private grow(): void {
    const larger = new Float64Array(this.words.length * 2);
    larger.set(this.words);
    this.words = larger;
  }

  /** Doubles the width until at least half of the marks have become one with a neighbour. */
  private widen(): void {
    while (this.size > MARKS_MAX / 2) {
      this.width = this.width === 0 ? WIDTH_FIRST : this.width * 2;
      this.merge();
    }
  }

  private merge(): void {
    const { words } = this;
    let kept = 0;
    for (let from = WORDS; from < this.size * WORDS; from += WORDS) {
      if (this.bucket(from) === this.bucket(kept)) {
        words[kept + LAST] = Math.max(words[kept + LAST]!, words[from + LAST]!);
        words[kept + COUNT]! += words[from + COUNT]!;
      } else {
        kept += WORDS;
        words.copyWithin(kept, from, from + WORDS);
      }
    }
    this.size = kept / WORDS + 1;
  }
}
