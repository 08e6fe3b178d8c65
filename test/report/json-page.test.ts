/**
 * docs/json.md describes the document of `havip replay --format json`: what the program prints is
 * on the page and the page has nothing else, its values are those of the code, and its examples
 * and questions are answered as it says.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CAUSES, OUTAGE_CAUSES } from '../../src/analysis/logs.ts';
import type { ReplayResult } from '../../src/analysis/result.ts';
import { ADVERT_FAULTS } from '../../src/analysis/virtual-router.ts';
import { FORM_NAMES } from '../../src/arp/claim.ts';
import { STATE_NAMES } from '../../src/arp/linux-neighbor.ts';
import { PROFILE_NAMES } from '../../src/arp/receiver-profiles.ts';
import { runCommand } from '../../src/cli/commands.ts';
import { DROP_REASON_NAMES, MALFORMED } from '../../src/dataplane/drop-reason.ts';
import { CLAIM_VERDICT_NAMES } from '../../src/dataplane/verdict.ts';
import { FAULT_NAMES } from '../../src/wire/fault.ts';
import { MemoryClock, MemoryStreams } from '../cli/memory-streams.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/json.md'), 'utf8');
const RESULT = readFileSync(join(ROOT, 'src/analysis/result.ts'), 'utf8');

const [KEYS = '', VALUES = ''] = PAGE.split('\n## Keys\n')[1]!.split('\n## Values\n');

/** The rows of the table under each heading of the third level. */
function tables(part: string): Map<string, string[][]> {
  const sections = part.split(/\n## /)[0]!.split('\n### ').slice(1);
  return new Map(
    sections.map((section) => {
      const rows = section.split('\n').filter((line) => line.startsWith('| `'));
      const heading = section.split('\n')[0]!.replaceAll('`', '');
      return [heading, rows.map((row) => row.split('|').map((cell) => cell.trim()))];
    }),
  );
}

/** By path of the object: each of its keys with what the page says that it holds. */
const DESCRIBED = new Map(
  [...tables(KEYS)].map(([path, rows]) => [
    path === '.' ? '' : path,
    new Map(rows.map(([, key = '', type = '']) => [key.replaceAll('`', ''), type])),
  ]),
);

const TRUNCATED = 'a truncated capture';
const RUNS: readonly (readonly string[])[] = [
  ['pcaps/01-alibaba-unicast-kill.pcap'],
  ['pcaps/01-alibaba-unicast-kill.pcap', '--to', '12.4'],
  ['pcaps/07-use-vmac.pcap.gz', '--all-claims'],
  ['pcaps/08-ipv6.pcap.gz'],
  ['pcaps/10-rogue.pcap', '--lab', 'pcaps/10-rogue.lab.yaml', '--caches'],
  ['pcaps/10-rogue.pcap', '--limit', '2'],
  ['pcaps/12-vlan.pcap.gz', '--havip', '192.168.20.100=00:00:00:00:00:01'],
  ['pcaps/18f-arp-only.pcap'],
  ['pcaps/09b-split-trunk.pcap.gz', 'pcaps/09b-split-trunk-sw2.pcap.gz', '--caches'],
  [TRUNCATED],
];

let folder = '';
const documents: ReplayResult[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), `havip-json-page-${process.pid}-`));
  const whole = readFileSync(join(ROOT, 'pcaps/01-alibaba-unicast-kill.pcap'));
  const cut = join(folder, 'cut.pcap');
  writeFileSync(cut, whole.subarray(0, 100_000));
  for (const run of RUNS) {
    documents.push(await replay(run.map((word) => (word === TRUNCATED ? cut : word))));
  }
}, 60_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function replay(words: readonly string[]): Promise<ReplayResult> {
  const streams = new MemoryStreams();
  await runCommand(['replay', ...words, '--format', 'json'], streams, new MemoryClock());
  return JSON.parse(streams.output.text) as ReplayResult;
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  integer: (value) => Number.isInteger(value) && (value as number) >= 0,
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  strings: (value) => Array.isArray(value) && value.every(TYPES.string!),
  counts: (value) => isObject(value) && Object.values(value).every((count) => count > 0),
  object: isObject,
  list: (value) => Array.isArray(value),
  null: (value) => value === null,
  absent: (value) => value === undefined,
};

