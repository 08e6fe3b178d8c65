/** Two files judged as `havip lint ecs-1.conf ecs-2.conf` would judge them. */

import { parseLab } from '../../src/lab/file/lab-file.ts';
import { nearest } from '../../src/lab/file/nearest.ts';
import type { Version } from '../../src/lint/cluster.ts';
import type { Finding } from '../../src/lint/finding.ts';
import { type LintResult, lint } from '../../src/lint/lint.ts';
import { LAB, texts, type Variant } from './cases.ts';

const GOOD = { isExecutable: true, writable: null };

export function judge(variant: Variant, files: readonly string[] = texts(variant)): LintResult {
  const { provider = null, lab = false, keepalived, scripts = {}, included = {} } = variant;
  const topology = lab ? parseLab(LAB, 'lab.yaml', provider === null ? {} : { provider }) : null;
  return lint({
    // Hosts of the lab are told by what they send from, unless their names say it.
    files: files.map((text, i) => ({
      host: text.includes('router_id x') ? 'nobody' : `ecs-${i + 1}`,
      file: `ecs-${i + 1}.conf`,
      text,
      options: { include: (file) => includedFile(included, file) },
    })),
    provider: topology?.provider ?? provider,
    topology,
    keepalived: keepalived === undefined ? null : versionOf(keepalived),
    scripts: (path) => (Object.hasOwn(scripts, path) ? (scripts[path] ?? null) : GOOD),
    nearest,
  });
}

function includedFile(included: NonNullable<Variant['included']>, file: string) {
  const text = Object.hasOwn(included, file) ? included[file] : undefined;
  return text === undefined ? [] : [{ file, text }];
}

function versionOf(text: string): Version {
  return { text, numbers: text.split('.').map(Number) };
}

/** `ecs-1.conf:12 error rule` of every finding. */
export function said({ findings }: Pick<LintResult, 'findings'>): string[] {
  return findings.map(({ place, severity, rule }) => {
    return `${place?.file ?? '-'}:${place?.line ?? '-'} ${severity} ${rule}`;
  });
}

export function of(rule: string, { findings }: LintResult): Finding[] {
  return findings.filter((one) => one.rule === rule);
}

/** The files with what the findings say to write written in, up to `rounds` times. */
export function mended(variant: Variant, rounds: number): string[] {
  let files: string[] = [...texts(variant)];
  for (let round = 0; round < rounds; round++) {
    const { findings, source } = judge(variant, files);
    const edits = findings.flatMap(({ fix }) => fix?.edits ?? []);
    if (edits.length === 0) break;
    files = files.map((_, i) => source.mendedText(`ecs-${i + 1}.conf`, edits));
  }
  return files;
}

/** The files with what the findings of one rule say to write written in, all of it once. */
export function mendedOnce(files: readonly string[], rule: string, variant: Variant = {}) {
  const result = judge(variant, files);
  const edits = of(rule, result).flatMap(({ fix }) => fix?.edits ?? []);
  return files.map((_, i) => result.source.mendedText(`ecs-${i + 1}.conf`, edits));
}
