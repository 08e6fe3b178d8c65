/**
 * A token bucket for each port: how many frames of a kind a second, and how many at once. Time is
 * the caller's, so that the same frames at the same times give the same answers.
 */
export interface BucketRate {
  /** Frames a second. */
  readonly rate: number;
  /** Frames that may come at once. */
  readonly burst: number;
}

/** What a frame costs: a second's nanoseconds. */
const FRAME = 1e9;

export class TokenBuckets {
  private readonly rate: number;
  private readonly most: number;
  /** Frames times nanoseconds in a second, so that whole rates and times stay exact. */
  private readonly tokens: Float64Array;
  private readonly last: Float64Array;

  constructor(rate: BucketRate, ports: number) {
    this.rate = rate.rate;
    this.most = rate.burst * FRAME;
    this.tokens = new Float64Array(ports).fill(this.most);
    this.last = new Float64Array(ports).fill(Number.NEGATIVE_INFINITY);
  }

  /** Takes a token of the port's bucket; false where it is empty. `now` in nanoseconds. */
  admits(port: number, now: number): boolean {
    const elapsed = now - this.last[port]!;
    let tokens = this.tokens[port]!;
    if (elapsed > 0) {
      tokens = Math.min(this.most, tokens + elapsed * this.rate);
      this.last[port] = now;
    }
    const admitted = tokens >= FRAME;
    this.tokens[port] = admitted ? tokens - FRAME : tokens;
    return admitted;
  }
}
