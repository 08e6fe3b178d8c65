/** Outages beside the failovers that they belong to. */
import type { FailoverEntry, OutageEntry, ReplayResult } from '../analysis/result.ts';
import { numberOf } from './cut.ts';
import type { Naming } from './naming.ts';
import { frameLabel } from './quantity.ts';

/** The cause's code, with the number of its failover as the reports count them. */
export function outageCode({ cause, failover }: OutageEntry, result: ReplayResult): string {
  if (failover === null) return cause;
  const { failovers, elided } = result;
  return `${cause} (failover ${numberOf(failover, failovers.length, elided.failovers)})`;
}

/** Whose claim the cause is, and which frame; null where none is. */
export function claimBehind({ claim }: OutageEntry, naming: Naming): string | null {
  return claim === undefined ? null : `by ${naming.full(claim)}, frame ${frameLabel(claim)}`;
}

/** Seconds since the first frame. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Of the outages that the failover lies in, the longest; and the end of that which it ended. */
export function outageOf(
  failover: FailoverEntry,
  index: number,
  result: ReplayResult,
): { outage: Stretch | null; ends: number | undefined } {
  let outage: Stretch | null = null;
  let ends: number | undefined;
  for (const one of result.outages) {
    if (one.t === null || one.seconds === null || one.firstServiceFrame === null) continue;
    const isNamed = one.failover === index;
    if (!isNamed && !liesIn(failover, one)) continue;
    const start = one.t - one.seconds;
    if (isNamed) ends = Math.max(ends ?? one.t, one.t);
    if (outage === null || one.seconds > outage.end - outage.start) outage = { start, end: one.t };
  }
  return { outage, ends };
}

function liesIn({ ip, vlan, t }: FailoverEntry, outage: OutageEntry): boolean {
  if (outage.ip !== ip || outage.vlan !== vlan || t === null) return false;
  const end = outage.t ?? 0;
  return t <= end && t >= end - (outage.seconds ?? 0);
}
