/** The list of HaVips for a terminal; as CSV and as a spreadsheet it has more columns. */
import type { HavipRow } from '../havip/inventory/listing.ts';
import type { Column } from './layout.ts';
import { type Look, Page } from './page.ts';
import { counted, date } from './quantity.ts';

const COLUMNS: Column[] = [
  { title: 'id' },
  { title: 'name', optional: 2, label: 'name' },
  { title: 'address' },
  { title: 'status' },
  { title: 'subnet' },
  { title: 'vpc', optional: 3, label: 'vpc' },
  { title: 'holder' },
  { title: 'since', optional: 1, label: 'held since' },
  { title: 'members', label: 'members' },
  { title: 'EIP', optional: 2, label: 'EIP' },
  { title: 'created', optional: 4, label: 'created' },
];

export function havipListPage(rows: readonly HavipRow[], look: Look): string {
  const page = new Page(look);
  if (rows.length === 0) {
    page.paragraph('no HaVip fits');
    return page.text();
  }
  page.table(
    COLUMNS,
    rows.map((row) => [
      row.id,
      row.name,
      row.address,
      row.status,
      row.subnet,
      row.vpc,
      row.holder === null ? 'nobody' : (row.holder.instance ?? row.holder.mac),
      row.since === null ? '-' : time(row.since),
      row.members.join(', ') || 'none',
      row.eips.map(({ address }) => address).join(', ') || '-',
      time(row.createdAt),
    ]),
  );
  page.blank();
  const held = rows.filter(({ holder }) => holder !== null).length;
  page.paragraph(`${counted(rows.length, 'HaVip')}, ${held} of them held; times are UTC`, {
    tone: 'dim',
  });
  return page.text();
}

/** `2026-11-21 12:00:00`, of ISO 8601. */
function time(text: string): string {
  return `${date(text)} ${text.slice(11, 19)}`;
}
