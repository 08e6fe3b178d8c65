/** What each client's neighbor table held for each HaVip, as `arp -n` on it would have shown. */
import type { CacheEntry, CacheRowEntry, ReplayResult } from '../analysis/result.ts';
import { cut, ROWS_MAX } from './cut.ts';
import type { Column } from './layout.ts';
import { addressLabel, type Naming } from './naming.ts';
import type { Page } from './page.ts';
import { offset, placeInFile } from './quantity.ts';

const COLUMNS: Column[] = [
  { title: 'from t', right: true, label: 'from t' },
  { title: 'to t', right: true, label: 'to t' },
  { title: 'frame', right: true, optional: 2, label: 'frame' },
  { title: 'in its file', optional: 4, label: 'in', isSparse: true },
  { title: 'MAC' },
  { title: 'host', optional: 3 },
  { title: 'state', optional: 1 },
  { title: 'why' },
];

export function writeCaches(page: Page, result: ReplayResult, naming: Naming): void {
  const { caches } = result;
  if (caches === undefined) return;
  page.title(`Caches of the clients, as Linux keeps them (${caches.length})`);
  if (caches.length === 0) {
    const none = 'No address is known to be a HaVip: name one with --havip.';
    const unasked = 'No host asked for a HaVip or sent to it.';
    page.paragraph(result.havips.length === 0 ? none : unasked, { indent: 2 });
    return;
  }
  const shown = caches.slice(0, ROWS_MAX);
  for (const cache of shown) writeCache(page, cache, naming);
  page.more(caches.length - shown.length);
}

function writeCache(page: Page, cache: CacheEntry, naming: Naming): void {
  const { client, ip, vlan } = cache;
  const who = client.name === null ? client.ip : `${client.name}, ${client.ip}`;
  const text = `${addressLabel(ip, vlan)} on ${who} (${client.mac})`;
  page.paragraph(text, { indent: 2, hang: 4, tone: 'dim' });
  const { first, last, hidden } = cut(cache.entries, cache.elided);
  page.table(
    COLUMNS,
    first.map((row) => cells(row, naming)),
    4,
  );
  page.more(hidden, 4);
  if (last.length > 0)
    page.table(
      COLUMNS,
      last.map((row) => cells(row, naming)),
      4,
    );
}

function cells(row: CacheRowEntry, naming: Naming): string[] {
  const host = row.mac === null ? '' : naming.short({ mac: row.mac, name: row.name });
  return [
    offset(row.t),
    row.untilFrame === null ? 'end' : offset(row.untilT),
    String(row.frame),
    placeInFile(row),
    row.mac ?? '(incomplete)',
    host === row.mac ? '' : host,
    row.state,
    row.why,
  ];
}
