/** Outages beside the failovers that they belong to. */
import type { FailoverEntry, OutageEntry, ReplayResult } from '../analysis/result.ts';
import { numberOf } from './cut.ts';

/** Which of the failovers an outage belongs to, as the reports number them; '' for none. */
export function failoverNumber({ failover }: OutageEntry, result: ReplayResult): string {
  if (failover === null) return '';
  const { failovers, elided } = result;
  return ` (failover ${numberOf(failover, failovers.length, elided.failovers)})`;
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
