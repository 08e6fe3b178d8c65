/**
 * The list of HaVips as a file that is taken along: CSV (RFC 4180) and a spreadsheet, with the
 * same columns. Names and remarks are anybody's text, and a spreadsheet takes text that begins
 * like a formula for one: in CSV, which has no types, such a cell gets an apostrophe before it.
 */
import type { HavipRow } from './listing.ts';

interface ListColumn {
  title: string;
  /** Characters, in a spreadsheet. */
  width: number;
  text: (row: HavipRow) => string;
}

/** In the order of the columns. */
export const LIST_COLUMNS: readonly ListColumn[] = [
  { title: 'id', width: 24, text: (row) => row.id },
  { title: 'name', width: 24, text: (row) => row.name },
  { title: 'description', width: 30, text: (row) => row.description },
  { title: 'status', width: 10, text: (row) => row.status },
  { title: 'address', width: 18, text: (row) => row.address },
  { title: 'vpc', width: 16, text: (row) => row.vpc },
  { title: 'subnet', width: 16, text: (row) => row.subnet },
  { title: 'holder instance', width: 18, text: (row) => row.holder?.instance ?? '' },
  { title: 'holder eni', width: 20, text: (row) => row.holder?.eni ?? '' },
  { title: 'holder mac', width: 18, text: (row) => row.holder?.mac ?? '' },
  { title: 'held since', width: 26, text: (row) => row.since ?? '' },
  { title: 'members', width: 30, text: (row) => row.members.join(' ') },
  { title: 'eips', width: 20, text: (row) => row.eips.map(({ address }) => address).join(' ') },
  { title: 'routes', width: 20, text: (row) => row.routes.join(' ') },
  { title: 'group', width: 14, text: (row) => row.group },
  {
    title: 'tags',
    width: 24,
    text: (row) => row.tags.map(({ key, value }) => `${key}=${value}`).join(' '),
  },
  { title: 'created', width: 26, text: (row) => row.createdAt },
];

export const CSV_TYPE = 'text/csv; charset=utf-8; header=present';
export const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** What a spreadsheet program may take for the beginning of a formula (OWASP, CSV Injection). */
const FORMULA = /^[\s]*[=+\-@\t\r]/;
const QUOTED = /[",\r\n]|^\s|\s$/;
/** Of a cell, in a spreadsheet (the format's own limit). */
const CELL_CHARACTERS_MAX = 32_767;
/** XML 1.0 has no way to write these. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NO_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

/** A line of titles, and one a HaVip; each ends with CR LF. */
export function csvOf(rows: readonly HavipRow[]): string {
  const lines = [LIST_COLUMNS.map(({ title }) => title)];
  for (const row of rows) lines.push(LIST_COLUMNS.map(({ text }) => csvCell(text(row))));
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}

/** A cell as it stands in the file. */
export function csvCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** An Office Open XML workbook with one sheet; its cells are text, formulas none. */
export async function xlsxOf(rows: readonly HavipRow[]): Promise<Uint8Array> {
  const { default: writeExcelFile } = await import('write-excel-file/node');
  const titles = LIST_COLUMNS.map(({ title }) => ({ value: title, fontWeight: 'bold' as const }));
  const cells = rows.map((row) =>
    LIST_COLUMNS.map(({ text }) => ({ value: xmlText(text(row)), type: String })),
  );
  const columns = LIST_COLUMNS.map(({ width }) => ({ width }));
  const options = { sheet: 'HaVips', columns, stickyRowsCount: 1 };
  return writeExcelFile([titles, ...cells], options).toBuffer();
}

function xmlText(text: string): string {
  return text.slice(0, CELL_CHARACTERS_MAX).replace(NO_XML, '?');
}
