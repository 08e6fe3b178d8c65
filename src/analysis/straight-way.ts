import type { RecordBatch, RecordVisitor } from '../capture/index.ts';
import type { ShortWay } from '../dataplane/short-way.ts';
import { LINKTYPE_ETHERNET } from '../wire/link-type.ts';
import type { Analysis } from './analysis.ts';
import { EXACT_SECONDS } from './time-base.ts';

/**
 * The usual way through a capture: Ethernet frames in order of time, looked at where they lie in
 * the file. Most the switch passes over; the others go to the analysis with their number and time.
 */
const NANOSECONDS = 1e9;

export class StraightWay implements RecordVisitor {
  readonly until: number;
  number = 0;
  octets = 0;
  seconds: number;
  nanoseconds = 0;
  private readonly analysis: Analysis;
  private readonly shortWay: ShortWay;
  /** Whole seconds since 1970 at which the analysis' clock stands at 0. */
  private readonly base: number;
  private readonly isTransparent: boolean;
  private taken = 0;
  /** Number of the last that went to the analysis. */
  private lastTaken = 0;

  constructor(analysis: Analysis, base: number) {
    this.analysis = analysis;
    this.shortWay = analysis.owner.shortWay;
    this.isTransparent = analysis.owner.isTransparent;
    this.base = base;
    this.seconds = base;
    this.until = base + EXACT_SECONDS;
  }

  /** Time of the frame that was shown last, as the analysis' clock has it. */
  get now(): number {
    return (this.seconds - this.base) * NANOSECONDS + this.nanoseconds;
  }

  passes(view: DataView, at: number, end: number, number: number): boolean {
    return this.isTransparent && this.shortWay.passes(view, at, end, number);
  }

  take(
    view: DataView,
    at: number,
    end: number,
    number: number,
    seconds: number,
    nanoseconds: number,
    wireLength: number,
  ): void {
    const { analysis } = this;
    const { clock } = analysis;
    this.taken++;
    if (number - this.lastTaken > 1) analysis.stillness.forget();
    this.lastTaken = number;
    clock.isTimed = true;
    clock.now = (seconds - this.base) * NANOSECONDS + nanoseconds;
    clock.frame = number;
    analysis.owner.classifier.isCut = wireLength > end - at;
    analysis.onFrame(view, at, end, LINKTYPE_ETHERNET);
  }

  /**
   * Shows itself a batch whose frames are all of the kind that a visitor is shown, the first not
   * before `last`; false, and nothing done, for any other.
   */
  visit(batch: RecordBatch, last: number): boolean {
    if (!this.isOrdinary(batch, last)) return false;
    const { view, at, end, wireLength, seconds, nanoseconds, count } = batch;
    const first = this.number + 1;
    for (let i = 0; i < count; i++) {
      const wire = wireLength[i]!;
      this.octets += wire;
      if (this.passes(view, at[i]!, end[i]!, first + i)) continue;
      this.take(view, at[i]!, end[i]!, first + i, seconds[i]!, nanoseconds[i]!, wire);
    }
    this.number += count;
    this.seconds = seconds[count - 1]!;
    this.nanoseconds = nanoseconds[count - 1]!;
    return true;
  }

  /** To be called with the number of frames that were shown: counts those passed over. */
  count(shown: number): void {
    this.analysis.owner.classifier.passPlainIpv4(shown - this.taken);
    this.taken = 0;
  }

  private isOrdinary(batch: RecordBatch, last: number): boolean {
    const { linkType, seconds, nanoseconds, count } = batch;
    let before = last;
    for (let i = 0; i < count; i++) {
      const now = (seconds[i]! - this.base) * NANOSECONDS + nanoseconds[i]!;
      if (!(now >= before) || !(seconds[i]! < this.until)) return false;
      if (linkType[i] !== LINKTYPE_ETHERNET) return false;
      before = now;
    }
    return true;
  }
}
