/** `havip list`: the HaVips of a running lab, searched, for a terminal or as a file. */
import path from 'node:path';
import type { HavipRow } from '../havip/inventory/listing.ts';
import { askLab, chosenLab } from '../lab/control-client.ts';
import { LAB_OPTION } from './control.ts';
import { lookOf } from './look.ts';
import { type CommandLine, type CommandSpec, readCommandLine } from './option-table.ts';
import { type Clock, STATUS_DONE, type Streams } from './streams.ts';
import { UsageError } from './usage-error.ts';
import { checkOutputs, WholeFile } from './whole-file.ts';

const FORMATS = ['table', 'json', 'csv', 'xlsx'] as const;
const STATUSES = ['available', 'in-use'];

type Format = (typeof FORMATS)[number];

const LIST: CommandSpec = {
  name: 'list',
  operands: '[TEXT]',
  summary: 'the HaVips of a running lab whose name, id, address or description has TEXT in it',
  options: [
    { name: 'status', value: 'STATUS', help: 'only those that are available, or in-use' },
    { name: 'subnet', value: 'NAME', help: 'only those of this subnet' },
    { name: 'vpc', value: 'NAME', help: 'only those of this VPC' },
    {
      name: 'format',
      value: 'FORMAT',
      help: 'table, json, csv or xlsx; by default what the name of --output says, else table',
    },
    { name: 'output', value: 'FILE', help: 'write it there; xlsx goes nowhere else' },
    LAB_OPTION,
    { name: 'no-color', help: 'no colours, even on a terminal' },
  ],
  examples: [
    ['havip list web --status in-use', 'those called web, or nearly so, that are in use'],
    ['havip list --output havips.xlsx', 'the whole list as a spreadsheet'],
  ],
};

/** Asks a lab; tests put another in its place. */
type Ask = (lab: string | null, request: Record<string, unknown>) => Promise<unknown>;

const askRunning: Ask = (lab, request) => askLab(chosenLab(lab), { command: 'list', ...request });

export async function list(
  arguments_: readonly string[],
  streams: Streams,
  _clock: Clock,
  ask: Ask = askRunning,
): Promise<number> {
  const line = readCommandLine(LIST, arguments_);
  const look = lookOf(streams.output, streams, line.isGiven('no-color'));
  const request = requestOf(line);
  const output = line.value('output');
  const format = formatOf(line.value('format'), output);
  const rows = (await ask(line.value('lab'), request)) as HavipRow[];
  if (output === null) {
    streams.output.write((await textOf(rows, format, look)) as string);
    return STATUS_DONE;
  }
  const plain = { ...look, color: false };
  const file = { option: 'output', file: output };
  checkOutputs([file], []);
  const whole = new WholeFile(file);
  whole.write(await textOf(rows, format, plain));
  whole.finish();
  return STATUS_DONE;
}

function requestOf(line: CommandLine): Record<string, unknown> {
  const [text, ...more] = line.operands;
  if (more.length > 0) {
    throw new UsageError('list takes one TEXT', 'put several words in quotes: havip list "a b"');
  }
  const status = line.value('status');
  if (status !== null && !STATUSES.includes(status)) {
    throw new UsageError(`--status: no HaVip is "${status}"`, `write ${STATUSES.join(' or ')}`);
  }
  const fields = { text, status, subnet: line.value('subnet'), vpc: line.value('vpc') };
  const given = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(given);
}

function formatOf(named: string | null, output: string | null): Format {
  const suffix = output === null ? '' : path.extname(output).slice(1).toLowerCase();
  const format = FORMATS.find((one) => one === (named ?? suffix)) ?? 'table';
  if (named !== null && format !== named) {
    throw new UsageError(`--format: no format "${named}"`, `write one of ${FORMATS.join(', ')}`);
  }
  if (format === 'xlsx' && output === null) {
    throw new UsageError('a spreadsheet is no text', 'write --output havips.xlsx');
  }
  return format;
}

async function textOf(
  rows: HavipRow[],
  format: Format,
  look: ReturnType<typeof lookOf>,
): Promise<string | Uint8Array> {
  if (format === 'json') return `${JSON.stringify(rows)}\n`;
  if (format === 'table') {
    const { havipListPage } = await import('../report/havip-list.ts');
    return havipListPage(rows, look);
  }
  const { csvOf, xlsxOf } = await import('../havip/inventory/list-file.ts');
  return format === 'csv' ? csvOf(rows) : await xlsxOf(rows);
}
