/**
 * The nonces of signed requests that were let in, so that none is let in twice. Bounded: where
 * more come within their time than there is room for, the oldest is forgotten first (ours).
 */
export const NONCES_MAX = 100_000;

export class Nonces {
  /** Nonce -> when it may be forgotten, milliseconds since 1970; in the order they came. */
  private readonly kept = new Map<string, number>();

  /** Notes a nonce until a time; false where it is known already. */
  add(nonce: string, until: number, now: number): boolean {
    // One that is past its time may still stand behind one that lives longer.
    if ((this.kept.get(nonce) ?? -1) >= now) return false;
    for (const [oldest, end] of this.kept) {
      if (end >= now && this.kept.size < NONCES_MAX) break;
      this.kept.delete(oldest);
    }
    this.kept.delete(nonce);
    this.kept.set(nonce, until);
    return true;
  }
}
