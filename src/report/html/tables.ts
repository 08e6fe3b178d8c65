/** The tables below the failovers: outages, findings, refused claims, who held what. */
import type { Finding, HavipSummary, OutageEntry, ReplayResult } from '../../analysis/result.ts';
import { refusalReason } from '../cause-texts.ts';
import { cut } from '../cut.ts';
import { unheldText } from '../held-at-end.ts';
import { addressLabel, type Naming } from '../naming.ts';
import { masterNotes } from '../other-master.ts';
import {
  answererText,
  lengthText,
  openEnd,
  outageCode,
  passedOnText,
  resignationText,
} from '../outage-words.ts';
import { clockTime, counted, date } from '../quantity.ts';
import { refusalGroups, refusalsLeftOut } from '../refusal-groups.ts';
import { type Content, html, type Markup } from './markup.ts';
import { frame, moment, more, ROWS_MAX, SEVERITY_TONES, section, sign, table } from './pieces.ts';

/** In view around a moment that is linked to, seconds. */
const SPAN = 4;

export function outages(result: ReplayResult, naming: Naming): Content {
  const total = result.outages.length + result.elided.outages;
  if (total === 0) return null;
  const columns = [
    { title: 'address' },
    { title: 'client' },
    { title: 'from' },
    { title: 'length', isNumber: true },
    { title: 'unanswered', isNumber: true },
    { title: 'answered by' },
    { title: 'cause' },
    { title: 'frames' },
  ];
  const { first, last, hidden } = cut(result.outages, result.elided.outages, ROWS_MAX);
  const rows = [...first, ...last].map((outage): Content[] => {
    const { t, seconds, firstServiceFrame, lastServiceFrame } = outage;
    const begin = t === null || seconds === null ? null : t - seconds;
    const middle = t === null || seconds === null ? t : t - seconds / 2;
    const end = firstServiceFrame === null ? openEnd(outage) : frame(firstServiceFrame);
    return [
      addressLabel(outage.ip, outage.vlan),
      outage.client.ip,
      moment(middle, (seconds ?? 0) * 1.6, begin === null ? '–' : `t ${begin.toFixed(3)} s`),
      html`<b class="bad">${lengthText(outage)}</b>`,
      outage.unanswered,
      answererText(outage, naming),
      [outageCode(outage, result), causeBehind(outage, naming)],
      html`${frame(lastServiceFrame)} to ${end}`,
    ];
  });
  const title =
    total === 1 ? 'Outage, as the client saw it' : `Outages, as clients saw them (${total})`;
  return section('outages', title, table(columns, rows, 'wide'), more(hidden));
}

const ORDER: Finding['severity'][] = ['error', 'warning', 'info'];

export function findings(result: ReplayResult): Content {
  const total = result.findings.length + result.elided.findings;
  if (total === 0) return section('findings', 'Findings', html`<p class="quiet">None.</p>`);
  const ordered = ORDER.flatMap((severity) =>
    result.findings.filter((finding) => finding.severity === severity),
  );
  const shown = ordered.slice(0, ROWS_MAX).map(finding);
  const list = html`<ul class="findings">${shown}</ul>`;
  return section('findings', `Findings (${total})`, list, more(total - shown.length));
}

function finding(one: Finding): Markup {
  const tone = SEVERITY_TONES[one.severity];
  const where: Content[] = [];
  if (one.ip !== null) where.push(html` · ${addressLabel(one.ip, one.vlan)}`);
  if (one.t !== null) where.push(html` · ${moment(one.t, SPAN, `show at ${one.t.toFixed(3)} s`)}`);
  if (one.frame !== null) where.push(html` · frame ${frame(one.frame)}`);
  const advice = one.advice === '' ? null : html`<p class="advice">${one.advice}</p>`;
  return html`<li class="${tone}">
<p>${sign(tone)}<b>${one.code}</b> <span class="quiet">${one.severity}${where}</span></p>
<p>${one.message}</p>${advice}</li>
`;
}

