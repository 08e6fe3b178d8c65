/**
 * `havip watch`: replay on a live interface. What the interface receives and sends is read as a
 * capture on standard input would be, so that everything behind the reader is that of
 * `tcpdump -U -w - | havip replay -`; an interrupt is the end of the input.
 */
import type { CaptureReader } from '../capture/index.ts';
import { readCapture } from '../capture/reader.ts';
import { InterfaceSource } from '../ports/interface-source.ts';
import type { Engine } from './engine.ts';
import { noticeLine } from './notice.ts';
import { type CommandSpec, readCommandLine } from './option-table.ts';
import { readDuration } from './option-values.ts';
import { runReplay } from './replay.ts';
import { REPLAY, requestOf } from './replay-spec.ts';
import type { Clock, Streams } from './streams.ts';
import { UsageError } from './usage-error.ts';
import { workerProgram } from './worker-program.ts';

/** Of `havip replay`, those that mean something while things happen. */
const OPTIONS_OF_REPLAY = [
  ...['lab', 'provider', 'havip', 'format', 'all-claims', 'limit', 'fail-on', 'max-outage'],
  ...['html', 'caches', 'no-color'],
];

const WATCH: CommandSpec = {
  name: 'watch',
  operands: '',
  summary: 'tell what happens to virtual addresses on an interface, as it happens (needs root)',
  options: [
    { name: 'interface', value: 'IFACE', help: 'the interface to look at, both directions' },
    { name: 'seconds', value: 'N', help: 'end after so long; else at an interrupt (Ctrl-C)' },
    ...REPLAY.options.filter(({ name }) => OPTIONS_OF_REPLAY.includes(name)),
    { name: 'json', help: 'the same as --format json' },
  ],
  examples: [
    ['havip watch --interface eth0', 'until Ctrl-C, then the report'],
    [
      'havip watch --interface br0 --lab lab.yaml --seconds 60 --max-outage 3s',
      'a drill of a minute: status 1 where an outage was longer',
    ],
  ],
};

/** What stands for the interface among the captures: it makes the report follow. */
const LIVE = '-';

const loadEngine = async (): Promise<Engine> => (await import('./engine.ts')).engine;

export async function watch(
  arguments_: readonly string[],
  streams: Streams,
  clock: Clock,
): Promise<number> {
  const line = readCommandLine(WATCH, withFormat(arguments_));
  const [operand] = line.operands;
  if (operand !== undefined) {
    throw new UsageError(`"${operand}" belongs to no option`, 'name the interface: --interface');
  }
  const interfaceName = line.value('interface');
  if (interfaceName === null) {
    throw new UsageError('no interface is named', 'write --interface and one that ip link shows');
  }
  const seconds = line.value('seconds');
  const milliseconds = seconds === null ? null : readSeconds(seconds) * 1e3;
  const request = requestOf(line, 'watch', [LIVE]);
  const engine = await loadEngine();
  const source = await openInterface(interfaceName);
  const forget = streams.onEnd(() => source.end());
  try {
    // Its own sleep goes on although the input has ended before: the process then ends.
    if (milliseconds !== null) void clock.sleep(milliseconds).then(() => source.end());
    const openCapture = (): Promise<CaptureReader> => readCapture(source, interfaceName, {});
    const status = await runReplay(request, streams, clock, { ...engine, openCapture });
    const { dropped } = source;
    if (dropped > 0) {
      const what = `${dropped} frames came faster than they were read; the report lacks them`;
      streams.errors.write(noticeLine('havip watch', `warning: ${what}`));
    }
    return status;
  } finally {
    forget();
    await source.close();
  }
}

function withFormat(arguments_: readonly string[]): string[] {
  return arguments_.flatMap((word) => (word === '--json' ? ['--format', 'json'] : [word]));
}

function readSeconds(text: string): number {
  return readDuration('seconds', /^[\d.]+$/.test(text) ? `${text}s` : text);
}

async function openInterface(name: string): Promise<InterfaceSource> {
  try {
    return await InterfaceSource.open(name, workerProgram('receiver-worker'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPERM') throw new UsageError('watching needs root', 'use sudo (CAP_NET_RAW)');
    if (code !== 'ENODEV') throw error;
    throw new UsageError(`there is no interface "${name}" here`, 'ip link shows those there are');
  }
}
