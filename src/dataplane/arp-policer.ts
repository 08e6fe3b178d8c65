/**
 * A token bucket for each port: how many ARP and ND frames a second it may send. Off by default.
 * Cisco's dynamic ARP inspection allows an untrusted port 15 packets a second with a burst of
 * one second.
 */
export interface PolicerRate {
  /** Frames a second. */
  readonly rate: number;
  /** Frames that may come at once. */
  readonly burst: number;
}

export const DYNAMIC_ARP_INSPECTION: PolicerRate = { rate: 15, burst: 15 };

export class ArpPolicer {
  private readonly perNanosecond: number;
  private readonly burst: number;
  private readonly tokens: Float64Array;
  private readonly last: Float64Array;

  constructor(rate: PolicerRate, ports: number) {
    this.perNanosecond = rate.rate / 1e9;
    this.burst = rate.burst;
    this.tokens = new Float64Array(ports).fill(rate.burst);
    this.last = new Float64Array(ports).fill(Number.NEGATIVE_INFINITY);
  }

  /** Takes a token of the port's bucket; false where it is empty. `now` in nanoseconds. */
  admits(port: number, now: number): boolean {
    const elapsed = now - this.last[port]!;
    let tokens = this.tokens[port]!;
    if (elapsed > 0) {
      tokens = Math.min(this.burst, tokens + elapsed * this.perNanosecond);
      this.last[port] = now;
    }
    const admitted = tokens >= 1;
    this.tokens[port] = admitted ? tokens - 1 : tokens;
    return admitted;
  }
}
