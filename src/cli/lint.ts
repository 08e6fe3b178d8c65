/** `havip lint`: keepalived.conf files judged before they fail in the cloud. */
import fs from 'node:fs';
import { nearest } from '../lab/file/nearest.ts';
import type { LintRequest, LintResult } from '../lint/lint.ts';
import { lint as lintFiles } from '../lint/lint.ts';
import { RULE_IDS, RULES } from '../lint/rules.ts';
import { Page } from '../report/page.ts';
import { includedFiles } from './conf-files.ts';
import { writeParagraph } from './explain.ts';
import { hostConfs, hostNames } from './host-confs.ts';
import { lookOf } from './look.ts';
import { type CommandLine, type CommandSpec, readCommandLine } from './option-table.ts';
import { ownVersion } from './own-version.ts';
import { scriptFacts } from './script-facts.ts';
import { type Clock, STATUS_CONDITION, STATUS_DONE, type Streams } from './streams.ts';
import { UsageError } from './usage-error.ts';

const LINT: CommandSpec = {
  name: 'lint',
  operands: 'KEEPALIVED.CONF...',
  summary: 'judge the keepalived.conf files of a cluster, one for each host',
  options: [
    { name: 'provider', value: 'NAME', help: 'judge by the rules of this cloud too' },
    { name: 'lab', value: 'FILE', help: 'judge by the hosts and HaVips of this lab file too' },
    { name: 'keepalived-version', value: 'VERSION', help: 'the version that the hosts run' },
    {
      name: 'root',
      value: 'FOLDER',
      help: 'where the scripts of the hosts are looked for, in place of /',
    },
    { name: 'format', value: 'text|json|sarif', help: 'how to report (text)' },
    { name: 'warnings-as-errors', help: 'status 1 where there are warnings too' },
    {
      name: 'explain',
      value: 'RULE',
      help: 'say what a rule means and what to do; all lists them',
    },
    { name: 'no-color', help: 'no colours, even on a terminal' },
  ],
  examples: [
    [
      'havip lint ecs-1.conf ecs-2.conf --provider alibaba',
      'both files, against each other and against what Alibaba Cloud carries',
    ],
    ['havip lint ecs-1.conf ecs-2.conf --lab lab.yaml', 'and against the HaVips of a lab'],
    ['havip lint --explain nopreempt-cleared', 'what this rule means'],
  ],
};

const FORMATS = ['text', 'json', 'sarif'] as const;
type Format = (typeof FORMATS)[number];

const DOCUMENT = new URL('../../docs/lint.md', import.meta.url);
const VERSION = /^v?(\d+(?:\.\d+){0,3})$/;
const EVERY_RULE = 'all';

export async function lint(
  arguments_: readonly string[],
  streams: Streams,
  _clock: Clock,
): Promise<number> {
  const line = readCommandLine(LINT, arguments_);
  const look = lookOf(streams.output, streams, line.isGiven('no-color'));
  const rule = line.value('explain');
  if (rule !== null) {
    const page = new Page(look);
    explainRule(page, rule);
    streams.output.write(page.text());
    return STATUS_DONE;
  }
  const format = formatOf(line);
  const result = lintFiles(await requestOf(line));
  if (format === 'json') {
    const { lintJson } = await import('../lint/lint-json.ts');
    streams.output.write(lintJson(result));
  } else if (format === 'sarif') {
    const { lintSarif } = await import('../lint/sarif.ts');
    streams.output.write(lintSarif(result, ownVersion()));
  } else {
    const { lintText } = await import('./lint-text.ts');
    streams.output.write(lintText(result, look));
  }
  return statusOf(result, line.isGiven('warnings-as-errors'));
}

function statusOf({ counts }: LintResult, isStrict: boolean): number {
  const isBad = counts.error > 0 || (isStrict && counts.warning > 0);
  return isBad ? STATUS_CONDITION : STATUS_DONE;
}

function formatOf(line: CommandLine): Format {
  const text = line.value('format') ?? 'text';
  const format = FORMATS.find((one) => one === text);
  if (format !== undefined) return format;
  throw UsageError.unknown('format', text, FORMATS, `write one of ${FORMATS.join(', ')}`);
}

async function requestOf(line: CommandLine): Promise<LintRequest> {
  if (line.operands.length === 0) {
    throw new UsageError('no keepalived.conf is named', 'name one for each host');
  }
  const { topologyOf } = await import('./topology.ts');
  const [lab, provider] = [line.value('lab'), line.value('provider')];
  const { isRuleSetName, RULE_SET_NAMES } = await import('../havip/rule-sets.ts');
  if (provider !== null && !isRuleSetName(provider)) {
    const known = `write one of ${RULE_SET_NAMES.join(', ')}`;
    throw UsageError.unknown('provider', provider, RULE_SET_NAMES, known);
  }
  const topology = lab === null ? null : await topologyOf({ lab, provider, havips: [] });
  const confs = hostConfs(line.operands);
  const names = hostNames(confs);
  const root = rootOf(line);
  return {
    files: confs.map(({ path: file, text, configId }, i) => ({
      host: names[i] ?? file,
      file,
      text,
      options: { include: includedFiles, configId },
    })),
    provider:
      topology?.provider ?? (provider !== null && isRuleSetName(provider) ? provider : null),
    topology,
    keepalived: versionOf(line),
    scripts: (script) => scriptFacts(root, script),
    nearest,
  };
}

function rootOf(line: CommandLine): string {
  const root = line.value('root') ?? '/';
  if (fs.statSync(root, { throwIfNoEntry: false })?.isDirectory() === true) return root;
  throw new UsageError(`--root ${root} is no folder`, "name the folder that is the hosts' /");
}

function versionOf(line: CommandLine): LintRequest['keepalived'] {
  const text = line.value('keepalived-version');
  if (text === null) return null;
  const numbers = VERSION.exec(text)?.[1]?.split('.').map(Number);
  if (numbers !== undefined) return { text, numbers };
  const mend = 'write what keepalived --version prints, such as 2.2.7';
  throw new UsageError(`--keepalived-version: "${text}" is no version`, mend);
}

function explainRule(page: Page, rule: string): void {
  const sections = ruleSections(fs.readFileSync(DOCUMENT, 'utf8'));
  if (rule === EVERY_RULE) {
    for (const { id, severity, title } of RULES) {
      page.paragraph(`${id} (${severity}): ${title}`, { hang: 4 });
    }
    return;
  }
  if (!RULE_IDS.includes(rule)) {
    const mend = 'havip lint --explain all lists them';
    throw UsageError.unknown('rule', rule, RULE_IDS, mend);
  }
  page.title(rule);
  for (const paragraph of sections.get(rule) ?? []) writeParagraph(page, paragraph);
}

/** The paragraphs under each third-level heading, up to the next heading of any level. */
export function ruleSections(document: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  for (const part of document.split(/^(?=#{1,3} )/m)) {
    if (!part.startsWith('### ')) continue;
    const [heading = '', ...rest] = part.split('\n');
    const text = rest.join('\n').trim();
    sections.set(heading.slice(4).trim(), text.split(/\n{2,}/));
  }
  return sections;
}
