/** Outages whose beginning the capture does not show: they lasted at least so long. */

import type { VainBeginning } from '../analysis/asides.ts';
import type { FailoverEntry, ReplayResult } from '../analysis/result.ts';
import { addressLabel } from './naming.ts';
import type { Tone } from './page.ts';
import { counted, duration, frameLabel, offset } from './quantity.ts';

/** Seconds: requests that begin so early in the capture need not have begun there. */
const AT_ONCE = 1;

/** What the verdict says of one that lies in no failover. */
export function beginningLines(result: ReplayResult): [string, Tone][] {
  const longest = longestBeginning(result);
  const isSaid = result.failovers.some(({ beginning }) => beginning !== undefined);
  return longest === null || isSaid ? [] : [[beginningSentence(longest), 'bad']];
}

function beginningSentence(beginning: VainBeginning): string {
  const { ip, vlan, client, from, until, seconds, unanswered } = beginning;
  const isAtOnce = (from.t ?? 0) <= AT_ONCE;
  const opening = `${isAtOnce ? 'The capture begins' : `${client} came into view`} in an outage`;
  const since = isAtOnce ? '' : `from t ${offset(from.t)} s `;
  return (
    `${opening}: ${counted(unanswered, 'request')} for ${addressLabel(ip, vlan)} unanswered ` +
    `${since}until t ${offset(until.t)} s, so it lasted at least ${duration(seconds)}.`
  );
}

/** What shows it, and where. */
export function beginningFrames({ client, from, until }: VainBeginning): string {
  return (
    `requests of ${client} unanswered from frame ${frameLabel(from)} to the first answer, ` +
    `frame ${frameLabel(until)}`
  );
}

/** The longest of all addresses; null where there is none. */
export function longestBeginning({ beginnings = [] }: ReplayResult): VainBeginning | null {
  let longest: VainBeginning | null = null;
  for (const one of beginnings) {
    if (longest === null || one.seconds > longest.seconds) longest = one;
  }
  return longest;
}

/** How long a failover's outage was at least, where nobody saw all of it; else null. */
export function leastOutage({ outageSeconds, beginning }: FailoverEntry): VainBeginning | null {
  if (beginning === undefined || beginning.seconds <= (outageSeconds ?? 0)) return null;
  return beginning;
}

/** The failover whose outage, though nobody saw all of it, is known to be the longest. */
export function longestLeast({ failovers }: ReplayResult): FailoverEntry | undefined {
  const least = (failover: FailoverEntry): number => leastOutage(failover)?.seconds ?? 0;
  const [first] = [...failovers].sort((a, b) => least(b) - least(a));
  return first !== undefined && least(first) > 0 ? first : undefined;
}
