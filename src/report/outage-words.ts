import type { OutageEntry, ReplayResult } from '../analysis/result.ts';
import { numberOf } from './cut.ts';

/** Which of the failovers an outage belongs to, as the reports number them; '' for none. */
export function failoverNumber({ failover }: OutageEntry, result: ReplayResult): string {
  if (failover === null) return '';
  const { failovers, elided } = result;
  return ` (failover ${numberOf(failover, failovers.length, elided.failovers)})`;
}
