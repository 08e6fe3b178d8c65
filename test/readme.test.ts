/**
 * The README promises what the program does: console blocks are run, and what they quote must be
 * printed ("..." stands for any lines); every command of `havip replay` must be a lawful one, and
 * every file that a page names must exist.
 */
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCommand } from '../src/cli/commands.ts';
import { HelpAsked, readCommandLine } from '../src/cli/option-table.ts';
import { REPLAY } from '../src/cli/replay-spec.ts';
import { readSources } from './architecture/sources.ts';
import { MemoryClock, MemoryStreams } from './cli/memory-streams.ts';

const ROOT = resolve(import.meta.dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const PAGES = ['README.md', 'CHANGELOG.md', 'docs/README.md', 'docs/json.md', 'pcaps/README.md'];

const { scripts, dependencies, devDependencies, optionalDependencies } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
) as Record<
  'scripts' | 'dependencies' | 'devDependencies' | 'optionalDependencies',
  Record<string, string>
>;

interface Session {
  command: string;
  /** What is printed, with "..." for any lines. */
  quoted: string[];
}

function sessions(): Session[] {
  const blocks = [...README.matchAll(/```console\n([\s\S]*?)```/g)].map((match) => match[1]!);
  const found: Session[] = [];
  for (const line of blocks.flatMap((block) => block.trimEnd().split('\n'))) {
    if (line.startsWith('$ ')) found.push({ command: line.slice(2), quoted: [] });
    else found.at(-1)!.quoted.push(line);
  }
  return found;
}

/** The arguments of a command that is havip, however it is called; else null. */
function argumentsOf(command: string): string[] | null {
  const whole = command === 'npm start' ? scripts.start! : command;
  const [, rest] = /^(?:havip|node dist\/cli\/main\.js) (.*)$/.exec(whole) ?? [];
  return rest?.split(/\s+/) ?? null;
}

/** Whether the quoted lines are printed in this order, with gaps only where "..." stands. */
function isQuoteOf(quoted: readonly string[], printed: readonly string[]): boolean {
  const [first, ...rest] = quoted;
  if (first === undefined) return printed.length === 0;
  if (first === '...') {
    return printed.some((_, at) => isQuoteOf(rest, printed.slice(at))) || rest.length === 0;
  }
  return first === printed[0] && isQuoteOf(rest, printed.slice(1));
}

test('the README quotes what is printed', async () => {
  let status = 0;
  const commands = sessions();
  expect(commands.length).toBeGreaterThanOrEqual(5);
  for (const { command, quoted } of commands) {
    if (command === 'echo $?') {
      expect(quoted).toEqual([String(status)]);
      continue;
    }
    const args = argumentsOf(command);
    expect(args, command).not.toBeNull();
    const streams = new MemoryStreams();
    status = await runCommand(args as string[], streams, new MemoryClock());
    const printed = streams.output.text.trimEnd().split('\n');
    expect(isQuoteOf(quoted, printed), `${command} prints\n${printed.join('\n')}`).toBe(true);
  }
});

test('its JSON example has these numbers', async () => {
  const [, capture] = /havip replay (\S+) --format json \|/.exec(README)!;
  const streams = new MemoryStreams();
  await runCommand(['replay', capture!, '--format', 'json'], streams, new MemoryClock());
  const { outages } = JSON.parse(streams.output.text);
  const lines = outages.map(
    (one: { ip: string; seconds: number; cause: string }) =>
      `${one.ip} ${one.seconds} s, ${one.cause}`,
  );
  expect(README).toContain('```\n' + lines.join('\n') + '\n```');
});

test('its commands are lawful', () => {
  const commands = [...README.matchAll(/havip replay ([^\n|`]+)/g)].map((match) =>
    match[1]!.trim(),
  );
  expect(commands.length).toBeGreaterThanOrEqual(7);
  for (const command of commands) {
    const read = () => readCommandLine(REPLAY, command.split(/\s+/));
    if (command === '--help') expect(read).toThrow(HelpAsked);
    else expect(read, command).not.toThrow();
  }
});

test('its table names each package that the program loads, and no other', () => {
  const links = [...README.matchAll(/npmjs\.com\/package\/([\w@/-]+)/g)].map((match) => match[1]!);
  const named = { ...dependencies, ...devDependencies, ...optionalDependencies };
  for (const name of links) expect(named).toHaveProperty([name]);
  const loaded = readSources()
    .flatMap(({ imports }) => imports)
    .filter(({ specifier, isRelative }) => !isRelative && !isBuiltin(specifier))
    .map(({ specifier }) => specifier.replace(/^([^@/]+)\/.*/, '$1'));
  expect(links).toEqual(expect.arrayContaining([...new Set(loaded)]));
  for (const name of Object.keys(devDependencies)) {
    expect(README).toContain(name.replace('@biomejs/', '').replace('@vitest/coverage-v8', 'v8'));
  }
});

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');

  test('links to files that exist', () => {
    const links = [...text.matchAll(/\]\(([^)#]+)/g)].map((match) => match[1]!);
    const broken = links
      .filter((link) => !link.startsWith('http'))
      .filter((link) => !existsSync(join(ROOT, dirname(page), link)));
    expect(broken).toEqual([]);
  });

  test('names captures that exist', () => {
    const named = text.match(/pcaps\/[\w.-]+\.(pcap|pcapng|yaml)(\.gz|\.zst)?/g) ?? [];
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

test('pcaps/README.md describes each capture, with its frames', () => {
  const page = readFileSync(join(ROOT, 'pcaps/README.md'), 'utf8');
  const rows = page.split('\n').filter((line) => /^\| `\d/.test(line));
  const described = rows.flatMap((row) => {
    const [, names = '', frames = ''] = row.split('|');
    const counts = frames.trim().split(', ');
    return [...names.matchAll(/`([^`]+)`/g)].map(([, name], index) => ({
      name: name!,
      frames: Number(counts[index] ?? counts[0]),
    }));
  });
  for (const { name, frames } of described) {
    const truth = JSON.parse(readFileSync(join(ROOT, `pcaps/${name}.truth.json`), 'utf8'));
    expect({ name, frames }).toEqual({ name, frames: truth.tshark.counts.frames });
  }
  expect(described).toHaveLength(37);
});
