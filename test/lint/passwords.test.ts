// No report shows a password, however the file is broken: each of these lines has a finding, is
// shown by every format with its password masked, and no message quotes it.
import { describe, expect, test } from 'vitest';
import { lintText } from '../../src/cli/lint-text.ts';
import { parseKeepalivedConf } from '../../src/lint/keepalived-conf.ts';
import type { LintResult } from '../../src/lint/lint.ts';
import { lintJson } from '../../src/lint/lint-json.ts';
import { lintSarif } from '../../src/lint/sarif.ts';
import { insteadOf, shownLine } from '../../src/lint/shown-finding.ts';
import { clean } from './cases.ts';
import { judge } from './judge.ts';

const LOOK = { width: 200, color: false, unicode: true };

/** Every report of a file, and what it says, shows and writes of each line. */
function reports(text: string): { all: string; lines: string[]; result: LintResult } {
  const result = judge({}, [text]);
  const all = lintText(result, LOOK) + lintJson(result) + lintSarif(result, '0');
  const lines = result.findings.flatMap((finding) => [
    shownLine(result, finding)?.trim() ?? '',
    ...(insteadOf(result.source, finding)?.lines ?? []).map((line) => line.trim()),
  ]);
  const notices = parseKeepalivedConf(text, 'a.conf').notices.map(({ message }) => message);
  return { all: all + notices.join('\n'), lines, result };
}

/** The clean file with other lines for its password. */
function withPassword(lines: string): string {
  return clean(1).replace('auth_pass 1111', () => lines);
}

describe.each([
  ['a misspelled word', 'auth_passs hunter2hunter2', 'auth_passs ********'],
  ['another', 'auth_pasword hunter2hunter2', 'auth_pasword ********'],
  ['a word that is not like it at all', 'pwd hunter2hunter2 x', 'pwd ******** ********'],
  ['an escaped quote', 'auth_pass "ab\\"hunter2hunter2"', 'auth_pass ********'],
  ['quotes inside', 'auth_pass ab"cd efgh"hunter2ijk', 'auth_pass ********'],
  ['a quote that is not closed', 'auth_pass "ab hunter2', 'auth_pass ********'],
  ['an equals sign', 'auth_pass=hunter2hunter2', 'auth_pass=********'],
  ['a colon', 'auth_pass: hunter2hunter2', 'auth_pass: ********'],
  ['no blank at all', 'auth_passhunter2', 'auth_pass********'],
  ['a line of its own', 'auth_pass\n hunter2', '********'],
  ['a backslash before the end of the line', 'auth_pass \\\n hunter2 x', '******** ********'],
  ['a brace in it', 'auth_pass ab{hunter2', 'auth_pass ********'],
  ['a closing brace in it', 'auth_pass ab}hunter2', 'auth_pass ********'],
  ['what keepalived takes for a comment', 'auth_passs ab!hunter2', 'auth_passs ********'],
  ['an old one in a comment', 'auth_passs x # not hunter2', 'auth_passs ******** ********'],
])('%s', (_, written, shown) => {
  test('is masked', () => {
    const { all, lines } = reports(withPassword(written));
    expect(all).not.toContain('hunter2');
    expect(lines).toContain(shown);
  });
});

test.each([
  ['hunt!hunter2', true],
  ['hunt#hunter2', true],
  ["'hunt!hunter2'", true],
  ['hunt\\!hunter2', true],
  ['"hunt!hunter2"', false],
  ['"hunter2"', false],
  ['hunter2 !since hunter2', false],
])('%s: whether a comment cuts it, and it is masked', (password, isCut) => {
  const { all, lines, result } = reports(withPassword(`auth_pass ${password}`));
  const said = result.findings.map(({ message }) => message).join();
  expect(said.includes('takes ! and # for the beginning of a comment')).toBe(isCut);
  expect(lines.includes('auth_pass "<the password>"')).toBe(isCut);
  expect(all).not.toContain('hunt');
});

test.each([
  ['outside of every block', 'auth_pass hunter2hunter2\n'],
  ['in a block that is none', 'authentification {\n  auth_type PASS\n  secret hunter2\n}\n'],
  ['on the line of a block that is closed there', 'authentication { auth_pass hunter2 }\n'],
  ['of an @id that is not asked for', '@other auth_passs hunter2\nauth_passs hunter2\n'],
])('is masked %s', (_, text) => {
  const { all, result } = reports(text + clean(1));
  expect(result.findings.length).toBeGreaterThan(0);
  expect(all).not.toContain('hunter2');
});

test('is masked behind a block that nothing closes', () => {
  const text = clean(1).replace('    }\n    unicast_src', '    unicast_src');
  const { all } = reports(text.replace('auth_pass 1111', 'auth_passs hunter2'));
  expect(all).toContain('missing-brace');
  expect(all).not.toContain('hunter2');
});

test('is masked where parameters and repetitions make it', () => {
  const defined = '$PASS=hunter2hunter2\n';
  const { all, lines } = reports(defined + withPassword('auth_pass $PASS\n~LST(P, hunter2) p $P'));
  expect(all).not.toContain('hunter2');
  expect(lines).toContain('auth_pass ********');
  expect(lines).toContain('~LST(********) p ********');
});

test('is in no block that is moved', () => {
  const script = 'vrrp_script chk {\n  script "/bin/chk" --password hunter2\n}\n';
  const text = clean(1).replace(
    '    track_interface',
    '    track_script {\n chk\n }\n    track_interface',
  );
  const { all } = reports(text + script);
  expect(all).toContain('stands behind the instance');
  expect(all).not.toContain('hunter2');
});

test('of one that is too long it is said in words what to write', () => {
  const { all, result } = reports(withPassword('auth_pass hunter2hunter2'));
  expect(all).not.toContain('hunter2');
  const finding = result.findings.find(({ rule }) => rule === 'auth-too-long')!;
  expect(finding.message).toBe(
    'keepalived uses only the first 8 characters of auth_pass: write these alone',
  );
  expect(insteadOf(result.source, finding)).toMatchObject({
    kind: 'write',
    lines: ['auth_pass <the first 8 characters of the password>'],
  });
  const mended = result.source.mendedText('ecs-1.conf', finding.fix?.edits ?? []);
  expect(mended).toContain('auth_pass hunter2h\n');
});

test('nothing else is', () => {
  const text = clean(1).replace('PASS', 'PAS').replace('priority 100', 'priority x # author');
  const { lines } = reports(text);
  expect(lines).toContain('auth_type PAS');
  expect(lines).toContain('priority x # author');
});

test('of tens of thousands on one line each is masked, in no more than their own time', () => {
  const from = performance.now();
  const { lines } = reports('auth_pass hunter2 x '.repeat(30_000));
  expect(performance.now() - from).toBeLessThan(20_000);
  expect(lines.join()).not.toContain('hunter2');
});
