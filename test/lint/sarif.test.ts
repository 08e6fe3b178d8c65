// SARIF 2.1.0 as its standard has it (OASIS, 2020-03-27): what sections 3.13 to 3.57 require of
// the properties that we write, and that its regions and fixes fit the files.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { RULE_IDS } from '../../src/lint/rules.ts';
import { lintSarif } from '../../src/lint/sarif.ts';
import { CASES, texts } from './cases.ts';
import { judge } from './judge.ts';

const text = z.object({ text: z.string().min(1) }).strict();
const level = z.enum(['none', 'note', 'warning', 'error']);
/** 3.30: lines and columns from 1, the end column behind the last character. */
const region = z
  .object({
    startLine: z.number().int().min(1),
    startColumn: z.number().int().min(1),
    endLine: z.number().int().min(1),
    endColumn: z.number().int().min(1),
    snippet: z.object({ text: z.string() }).strict().optional(),
  })
  .strict();
const artifact = z.object({ uri: z.string().regex(/^[^\s\\]+$/) }).strict();
const physical = z.object({ artifactLocation: artifact, region }).strict();
const location = z
  .object({
    id: z.number().int().min(0).optional(),
    message: text.optional(),
    physicalLocation: physical,
  })
  .strict();
const replacement = z
  .object({ deletedRegion: region, insertedContent: z.object({ text: z.string() }).strict() })
  .strict();
const fix = z
  .object({
    description: text,
    artifactChanges: z
      .array(
        z
          .object({ artifactLocation: artifact, replacements: z.array(replacement).min(1) })
          .strict(),
      )
      .min(1),
  })
  .strict();
const rule = z
  .object({
    id: z.string().regex(/^[a-z0-9-]+$/),
    shortDescription: text,
    fullDescription: text,
    defaultConfiguration: z.object({ level }).strict(),
    help: text,
  })
  .strict();
const log = z
  .object({
    $schema: z.url(),
    version: z.literal('2.1.0'),
    runs: z
      .array(
        z
          .object({
            tool: z
              .object({
                driver: z
                  .object({ name: z.string(), version: z.string(), rules: z.array(rule) })
                  .strict(),
              })
              .strict(),
            columnKind: z.literal('utf16CodeUnits'),
            results: z.array(
              z
                .object({
                  ruleId: z.string(),
                  ruleIndex: z.number().int().min(0),
                  level,
                  message: text,
                  locations: z.array(location),
                  relatedLocations: z.array(location).optional(),
                  fixes: z.array(fix).optional(),
                })
                .strict(),
            ),
          })
          .strict(),
      )
      .length(1),
  })
  .strict();

describe.each(CASES)('$rule', ({ trigger }) => {
  test('is a valid log, whose regions lie in the files', () => {
    const document = log.parse(JSON.parse(lintSarif(judge(trigger), '1.0.0')));
    const run = document.runs[0]!;
    expect(run.tool.driver.rules.map(({ id }) => id)).toEqual(RULE_IDS);
    const files = new Map<string, string[]>(
      [
        ...texts(trigger).map((one, i) => [`ecs-${i + 1}.conf`, one] as const),
        ...Object.entries(trigger.included ?? {}),
      ].map(([name, text]) => [name, text.split('\n')]),
    );
    expect(run.results.length).toBeGreaterThan(0);
    for (const { ruleId, ruleIndex, locations, fixes = [] } of run.results) {
      expect(run.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
      for (const { physicalLocation } of locations) {
        const { artifactLocation, region: at } = physicalLocation;
        const line = files.get(artifactLocation.uri)![at.startLine - 1]!;
        expect(at.endColumn - 1).toBeLessThanOrEqual(line.length);
        expect(at.endColumn).toBeGreaterThan(at.startColumn);
      }
      for (const { artifactChanges } of fixes) {
        for (const { artifactLocation, replacements } of artifactChanges) {
          const lines = files.get(artifactLocation.uri)!;
          for (const { deletedRegion: at } of replacements) {
            expect(at.endLine).toBeLessThanOrEqual(lines.length + 1);
          }
        }
      }
    }
  });
});

test('paths become URIs', () => {
  const result = judge({ one: [['priority 100', 'prioritty 100']] });
  const moved = {
    ...result,
    findings: result.findings.map((finding) => ({
      ...finding,
      place: { ...finding.place!, file: '/etc/keep alived/ä#1.conf' },
      fix: null,
    })),
  };
  const made = JSON.stringify(JSON.parse(lintSarif(moved, '1')));
  expect(made).toContain('"uri":"file:///etc/keep%20alived/%C3%A4%231.conf"');
});
