import type { AdvertsOf } from '../analysis/asides.ts';
import type { HavipSummary, ReplayResult, TimelineEntry } from '../analysis/result.ts';
import { addressesText, type Naming } from './naming.ts';
import type { Tone } from './page.ts';
import { frameLabel } from './quantity.ts';

/** Somebody else was master, whose claim is not in view, or nobody is any more; null otherwise. */
export function otherMaster({ havips }: ReplayResult, naming: Naming): [string, Tone] | null {
  const resignation = havips.find(({ resigned }) => resigned !== undefined)?.resigned;
  if (resignation !== undefined) {
    const of = addressesText(havips.filter(({ resigned }) => resigned?.mac === resignation.mac));
    return [`No failover of ${of}, but ${vacancyText(resignation, naming)}.`, 'bad'];
  }
  const master = havips.find(({ laterMaster }) => laterMaster !== undefined)?.laterMaster;
  if (master !== undefined) {
    const of = addressesText(havips.filter(({ laterMaster }) => laterMaster?.mac === master.mac));
    return [`No failover of ${of} by a claim, but ${masterText(master, naming)}.`, 'warn'];
  }
  const resumed = resumedOf(havips);
  const between = masterBetween(havips, naming);
  if (between === null) return null;
  return [`No failover of ${addressesText(resumed)} by a claim, but ${between}`, 'warn'];
}

/** The headline where nothing failed over, or failed, and no claim is in view. */
export function unclaimed(havips: readonly HavipSummary[], none: string, naming: Naming): string {
  const known = havips.filter(({ onlyMaster }) => onlyMaster !== undefined);
  const [master] = known.map(({ onlyMaster }) => onlyMaster as AdvertsOf);
  if (master === undefined) return `No failover: nobody ever claimed ${addressesText(havips)}.`;
  const what = known.length === 1 ? 'it' : 'them';
  const isOne = known.every(({ onlyMaster }) => onlyMaster?.mac === master.mac);
  const who = isOne ? masterText(master, naming) : 'each had one master by its adverts';
  return `${none} of ${addressesText(known)}: ${who}; no claim of ${what} is in the capture.`;
}

/** Who was master, without a claim in view, before its holder announced an address again. */
export function masterBetween(havips: readonly HavipSummary[], naming: Naming): string | null {
  const entry = resumedOf(havips)[0]?.timeline.find(({ meanwhile }) => meanwhile);
  if (entry?.meanwhile === undefined) return null;
  const again = `before ${naming.short(entry)} announced it again in frame ${frameLabel(entry)}`;
  return `${masterText(entry.meanwhile, naming)}, ${again}.`;
}

function resumedOf(havips: readonly HavipSummary[]): HavipSummary[] {
  return havips.filter(({ timeline }) => timeline.some(({ meanwhile }) => meanwhile));
}

/** What claims do not tell of the masters of an address, beside these entries of its timeline. */
export function masterNotes(
  { resigned, laterMaster }: HavipSummary,
  shown: readonly TimelineEntry[],
  naming: Naming,
): string[] {
  const notes = shown.flatMap(({ frame, meanwhile }) =>
    meanwhile === undefined ? [] : [`before frame ${frame}: ${masterText(meanwhile, naming)}`],
  );
  if (resigned !== undefined) notes.push(`after that: ${vacancyText(resigned, naming)}`);
  if (laterMaster !== undefined) notes.push(`after that: ${masterText(laterMaster, naming)}`);
  return notes;
}

/** "X resigned in frame 300 and nobody took over". */
export function vacancyText(resigned: AdvertsOf, naming: Naming): string {
  return `${naming.full(resigned)} resigned in frame ${frameLabel(resigned)} and nobody took over`;
}

/** "X was master by its adverts, frame 300 to 337". */
export function masterText(master: AdvertsOf, naming: Naming): string {
  const { frame, lastFrame } = master;
  const frames = `frame ${frameLabel(master)}${frame === lastFrame ? '' : ` to ${lastFrame}`}`;
  return `${naming.full(master)} was master by its adverts, ${frames}`;
}
