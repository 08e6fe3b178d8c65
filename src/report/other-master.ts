import type { AdvertsOf } from '../analysis/asides.ts';
import type { ReplayResult } from '../analysis/result.ts';
import { addressesText, type Naming } from './naming.ts';
import type { Tone } from './page.ts';
import { frameLabel } from './quantity.ts';

/** Somebody else was or is master, whose claim is not in view; null for nobody. */
export function otherMaster({ havips }: ReplayResult, naming: Naming): [string, Tone] | null {
  const later = havips.filter(({ laterMaster }) => laterMaster !== undefined);
  const master = later[0]?.laterMaster;
  if (master !== undefined) {
    const who = masterText(master, naming);
    return [`No failover of ${addressesText(later)} by a claim, but ${who}.`, 'warn'];
  }
  const resumed = havips.filter(({ timeline }) => timeline.some(({ meanwhile }) => meanwhile));
  const entry = resumed[0]?.timeline.find(({ meanwhile }) => meanwhile);
  if (entry?.meanwhile === undefined) return null;
  const text =
    `No failover of ${addressesText(resumed)} by a claim, but ` +
    `${masterText(entry.meanwhile, naming)}, before ${naming.short(entry)} announced it again ` +
    `in frame ${frameLabel(entry)}.`;
  return [text, 'warn'];
}

/** "X was master by its adverts, frame 300 to 337". */
export function masterText(master: AdvertsOf, naming: Naming): string {
  const frames = `frame ${frameLabel(master)} to ${master.lastFrame}`;
  return `${naming.full(master)} was master by its adverts, ${frames}`;
}
