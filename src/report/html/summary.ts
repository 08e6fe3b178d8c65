/** The top of the page: the verdict, and the few numbers that a reader looks for first. */

import type { VainBeginning } from '../../analysis/asides.ts';
import type { Lanes } from '../../analysis/lanes.ts';
import type { HavipSummary, ReplayResult } from '../../analysis/result.ts';
import { beginningFrames, longestBeginning } from '../beginning-words.ts';
import { expectedDetection } from '../cause-texts.ts';
import { holderOf, isHeld } from '../held-at-end.ts';
import type { Naming } from '../naming.ts';
import { vacancyText } from '../other-master.ts';
import { lengthText, unmissed, whyUnmeasured } from '../outage-words.ts';
import { counted, dayAndTime, duration, listed, octets } from '../quantity.ts';
import { refusedText } from '../refused-words.ts';
import { isUnmeasurable } from '../vain-words.ts';
import { verdictLines } from '../verdict.ts';
import type { Made } from './make-picture.ts';
import { type Content, html, type Markup } from './markup.ts';
import { moment, sign } from './pieces.ts';

const FILES_SHOWN = 3;

export function summary(result: ReplayResult, naming: Naming): Markup {
  const [[headline, tone], ...rest] = verdictLines(result, naming) as [
    ReturnType<typeof verdictLines>[number],
    ...ReturnType<typeof verdictLines>,
  ];
  const lines = rest.map(([line, of]) => html`<p class="line ${of}">${sign(of)}${line}</p>\n`);
  return html`<header>
<p class="source">${sources(result)}</p>
<h1 class="${tone}">${sign(tone)}<span>${headline}</span></h1>
${lines}</header>
<dl class="tiles">
${tiles(result, naming)}</dl>`;
}

function sources(result: ReplayResult): string {
  const { files, firstTime } = result.capture;
  const shown = files.slice(0, FILES_SHOWN).join(' + ');
  const more = files.length > FILES_SHOWN ? ` + ${files.length - FILES_SHOWN} more` : '';
  const day = firstTime === null ? '' : ` · ${dayAndTime(firstTime)}`;
  return shown + more + day;
}

function tile(title: string, value: Content, note: Content, tone = 'plain'): Markup {
  return html`<div class="tile"><dt>${title}</dt>
<dd class="${tone}">${value}</dd><dd class="note">${note}</dd></div>
`;
}

function tiles(result: ReplayResult, naming: Naming): Markup[] {
  const { capture } = result;
  const length = capture.durationSeconds === null ? '–' : duration(capture.durationSeconds);
  const size = `${counted(capture.frames, 'frame')}, ${octets(capture.bytes)}`;
  return [
    outageTile(result),
    detectionTile(result),
    holderTile(result, naming),
    refusedTile(result),
    tile('capture', length, size),
  ];
}

function outageTile(result: ReplayResult): Markup {
  const { outages } = result;
  const [first] = outages;
  const beginning = longestBeginning(result);
  if (first === undefined && beginning !== null) return beginningTile(beginning);
  if (first === undefined && isUnmeasurable(result)) {
    return tile('outage', 'not measurable', 'no answer to a client is in the capture');
  }
  const [refused] = result.refusedConnections ?? [];
  if (first === undefined && refused !== undefined) {
    return tile('outage', 'none', `but ${refusedText(refused)}`, 'warn');
  }
  if (first === undefined) {
    const isBlind = result.failovers.some((failover) => failover.outageSeconds === null);
    const isUnasked = result.failovers.some((failover) => failover.isUnasked);
    const none = isUnasked ? unmissed(result.failovers) : 'no request went unanswered';
    const note = isBlind ? whyUnmeasured(result) : none;
    const isGood = !isBlind && !isUnasked;
    return tile('outage', isBlind ? 'unknown' : 'none', note, isGood ? 'good' : 'plain');
  }
  const longest = outages.reduce((a, b) => ((b.seconds ?? 0) > (a.seconds ?? 0) ? b : a), first);
  const { seconds, t, unanswered, client } = longest;
  const total = outages.length + result.elided.outages;
  const title = total === 1 ? 'outage' : 'longest outage';
  const among = total === 1 ? '' : ` (of ${counted(total, 'outage')})`;
  const note = `${counted(unanswered, 'request')} of ${client.ip} unanswered${among}`;
  const text = lengthText(longest);
  const start = t === null || seconds === null ? t : t - seconds / 2;
  return tile(title, moment(start, seconds ?? 0, text), note, 'bad');
}

