/** Outages that no failover explains, beside the failovers that a verdict tells of. */
import type { OutageEntry, ReplayResult } from '../analysis/result.ts';
import { counted, duration, listed } from './quantity.ts';

const SHOWN_MAX = 3;
/** Each is compared with all before it. */
const COMPARED_MAX = 1000;

/** One sentence of them all; null where there is none, or where no failover is told of. */
export function unledOutages(result: ReplayResult, told: OutageEntry | null): string | null {
  if (result.failovers.length === 0) return null;
  const unled = result.outages.filter(({ failover }) => failover === null);
  const stretches = distinct(unled).filter((one) => told === null || !overlap(one, told));
  if (stretches.length === 0) return null;
  const lengths = stretches.map(({ seconds }) => duration(seconds ?? 0));
  const shown =
    lengths.length > SHOWN_MAX
      ? `the longest ${duration(Math.max(...stretches.map(({ seconds }) => seconds ?? 0)))}`
      : listed(lengths);
  const isCut = result.elided.outages > 0 || result.outages.length > COMPARED_MAX;
  const least = isCut ? 'At least ' : '';
  const what = counted(stretches.length, 'more outage', 'more outages');
  const isSilent = result.findings.some(
    ({ code, ip }) => code === 'advert-gap' && stretches.some((one) => one.ip === ip),
  );
  const hint = isSilent ? '; the master fell silent now and then (advert-gap)' : '';
  return `${least}${what} without a failover (${shown})${hint}.`;
}

/** Of those that several clients had at the same time the longest; open ones are told as such. */
function distinct(outages: readonly OutageEntry[]): OutageEntry[] {
  const ended = outages.filter(
    ({ t, seconds, firstServiceFrame }) =>
      t !== null && seconds !== null && firstServiceFrame !== null,
  );
  const kept: OutageEntry[] = [];
  const longestFirst = ended.sort((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0));
  for (const one of longestFirst.slice(0, COMPARED_MAX)) {
    if (!kept.some((other) => overlap(one, other))) kept.push(one);
  }
  return kept.sort((a, b) => (a.t ?? 0) - (b.t ?? 0));
}

function overlap(one: OutageEntry, other: OutageEntry): boolean {
  if (one.ip !== other.ip || one.vlan !== other.vlan) return false;
  const start = ({ t, seconds }: OutageEntry): number => (t ?? 0) - (seconds ?? 0);
  return start(one) <= (other.t ?? 0) && start(other) <= (one.t ?? 0);
}