function isObject(value: unknown): value is Record<string, never> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What of an object the page does not say; `seen` has the path of each key that is there. */
function unsaid(value: object, path: string, seen: Set<string>): string[] {
  const described = DESCRIBED.get(path);
  if (described === undefined) return [`${path}: no table`];
  const object = value as Record<string, unknown>;
  const known = [...described.keys()].filter((key) => key in object);
  const order = Object.keys(object);
  const wrong = order.join() === known.join() ? [] : [`${path}: ${order} are not ${known}`];
  for (const [key, type] of described) {
    const at = path === '' ? key : `${path}.${key}`;
    const inner = object[key];
    if (inner !== undefined) seen.add(at);
    if (!type.split(' or ').some((one) => TYPES[one]?.(inner) === true)) {
      wrong.push(`${at}: ${JSON.stringify(inner)} is no ${type}`);
    }
    if (type.startsWith('object') && isObject(inner)) wrong.push(...unsaid(inner, at, seen));
    if (!type.startsWith('list') || !Array.isArray(inner)) continue;
    wrong.push(...inner.flatMap((entry) => unsaid(entry, `${at}[]`, seen)));
  }
  return wrong;
}

test('what the program prints is on the page, and nothing else is', () => {
  const seen = new Set<string>();
  for (const document of documents) {
    expect([...new Set(unsaid(document, '', seen))].slice(0, 10)).toEqual([]);
  }
  const described = [...DESCRIBED].flatMap(([path, keys]) =>
    [...keys.keys()].map((key) => (path === '' ? key : `${path}.${key}`)),
  );
  expect(described.length).toBeGreaterThan(150);
  expect(described.filter((path) => !seen.has(path))).toEqual([]);
});

/** Which type of src/analysis/result.ts is behind a path. */
const INTERFACES: Readonly<Record<string, string>> = {
  '': 'ReplayResult',
  capture: 'CaptureSummary',
  counts: 'FrameCounts',
  'hosts[]': 'HostSummary',
  'virtualRouters[]': 'VirtualRouterSummary',
  'virtualRouters[].speakers[]': 'SpeakerSummary',
  'havips[]': 'HavipSummary',
  'havips[].timeline[]': 'TimelineEntry',
  'claims[]': 'ClaimEntry',
  'failovers[]': 'FailoverEntry',
  'failovers[].from': 'Party',
  'failovers[].to': 'Party',
  'failovers[].evidence': 'Evidence',
  'failovers[].receivers[]': 'ReceiverEntry',
  'outages[]': 'OutageEntry',
  'findings[]': 'Finding',
  elided: 'Elided',
  'caches[]': 'CacheEntry',
  'caches[].entries[]': 'CacheRowEntry',
};

test.each(Object.entries(INTERFACES))('null is said of "%s" where it may be', (path, name) => {
  const [, body = ''] = new RegExp(`interface ${name} [^{]*{\n([\\s\\S]*?)\n}`).exec(RESULT) ?? [];
  const fields = [...body.matchAll(/^ {2}(\w+): (.+);$/gm)];
  expect(fields.length).toBeGreaterThan(2);
  for (const [, key = '', type = ''] of fields) {
    const said = DESCRIBED.get(path)?.get(key);
    expect(said?.endsWith(' or null'), key).toBe(type.endsWith('| null'));
  }
});

/** The members of the union that a type or a field is in src/analysis/result.ts. */
function union(declaration: RegExp): string[] {
  const [, text = ''] = declaration.exec(RESULT) ?? [];
  return [...text.matchAll(/'([^']+)'/g)].map(([, name]) => name!);
}

