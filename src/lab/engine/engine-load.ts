/**
 * How heavy the engine's load is: under a heavy one its thread gives up real-time priority.
 *
 * With it a frame waits for nobody; but such a thread stops its sender for each frame, be another
 * processor idle, and is woken each time, which costs 20 µs and more on a virtual machine. A thread
 * that has a processor most of the time anyway is better off among all others: at its turn it finds
 * what the sender has put there meanwhile. One that sleeps in between is not.
 */

/** The share of a processor from which on the load is heavy. */
const HEAVY = 0.7;
/** It is light again below this one: among others the thread gets less for the same frames. */
const LIGHT = 0.6;
/** Nanoseconds over which the share is taken. */
const WINDOW = 100e6;

export class EngineLoad {
  /** Milliseconds of silence after which a heavy load is judged anew. */
  static readonly patience = WINDOW / 1e6;
  isHeavy = false;
  private readonly processorTime: () => number;
  private readonly onChange: (isHeavy: boolean) => void;
  private used = 0;
  private since = Number.NaN;

  /**
   * `processorTime`: nanoseconds of a processor that the engine's thread has had. `onChange` is
   * told each change between light and heavy.
   */
  constructor(processorTime: () => number, onChange: (isHeavy: boolean) => void) {
    this.processorTime = processorTime;
    this.onChange = onChange;
  }

  /** To be called at each turn; `now` in nanoseconds. */
  note(now: number): void {
    if (!(now - this.since < WINDOW)) this.judge(now);
  }

  /** The first time nothing is compared with: a share that is not a number is a light load. */
  private judge(now: number): void {
    const used = this.processorTime();
    const share = (used - this.used) / (now - this.since);
    this.used = used;
    this.since = now;
    const isHeavy = share >= (this.isHeavy ? LIGHT : HEAVY);
    if (isHeavy === this.isHeavy) return;
    this.isHeavy = isHeavy;
    this.onChange(isHeavy);
  }
}
