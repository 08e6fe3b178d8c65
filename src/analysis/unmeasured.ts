import type { Analysis } from './analysis.ts';
import { OUTAGE } from './logs.ts';

/**
 * Failovers without traffic of their address, and outages whose frames carry no time or whose
 * requests passed out of sight: of those that are kept, however few of them a reader wants to see.
 */
export function unmeasuredOf({ logs, entries, times, tracks }: Analysis): number {
  let count = 0;
  for (const sequence of logs.failovers.kept()) {
    if (entries.outageSeconds(sequence) === null) count++;
  }
  const isUntimed = Number.isNaN(times.base);
  const { outages } = logs;
  for (const sequence of outages.kept()) {
    const isUnknown = isUntimed || outages.get(sequence, OUTAGE.LOST) === 1;
    if (isUnknown && tracks[outages.get(sequence, OUTAGE.ID)]?.isListed === true) count++;
  }
  return count;
}
