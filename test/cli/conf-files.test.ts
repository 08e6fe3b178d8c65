/** What `include` names: patterns of glob(7) and braces, of whatever length and shape. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { includedFiles } from '../../src/cli/conf-files.ts';
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