function beginningTile(beginning: VainBeginning): Markup {
  const { seconds, until } = beginning;
  const middle = until.t === null ? null : until.t - seconds / 2;
  const value = moment(middle, seconds, `> ${duration(seconds)}`);
  return tile('outage', value, beginningFrames(beginning), 'bad');
}

function detectionTile(result: ReplayResult): Markup {
  const known = result.failovers.filter(
    ({ detectionSeconds, blind }) => detectionSeconds !== null && blind === undefined,
  );
  const [first] = known;
  if (first === undefined) {
    const none = result.failovers.length === 0;
    return tile('detection', '–', none ? 'no failover' : 'no advert of the old master in view');
  }
  const slowest = known.reduce(
    (a, b) => ((b.detectionSeconds ?? 0) > (a.detectionSeconds ?? 0) ? b : a),
    first,
  );
  const expected = expectedDetection(slowest);
  const between = 'last advert to first claim';
  const note = expected !== null ? `${between}, expected ${duration(expected)}` : between;
  const title = known.length === 1 ? 'detection' : 'slowest detection';
  const seconds = slowest.detectionSeconds as number;
  return tile(title, moment(slowest.t, seconds * 2, duration(seconds)), note);
}

function holderTile(result: ReplayResult, naming: Naming): Markup {
  const held = result.havips.filter(isHeld);
  const [first] = held;
  if (first === undefined) return tile('holder at the end', 'nobody', 'no address was claimed');
  if (first.resigned !== undefined && held.every(({ resigned }) => resigned !== undefined)) {
    return tile('holder at the end', 'nobody', vacancyText(first.resigned, naming), 'bad');
  }
  const names = [...new Set(held.map((havip) => naming.short(holderOf(havip))))];
  const note = held.length === 1 ? holderNote(first, naming) : `${held.length} addresses`;
  const value = names.length === 1 ? (names[0] as string) : `${names.length} hosts`;
  return tile('holder at the end', value, note);
}

function holderNote({ holder, onlyMaster, laterMaster }: HavipSummary, naming: Naming): string {
  if (onlyMaster !== undefined) return 'master by its adverts';
  if (laterMaster === undefined) return holder ?? '';
  return `by its claims; master by adverts: ${naming.short(laterMaster)}`;
}

function refusedTile(result: ReplayResult): Markup {
  let refused = 0;
  for (const { claims } of result.havips) {
    for (const number of Object.values(claims.refused)) refused += number;
  }
  refused = Math.max(refused, result.claims.filter((one) => one.verdict === 'refused').length);
  const guarded = result.havips.filter((havip) => havip.enforced);
  const isGuarded = guarded.length > 0;
  if (refused > 0) return tile('claims refused', String(refused), 'by the rules given', 'bad');
  if (isGuarded && guarded.every(({ holder }) => holder === null)) {
    return tile('claims refused', '–', 'no claim in view');
  }
  const note = isGuarded ? 'all claims were lawful' : 'no rules given (--lab, --havip)';
  return tile('claims refused', isGuarded ? '0' : '–', note, isGuarded ? 'good' : 'plain');
}

/** What the lanes leave out, said where they are drawn. */
export function leftOutNote(lanes: Lanes, made: Made): Content {
  const { addressesLeftOut, entriesLeftOut } = made;
  const notes: string[] = [];
  if (addressesLeftOut > 0) {
    notes.push(counted(addressesLeftOut, 'further address', 'further addresses'));
  }
  if (lanes.leftOut > 0) notes.push(counted(lanes.leftOut, 'further speaker or address'));
  if (entriesLeftOut > 0) notes.push(counted(entriesLeftOut, 'entry', 'entries') + ' of lanes');
  if (notes.length === 0) return null;
  return html`<p class="quiet">Not drawn: ${listed(notes)}.</p>`;
}
