// A thousand random and mutated configurations: every report is made, quickly, every place lies in
// the files, and every fix can be applied and judged again.
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FILE_GRAMMAR, type Grammar } from '../../src/lint/keywords.ts';
import { lintJson } from '../../src/lint/lint-json.ts';
import { lintSarif } from '../../src/lint/sarif.ts';
import { CASES, texts, type Variant } from './cases.ts';
import { judge } from './judge.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures');
/** Two files of at most some kilobytes, on a machine that does other things too. */
const SLOWEST_MS = 2000;

const fixtures = fs
  .readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.conf'))
  .map((name) => fs.readFileSync(path.join(FIXTURES, name), 'utf8'));
const originals = [...fixtures, ...CASES.flatMap(({ trigger }) => texts(trigger))];

function wordsOf({ keywords }: Grammar): string[] {
  return [...keywords].flatMap(([word, content]) => {
    return content === null || typeof content === 'string' ? [word] : [word, ...wordsOf(content)];
  });
}

const words = fc.oneof(
  fc.constantFrom(...wordsOf(FILE_GRAMMAR)),
  fc.constantFrom(
    '{',
    '}',
    '\n',
    '"',
    "'",
    '#',
    '!',
    '@a',
    '@^a',
    '$X=1',
    '$\x7bX}',
    '~SEQ(a,1,3)',
  ),
  fc.constantFrom('MASTER', 'BACKUP', '0', '255', '-1', '0.5', '1e9', '99999999999999999999'),
  fc.constantFrom('192.168.0.88/24', '192.168.0.209', 'fd00::1', '1.2.3', 'eth0', 'weight', 'dev'),
  fc.string({ maxLength: 8 }),
);
const random = fc.array(words, { maxLength: 120 }).map((list) => list.join(' '));

/** A file with pieces cut out, doubled, or replaced by anything. */
const mutated = fc
  .tuple(
    fc.constantFrom(...originals),
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 60 }), fc.oneof(fc.constant(''), words, random)), {
      maxLength: 6,
    }),
  )
  .map(([text, cuts]) =>
    cuts.reduce((made, [at, length, instead]) => {
      const from = made.length === 0 ? 0 : at % made.length;
      return made.slice(0, from) + instead + made.slice(from + length);
    }, text),
  );

const file = fc.oneof(random, mutated);
const surroundings: fc.Arbitrary<Variant> = fc.constantFrom<Variant[]>(
  {},
  { provider: 'alibaba', keepalived: '1.0' },
  { provider: 'tencent', lab: true },
  { provider: 'huawei', lab: true },
  { provider: 'classic' },
);

test('a thousand files', { timeout: 300_000 }, () => {
  const check = ([one, two, variant]: [string, string, Variant]) => {
    const from = performance.now();
    const result = judge(variant, [one, two]);
    lintJson(result);
    lintSarif(result, '1');
    expect(performance.now() - from).toBeLessThan(SLOWEST_MS);
    for (const { place, length, related, fix } of result.findings) {
      for (const at of [place, ...related.map((entry) => entry.place)]) {
        if (at === null) continue;
        const line = result.source.line(at.file, at.line);
        expect(line).not.toBeNull();
        expect(at.column).toBeGreaterThanOrEqual(1);
        expect(at.column).toBeLessThanOrEqual(line!.length + 1);
      }
      if (place !== null) {
        const width = result.source.line(place.file, place.line)!.length;
        expect(place.column - 1 + length).toBeLessThanOrEqual(Math.max(width, place.column));
      }
      for (const { file: name, line, endLine } of fix?.edits ?? []) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(endLine).toBeLessThanOrEqual(result.source.count(name) + 1);
      }
    }
    const edits = result.findings.flatMap(({ fix }) => fix?.edits ?? []);
    judge(variant, [
      result.source.mendedText('ecs-1.conf', edits),
      result.source.mendedText('ecs-2.conf', edits),
    ]);
  };
  fc.assert(fc.property(fc.tuple(file, file, surroundings), check), { numRuns: 1000 });
});
