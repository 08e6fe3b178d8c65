/** Connections that were answered, and refused: the host lives, the service does not. */

import type { RefusedConnections } from '../analysis/asides.ts';
import type { FailoverEntry, ReplayResult } from '../analysis/result.ts';
import { addressLabel } from './naming.ts';
import type { Tone } from './page.ts';
import { counted, offset } from './quantity.ts';

const LINES_MAX = 3;
/** Seconds: what is refused so shortly before or after a failover has to do with it. */
const NEAR = 1;

/** Those of most connections, for the verdict. */
export function refusedLines({ refusedConnections = [] }: ReplayResult): [string, Tone][] {
  const largest = [...refusedConnections].sort((a, b) => b.count - a.count).slice(0, LINES_MAX);
  return largest.map((one) => [
    `${addressLabel(one.ip, one.vlan)} answered, but ${refusedText(one)}.`,
    'bad',
  ]);
}

/** What clients met around a failover; null for nothing of the kind. */
export function refusedAround(failover: FailoverEntry, result: ReplayResult): string | null {
  const { ip, vlan, t } = failover;
  const near = (result.refusedConnections ?? []).filter((one) => {
    if (one.ip !== ip || one.vlan !== vlan || t === null) return false;
    return (one.from.t ?? t) <= t + NEAR && (one.until.t ?? t) >= t - NEAR;
  });
  return near.length === 0 ? null : `but ${near.map(refusedText).join('; ')}`;
}

export function refusedText({ port, count, from, until }: RefusedConnections): string {
  const what = `${counted(count, 'connection')} to port ${port} were refused (RST)`;
  return `${what} from t ${offset(from.t)} s to t ${offset(until.t)} s`;
}
