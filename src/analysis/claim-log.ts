import type { Claim } from '../arp/claim.ts';
import { CLAIM_REFUSED } from '../dataplane/verdict.ts';
import { macFromHalves } from '../wire/mac.ts';
import type { Clock } from './clock.ts';
import { CLAIM, type Logs } from './logs.ts';
import type { Track } from './track.ts';

/**
 * The list of claims: those of virtual addresses that moved them, and every refusal; with
 * `keepsAll` those that confirmed or were noted, too. An address may turn out to be virtual only
 * later: its earlier claims are then added.
 */
const EARLIER_MAX = 1000;

interface Earlier {
  readonly records: number[][];
  /** Claims beyond them. */
  forgotten: number;
}

export class ClaimLog {
  onClaim: ((sequence: number) => void) | null = null;
  /** Claims of what turned out to be virtual that were too many to remember until then. */
  forgotten = 0;
  private readonly clock: Clock;
  private readonly logs: Logs;
  private readonly keepsAll: boolean;
  private readonly earlierMax: number;
  private readonly earlier = new Map<number, Earlier>();

  /** `kept` is the records that `logs` keeps from either end of a list; 0: all. */
  constructor(clock: Clock, logs: Logs, keepsAll: boolean, kept: number) {
    this.clock = clock;
    this.logs = logs;
    this.keepsAll = keepsAll;
    this.earlierMax = kept === 0 ? Number.POSITIVE_INFINITY : EARLIER_MAX;
  }

  /** A claim that changed nothing. */
  logMinor(track: Track, claim: Claim, mac: number, outcome: number): void {
    if (this.keepsAll) this.log(track, claim, mac, outcome, 0);
  }

  log(track: Track, claim: Claim, mac: number, outcome: number, why: number): void {
    if (!track.isVirtual && outcome !== CLAIM_REFUSED) {
      if (this.keepsAll) this.remember(track, claim, mac, outcome);
      return;
    }
    const { claims } = this.logs;
    const sequence = claims.append();
    claims.put(CLAIM.ID, track.id);
    claims.put(CLAIM.STAMP, this.clock.stamp);
    claims.put(CLAIM.FRAME, this.clock.frame);
    claims.put(CLAIM.MAC, mac);
    claims.put(CLAIM.SOURCE, sourceOf(claim, mac));
    claims.put(CLAIM.FORM, claim.form);
    claims.put(CLAIM.VERDICT, outcome);
    claims.put(CLAIM.REASON, why);
    this.onClaim?.(sequence);
  }

  /** The address turned out to be virtual: its first claim, and what was kept of the others. */
  promote(track: Track, first: readonly number[] | null): void {
    if (first !== null) this.append(first);
    const earlier = this.earlier.get(track.id);
    if (earlier === undefined) return;
    this.earlier.delete(track.id);
    for (const record of earlier.records) this.append(record);
    this.forgotten += earlier.forgotten;
  }

  /** With --all-claims: an address that is not virtual yet may become so. */
  private remember(track: Track, claim: Claim, mac: number, outcome: number): void {
    const { stamp, frame } = this.clock;
    const record = [track.id, stamp, frame, mac, sourceOf(claim, mac), claim.form, outcome, 0];
    const earlier = this.earlier.get(track.id);
    if (earlier === undefined) this.earlier.set(track.id, { records: [record], forgotten: 0 });
    else if (earlier.records.length < this.earlierMax) earlier.records.push(record);
    else earlier.forgotten++;
  }

  private append(record: readonly number[]): void {
    const sequence = this.logs.claims.append();
    for (let i = 0; i < record.length; i++) {
      this.logs.claims.put(i, record[i] as number);
    }
    this.onClaim?.(sequence);
  }
}

/** The Ethernet source where it is not the asserted MAC, else NaN. */
export function sourceOf(claim: Claim, mac: number): number {
  const source = macFromHalves(claim.link.sourceHigh, claim.link.sourceLow);
  return source === mac || source === 0 ? Number.NaN : source;
}
