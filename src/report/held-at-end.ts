/** Who holds the addresses when the capture ends. */
import type { HavipSummary, ReplayResult } from '../analysis/result.ts';
import { addressesText, type Naming, type Who } from './naming.ts';
import { masterText, vacancyText } from './other-master.ts';
import { clockTime, counted, frameLabel } from './quantity.ts';

/** Holders that are named; the others are a number. */
const HOLDERS_MAX = 3;

export function heldAtEnd(result: ReplayResult, naming: Naming): string[] {
  if (result.failovers.length === 0 && result.outages.length === 0) return [];
  const held = result.havips.filter(isHeld);
  const only = held.length === 1 ? held[0] : undefined;
  if (only !== undefined) {
    const { onlyMaster } = only;
    if (onlyMaster !== undefined) {
      return [`At the end ${naming.full(onlyMaster)} is its master by its adverts.`];
    }
    const entry = only.timeline.at(-1);
    if (entry === undefined) return [`At the end ${only.holder} holds it.`];
    const since = `since ${clockTime(entry.time)} UTC, frame ${frameLabel(entry)}`;
    const { laterMaster: master, resigned } = only;
    if (resigned !== undefined) return [`At the end ${vacancyText(resigned, naming)}.`];
    const claims = master === undefined ? '' : ' by its claims';
    const other = master === undefined ? '' : `; ${masterText(master, naming)}`;
    return [`At the end ${naming.full(entry)} holds it${claims}, ${since}${other}.`];
  }
  const plain = held.filter(
    ({ resigned, laterMaster }) => resigned === undefined && laterMaster === undefined,
  );
  const others = [...claimedOnly(held, naming), ...vacancies(held, naming)];
  if (plain.length === 0) return others;
  const shares = [...grouped(plain, (havip) => naming.full(holderOf(havip)))];
  const most = shares.sort((a, b) => b[1].length - a[1].length);
  const shown = most
    .slice(0, HOLDERS_MAX)
    .map(([who, havips]) => `${addressesText(havips)} by ${who}`);
  const rest = most.slice(HOLDERS_MAX);
  if (rest.length > 0) {
    const more = rest.reduce((sum, [, havips]) => sum + havips.length, 0);
    shown.push(`${more} more by ${counted(rest.length, 'other')}`);
  }
  return [`Held at the end: ${shown.join('; ')}.`, ...others];
}

/** By claims, or by the adverts of an only master. */
export function isHeld({ holder, onlyMaster }: HavipSummary): boolean {
  return holder !== null || onlyMaster !== undefined;
}

/** Who held it last, of an address that is held. */
export function holderOf({ timeline, holder, onlyMaster }: HavipSummary): Who {
  return timeline.at(-1) ?? onlyMaster ?? { mac: holder, name: null };
}

/** A sentence for each holder by its claims after which another was master by its adverts. */
function claimedOnly(held: readonly HavipSummary[], naming: Naming): string[] {
  const claimed = held.flatMap((havip) => {
    const { laterMaster: master, resigned } = havip;
    return master === undefined || resigned !== undefined ? [] : { ...havip, master };
  });
  const pairs = grouped(claimed, (havip) => {
    const { mac, speaker } = havip.master;
    return `${naming.full(holderOf(havip))} ${mac} ${speaker}`;
  });
  return sentences(pairs, (havips, { master, ...first }) => {
    const who = naming.full(holderOf(first));
    const claims = `At the end ${who} holds ${addressesText(havips)} by its claims`;
    return `${claims}; ${masterText(master, naming)}.`;
  });
}

/** In place of a timeline that is empty. */
export function unheldText(havip: HavipSummary, naming: Naming): string {
  const { isUnanswered, claims, onlyMaster } = havip;
  if (onlyMaster !== undefined) {
    return `No claim of it is in the capture; ${masterText(onlyMaster, naming)}.`;
  }
  const isRefused = Object.keys(claims.refused).length > 0;
  if (isUnanswered === true || isRefused) return 'Nobody held it.';
  return (
    'It answers, though nobody is seen to claim it: it was announced before the capture began, ' +
    'or the switch forwards by IP and keeps claims to itself.'
  );
}

/** A sentence for each master that resigned and had no successor. */
function vacancies(held: readonly HavipSummary[], naming: Naming): string[] {
  const vacant = held.flatMap((havip) => {
    const { resigned } = havip;
    return resigned === undefined ? [] : { ...havip, resigned };
  });
  const masters = grouped(vacant, ({ resigned }) => `${resigned.mac} ${resigned.speaker}`);
  return sentences(masters, (havips, { resigned }) => {
    const who = vacancyText(resigned, naming);
    return `Held by nobody at the end: ${addressesText(havips)}; ${who}.`;
  });
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}

/** One for each of the largest groups; of the others how many addresses there are. */
function sentences<T>(groups: Map<string, T[]>, tell: (group: T[], first: T) => string): string[] {
  const most = [...groups.values()].sort((a, b) => b.length - a.length);
  const told = most.slice(0, HOLDERS_MAX).map((group) => tell(group, group[0] as T));
  const rest = most.slice(HOLDERS_MAX).reduce((sum, group) => sum + group.length, 0);
  if (rest > 0) told.push(`The same of ${counted(rest, 'more address', 'more addresses')}.`);
  return told;
}
