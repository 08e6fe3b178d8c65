/** Findings as people read them: what is alike at several places of a file is said once. */
import type { Finding } from './finding.ts';

export interface Said {
  readonly finding: Finding;
  /** The same of further places. */
  readonly more: readonly Finding[];
}

/** In the order of the first of each; an error is said wherever it is, as it is to be mended. */
export function saidOnce(findings: readonly Finding[]): Said[] {
  const said: { finding: Finding; more: Finding[] }[] = [];
  const firsts = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = keyOf(finding);
    const others = key === null ? undefined : firsts.get(key);
    if (others !== undefined) {
      others.push(finding);
      continue;
    }
    const more: Finding[] = [];
    said.push({ finding, more });
    if (key !== null) firsts.set(key, more);
  }
  return said;
}

/** The line of `global_defs` that mends all of them; null where there is none. */
export function forAll({ finding, more }: Said): string | null {
  const line = finding.fix?.forAll ?? null;
  const isOfAll = more.length > 0 && more.every(({ fix }) => fix?.forAll === line);
  return isOfAll ? line : null;
}

/** Null where it stands for itself. */
function keyOf({ severity, rule, host, place, message, related }: Finding): string | null {
  if (severity === 'error' || place === null || related.length > 0) return null;
  return JSON.stringify([host, place.file, severity, rule, message]);
}
