/**
 * Refused claims, the same ones within a minute counted in one entry: a host that claims what is
 * not its own does so every few seconds, for days.
 */
import type { RefusalEntry } from './history.ts';

/** Milliseconds after its first claim in which an entry counts further ones. */
const WINDOW = 60_000;
/** Entries that may still count; where there are more, all are closed. */
const OPEN_MOST = 4096;

export class RefusalLog {
  private readonly open = new Map<string, RefusalEntry>();

  /** The entry that counts this claim, and whether it is a new one. */
  count(claim: Omit<RefusalEntry, 'until' | 'count'>): { entry: RefusalEntry; isNew: boolean } {
    const key = [claim.havip, claim.ip, claim.mac, claim.reason].join(' ');
    const known = this.open.get(key);
    if (known !== undefined && claim.time < known.time + WINDOW) {
      known.count++;
      known.until = claim.time;
      return { entry: known, isNew: false };
    }
    if (this.open.size >= OPEN_MOST) this.open.clear();
    const entry = { ...claim, until: claim.time, count: 1 };
    this.open.set(key, entry);
    return { entry, isNew: true };
  }
}
