import type { MacTable } from '../fdb/mac-table.ts';

/**
 * Frames counted by source before the station table hears of them: a small direct-mapped cache in
 * front of `learn`, for the mode in which the switch only watches. Two sources that fall on one
 * slot push each other out, which costs a `learn` and loses nothing. After `flush` the table is as
 * if every frame had been learned by itself.
 */
const BITS = 13;
const STRIDE = 4;
const HIGH = 1;
const FRAMES = 2;
const FACTOR = 0x9e3779b1 | 0;

export class SourceCensus {
  private readonly stations: MacTable;
  /** Four words a slot, side by side in one cache line: low and high word, frames, nothing. */
  private readonly words = new Int32Array(STRIDE << BITS);

  constructor(stations: MacTable) {
    this.stations = stations;
  }

  /** Counts a frame from a unicast MAC of the untagged network; `low` is its signed low word. */
  count(high: number, low: number, tick: number): void {
    const words = this.words;
    const at = (Math.imul(low, FACTOR) >>> (32 - BITS)) * STRIDE;
    if (words[at] === low && words[at + HIGH] === high) words[at + FRAMES]!++;
    else this.replace(at, high, low, tick);
  }

  /** Tells the table everything. */
  flush(tick: number): void {
    for (let at = 0; at < this.words.length; at += STRIDE) this.empty(at, tick);
  }

  private replace(at: number, high: number, low: number, tick: number): void {
    this.empty(at, tick);
    this.words[at] = low;
    this.words[at + HIGH] = high;
    this.words[at + FRAMES] = 1;
  }

  private empty(at: number, tick: number): void {
    const { words } = this;
    const frames = words[at + FRAMES]!;
    if (frames === 0) return;
    words[at + FRAMES] = 0;
    const entry = this.stations.learn(0, words[at + HIGH]!, words[at]!, 0, tick);
    if (entry >= 0) this.stations.addFrames(entry, frames - 1);
  }
}
