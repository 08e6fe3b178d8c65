/** A small seeded generator (Marsaglia's xorshift32): the same seed gives the same numbers. */
export class Xorshift {
  private state: number;

  constructor(seed: number) {
    // A few mixing steps, since neighbouring seeds begin alike; 0 would stay 0 for ever.
    this.state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 0 || 1;
    for (let i = 0; i < 4; i++) this.next();
  }

  /** The next 32 bits, unsigned. */
  next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return x >>> 0;
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return this.next() % limit;
  }
}
