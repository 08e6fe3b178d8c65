/** Who holds the addresses when the capture ends. */
import type { HavipSummary, ReplayResult } from '../analysis/result.ts';
import { addressesText, type Naming } from './naming.ts';
import { masterText, vacancyText } from './other-master.ts';
import { clockTime, counted, frameLabel } from './quantity.ts';

export function heldAtEnd(result: ReplayResult, naming: Naming): string[] {
  if (result.failovers.length === 0 && result.outages.length === 0) return [];
  const held = result.havips.filter((havip) => havip.holder !== null);
  const only = held.length === 1 ? held[0] : undefined;
  if (only !== undefined) {
    const entry = only.timeline.at(-1);
    if (entry === undefined) return [`At the end ${only.holder} holds it.`];
    const since = `since ${clockTime(entry.time)} UTC, frame ${frameLabel(entry)}`;
    const { laterMaster: master, resigned } = only;
    if (resigned !== undefined) return [`At the end ${vacancyText(resigned, naming)}.`];
    const claims = master === undefined ? '' : ' by its claims';
    const other = master === undefined ? '' : `; ${masterText(master, naming)}`;
    return [`At the end ${naming.full(entry)} holds it${claims}, ${since}${other}.`];
  }
  const shares = new Map<string, HavipSummary[]>();
  for (const havip of held) {
    if (havip.resigned !== undefined) continue;
    const who = naming.full(havip.timeline.at(-1) ?? { mac: havip.holder, name: null });
    const own = shares.get(who);
    if (own === undefined) shares.set(who, [havip]);
    else own.push(havip);
  }
  const nobody = vacancies(held, naming);
  if (shares.size === 0) return nobody;
  const most = [...shares].sort((a, b) => b[1].length - a[1].length);
  const shown = most.slice(0, 3).map(([who, havips]) => `${addressesText(havips)} by ${who}`);
  if (most.length > 3) {
    const rest = most.slice(3).reduce((sum, [, havips]) => sum + havips.length, 0);
    shown.push(`${rest} more by ${counted(most.length - 3, 'other')}`);
  }
  return [`Held at the end: ${shown.join('; ')}.`, ...nobody];
}

/** In place of a timeline that is empty. */
export function unheldText({ isUnanswered, claims }: HavipSummary): string {
  const isRefused = Object.keys(claims.refused).length > 0;
  if (isUnanswered === true || isRefused) return 'Nobody held it.';
  return (
    'It answers, though nobody is seen to hold it: a switch that forwards by IP keeps claims to ' +
    'itself.'
  );
}

/** A sentence for each master that resigned and had no successor. */
function vacancies(held: readonly HavipSummary[], naming: Naming): string[] {
  const macs = new Set(held.flatMap(({ resigned }) => resigned?.mac ?? []));
  return [...macs].flatMap((mac) => {
    const vacant = held.filter(({ resigned }) => resigned?.mac === mac);
    const resigned = vacant[0]?.resigned;
    if (resigned === undefined) return [];
    const who = vacancyText(resigned, naming);
    return [`Held by nobody at the end: ${addressesText(vacant)}; ${who}.`];
  });
}
