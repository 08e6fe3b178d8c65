/** The command line of `havip replay`: its options, and what a user asked with them. */
import type { TimePoint } from '../analysis/time-base.ts';
import type { Havip } from '../havip/topology.ts';
import { FINDING_CODES } from '../report/finding-codes.ts';
import { type CommandLine, type CommandSpec, readCommandLine } from './option-table.ts';
import { readDuration, readHavip, readSpeed, readTimePoint, readWhole } from './option-values.ts';
import { UsageError } from './usage-error.ts';

export const REPLAY: CommandSpec = {
  name: 'replay',
  operands: 'CAPTURE...',
  summary: 'tell from a capture who held a HaVip when, what a cloud would refuse, and each outage',
  options: [
    { name: 'lab', value: 'FILE', help: 'lab file: who is who, and who may claim what' },
    { name: 'provider', value: 'NAME', help: "rules to judge claims by (overrides the lab's)" },
    {
      name: 'havip',
      value: 'IP=MAC[,MAC...]',
      isRepeatable: true,
      help: 'guard this address: only these MACs may claim it',
    },
    { name: 'format', value: 'text|json', help: 'text (default), or one JSON document' },
    { name: 'all-claims', help: 'list every claim, those that change nothing too' },
    { name: 'from', value: 'T', help: 'begin at T: seconds since the first frame, or RFC 3339' },
    { name: 'to', value: 'T', help: 'end at T' },
    { name: 'speed', value: 'max|FACTOR', help: 'pace the text: 1 is as fast as it happened' },
    {
      name: 'limit',
      value: 'N',
      help: 'entries kept at each end of a list (5000; text 500; 0: all)',
    },
    {
      name: 'fail-on',
      value: 'CODE[,CODE...]',
      isRepeatable: true,
      help: 'exit with status 1 where one of these findings is made',
    },
    {
      name: 'max-outage',
      value: 'DURATION',
      help: 'exit with status 1 where an outage is longer (3s, 500ms, 1m)',
    },
    { name: 'html', value: 'FILE', help: 'also write a page to look at: lanes over time, tables' },
    {
      name: 'annotate',
      value: 'FILE.pcapng',
      help: 'write the frames with what happened as comments, for Wireshark',
    },
    { name: 'caches', help: "tell what each client's neighbor table held, as Linux keeps it" },
    { name: 'no-color', help: 'no colours, even on a terminal' },
  ],
  examples: [
    ['havip replay failover.pcap', 'what happened to the virtual addresses of a capture'],
    [
      'havip replay failover.pcap --havip 192.168.0.88=00:16:3e:00:00:01,00:16:3e:00:00:02',
      'the same, and which claims of the address would be refused',
    ],
    [
      'havip replay failover.pcap --annotate marked.pcapng',
      'the same frames with what happened as packet comments, for Wireshark',
    ],
    ['tcpdump -U -w - | havip replay -', 'follow a live capture'],
    ['havip replay drill.pcap --max-outage 3s --fail-on claim-refused', 'a test in a pipeline'],
  ],
};

/** A terminal shows a few dozen entries; a document is for programs. */
const LIMIT_JSON = 5000;
const LIMIT_TEXT = 500;
const FORMATS = ['text', 'json'] as const;

export interface ReplayRequest {
  /** The command that was given, as messages name it. */
  command: 'replay' | 'watch';
  captures: string[];
  lab: string | null;
  provider: string | null;
  havips: Havip[];
  format: 'text' | 'json';
  allClaims: boolean;
  caches: boolean;
  from: TimePoint | null;
  to: TimePoint | null;
  /** How many times faster than it happened; null: at once. */
  speed: number | null;
  limit: number;
  failOn: string[];
  maxOutageSeconds: number | null;
  /** The page to write beside the report; null: none. */
  html: string | null;
  isColorRefused: boolean;
  /** Where the annotated capture goes, or null. */
  annotate: string | null;
}

/** The request; UsageError where it cannot be obeyed. */
export function readReplayRequest(arguments_: readonly string[]): ReplayRequest {
  const line = readCommandLine(REPLAY, arguments_);
  return requestOf(line, 'replay', readCaptures(line));
}

/** What a command line with some of these options asks for; UsageError likewise. */
export function requestOf(
  line: CommandLine,
  command: ReplayRequest['command'],
  captures: string[],
): ReplayRequest {
  const request: ReplayRequest = {
    command,
    captures,
    lab: line.value('lab'),
    provider: line.value('provider'),
    havips: line.values('havip').map(readHavip),
    format: readFormat(line),
    allClaims: line.isGiven('all-claims'),
    caches: line.isGiven('caches'),
    from: optional(line, 'from', readTimePoint),
    to: optional(line, 'to', readTimePoint),
    speed: readSpeed(line.value('speed') ?? 'max'),
    limit: optional(line, 'limit', readWhole) ?? defaultLimit(line),
    failOn: readCodes(line),
    maxOutageSeconds: optional(line, 'max-outage', readDuration),
    html: line.value('html'),
    isColorRefused: line.isGiven('no-color'),
    annotate: line.value('annotate'),
  };
  checkTogether(request);
  return request;
}

/** What is written into a file is for programs, too. */
function defaultLimit(line: CommandLine): number {
  const isForTerminal = readFormat(line) === 'text' && line.value('annotate') === null;
  return isForTerminal ? LIMIT_TEXT : LIMIT_JSON;
}

function optional<T>(
  line: CommandLine,
  name: string,
  read: (option: string, text: string) => T,
): T | null {
  const text = line.value(name);
  return text === null ? null : read(name, text);
}

function readCaptures(line: CommandLine): string[] {
  if (line.operands.length === 0) {
    throw new UsageError('no capture is named', 'name a file, or - for standard input');
  }
  if (line.operands.filter((operand) => operand === '-').length > 1) {
    throw new UsageError('standard input (-) is named twice', 'it can be read once');
  }
  return line.operands;
}

function readFormat(line: CommandLine): 'text' | 'json' {
  const text = line.value('format') ?? 'text';
  const format = FORMATS.find((known) => known === text);
  if (format === undefined) throw UsageError.unknown('format', text, FORMATS, 'write text or json');
  return format;
}

function readCodes(line: CommandLine): string[] {
  const codes = line.values('fail-on').flatMap((text) => text.split(','));
  for (const code of codes) {
    if (FINDING_CODES.includes(code)) continue;
    const mend = 'havip explain lists them';
    throw UsageError.unknown('finding code', code, FINDING_CODES, mend);
  }
  return codes;
}

/** What each option allows alone but not beside the others. */
function checkTogether(request: ReplayRequest): void {
  const { provider, lab, havips, from, to } = request;
  if (provider !== null && lab === null && havips.length === 0) {
    throw new UsageError(
      '--provider alone leaves nothing to guard',
      'add --lab FILE, or --havip IP=MAC for each virtual address',
    );
  }
  if (request.annotate !== null && request.captures.includes('-')) {
    throw new UsageError(
      '--annotate reads the capture twice, which standard input cannot be',
      'save it first: tcpdump -w FILE',
    );
  }
  const seen = new Set<string | null>();
  for (const { address } of havips) {
    if (seen.has(address)) {
      throw new UsageError(`--havip ${address} is given twice`, 'list its MACs after one =');
    }
    seen.add(address);
  }
  if (from === null || to === null) return;
  if (instant(from) > instant(to) && 'seconds' in from === 'seconds' in to) {
    throw new UsageError('--from is later than --to', 'exchange the two');
  }
}

function instant(point: TimePoint): number {
  return 'seconds' in point ? point.seconds : Date.parse(point.time);
}
