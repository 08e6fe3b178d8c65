/** The result of `havip lint` as JSON: the schema `havip/lint/1`, described in docs/lint.md. */
import type { LintResult } from './lint.ts';
import { insteadOf, ruleOf, shownLine } from './shown-finding.ts';

export function lintJson(result: LintResult): string {
  const { provider, hosts, counts, left, outages, source } = result;
  const findings = result.findings.map((finding) => {
    const { rule, severity, host, place, length, message, fix, related } = finding;
    return {
      rule,
      severity,
      host,
      file: place?.file ?? null,
      line: place?.line ?? null,
      column: place?.column ?? null,
      endColumn: place === null ? null : place.column + length,
      text: shownLine(result, finding),
      message,
      why: ruleOf(finding).source,
      instead: insteadOf(source, finding),
      edits: fix?.edits ?? [],
      related: related.map((one) => ({ ...one.place, message: one.message })),
    };
  });
  const document = {
    schema: 'havip/lint/1',
    provider,
    hosts,
    counts: { errors: counts.error, warnings: counts.warning, infos: counts.info },
    findings,
    left,
    outages,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
