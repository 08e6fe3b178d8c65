/** Every claim, where those that changed nothing were asked for: `--all-claims`. */
import type { ClaimEntry, ReplayResult } from '../analysis/result.ts';
import { cut } from './cut.ts';
import type { Column } from './layout.ts';
import { addressLabel, type Naming } from './naming.ts';
import type { Page } from './page.ts';
import { frameLabel, offset } from './quantity.ts';

const COLUMNS: Column[] = [
  { title: 't', right: true, label: 't' },
  { title: 'frames', right: true },
  { title: 'times', right: true, optional: 2, label: 'times' },
  { title: 'address' },
  { title: 'claimed by' },
  { title: 'form', optional: 1 },
  { title: 'verdict' },
];

/** Claims one after the other that are alike but for their time. */
interface Row {
  readonly first: ClaimEntry;
  last: ClaimEntry;
  times: number;
}

/** What the verdicts mean that change nothing (design: noted is the claim of another MAC). */
const LEGEND =
  'confirmed: by its holder, so nothing changes. noted: another host answered or asked with the ' +
  'address as its own, without announcing it; the switch keeps its holder, a client may not.';

export function writeClaims(page: Page, result: ReplayResult, naming: Naming): void {
  const isAsked = result.claims.some(
    ({ verdict }) => verdict === 'confirmed' || verdict === 'noted',
  );
  if (!isAsked) return;
  const { claims, elided } = result;
  page.title(`Claims (${claims.length + elided.claims})`);
  const rows = rowsOf(claims).map((row) => cells(row, naming));
  const { first, last, hidden } = cut(rows, 0);
  page.table(COLUMNS, first);
  page.more(hidden);
  if (last.length > 0) page.table(COLUMNS, last);
  page.more(elided.claims);
  page.paragraph(LEGEND, { indent: 2, tone: 'dim' });
}

function rowsOf(claims: readonly ClaimEntry[]): Row[] {
  const rows: Row[] = [];
  for (const claim of claims) {
    const row = rows.at(-1);
    if (row !== undefined && isAlike(row.last, claim)) {
      row.last = claim;
      row.times++;
    } else rows.push({ first: claim, last: claim, times: 1 });
  }
  return rows;
}

function isAlike(one: ClaimEntry, other: ClaimEntry): boolean {
  const isOf = one.ip === other.ip && one.vlan === other.vlan && one.mac === other.mac;
  const isSo = one.verdict === other.verdict && one.reason === other.reason;
  return isOf && isSo && one.form === other.form;
}

function cells({ first, last, times }: Row, naming: Naming): string[] {
  const why = first.reason === null ? '' : ` (${first.reason})`;
  const from = frameLabel(first);
  return [
    offset(first.t),
    times === 1 ? from : `${from}–${frameLabel(last)}`,
    String(times),
    addressLabel(first.ip, first.vlan),
    naming.full(first),
    first.form,
    first.verdict + why,
  ];
}
