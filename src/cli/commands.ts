/**
 * Which command is meant, and what becomes of its errors: every mistake of the user ends as one
 * line on standard error and status 2.
 */
import { lookOf } from './look.ts';
import { noticeLine } from './notice.ts';
import { type CommandSpec, HelpAsked } from './option-table.ts';
import { ownVersion } from './own-version.ts';
import { type Clock, type Command, STATUS_DONE, STATUS_UNUSABLE, type Streams } from './streams.ts';
import { UsageError } from './usage-error.ts';

interface Entry {
  operands: string;
  summary: string;
  load: () => Promise<Command>;
}

const COMMANDS: Record<string, Entry> = {
  replay: {
    operands: 'CAPTURE...',
    summary: 'who held a HaVip when, what a cloud would refuse, and each outage',
    load: async () => (await import('./replay.ts')).replay,
  },
  up: {
    operands: 'LAB',
    summary: 'run a lab on this machine: real hosts, real keepalived, the rules of a cloud',
    load: async () => (await import('./up.ts')).up,
  },
  status: {
    operands: '',
    summary: 'a running lab: holders, ports with rates, addresses, drops',
    load: async () => (await import('./status.ts')).status,
  },
  list: {
    operands: '[TEXT]',
    summary: 'the HaVips of a running lab: search, filter, take along as a file',
    load: async () => (await import('./list.ts')).list,
  },
  history: {
    operands: '[HAVIP]',
    summary: 'who held a HaVip when, what was refused, and who changed what',
    load: async () => (await import('./history.ts')).history,
  },
  ...control('bind', 'HAVIP HOST[/ENI]', 'let a host claim a HaVip'),
  ...control('unbind', 'HAVIP HOST[/ENI]', 'let a host claim a HaVip no longer'),
  ...control('kill', 'HOST', "a host's power fails"),
  ...control('start', 'HOST', "a host's power comes back"),
  ...control('pause', 'HOST', 'stop a host in the middle of what it does'),
  ...control('resume', 'HOST', 'let a paused host go on'),
  ...control('cut', 'HOST[/ENI]', 'lose every frame to and from a host'),
  ...control('heal', 'HOST[/ENI]', 'undo cut and fault'),
  ...control('fault', 'HOST[/ENI]', 'lose, double, reorder or delay what is sent to a host'),
  down: {
    operands: '',
    summary: 'end a lab, and remove what one that crashed has left behind',
    load: async () => (await import('./down.ts')).down,
  },
  watch: {
    operands: '',
    summary: 'what happens to virtual addresses on an interface, as it happens',
    load: async () => (await import('./watch.ts')).watch,
  },
  speak: {
    operands: '',
    summary: 'be a VRRP router on an interface, where there is no keepalived',
    load: async () => (await import('./speak.ts')).speak,
  },
  init: {
    operands: 'KEEPALIVED.CONF...',
    summary: 'write a lab file from your own keepalived.conf files',
    load: async () => (await import('./init.ts')).init,
  },
  lint: {
    operands: 'KEEPALIVED.CONF...',
    summary: 'judge keepalived.conf files before they fail in the cloud',
    load: async () => (await import('./lint.ts')).lint,
  },
  doctor: {
    operands: '',
    summary: 'what on this machine would spoil a lab, and how to mend it',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  explain: {
    operands: '[WORD...]',
    summary: 'what a finding, a drop reason, a cause or a word of a report means',
    load: async () => (await import('./explain.ts')).explain,
  },
  help: {
    operands: '[COMMAND]',
    summary: 'this help, or that of one command',
    load: async () => help,
  },
};

/** A command that a running lab obeys. */
function control(name: string, operands: string, summary: string): Record<string, Entry> {
  const load = async (): Promise<Command> => (await import('./control.ts')).controlCommand(name);
  return { [name]: { operands, summary, load } };
}

/** Errors that are the user's to mend; each message is one line that says how. */
const MENDABLE = new Set(['UsageError', 'CaptureError', 'LabFileError', 'LabError', 'NativeError']);

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
    if (error instanceof HelpAsked) return await commandHelp(error.spec, streams);
    if (!(error instanceof Error) || !MENDABLE.has(error.name)) throw error;
    const command = Object.hasOwn(COMMANDS, name) ? `havip ${name}` : 'havip';
    streams.errors.write(noticeLine(command, error.message));
    return STATUS_UNUSABLE;
  }
}

async function commandNamed(name: string): Promise<Command> {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name]?.load : undefined;
  if (load !== undefined) return load();
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

async function commandHelp(spec: CommandSpec, streams: Streams): Promise<number> {
  const { commandHelp: textOf } = await import('./help.ts');
  streams.output.write(textOf(spec, lookOf(streams.output, streams, true).width));
  return STATUS_DONE;
}

/** Help needs no time. */
const NO_CLOCK: Clock = {
  now: () => 0,
  wall: () => 0,
  sleep: () => Promise.resolve(),
  turn: () => Promise.resolve(),
};

function version(streams: Streams): number {
  streams.output.write(`havip ${ownVersion()}\n`);
  return STATUS_DONE;
}
