/** The program around the commands: help, version, explain, and what it does not know. */
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CAUSES, OUTAGE_CAUSES } from '../../src/analysis/logs.ts';
import { runCommand } from '../../src/cli/commands.ts';
import { GLOSSARIES, type Glossary, sectionsOf } from '../../src/cli/explain.ts';
import { progressText } from '../../src/cli/progress.ts';
import { DROP_REASON_NAMES } from '../../src/dataplane/drop-reason.ts';
import { CLAIM_VERDICT_NAMES } from '../../src/dataplane/verdict.ts';
import { FINDING_CODES } from '../../src/report/finding-codes.ts';
import { MemoryClock, MemoryStreams } from './memory-streams.ts';

async function run(line: string) {
  const streams = new MemoryStreams();
  const arguments_ = line.split(' ').filter((word) => word !== '');
  const status = await runCommand(arguments_, streams, new MemoryClock());
  return { status, out: streams.output.text, err: streams.errors.text };
}

describe('help', () => {
  test.each(['help', '--help', '-h'])('havip %s lists the commands', async (line) => {
    const { status, out } = await run(line);
    expect(status).toBe(0);
    expect(out).toMatch(/replay.*who held/s);
    expect(out).toContain('explain');
  });

  test.each([
    'replay --help',
    'help replay',
    'replay x --lab y -h',
  ])('havip %s shows every option and an example', async (line) => {
    const { status, out } = await run(line);
    expect(status).toBe(0);
    for (const name of ['lab FILE', 'havip IP=MAC', 'fail-on CODE', 'max-outage', 'speed']) {
      expect(out).toContain(`--${name}`);
    }
    expect(out).toContain('tcpdump -U -w - | havip replay -');
    for (const text of out.split('\nExamples')[0]?.split('\n') ?? []) {
      expect(text.length).toBeLessThanOrEqual(80);
    }
  });

  test('brackets tell which operands may be left out', async () => {
    const { out } = await run('help');
    expect(out).toMatch(/^ {2}list \[TEXT\] {2}/m);
    expect(out).toMatch(/^ {2}bind HAVIP HOST\[\/ENI\] {2}/m);
    expect(out).toMatch(/^ {2}status {2}/m);
  });

  test.each([
    'up',
    'status',
    'list',
    'history',
    'bind',
    'fault',
    'down',
    'watch',
    'speak',
    'init',
    'lint',
  ])('havip %s --help and havip help %s are one', async (name) => {
    const { status, out } = await run(`${name} --help`);
    expect(status).toBe(0);
    expect(out).toContain(`Usage: havip ${name}`);
    expect(await run(`help ${name}`)).toEqual({ status, out, err: '' });
  });

  test('havip explain --help', async () => {
    expect((await run('explain --help')).out).toContain('havip explain claim-refused');
  });
});

describe('what an argument may not do to a terminal', () => {
  const EVIL = '\x1b[31mEVIL\x1b]0;pwn\x07\u202e';

  test.each([
    [EVIL],
    ['replay', EVIL],
    ['replay', 'x', `--${EVIL}`],
    ['replay', 'x', '--havip', `${EVIL}=1`],
    ['init', '--provider', 'classic', EVIL],
    ['up', EVIL],
    ['lint', EVIL],
  ])('havip %s', async (...arguments_) => {
    const streams = new MemoryStreams();
    expect(await runCommand(arguments_, streams, new MemoryClock())).not.toBe(0);
    expect(streams.errors.text).toContain('?[31mEVIL?]0;pwn??');
    const { text } = streams.errors;
    expect(/[\p{Cc}\u202e]/u.exec(text)?.index).toBe(text.length - 1);
  });
});

