/** Who holds the addresses when the capture ends. */
import type { AdvertsOf } from '../analysis/asides.ts';
import type { HavipSummary, ReplayResult } from '../analysis/result.ts';
import { addressesText, type Naming } from './naming.ts';
import { masterText, vacancyText } from './other-master.ts';
import { clockTime, counted, frameLabel } from './quantity.ts';

export function heldAtEnd(result: ReplayResult, naming: Naming): string[] {
  if (result.failovers.length === 0 && result.outages.length === 0) return [];
  const held = result.havips.filter(
    ({ holder, onlyMaster }) => holder !== null || onlyMaster !== undefined,
  );
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
  const shares = new Map<string, HavipSummary[]>();
  for (const havip of held) {
    if (havip.resigned !== undefined || havip.laterMaster !== undefined) continue;
    const who = holderText(havip, naming);
    const own = shares.get(who);
    if (own === undefined) shares.set(who, [havip]);
    else own.push(havip);
  }
  const others = [...claimedOnly(held, naming), ...vacancies(held, naming)];
  if (shares.size === 0) return others;
  const most = [...shares].sort((a, b) => b[1].length - a[1].length);
  const shown = most.slice(0, 3).map(([who, havips]) => `${addressesText(havips)} by ${who}`);
  if (most.length > 3) {
    const rest = most.slice(3).reduce((sum, [, havips]) => sum + havips.length, 0);
    shown.push(`${rest} more by ${counted(most.length - 3, 'other')}`);
  }
  return [`Held at the end: ${shown.join('; ')}.`, ...others];
}

function holderText({ timeline, holder, onlyMaster }: HavipSummary, naming: Naming): string {
  return naming.full(timeline.at(-1) ?? onlyMaster ?? { mac: holder, name: null });
}

/** A sentence for each holder by its claims after which another was master by its adverts. */
function claimedOnly(held: readonly HavipSummary[], naming: Naming): string[] {
  const pairs = new Map<string, HavipSummary[]>();
  for (const havip of held) {
    const { laterMaster: master, resigned } = havip;
    if (master === undefined || resigned !== undefined) continue;
    const pair = `${holderText(havip, naming)} ${master.mac} ${master.speaker}`;
    pairs.set(pair, [...(pairs.get(pair) ?? []), havip]);
  }
  return [...pairs.values()].map((havips) => {
    const { laterMaster } = havips[0] as HavipSummary;
    const who = holderText(havips[0] as HavipSummary, naming);
    const claimed = `At the end ${who} holds ${addressesText(havips)} by its claims`;
    return `${claimed}; ${masterText(laterMaster as AdvertsOf, naming)}.`;
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
  const macs = new Set(held.flatMap(({ resigned }) => resigned?.mac ?? []));
  return [...macs].flatMap((mac) => {
    const vacant = held.filter(({ resigned }) => resigned?.mac === mac);
    const resigned = vacant[0]?.resigned;
    if (resigned === undefined) return [];
    const who = vacancyText(resigned, naming);
    return [`Held by nobody at the end: ${addressesText(vacant)}; ${who}.`];
  });
}
