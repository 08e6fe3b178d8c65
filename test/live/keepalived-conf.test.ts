/**
 * The second source for the parser of keepalived.conf: `keepalived -t` is shown the same text and
 * must call the same words unknown, and none of ours.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FILE_GRAMMAR, type Grammar } from '../../src/lint/keywords.ts';
import { unknownWords } from '../lint/notices.ts';

const KEEPALIVED = spawnSync('keepalived', ['--version'], { encoding: 'utf8' });
/** The version whose keywords the table has; others have more or fewer. */
const IS_ASKED = KEEPALIVED.status === 0 && KEEPALIVED.stderr.includes('Keepalived v2.2.');
const FIXTURES = join(import.meta.dirname, '../lint/fixtures');

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), `havip-conf-${process.pid}-`));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The words that keepalived calls unknown, as `line word`, each once. */
function keepalivedUnknown(text: string): string[] {
  const file = join(folder, 'a.conf');
  writeFileSync(file, text);
  const { stdout, stderr } = spawnSync('keepalived', ['-t', '-f', file], { encoding: 'utf8' });
  const pattern = /Line (\d+)\) Unknown keyword '([^']*)'/g;
  const found = [...(stdout + stderr).matchAll(pattern)].map(([, line, word]) => `${line} ${word}`);
  // A brace that closes nothing is no keyword, and has a remark of its own with us.
  return [...new Set(found)].filter((entry) => !entry.endsWith(' }')).sort(byLine);
}

function endsFor(text: string): boolean {
  const file = join(folder, 'b.conf');
  writeFileSync(file, text);
  const { stderr } = spawnSync('keepalived', ['-t', '-f', file], { encoding: 'utf8' });
  return stderr.includes('is missing a parameter');
}

function byLine(a: string, b: string): number {
  return Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1);
}

function expectSame(text: string): void {
  expect(unknownWords(text).sort(byLine)).toEqual(keepalivedUnknown(text));
}

/** Every keyword of a block on a line of its own, with a block where it has one. */
function everyKeyword({ keywords, withoutValue }: Grammar): string {
  const lines = [...keywords].map(([word, content]) => {
    if (content === null) return withoutValue.has(word) ? `${word} 1` : word;
    if (typeof content === 'string') return `${word} x {\n}`;
    return `${word} x {\n${everyKeyword(content)}\n}`;
  });
  return lines.join('\n');
}

describe.skipIf(!IS_ASKED)('keepalived itself', () => {
  test('knows every keyword that we know', { timeout: 60_000 }, () => {
    const text = everyKeyword(FILE_GRAMMAR);
    expect(unknownWords(text)).toEqual([]);
    // Left out of builds without ipset.
    const builds = /^\d+ vrrp_ipsets$/;
    expect(keepalivedUnknown(text).filter((entry) => !builds.test(entry))).toEqual([]);
  });

  test('ends where a value is missing, and only where we say so', { timeout: 60_000 }, () => {
    const blocks = [...FILE_GRAMMAR.keywords].flatMap(([word, content]) =>
      content === null || typeof content === 'string' ? [] : [[word, content] as const],
    );
    for (const [block, { keywords, withoutValue }] of blocks) {
      for (const [word, content] of keywords) {
        if (content !== null) continue;
        const ends = endsFor(`${block} x {\n${word}\n}\n`);
        expect(`${block} ${word} ${ends}`).toBe(
          `${block} ${word} ${withoutValue.get(word) === 'ends'}`,
        );
      }
    }
  });

  const fixtures = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' });
  const files = fixtures.filter((name) => name.endsWith('.conf'));

  test.each(files)('calls the same words of %s unknown', (name) => {
    expectSame(readFileSync(join(FIXTURES, name), 'utf8'));
  });

  test.each([
    'vrrp_instance V {\n  prioritty 100\n  virtual_ipadress {\n 10.0.0.1\n',
    'global_defs {\n router-id x\n enable_script_security\n}\nvrrp_scripts c {\n script x\n}\n',
    'vrrp_instance V { bogus1\npriority 1 }\nbogus2\n',
    'vrrp_instance V{\nbogus1\n}bogus2\nbogus3\n',
    'vrrp_instance V {\nbogus{x\nbogus1\n',
    'vrrp_instance V {\n"bogus" 1\nnotify "/a { b"\nbogus1\n}\nbogus2 # x\n',
    'bogus {\nstate X\nvrrp_instance V {\ninner\n}\n}\nbogus2\n',
    `$A=bogus1\n$A\n\${A}x\n$B\nvrrp_instance V {\n$A 1\n}\n`,
    `$M= \\\n bogus$N \\\n bogus\${N}x \n$N=1\n$M\n$N=2\n$M\nbogus3\n`,
    '@nobody bogus1\n@^nobody bogus2\nvrrp_instance V {\n @^nobody bogus3\n}\n',
    `~SEQ(X,1,3) bogus\${X}\n~SEQ(Y,3,1) c\${Y}\n`,
    `~SEQx(Z,8,2,12) d\${Z}\n`,
    `~LST({A,B},{1,2},{3,4}) b\${A}\${B}\n`,
    'vrrp_sync_group G {\n group {\n A\n }\n priority 3\n}\nvrrp_script c {\n fal 3\n}\n',
    'vrrp_instance V {\nauthentication {\nauth_typ PASS\nauth_pass x!y\n}\n}\n',
  ])('calls the same words unknown in %j', (text) => {
    expectSame(text);
  });
});
