/** Outages as each client saw them, and claims refused, grouped by who and why. */
import type { OutageEntry, ReplayResult } from '../analysis/result.ts';
import { refusalReason } from './cause-texts.ts';
import { cut, ROWS_MAX } from './cut.ts';
import type { Column } from './layout.ts';
import { addressLabel, type Naming } from './naming.ts';
import {
  answererText,
  causeBehind,
  lengthText,
  openEnd,
  outageCode,
  passedOnText,
} from './outage-words.ts';
import type { Page } from './page.ts';
import { clockTime, frameLabel, offset } from './quantity.ts';
import { type RefusalGroup, refusalGroups, refusalsLeftOut } from './refusal-groups.ts';

const COLUMNS: Column[] = [
  { title: 'address' },
  { title: 'client', optional: 2 },
  { title: 'from t', right: true, label: 'from t' },
  { title: 'length', right: true, label: 'for' },
  { title: 'lost', right: true, optional: 3, label: 'lost' },
  { title: 'frames', optional: 4, label: 'frames' },
  { title: 'answered by' },
  { title: 'cause', optional: 1 },
];

export function writeOutages(page: Page, result: ReplayResult, naming: Naming): void {
  const total = result.outages.length + result.elided.outages;
  if (total === 0) return;
  page.title(
    total === 1 ? 'Outage, as the client saw it' : `Outages, as clients saw them (${total})`,
  );
  const whole = result.outages.map((outage) => outageRow(outage, result, naming));
  // What is the same in all rows needs no column.
  const isSame = (column: number) => new Set(whole.map((row) => row[column])).size === 1;
  const same = [0, 1].filter(isSame);
  const said = same.map((column) => (column === 0 ? 'of ' : 'seen by ') + whole[0]?.[column]);
  if (said.length > 0) page.paragraph(said.join(', '), { indent: 2, tone: 'dim' });
  const columns = COLUMNS.filter((_, column) => !same.includes(column));
  const rows = whole.map((row) => row.filter((_, column) => !same.includes(column)));
  const { first, last, hidden } = cut(rows, result.elided.outages);
  page.table(columns, first);
  page.more(hidden);
  if (last.length > 0) page.table(columns, last);
  writeCauses(page, result, naming);
}

/** What is behind the causes: too long for the table. */
function writeCauses(page: Page, { outages }: ReplayResult, naming: Naming): void {
  const told = outages.filter((outage) => behindOf(outage, naming) !== '');
  for (const outage of told.slice(0, ROWS_MAX)) {
    const start = outage.t === null ? null : outage.t - (outage.seconds ?? 0);
    const text = `from t ${offset(start)}: ${behindOf(outage, naming)}`;
    page.paragraph(text, { indent: 2, hang: 4 });
  }
}

function behindOf(outage: OutageEntry, naming: Naming): string {
  const parts = [causeBehind(outage, naming), passedOnText(outage)];
  return parts.filter((part) => part !== null).join('; ');
}

function outageRow(outage: OutageEntry, result: ReplayResult, naming: Naming): string[] {
  const { seconds, t, firstServiceFrame } = outage;
  const start = t === null || seconds === null ? null : t - seconds;
  return [
    addressLabel(outage.ip, outage.vlan),
    outage.client.ip,
    offset(start),
    lengthText(outage),
    String(outage.unanswered),
    `${outage.lastServiceFrame}–${firstServiceFrame ?? openEnd(outage)}`,
    answererText(outage, naming),
    outageCode(outage, result),
  ];
}

export function writeRefusals(page: Page, result: ReplayResult, naming: Naming): void {
  const groups = refusalGroups(result);
  if (groups.length === 0) return;
  page.title('Refused claims');
  const shown = groups.slice(0, ROWS_MAX);
  for (const group of shown) writeRefusal(page, group, naming);
  page.more(groups.length - shown.length);
  const note = refusalsLeftOut(result);
  if (note !== null) page.paragraph(note, { indent: 2, tone: 'dim' });
}

function writeRefusal(page: Page, group: RefusalGroup, naming: Naming): void {
  const { first, count, last } = group;
  const sender = first.ethernetSource === undefined ? '' : `, sent from ${first.ethernetSource}`;
  const from = frameLabel(first);
  const frames = count === 1 ? `frame ${from}` : `frames ${from} to ${frameLabel(last)}`;
  page.paragraph(
    `${count} × ${addressLabel(first.ip, first.vlan)} by ${naming.full(first)}${sender}: ` +
      `${refusalReason(first.reason)} (${first.reason ?? '-'})`,
    { indent: 2, hang: 6 },
  );
  const when = `${first.form}, ${frames}, first at ${clockTime(first.time)} UTC`;
  page.paragraph(when, { indent: 6, tone: 'dim' });
}