export function refusals(result: ReplayResult, naming: Naming): Content {
  const groups = refusalGroups(result);
  if (groups.length === 0) return null;
  const columns = [
    { title: 'claims', isNumber: true },
    { title: 'address' },
    { title: 'by' },
    { title: 'refused because' },
    { title: 'first' },
    { title: 'frames' },
  ];
  const rows = groups.slice(0, ROWS_MAX).map(({ first, count, last }): Content[] => {
    const { ip, vlan, ethernetSource, reason, form } = first;
    const source = ethernetSource === undefined ? null : html`<br>sent from ${ethernetSource}`;
    return [
      count,
      addressLabel(ip, vlan),
      html`${naming.full(first)}${source}`,
      html`${refusalReason(reason)} <span class="quiet">(${reason}, ${form})</span>`,
      moment(first.t, SPAN),
      html`${frame(first.frame)}${count === 1 ? null : html` to ${frame(last.frame)}`}`,
    ];
  });
  const note = refusalsLeftOut(result);
  return section(
    'refused',
    'Refused claims',
    table(columns, rows, 'wide'),
    more(groups.length - rows.length),
    note === null ? null : html`<p class="quiet">${note}</p>`,
  );
}

export function timelines(result: ReplayResult, naming: Naming): Content {
  const { havips } = result;
  if (havips.length === 0) return null;
  const rows = Math.max(HOLDINGS_MIN, 2 * Math.floor(HOLDINGS / havips.length / 2));
  const shown = havips.slice(0, ROWS_MAX).map((havip) => timeline(havip, naming, rows));
  return section('holders', 'Who held it', shown, more(havips.length - shown.length));
}

/** Of all addresses together, and of one at least. */
const HOLDINGS = 240;
const HOLDINGS_MIN = 4;

function timeline(havip: HavipSummary, naming: Naming, holdings: number): Markup {
  const { moved, confirmed, noted, refused } = havip.claims;
  const refusedTotal = Object.values(refused).reduce((sum, number) => sum + number, 0);
  const judged = havip.enforced ? `${refusedTotal} refused` : 'not guarded';
  const bound = havip.members.map((mac) => naming.full({ mac, name: null }));
  const columns = [
    { title: 'time (UTC)' },
    { title: 't', isNumber: true },
    { title: 'holder' },
    { title: 'cause' },
    { title: 'frame', isNumber: true },
  ];
  const { first, last, hidden } = cut(havip.timeline, 0, holdings);
  const entries = [...first, ...last];
  const notes = masterNotes(havip, entries, naming).map((note) => html`<p>${sentence(note)}</p>`);
  const rows = entries.map((entry): Content[] => [
    entry.time === null ? '–' : `${date(entry.time)} ${clockTime(entry.time)}`,
    moment(entry.t, SPAN),
    naming.full(entry),
    entry.cause,
    frame(entry.frame),
  ]);
  return html`<h3>${addressLabel(havip.ip, havip.vlan)}</h3>
<p class="quiet">Claims: ${moved} moved, ${confirmed} confirmed, ${noted} noted, ${judged}.${
    bound.length === 0 ? null : html` Bound: ${bound.join(', ')}.`
  }</p>
${rows.length === 0 ? html`<p>${unheldText(havip, naming)}</p>` : table(columns, rows, 'narrow')}
${hidden > 0 ? html`<p class="quiet">${counted(hidden, 'change')} between not shown.</p>` : null}
${notes}`;
}

function sentence(note: string): string {
  return `${note.charAt(0).toUpperCase()}${note.slice(1)}.`;
}

/** Whose claim the cause is, and which frame; or who resigned. */
function causeBehind(outage: OutageEntry, naming: Naming): Content {
  const { claim } = outage;
  if (claim !== undefined) {
    return html`<br><span class="quiet">by ${naming.short(claim)},</span> ${frame(claim.frame)}`;
  }
  const text = resignationText(outage, naming) ?? passedOnText(outage);
  return text === null ? null : html`<br><span class="quiet">${text}</span>`;
}
