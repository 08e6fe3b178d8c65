import type { ReplayResult } from '../analysis/result.ts';
import { addressesText, type Naming } from './naming.ts';
import type { Tone } from './page.ts';
import { frameLabel } from './quantity.ts';

/** Somebody else was master for a while, whose claim is not in view; null for nobody. */
export function otherMaster({ havips }: ReplayResult, naming: Naming): [string, Tone] | null {
  const resumed = havips.filter(({ timeline }) => timeline.some(({ meanwhile }) => meanwhile));
  const entry = resumed[0]?.timeline.find(({ meanwhile }) => meanwhile);
  if (entry?.meanwhile === undefined) return null;
  const { meanwhile } = entry;
  const text =
    `No failover of ${addressesText(resumed)} by a claim, but ${naming.full(meanwhile)} was ` +
    `master by its adverts, frame ${frameLabel(meanwhile)} to ${meanwhile.lastFrame}, before ` +
    `${naming.short(entry)} announced it again in frame ${frameLabel(entry)}.`;
  return [text, 'warn'];
}
