/** `havip up`: a lab on this machine, in the foreground, until it is interrupted. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LabEvent } from '../analysis/live-events.ts';
import type { ApiServer } from '../api/server.ts';
import { DYNAMIC_ARP_INSPECTION, type PolicerRate } from '../dataplane/arp-policer.ts';
import { type Account, openAccount, planeOf } from '../lab/account.ts';
import { type ControlRequest, ControlServer } from '../lab/control-server.ts';
import { EngineLink } from '../lab/engine/engine-link.ts';
import { Lab } from '../lab/lab.ts';
import { obey, type RunningLab } from '../lab/lab-commands.ts';
import { LabDataplane } from '../lab/lab-dataplane.ts';
import { LabError } from '../lab/lab-error.ts';
import { controlPath } from '../lab/lab-record.ts';
import type { CallEntry } from '../lab/state/history.ts';
import { callLine, commandLine, LabLines } from '../report/lab-lines.ts';
import { API_OPTIONS, type ApiPlace, apiPlace, openApi } from './api-options.ts';
import { hostLine } from './host-lines.ts';
import { labText } from './lab-text.ts';
import { LiveOutput, leave } from './live-output.ts';
import { lookOf } from './look.ts';
import { noticeLine } from './notice.ts';
import { type CommandLine, type CommandSpec, readCommandLine } from './option-table.ts';
import { type Clock, STATUS_DONE, STATUS_UNUSABLE, type Streams } from './streams.ts';
import { UsageError } from './usage-error.ts';
import { workerProgram } from './worker-program.ts';

const UP: CommandSpec = {
  name: 'up',
  operands: 'LAB',
  summary: 'run the lab of a lab file on this machine until it is interrupted (needs root)',
  options: [
    { name: 'json', help: 'print one JSON object an event' },
    { name: 'all-claims', help: 'tell of every claim, those that change nothing too' },
    { name: 'dry-run-guard', help: 'tell what the cloud would refuse, and let it pass' },
    { name: 'capture', value: 'DIR', help: 'write what passes each port to DIR/PORT.pcapng' },
    { name: 'logs', value: 'DIR', help: "write each host's output to DIR/HOST.log, not here" },
    { name: 'state', value: 'FILE', help: 'keep HaVips, bindings and history there' },
    ...API_OPTIONS,
    { name: 'control', value: 'PATH', help: 'take commands at this socket, not the usual one' },
    {
      name: 'arp-rate',
      value: 'PPS',
      ifBare: String(DYNAMIC_ARP_INSPECTION.rate),
      looksLike: /^\d+$/,
      help: `refuse what a port claims by ARP and ND above that (${DYNAMIC_ARP_INSPECTION.rate})`,
    },
    { name: 'busy-poll', help: 'never sleep: takes a processor for itself' },
    { name: 'no-color', help: 'no colours, even on a terminal' },
  ],
  examples: [
    ['havip up examples/alibaba/lab.yaml', 'two keepalived hosts and a client behind one HaVip'],
    ['havip up lab.yaml --state lab.db --api', 'what an SDK changes is there the next time, too'],
    ['havip kill ecs-1', 'in another terminal: the power of ecs-1 fails'],
  ],
};

export async function up(
  arguments_: readonly string[],
  streams: Streams,
  clock: Clock,
): Promise<number> {
  const line = readCommandLine(UP, arguments_);
  const [file, ...more] = line.operands;
  if (file === undefined || more.length > 0) {
    throw new UsageError('up takes one lab file', 'havip up examples/alibaba/lab.yaml');
  }
  const api = apiPlace(line);
  const arpRate = arpRateOf(line.value('arp-rate'));
  const state = line.value('state');
  const folder = path.dirname(path.resolve(file));
  const now = (): number => Math.floor(clock.wall() / 1e6);
  const warn = (text: string): void => streams.errors.write(noticeLine('havip up', text));
  // The engine's thread starts while the lab file is read, and rehearses while all else is made.
  const link = EngineLink.start(workerProgram('engine-worker'));
  try {
    const { parseLab, placedError } = await import('../lab/file/lab-file.ts');
    const text = await labText(file, file, 'name a lab file');
    const topology = parseLab(text, file, { folder });
    const { provider } = topology;
    if (provider === null) throw new LabError('no provider is named', 'write provider: alibaba');
    link.rehearse({ provider, dryRun: line.isGiven('dry-run-guard') });
    try {
      const account = await openAccount(topology, { state, now, warn });
      const common = { line, file, folder, streams, clock, account, link, api, now, warn };
      try {
        return await run({ ...common, arpRate });
      } finally {
        account.store.close();
      }
    } catch (error) {
      throw placedError(error, text, file);
    }
  } finally {
    await link.stop();
  }
}

interface Run {
  line: CommandLine;
  file: string;
  folder: string;
  streams: Streams;
  clock: Clock;
  account: Account;
  link: EngineLink;
  api: ApiPlace | null;
  arpRate: PolicerRate | null;
  /** Milliseconds since 1970. */
  now(): number;
  warn(text: string): void;
}

