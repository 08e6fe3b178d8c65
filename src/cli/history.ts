/** `havip history`: what a lab has written down, from the lab itself or from its state file. */
import { askLab, chosenLab } from '../lab/control-client.ts';
import type { HistoryEntry } from '../lab/state/history.ts';
import { printable } from '../report/page.ts';
import { LAB_OPTION } from './control.ts';
import { historyCsv, historyLine, shownEntry } from './history-lines.ts';
import { lookOf } from './look.ts';
import { type CommandSpec, readCommandLine } from './option-table.ts';
import { isTime, readDuration } from './option-values.ts';
import { type Clock, STATUS_DONE, type Streams } from './streams.ts';
import { UsageError } from './usage-error.ts';

const FORMATS = ['text', 'json', 'csv'] as const;

const HISTORY: CommandSpec = {
  name: 'history',
  operands: '[HAVIP]',
  summary: 'who held a HaVip when, which claims were refused, and who changed what',
  options: [
    { name: 'since', value: 'WHEN', help: 'a duration ago (1h, 30m) or an RFC 3339 time' },
    { name: 'format', value: 'FORMAT', help: 'text, json or csv (text)' },
    { name: 'state', value: 'FILE', help: 'read a state file that no lab uses' },
    LAB_OPTION,
  ],
  examples: [
    ['havip history web --since 1h', 'the takeovers of the last hour, and what was refused'],
    ['havip history --state lab.db --format csv', 'all that a lab wrote down, after its end'],
  ],
};

export async function history(
  arguments_: readonly string[],
  streams: Streams,
  clock: Clock,
): Promise<number> {
  const line = readCommandLine(HISTORY, arguments_);
  const look = lookOf(streams.output, streams, true);
  const [havip, ...more] = line.operands;
  if (more.length > 0) throw new UsageError('history takes one HaVip', 'name one, or none for all');
  const format = line.value('format') ?? 'text';
  if (!FORMATS.some((known) => known === format)) {
    throw new UsageError(`--format: no format "${format}"`, `write one of ${FORMATS.join(', ')}`);
  }
  const since = momentOf(line.value('since'), clock);
  const state = line.value('state');
  if (state !== null && line.isGiven('lab')) {
    throw new UsageError('--state and --lab are two places', 'give one of them');
  }
  const asked = { ...(havip === undefined ? {} : { havip }), ...(since === null ? {} : { since }) };
  const entries =
    state === null
      ? ((await askLab(chosenLab(line.value('lab')), {
          command: 'history',
          ...asked,
        })) as HistoryEntry[])
      : await fromFile(state, havip ?? null, since);
  if (format === 'json') {
    streams.output.write(`${JSON.stringify(entries.map(shownEntry))}\n`);
  } else if (format === 'csv') {
    streams.output.write(historyCsv(entries));
  } else {
    for (const entry of entries) {
      streams.output.write(`${printable(historyLine(entry).trimEnd(), look)}\n`);
    }
  }
  return STATUS_DONE;
}

/** Milliseconds since 1970; null from the beginning. */
function momentOf(text: string | null, clock: Clock): number | null {
  if (text === null) return null;
  if (/^\d+(\.\d+)?[a-z]+$/.test(text)) {
    return clock.wall() / 1e6 - readDuration('since', text) * 1000;
  }
  if (isTime(text)) return Date.parse(text);
  const mend = 'write 1h, 30m or 90s, or a time such as 2026-01-31T12:00:00Z';
  const what = /^[\d.]+$/.test(text) ? 'has no unit' : 'is no moment';
  throw new UsageError(`--since: "${text}" ${what}`, mend);
}

async function fromFile(
  state: string,
  word: string | null,
  since: number | null,
): Promise<HistoryEntry[]> {
  const { SqliteStore } = await import('../lab/state/sqlite-store.ts');
  const { historyIn } = await import('../lab/plane-commands.ts');
  const store = await SqliteStore.open(state, { mustExist: true });
  try {
    const havips = store.stored().resources.filter((one) => one.kind === 'havip');
    return historyIn(havips, store, word, since);
  } finally {
    store.close();
  }
}
