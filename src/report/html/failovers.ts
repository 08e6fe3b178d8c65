/** The table of failovers, each with a bar that takes it apart. */
import type { Lanes } from '../../analysis/lanes.ts';
import type { FailoverEntry, ReplayResult } from '../../analysis/result.ts';
import { beginningFrames, leastOutage } from '../beginning-words.ts';
import { expectedDetection, failoverCause } from '../cause-texts.ts';
import { cut, numberOf } from '../cut.ts';
import { failoverRemarks } from '../failover-remarks.ts';
import { addressLabel, type Naming } from '../naming.ts';
import { lostOutage } from '../outage-words.ts';
import { clockTime, difference, duration } from '../quantity.ts';
import { type Content, html, type Markup } from './markup.ts';
import { type Breakdown, breakdownOf, type Phase } from './phases.ts';
import { frame, moment, more, ROWS_MAX, section, table } from './pieces.ts';

const BAR_WIDTH = 1000;
/** So that a part of a few milliseconds shows beside seconds. */
const PART_WIDTH_MIN = 4;

interface Row {
  failover: FailoverEntry;
  remarks: readonly string[];
  /** Its outage was longer than the capture shows. */
  isLost: boolean;
  number: number;
  breakdown: Breakdown | null;
}

export function failovers(result: ReplayResult, lanes: Lanes, naming: Naming): Content {
  const total = result.failovers.length + result.elided.failovers;
  if (total === 0) return null;
  const { elided } = result;
  const places = [...result.failovers.entries()];
  const { first, last, hidden } = cut(places, elided.failovers, ROWS_MAX);
  const shown = [...first, ...last].map(([index, failover]): Row => {
    const number = numberOf(index, places.length, elided.failovers);
    const remarks = failoverRemarks(failover, result, naming);
    const isLost = lostOutage(index, result) !== undefined;
    const breakdown = breakdownOf(failover, index, result, lanes);
    return { failover, remarks, isLost, number, breakdown };
  });
  const longest = Math.max(...shown.map(({ breakdown }) => lengthOf(breakdown)), 0.001);
  const columns = [
    { title: '#', isNumber: true },
    { title: 'when' },
    { title: 'what' },
    { title: 'outage', isNumber: true },
    { title: 'taken apart' },
    { title: 'frames' },
  ];
  const rows = shown.map((row) => cells(row, naming, longest));
  const title = total === 1 ? 'Failover' : `Failovers (${total})`;
  return section('failovers', title, table(columns, rows, 'wide'), more(hidden), LEGEND);
}

const LEGEND = html`<p class="quiet"><b>detection</b>: last advert of the old master to the first
sign of the new one. <b>claim</b>: to its first accepted claim; both together
are the detection of the text report. <b>repoint</b>: to the first packet
sent to it. <b>recovery</b>: to the first answer. The line below a bar is the outage that a client
saw; – is what the capture does not show.</p>`;

function cells(row: Row, naming: Naming, longest: number): Content[] {
  const { failover, remarks, isLost, number, breakdown } = row;
  const { from, to, t, time, cause } = failover;
  const span = lengthOf(breakdown) * 1.6;
  const middle = breakdown === null ? t : (breakdown.start + breakdown.end) / 2;
  const at = t === null ? null : moment(middle, span, `t ${t.toFixed(3)} s`);
  return [
    html`<b>${number}</b>`,
    html`<span class="nowrap">${clockTime(time)} UTC</span><br>${at}`,
    html`<b>${addressLabel(failover.ip, failover.vlan)}</b><br>
${party(from, naming)} → ${party(to, naming)}<br>
<span class="quiet">${failoverCause(failover, naming)} (${cause})</span>
${remarks.map((remark) => html`<br><span class="quiet">${remark}</span>`)}`,
    outageCell(failover, isLost),
    breakdown === null ? '–' : [bar(breakdown, longest), legend(breakdown, failover)],
    evidence(failover),
  ];
}

function outageCell(failover: FailoverEntry, isLost: boolean): Content {
  const { outageSeconds } = failover;
  const least = leastOutage(failover);
  if (least !== null) {
    const title = beginningFrames(least);
    return html`<b class="bad" title="${title}">&gt; ${duration(least.seconds)}</b>`;
  }
  if (outageSeconds === null) {
    const title = 'no client is seen to be answered before it and after it';
    return html`<span class="none" title="${title}">unknown</span>`;
  }
  if (outageSeconds === 0) return 'none';
  return html`<b class="bad">${isLost ? '> ' : ''}${duration(outageSeconds)}</b>`;
}

function party(who: FailoverEntry['from'], naming: Naming): Markup {
  return html`<span class="nowrap" title="${who.mac}">${naming.short(who)}</span>`;
}

function lengthOf(breakdown: Breakdown | null): number {
  return breakdown === null ? 0 : breakdown.end - breakdown.start;
}

/** All bars of the table have one scale. */
function bar(breakdown: Breakdown, longest: number): Markup {
  const { phases, start, outage } = breakdown;
  const place = (seconds: number): number => Math.round((seconds / longest) * BAR_WIDTH * 10) / 10;
  const parts = phases.map(({ name, start: from, seconds }) => {
    if (from === null || seconds === null) return null;
    const width = Math.max(PART_WIDTH_MIN, place(seconds));
    const x = Math.min(place(from - start), BAR_WIDTH - PART_WIDTH_MIN);
    return html`<rect class="${name}" x="${x}" y="0" width="${width}" height="18"/>`;
  });
  const line =
    outage === null
      ? null
      : html`<rect class="outage" x="${place(outage.start - start)}" y="22" width="${place(
          outage.end - outage.start,
        )}" height="4"/>`;
  return html`<svg class="bar" viewBox="0 0 1000 26" preserveAspectRatio="none"
aria-hidden="true">${parts}${line}</svg>`;
}

function legend({ phases }: Breakdown, failover: FailoverEntry): Markup {
  const items = phases.map(
    ({ name, seconds }) =>
      html`<li><span class="swatch ${name}"></span>${name} <b>${
        seconds === null ? '–' : duration(seconds)
      }</b>${expectation(name, seconds, failover)}</li>`,
  );
  return html`<ul class="parts">${items}</ul>`;
}

function expectation(name: Phase['name'], took: number | null, failover: FailoverEntry): Content {
  const expected = expectedDetection(failover);
  if (name !== 'detection' || took === null || expected === null) return null;
  const more = failover.blind === undefined ? difference(took - expected) : 'not in view';
  const text = `(expected ${duration(expected)}, ${more})`;
  return html` <span class="quiet">${text}</span>`;
}

function evidence({ evidence: of }: FailoverEntry): Markup {
  const frames: [string, number | null][] = [
    ['last advert', of.lastAdvertFrame],
    ['last answer', of.lastServiceFrame],
    ['first claim', of.firstClaimFrame],
    ['first advert', of.firstAdvertFrame],
    ['first answer', of.firstServiceFrame],
  ];
  const known = frames.filter(([, number]) => number !== null);
  if (known.length === 0) return html`–`;
  const items = known.map(([what, number]) => html`<li>${what} ${frame(number)}</li>`);
  return html`<ul class="frames">${items}</ul>`;
}
