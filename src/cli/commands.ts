/**
 * Which command is meant, and what becomes of its errors: every mistake of the user ends as one
 * line on standard error and status 2.
 */
import fs from 'node:fs';
import { lookOf } from './look.ts';
import { type Clock, type Command, STATUS_DONE, STATUS_UNUSABLE, type Streams } from './streams.ts';
import { UsageError } from './usage-error.ts';

interface Entry {
  operands: string;
  summary: string;
  /** Absent: not built yet. */
  load?: () => Promise<Command>;
}

const COMMANDS: Record<string, Entry> = {
  replay: {
    operands: 'CAPTURE...',
    summary: 'who held a HaVip when, what a cloud would refuse, and each outage',
    load: async () => (await import('./replay.ts')).replay,
  },
  init: {
    operands: 'KEEPALIVED.CONF...',
    summary: 'write a lab file from your own keepalived.conf files',
    load: async () => (await import('./init.ts')).init,
  },
  doctor: {
    operands: '',
    summary: 'what on this machine would spoil a lab, and how to mend it',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  explain: {
    operands: '[CODE...]',
    summary: 'what a finding means and what to do',
    load: async () => (await import('./explain.ts')).explain,
  },
  help: {
    operands: '[COMMAND]',
    summary: 'this help, or that of one command',
    load: async () => help,
  },
};

/** Named in the manual, and to come. */
const LATER = [
  ...['up', 'status', 'bind', 'unbind', 'kill', 'start', 'pause', 'resume', 'cut', 'heal', 'fault'],
  ...['history', 'list', 'down', 'watch', 'lint', 'speak'],
];

/** Errors that are the user's to mend; each message is one line that says how. */
const MENDABLE = new Set(['UsageError', 'CaptureError', 'LabFileError']);

const PACKAGE = new URL('../../package.json', import.meta.url);

/** Runs `havip ARGUMENTS`; gives the exit status. */
export async function runCommand(
  arguments_: readonly string[],
  streams: Streams,
  clock: Clock,
): Promise<number> {
  const [name = '', ...rest] = arguments_;
  try {
    if (name === '') throw new UsageError('no command is named', 'havip help lists them');
    if (name === '--help' || name === '-h') return await help([], streams);
    if (name === '--version' || name === '-V') return version(streams);
    return await (await commandNamed(name))(rest, streams, clock);
  } catch (error) {
    if (!(error instanceof Error) || !MENDABLE.has(error.name)) throw error;
    const command = Object.hasOwn(COMMANDS, name) ? `havip ${name}` : 'havip';
    streams.errors.write(`${command}: ${oneLine(error.message)}\n`);
    return STATUS_UNUSABLE;
  }
}

async function commandNamed(name: string): Promise<Command> {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name]?.load : undefined;
  if (load !== undefined) return load();
  if (LATER.includes(name)) {
    throw new UsageError(`"${name}" is not yet built`, 'havip help lists what is there');
  }
  throw UsageError.unknown('command', name, Object.keys(COMMANDS), 'havip help lists them');
}

async function help(arguments_: readonly string[], streams: Streams): Promise<number> {
  const [name] = arguments_;
  if (name !== undefined && name !== 'help') {
    const command = await commandNamed(name);
    return command(['--help'], streams, NO_CLOCK);
  }
  const { overview } = await import('./help.ts');
  const list = Object.entries(COMMANDS).map(([known, entry]) => ({ name: known, ...entry }));
  streams.output.write(overview(list, lookOf(streams.output, streams, true).width));
  return STATUS_DONE;
}

/** Help needs no time. */
const NO_CLOCK: Clock = {
  now: () => 0,
  sleep: () => Promise.resolve(),
  turn: () => Promise.resolve(),
};

function version(streams: Streams): number {
  const { version: number } = JSON.parse(fs.readFileSync(PACKAGE, 'utf8')) as { version: string };
  streams.output.write(`havip ${number}\n`);
  return STATUS_DONE;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