describe('mistakes', () => {
  test.each([
    ['', /no command is named; havip help lists them/],
    ['replya x', /unknown command "replya"; did you mean replay\?/],
    ['toString', /unknown command "toString"/],
    ['history web x', /havip history: history takes one HaVip; /],
    ['history --format xml', /havip history: --format: no format "xml"; write one of text, json/],
    ['history --since 5', /havip history: --since: "5" has no unit; write 1h/],
    ['history --since noon', /--since: "noon" is no moment; write 1h, 30m or 90s, or a time such/],
    ['replay x --from 2026-01-31T24:00:00Z', /--from: "2026-01-31T24:00:00Z" is no moment; write/],
    ['up lab.yaml --api-keys keys', /havip up: --api-keys without --api does nothing; add --api/],
    ['up lab.yaml --api=here', /havip up: --api: "here" is no place; write 8470 or 127.0.0.1:8470/],
    ['up --api 84700 lab.yaml', /havip up: --api: "84700" is no place; /],
    ['up --api 8470', /havip up: up takes one lab file/],
    ['doctor --lab /dev/zero', /--lab: \/dev\/zero: larger than 1 MiB; is it a lab file\?/],
    ['up /dev/zero', /havip up: \/dev\/zero: larger than 1 MiB; is it a lab file\?/],
    ['explain claim-refuse', /havip explain: unknown word.*did you mean claim-refused\?/],
    ['explain not-carrid', /unknown word "not-carrid"; did you mean not-carried\? havip explain/],
    ['explain preemtion', /unknown word "preemtion"; did you mean preemption\?/],
    ['explain zombie', /unknown word "zombie"; did you mean zombie-holder\?/],
    ['explain allowed', /unknown word "allowed"; /],
    ['replay x --fail-on zombie', /unknown finding code "zombie"; did you mean zombie-holder\?/],
    ['replay x --fail-on slow-failover', /did you mean slow-takeover\? havip explain lists them/],
    ['explain --what', /havip explain: unknown option "--what"/],
  ])('havip %s: one line, status 2', async (line, message) => {
    const { status, out, err } = await run(line);
    expect(status).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(message);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});

test('--version is that of the package', async () => {
  const manifest = JSON.parse(
    fs.readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  expect((await run('--version')).out).toBe(`havip ${manifest.version}\n`);
});

describe('explain', () => {
  const kinds = GLOSSARIES.map((glossary) => [glossary.kind, glossary] as const);
  const findings = ['**Meaning.**', '**How it is recognised.**', '**What to do.**'];
  const parts: Record<string, string[]> = {
    finding: findings,
    'drop reason': ['**Meaning.**', '**When it is normal.**', '**What to do.**'],
    cause: findings,
    word: ['**Meaning.**'],
  };

  test.each(kinds)('the document has a section for each %s and for nothing else', (_, glossary) => {
    expect([...sectionsOf(glossary).keys()].sort()).toEqual([...glossary.words].sort());
  });

  test('every finding, drop reason and cause is there', () => {
    const words = GLOSSARIES.filter(({ kind }) => kind !== 'word').flatMap((one) => one.words);
    const reasons = DROP_REASON_NAMES.filter((name) => name !== 'allowed');
    expect(words).toEqual([...FINDING_CODES, ...reasons, ...CAUSES, ...OUTAGE_CAUSES]);
  });

  test('so is what a report calls claims, and the parts of a failover', () => {
    const { words } = GLOSSARIES.find(({ kind }) => kind === 'word') as Glossary;
    const parts = ['holder', 'outage', 'detection', 'evidence', 'receivers'];
    expect(words).toEqual(expect.arrayContaining([...CLAIM_VERDICT_NAMES, ...parts]));
  });

  test.each(kinds)('each %s is explained in full', (kind, glossary) => {
    for (const [word, paragraphs] of sectionsOf(glossary)) {
      const text = paragraphs.join('\n');
      for (const part of parts[kind] ?? []) expect(text, word).toContain(part);
    }
  });

  test('prints a section, set to the width', async () => {
    const { status, out } = await run('explain claim-refused');
    expect(status).toBe(0);
    expect(out).toMatch(/^claim-refused\n {2}Meaning\. A host claimed an address/);
    expect(out).toContain('  - not-member: the sender is not bound to this HaVip.');
    expect(out).not.toMatch(/\*\*|`/);
    for (const text of out.split('\n')) expect(text.length).toBeLessThanOrEqual(80);
  });

  test('prints a drop reason and a cause as it prints a finding', async () => {
    const { status, out } = await run('explain not-carried crash');
    expect(status).toBe(0);
    expect(out).toMatch(/^not-carried\n {2}Meaning\. A frame to a multicast or broadcast MAC/);
    expect(out).toMatch(/\n\ncrash\n {2}Meaning\. The old holder fell silent/);
    expect(out).toContain('\n      advert_int 0.2\n');
    expect(out).not.toMatch(/\]\(/);
  });

  test('a word of two senses has both', async () => {
    const titles = async (word: string) =>
      (await run(`explain ${word}`)).out.split('\n').filter((text) => text.startsWith(word));
    expect(await titles('split-brain')).toEqual(['split-brain (finding)', 'split-brain (cause)']);
    expect(await titles('reserved-address')).toEqual([
      'reserved-address (finding)',
      'reserved-address (drop reason)',
    ]);
  });

  test('without a word lists all by kind, each with a sentence', async () => {
    const { out } = await run('explain');
    let at = -1;
    for (const { title, words } of GLOSSARIES) {
      for (const line of [`${title}\n\n`, ...words.map((word) => `\n  ${word}\n      `)]) {
        expect(out.indexOf(line, at), line).toBeGreaterThan(at);
        at = out.indexOf(line, at);
      }
    }
    for (const text of out.split('\n')) expect(text.length).toBeLessThanOrEqual(80);
  });
});

describe('progress', () => {
  test('fits any width and has a percent only where the size is known', () => {
    const progress = { bytesRead: 250_000_000, size: 1_000_000_000, frames: 5_000_000 };
    for (const width of [20, 40, 79, 200]) {
      expect(progressText(progress, 2, width).length).toBeLessThanOrEqual(width);
    }
    expect(progressText(progress, 2, 79)).toMatch(
      /^\[#+\.+\] {2} 25 % {2}2,500,000 frames\/s {2}125\.0 MB\/s {2}0:06 left$/,
    );
    expect(progressText({ ...progress, size: null }, 2, 79)).toMatch(/^5,000,000 frames {2}/);
  });
});
