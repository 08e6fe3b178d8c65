import type { MacTable } from '../fdb/mac-table.ts';

/**
 * Frames counted by source before the station table hears of them: a small direct-mapped cache in
 * front of `learn`, for the mode in which the switch only watches. Two sources that fall on one
 * slot push each other out, which costs a `learn` and loses nothing. After `flush` the table is as
 * if every frame had been learned by itself.
 */
const BITS = 14;
const FACTOR = 0x9e3779b1 | 0;

export class SourceCensus {
  private readonly stations: MacTable;
  private readonly lows = new Int32Array(1 << BITS);
  private readonly highs = new Int32Array(1 << BITS);
  private readonly frames = new Int32Array(1 << BITS);

  constructor(stations: MacTable) {
    this.stations = stations;
  }

  /** Counts a frame from a unicast MAC of the untagged network; `low` is its signed low word. */
  count(high: number, low: number, tick: number): void {
    const slot = Math.imul(low, FACTOR) >>> (32 - BITS);
    if (this.lows[slot] === low && this.highs[slot] === high && this.frames[slot]! > 0) {
      this.frames[slot]!++;
    } else {
      this.replace(slot, high, low, tick);
    }
  }

  /** Tells the table everything. */
  flush(tick: number): void {
    for (let slot = 0; slot < this.frames.length; slot++) this.empty(slot, tick);
  }

  private replace(slot: number, high: number, low: number, tick: number): void {
    this.empty(slot, tick);
    this.highs[slot] = high;
    this.lows[slot] = low;
    this.frames[slot] = 1;
  }

  private empty(slot: number, tick: number): void {
    const frames = this.frames[slot]!;
    if (frames === 0) return;
    this.frames[slot] = 0;
    const entry = this.stations.learn(0, this.highs[slot]!, this.lows[slot]!, 0, tick);
    if (entry >= 0) this.stations.addFrames(entry, frames - 1);
  }
}
