/** `havip up`: a lab on this machine, in the foreground, until it is interrupted. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LabEvent } from '../analysis/live-events.ts';
import type { Topology } from '../havip/topology.ts';
import { ControlServer } from '../lab/control-server.ts';
import { Lab } from '../lab/lab.ts';
import { obey } from '../lab/lab-commands.ts';
import { controlPath } from '../lab/lab-record.ts';
import { labLine } from '../report/lab-lines.ts';
import { hostLine } from './host-lines.ts';
import { lookOf } from './look.ts';
import { type CommandSpec, readCommandLine } from './option-table.ts';
import { type Clock, STATUS_DONE, STATUS_UNUSABLE, type Streams } from './streams.ts';
import { UsageError } from './usage-error.ts';
import { workerProgram } from './worker-program.ts';

export const UP: CommandSpec = {
  name: 'up',
  operands: 'LAB',
  summary: 'run the lab of a lab file on this machine until it is interrupted (needs root)',
  options: [
    { name: 'json', help: 'print one JSON object an event' },
    { name: 'all-claims', help: 'tell of every claim, those that change nothing too' },
    { name: 'dry-run-guard', help: 'tell what the cloud would refuse, and let it pass' },
    { name: 'capture', value: 'DIR', help: 'write what passes each port to DIR/PORT.pcapng' },
    { name: 'logs', value: 'DIR', help: "write each host's output to DIR/HOST.log, not here" },
    { name: 'control', value: 'PATH', help: 'take commands at this socket, not the usual one' },
    { name: 'busy-poll', help: 'never sleep: takes a processor for itself' },
    { name: 'no-color', help: 'no colours, even on a terminal' },
  ],
  examples: [
    ['havip up examples/alibaba/lab.yaml', 'two keepalived hosts and a client behind one HaVip'],
    ['havip kill ecs-1', 'in another terminal: the power of ecs-1 fails'],
  ],
};

export async function up(
  arguments_: readonly string[],
  streams: Streams,
  clock: Clock,
): Promise<number> {
  const line = readCommandLine(UP, arguments_);
  const look = lookOf(streams.output, streams, line.isGiven('no-color'));
  if (line.isGiven('help')) {
    const { commandHelp } = await import('./help.ts');
    streams.output.write(commandHelp(UP, look.width));
    return STATUS_DONE;
  }
  const [file, ...more] = line.operands;
  if (file === undefined || more.length > 0) {
    throw new UsageError('up takes one lab file', 'havip up examples/alibaba/lab.yaml');
  }
  const isJson = line.isGiven('json');
  const hosts = hostLine(line.value('logs'), isJson ? streams.errors : streams.output, look);
  const emit = (event: LabEvent): void =>
    streams.output.write(isJson ? `${JSON.stringify(event)}\n` : labLine(event, look));
  let status = STATUS_DONE;
  const end = ending(streams);
  const folder = path.dirname(path.resolve(file));
  const lab = await Lab.start({
    topology: await readLab(file, folder),
    file: path.resolve(file),
    folder,
    allClaims: line.isGiven('all-claims'),
    dryRun: line.isGiven('dry-run-guard'),
    busyPoll: line.isGiven('busy-poll'),
    captureFolder: line.value('capture'),
    engine: workerProgram('engine-worker'),
    command: [process.execPath, fileURLToPath(workerProgram('main'))],
    wallClock: clock.wall,
    emit,
    onLine: (host, text) => hosts.write(host, text),
    onFailure: (error) => {
      streams.errors.write(`havip up: the engine failed: ${error.message}\n`);
      status = STATUS_UNUSABLE;
      end.now();
    },
  });
  let control: ControlServer | null = null;
  try {
    const chosen = line.value('control');
    const place = chosen === null ? controlPath(lab.name) : path.resolve(chosen);
    control = await ControlServer.listen(place, async (request) => {
      if (request.command !== 'down') return obey(lab, request);
      // The answer leaves first.
      setImmediate(() => end.now());
      return null;
    });
    if (chosen !== null) lab.ground.listensAt(place);
    await Promise.race([lab.bringUp(), end.asked]);
    await end.asked;
  } finally {
    await control?.close();
    await lab.stop();
    hosts.end();
    end.forget();
  }
  return status;
}

/** Resolves at the first SIGINT, SIGTERM or SIGHUP, or when `now` is called. */
function ending(streams: Streams): { asked: Promise<void>; now(): void; forget(): void } {
  let now = (): void => {};
  const asked = new Promise<void>((resolve) => (now = resolve));
  const forget = streams.onEnd(() => now());
  return { asked, now: () => now(), forget };
}

async function readLab(file: string, folder: string): Promise<Topology> {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `${file}: ${code === 'ENOENT' ? 'no such file' : message}`,
      'name a lab file',
    );
  }
  const { parseLab } = await import('../lab/file/lab-file.ts');
  return parseLab(text, file, { folder });
}