describe('values', () => {
  const code: Record<string, readonly string[]> = {
    role: union(/ role: ([^;]+);/),
    mode: union(/ mode: ([^;]+);/),
    authType: union(/ authType: ([^;]+);/),
    checksum: union(/ checksum: ([^;]+);/),
    faults: ADVERT_FAULTS,
    verdict: CLAIM_VERDICT_NAMES,
    form: FORM_NAMES,
    // The refusals of the claim guard stand before all others.
    reason: DROP_REASON_NAMES.slice(1, MALFORMED),
    cause: CAUSES,
    'outage cause': OUTAGE_CAUSES,
    vantage: union(/type Vantage = ([^;]+);/),
    profile: PROFILE_NAMES,
    severity: union(/type Severity = ([^;]+);/),
    state: STATE_NAMES.slice(1),
    malformed: FAULT_NAMES.slice(1),
  };
  const said = tables(VALUES);

  test('of each the page has a table, and every link to one leads there', () => {
    expect([...said.keys()]).toEqual(expect.arrayContaining(Object.keys(code)));
    expect(said.size).toBe(Object.keys(code).length);
    const anchors = [...PAGE.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor!);
    const headings = [...said.keys()].map((name) => name.toLowerCase().replaceAll(' ', '-'));
    expect(headings).toEqual(expect.arrayContaining(anchors));
  });

  test.each(Object.entries(code))('of %s are those of the code', (name, values) => {
    expect(values.length).toBeGreaterThan(1);
    const rows = said.get(name)!.map(([, value]) => value!.replaceAll('`', ''));
    expect(rows.sort()).toEqual([...values].sort());
  });
});

/** Whether a value is printed so, but for entries and keys that are left out. */
function isPart(part: unknown, whole: unknown): boolean {
  if (Array.isArray(part)) {
    let at = 0;
    const entries = whole as unknown[];
    return part.every((entry) => {
      while (at < entries.length && !isPart(entry, entries[at])) at++;
      return at++ < entries.length;
    });
  }
  if (!isObject(part)) return part === whole;
  return isObject(whole) && Object.keys(part).every((key) => isPart(part[key], whole[key]));
}

test('the example is part of what is printed', () => {
  const example = JSON.parse(/```json\n([\s\S]*?)```/.exec(PAGE)![1]!);
  expect(Object.keys(example).length).toBeGreaterThan(4);
  expect(example.outages).toHaveLength(1);
  expect(isPart(example, documents[0])).toBe(true);
  expect(isPart({ ...example, schema: 'other' }, documents[0])).toBe(false);
});

/** By what the jq program does, one for each question of the page, in its order. */
const ANSWERS: readonly ((document: ReplayResult) => string[])[] = [
  ({ outages }) => {
    const longest = new Map<string, number>();
    for (const { ip, seconds } of outages) {
      longest.set(ip, Math.max(longest.get(ip) ?? 0, seconds ?? 0));
    }
    return [...longest].sort().map(([ip, seconds]) => `${ip} ${seconds} s`);
  },
  ({ outages }) =>
    outages.map(({ t, seconds, failover }) => {
      const start = Math.round((t! - seconds!) * 1000) / 1000;
      return `${start} to ${t}, failover ${failover! + 1}`;
    }),
  ({ claims }) =>
    claims
      .filter(({ mac, verdict }) => verdict === 'refused' && mac === '00:16:3e:e5:0a:01')
      .map(({ frame, ip, reason }) => `${frame} ${ip} ${reason}`),
  ({ failovers }) =>
    failovers
      .filter(({ detectionSeconds: detection, masterDownIntervalSeconds: expected }) => {
        return detection !== null && expected !== null && detection > expected + 0.5;
      })
      .map(({ ip, frame, detectionSeconds }) => `${ip} frame ${frame}: ${detectionSeconds} s`),
  ({ failovers }) => [`${failovers.filter(({ outageSeconds }) => outageSeconds === null).length}`],
  ({ findings }) => [`${findings.every(({ severity }) => severity !== 'error')}`],
];

describe('questions', () => {
  const asked = [
    ...PAGE.matchAll(
      /```sh\nhavip replay ([^\n]+) --format json \|\n {2}jq (-\w) '([^']+)'\n```\n\n```\n([\s\S]*?)```/g,
    ),
  ].map(([, words, option, program, answer]) => {
    return { words: words!.split(' '), option: option!, program: program!, answer: answer! };
  });
  const hasJq = spawnSync('jq', ['--version']).status === 0;

  test('each has its answer below', () => {
    expect(asked).toHaveLength(PAGE.match(/^ {2}jq /gm)!.length);
    expect(asked).toHaveLength(ANSWERS.length);
  });

  test.each(asked.map((one, i) => ({ ...one, i })))('$program', async (one) => {
    const document = await replay(one.words);
    expect(`${ANSWERS[one.i]!(document).join('\n')}\n`).toBe(one.answer);
    if (!hasJq) return;
    const input = JSON.stringify(document);
    const { stdout } = spawnSync('jq', [one.option, one.program], { input, encoding: 'utf8' });
    expect(stdout).toBe(one.answer);
  });
});
