/** Files that are read whole, and what `include` names: patterns of glob(7) and braces. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { includedFiles, readConf } from '../../src/cli/conf-files.ts';
import { wildcard } from '../../src/cli/wildcard.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'havip-include-'));
  mkdirSync(join(folder, 'd'));
  for (const name of ['a.conf', 'b.conf', '.c.conf', 'a'.repeat(60), 'd/e.conf']) {
    writeFileSync(join(folder, name), `${name}\n`);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const names = (pattern: string): string[] =>
  includedFiles(pattern, join(folder, 'x')).map(({ file }) => basename(file));

describe('a file', () => {
  /** What is read of a named pipe into which the shell's `command` writes. */
  const piped = (name: string, command: string): string => {
    const pipe = join(folder, name);
    execFileSync('mkfifo', [pipe]);
    const writer = spawn('sh', ['-c', `${command} > "$0"`, pipe], { stdio: 'ignore' });
    try {
      return readConf(pipe);
    } finally {
      writer.kill();
    }
  };

  test('may be a pipe, which comes in pieces', () => {
    expect(piped('pieces', '(echo global_defs; sleep 0.1; echo "{ }")')).toBe('global_defs\n{ }\n');
    const long = piped('long', 'head -c 4194304 /dev/zero | tr "\\0" "#"');
    expect(long).toBe('#'.repeat(4 * 1024 * 1024));
  });

  test.each([
    ['a pipe', () => piped('endless', 'yes')],
    ['a device', () => readConf('/dev/zero')],
  ])('that never ends is not read for ever: %s', (_, read) => {
    expect(read).toThrow('larger than 4 MiB');
  });

  test('that is included is read within the same limit', () => {
    writeFileSync(join(folder, 'd', 'large'), '#'.repeat(4 * 1024 * 1024 + 1));
    expect(names('d/large')).toEqual([]);
  });
});

describe('an include', () => {
  test.each([
    ['a.conf', ['a.conf']],
    ['*.conf', ['a.conf', 'b.conf']],
    ['.*.conf', ['.c.conf']],
    ['{b,a}.conf', ['b.conf', 'a.conf']],
    ['{d/e,{b,a}}.conf', ['e.conf', 'b.conf', 'a.conf']],
    ['*/*.conf', ['e.conf']],
    ['{a.conf', []],
    ['[z-a].conf', []],
  ])('%s names %j', (pattern, files) => {
    expect(names(pattern)).toEqual(files);
  });

  test.each([
    ['many stars', `${'*?'.repeat(30)}X`],
    ['many braces that are not closed', `{${','.repeat(4000)}`],
    ['a brace of many parts', `${'a'.repeat(300_000)}{${','.repeat(300_000)}}`],
    ['braces behind each other', `${'{a,b}'.repeat(800)}`],
  ])('of %s takes no time', (_, pattern) => {
    const begun = performance.now();
    expect(names(pattern)).toEqual([]);
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});

describe('a pattern', () => {
  test.each([
    ['*', '', true],
    ['a*b*c', 'aXbXbc', true],
    ['a*b*c', 'aXbXcb', false],
    ['a?c', 'ac', false],
    ['[!a-c]x', 'dx', true],
    ['[!a-c]x', 'bx', false],
    ['a.c', 'abc', false],
    ['a[', 'a[', true],
    ['**', 'any', true],
    ['?', '', false],
  ])('%s and %j: %s', (pattern, name, isFit) => {
    expect(wildcard(pattern)(name)).toBe(isFit);
  });
});
