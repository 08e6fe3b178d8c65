import type { Analysis } from './analysis.ts';
import { OUTAGE } from './logs.ts';

/**
 * Failovers without traffic of their address, and outages whose frames carry no time: of those
 * that are kept, however few of them a reader wants to see.
 */
export function unmeasuredOf({ logs, entries, times, tracks }: Analysis): number {
  let count = 0;
  for (const sequence of logs.failovers.kept()) {
    if (entries.outageSeconds(sequence) === null) count++;
  }
  if (!Number.isNaN(times.base)) return count;
  const { outages } = logs;
  for (const sequence of outages.kept()) {
    if (tracks[outages.get(sequence, OUTAGE.ID)]?.isListed === true) count++;
  }
  return count;
}
