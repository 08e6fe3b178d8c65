/** The history of a lab, as lines for people and as CSV (RFC 4180) for programs. */
import { csvCell } from '../havip/inventory/list-file.ts';
import type { HistoryEntry } from '../lab/state/history.ts';

type EntryOf<K extends HistoryEntry['kind']> = Extract<HistoryEntry, { kind: K }>;

/** An entry as it is printed: its times are RFC 3339 UTC, to the microsecond. */
export function shownEntry(entry: HistoryEntry): Record<string, unknown> {
  const { kind, time, ...rest } = entry;
  const until = 'until' in rest ? { until: rfc3339(rest.until) } : {};
  return { time: rfc3339(time), kind, ...rest, ...until };
}

/** One line an entry, each with its line feed. */
export function historyLine(entry: HistoryEntry): string {
  const havip = entry.havip ?? ('ip' in entry ? entry.ip : '-');
  const time = rfc3339(entry.time).replace('T', ' ').slice(0, 23);
  return `${time}  ${havip}  ${wordsOf(entry)}\n`;
}

const COLUMNS = [
  'time',
  'kind',
  'havip',
  'ip',
  'from',
  'to',
  'cause',
  'detectionSeconds',
  'outageSeconds',
  'mac',
  'name',
  'reason',
  'count',
  'until',
  'dialect',
  'call',
  'requestId',
  'operation',
  'outcome',
  'about',
] as const;

/** The same columns for every kind; what an entry does not have is empty. */
export function historyCsv(entries: readonly HistoryEntry[]): string {
  const rows = entries.map((entry) => {
    const shown = shownEntry(entry);
    return COLUMNS.map((column) => String(shown[column] ?? ''));
  });
  return [[...COLUMNS], ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

function wordsOf(entry: HistoryEntry): string {
  switch (entry.kind) {
    case 'holder':
      return holderWords(entry);
    case 'refused': {
      const who = entry.name === null ? entry.mac : `${entry.name} (${entry.mac})`;
      const often = entry.count === 1 ? '' : `, ${entry.count} times`;
      return `refused to ${who}: ${entry.reason}${often}`;
    }
    case 'call': {
      const { dialect, call, about, operation, outcome } = entry;
      const what = about === null ? call : `${call} ${about}`;
      return `${dialect} ${what} (${operation}): ${outcome}`;
    }
  }
}

function holderWords({ from, to, cause, ...lengths }: EntryOf<'holder'>): string {
  const { detectionSeconds: detection, outageSeconds: outage } = lengths;
  const facts = [
    cause,
    ...(detection === null ? [] : [`detected in ${detection.toFixed(3)} s`]),
    ...(outage === null ? [] : [`outage ${outage.toFixed(3)} s`]),
  ];
  return `${from ?? 'nobody'} → ${to ?? 'nobody'} (${facts.join(', ')})`;
}

/** Of milliseconds since 1970 with a fraction. */
function rfc3339(milliseconds: number): string {
  const micros = Math.round(milliseconds * 1000);
  const rest = String(((micros % 1000) + 1000) % 1000).padStart(3, '0');
  return new Date(Math.floor(micros / 1000)).toISOString().replace('Z', `${rest}Z`);
}
