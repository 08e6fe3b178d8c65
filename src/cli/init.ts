/** `havip init`: a lab file from the user's own keepalived.conf files, and what is left to do. */
import fs from 'node:fs';
import path from 'node:path';
import type { ProviderName } from '../havip/topology.ts';
import { hostConfs } from './host-confs.ts';
import { confNotes, hostDrafts } from './host-drafts.ts';
import { noticeLine } from './notice.ts';
import { type CommandLine, type CommandSpec, readCommandLine } from './option-table.ts';
import { type Clock, STATUS_DONE, type Streams } from './streams.ts';
import { UsageError } from './usage-error.ts';
import { isSame } from './whole-file.ts';

const INIT: CommandSpec = {
  name: 'init',
  operands: 'KEEPALIVED.CONF...',
  summary: 'write a lab file from keepalived.conf files, one for each host',
  options: [
    { name: 'provider', value: 'NAME', help: 'the cloud whose rules the lab holds (required)' },
    { name: 'output', value: 'FILE|-', help: 'where to write it (lab.yaml); - is standard output' },
    { name: 'force', help: 'overwrite a file that is there' },
  ],
  examples: [
    [
      'havip init ecs-1.conf ecs-2.conf --provider alibaba',
      'write lab.yaml: both hosts, their HaVips, and a client that pings them',
    ],
    [
      'havip init node1/keepalived.conf node2/keepalived.conf --provider huawei --output -',
      'show what it would be; the hosts are called node1 and node2',
    ],
  ],
};

const OUTPUT_DEFAULT = 'lab.yaml';

interface Request {
  files: string[];
  provider: ProviderName;
  output: string;
  isForced: boolean;
}

export async function init(
  arguments_: readonly string[],
  streams: Streams,
  _clock: Clock,
): Promise<number> {
  const line = readCommandLine(INIT, arguments_);
  const request = await readRequest(line);
  const isFile = request.output !== '-';
  if (isFile) checkOutput(request);
  const confs = hostConfs(request.files);
  if (confs.every(({ conf }) => conf.instances.length === 0)) {
    const mend = 'name the files that keepalived is started with';
    throw new UsageError(`no vrrp_instance in ${request.files.join(', ')}`, mend);
  }
  const { draftLab } = await import('../lab/draft/lab-draft.ts');
  const folder = isFile ? path.dirname(path.resolve(request.output)) : process.cwd();
  const { text, notes } = draftLab(hostDrafts(confs, folder), request.provider);
  const all = new Set([...confs.flatMap(({ conf }) => confNotes(conf)), ...notes]);
  const { parseLab } = await import('../lab/file/lab-file.ts');
  // A lab that could not be read again would be of no use: its error names what is to be changed.
  parseLab(text, isFile ? request.output : 'the lab', { folder });
  if (isFile) write(request, text);
  else streams.output.write(text);
  for (const note of all) streams.errors.write(noticeLine('havip init', `note: ${note}`));
  if (isFile) streams.errors.write(noticeLine('havip init', `wrote ${request.output}`));
  return STATUS_DONE;
}

async function readRequest(line: CommandLine): Promise<Request> {
  const { RULE_SET_NAMES, isRuleSetName } = await import('../havip/rule-sets.ts');
  const known = `write one of ${RULE_SET_NAMES.join(', ')}`;
  if (line.operands.length === 0) {
    throw new UsageError('no keepalived.conf is named', 'name one for each host');
  }
  const name = line.value('provider');
  if (name === null) throw new UsageError('--provider is missing', known);
  if (!isRuleSetName(name)) throw UsageError.unknown('provider', name, RULE_SET_NAMES, known);
  return {
    files: line.operands,
    provider: name,
    output: line.value('output') ?? OUTPUT_DEFAULT,
    isForced: line.isGiven('force'),
  };
}

/** Before anything is read: what is there already stays. */
function checkOutput({ output, isForced, files }: Request): void {
  if (files.some((file) => isSame(output, file))) {
    throw new UsageError(`--output ${output} is one of the files to read`, 'name another');
  }
  if (isForced || !fs.existsSync(output)) return;
  throw new UsageError(`${output} is there already`, 'add --force, or --output with another name');
}

function write({ output, isForced }: Request, text: string): void {
  try {
    fs.writeFileSync(output, text, { flag: isForced ? 'w' : 'wx' });
  } catch (error) {
    const { message } = error as NodeJS.ErrnoException;
    throw new UsageError(`cannot write ${output}: ${message}`, 'name another with --output');
  }
}