async function run({ line, streams, account, ...more }: Run): Promise<number> {
  const look = lookOf(streams.output, streams, line.isGiven('no-color'));
  const isJson = line.isGiven('json');
  const output = new LiveOutput(streams.output, more.warn);
  const shown = isJson ? new LiveOutput(streams.errors, more.warn) : output;
  const hosts = hostLine(line.value('logs'), shown, look, more.warn);
  const lines = new LabLines(look);
  const emit = (event: LabEvent): void => {
    const told = isJson ? `${JSON.stringify(event)}\n` : lines.line(event);
    if (told !== null) output.write(told);
  };
  // Programs have the state and the history for this: the events are a contract.
  const onDone = (request: ControlRequest, milliseconds: number): void => {
    const time = new Date(milliseconds).toISOString();
    const told = isJson ? null : commandLine(time, request, look);
    if (told !== null) output.write(told);
  };
  const onCall = (call: CallEntry): void => {
    const told = isJson ? null : callLine(new Date(call.time).toISOString(), call, look);
    if (told !== null) output.write(told);
  };
  let status = STATUS_DONE;
  const end = ending(streams);
  streams.output.onClosed(end.now);
  const lab = await Lab.start({
    topology: account.topology,
    changes: account.changes,
    history: account.store,
    file: path.resolve(more.file),
    folder: more.folder,
    allClaims: line.isGiven('all-claims'),
    dryRun: line.isGiven('dry-run-guard'),
    arpRate: more.arpRate,
    busyPoll: line.isGiven('busy-poll'),
    captureFolder: line.value('capture'),
    link: more.link,
    command: [process.execPath, fileURLToPath(workerProgram('main'))],
    wallClock: more.clock.wall,
    emit,
    onLine: (host, text) => hosts.write(host, text),
    warn: more.warn,
    onFailure: (error) => {
      more.warn(error.message);
      status = STATUS_UNUSABLE;
      end.now();
    },
  });
  const plane = planeOf(account, new LabDataplane(lab), more.now, onCall);
  const running = { lab, plane, store: account.store };
  let control: ControlServer | null = null;
  let server: ApiServer | null = null;
  try {
    control = await listen(line.value('control'), running, { now: more.now, onDone, end: end.now });
    if (more.api !== null) server = await openApi(more.api, running, more.warn);
    await Promise.race([lab.bringUp(server?.url ?? null), end.asked]);
    await end.asked;
  } finally {
    await server?.close();
    await control?.close();
    await lab.stop();
    hosts.end();
    output.tell();
    shown.tell();
    end.forget();
  }
  await leave([streams.output, streams.errors], more.clock);
  return status;
}

/** With a burst of one second; null for no limit. Throws UsageError. */
function arpRateOf(text: string | null): PolicerRate | null {
  if (text === null) return null;
  if (/^[1-9]\d{0,6}$/.test(text)) return { rate: Number(text), burst: Number(text) };
  const mend = `write frames a second, such as ${DYNAMIC_ARP_INSPECTION.rate}`;
  throw new UsageError(`--arp-rate: "${text}" is no rate`, mend);
}

interface Obedience {
  /** Milliseconds since 1970. */
  now(): number;
  /** A command was obeyed, which came at that time. */
  onDone(request: ControlRequest, milliseconds: number): void;
  end(): void;
}

/** Takes commands at `chosen`, or else at the usual place. */
async function listen(
  chosen: string | null,
  running: RunningLab,
  { now, onDone, end }: Obedience,
): Promise<ControlServer> {
  const { lab } = running;
  const place = chosen === null ? controlPath(lab.name) : path.resolve(chosen);
  const control = await ControlServer.listen(place, async (request) => {
    if (request.command === 'down') {
      // The answer leaves first.
      setImmediate(end);
      return null;
    }
    const came = now();
    const result = await obey(running, request);
    onDone(request, came);
    return result;
  });
  if (chosen !== null) lab.ground.listensAt(place);
  return control;
}

/** Resolves at the first signal to end, or when `now` is called. */
function ending(streams: Streams): { asked: Promise<void>; now(): void; forget(): void } {
  let now = (): void => {};
  const asked = new Promise<void>((resolve) => (now = resolve));
  const forget = streams.onEnd(() => now());
  return { asked, now: () => now(), forget };
}
