/**
 * How heavy the engine's load is, and how the engine's thread behaves under it.
 *
 * Light: it sleeps as soon as nothing is there, and has real-time priority, so that a frame waits
 * for nobody. Heavy: the next frame comes sooner than a sleeper is woken, which its sender pays for
 * (an interrupt to another processor is 20 µs and more on a virtual machine), so that it is looked
 * for a while before sleeping, as in NAPI. Real-time priority then does harm: such a thread is
 * woken on the processor it last ran on, be it the sender's and another one idle.
 */

/** Whether to sleep and be woken, or to look. The latter from here on, in frames a second. */
const HEAVY_FRAMES = 250_000;
/** The same in octets a second: 2 Gbit/s. */
const HEAVY_OCTETS = 250e6;
/** It is light again below this share of either. */
const LIGHT_SHARE = 0.6;
/** Nanoseconds over which a rate is taken. */
const WINDOW = 20e6;
/** Nanoseconds that are spent looking after the last frame: longer than it takes to be woken. */
const LOOK = 60e3;

export class EngineLoad {
  isHeavy = false;
  /** Milliseconds of silence after which a heavy load is judged anew. */
  static readonly patience = WINDOW / 1e6;
  private readonly onChange: ((isHeavy: boolean) => void) | null;
  private frames = 0;
  private octets = 0;
  private since = 0;
  private lastFrame = 0;

  /**
   * `onChange` is told each change between light and heavy. Null: no load counts as heavy, as where
   * nobody ever sleeps, or where senders share the only processor.
   */
  constructor(onChange: ((isHeavy: boolean) => void) | null) {
    this.onChange = onChange;
  }

  /** Notes `frames` more, taken at `now` nanoseconds; `octetsIn`: those of each port in all. */
  note(frames: number, octetsIn: Float64Array, now: number): void {
    this.frames += frames;
    if (frames > 0) this.lastFrame = now;
    const elapsed = now - this.since;
    if (elapsed >= WINDOW) this.judge(elapsed / 1e9, octetsIn, now);
  }

  /** Whether to look for the next frame at once instead of sleeping. */
  isLooking(now: number): boolean {
    return this.isHeavy && now - this.lastFrame < LOOK;
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
