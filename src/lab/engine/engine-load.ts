/**
 * How heavy the engine's load is: under a heavy one its thread gives up real-time priority.
 *
 * With it a frame waits for nobody; but such a thread stops its sender for each frame, be another
 * processor idle, and is woken each time, which costs 20 µs and more on a virtual machine. Among
 * all others, it finds at its turn what the sender has put there meanwhile.
 */

/** Frames a second from which on the load is heavy. */
const HEAVY_FRAMES = 250_000;
/** Octets a second from which on it is, too: 2 Gbit/s. */
const HEAVY_OCTETS = 250e6;
/** It is light again below this share of either. */
const LIGHT_SHARE = 0.6;
/** Nanoseconds over which a rate is taken. */
const WINDOW = 20e6;

export class EngineLoad {
  /** Milliseconds of silence after which a heavy load is judged anew. */
  static readonly patience = WINDOW / 1e6;
  isHeavy = false;
  private readonly onChange: ((isHeavy: boolean) => void) | null;
  private frames = 0;
  private octets = 0;
  private since = 0;

  /** `onChange` is told each change between light and heavy. Null: no load counts as heavy. */
  constructor(onChange: ((isHeavy: boolean) => void) | null) {
    this.onChange = onChange;
  }

  /** Notes `frames` more, taken at `now` nanoseconds; `octetsIn`: those of each port in all. */
  note(frames: number, octetsIn: Float64Array, now: number): void {
    this.frames += frames;
    const elapsed = now - this.since;
    if (elapsed >= WINDOW) this.judge(elapsed / 1e9, octetsIn, now);
  }

  private judge(seconds: number, octetsIn: Float64Array, now: number): void {
    let octets = 0;
    for (let port = 0; port < octetsIn.length; port++) octets += octetsIn[port]!;
    const share = Math.max(
      this.frames / seconds / HEAVY_FRAMES,
      (octets - this.octets) / seconds / HEAVY_OCTETS,
    );
    this.frames = 0;
    this.octets = octets;
    this.since = now;
    const isHeavy = share >= (this.isHeavy ? LIGHT_SHARE : 1);
    if (isHeavy === this.isHeavy || this.onChange === null) return;
    this.isHeavy = isHeavy;
    this.onChange(isHeavy);
  }
}
