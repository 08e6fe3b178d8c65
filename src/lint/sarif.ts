/**
 * The findings as SARIF 2.1.0 (OASIS, 2020-03-27), which code-scanning services take: rules with
 * their documentation, results with regions, related places and fixes. Columns count UTF-16 code
 * units, as ours do.
 */
import type { Edit, Finding, Severity } from './finding.ts';
import type { LintResult } from './lint.ts';
import type { Place } from './notices.ts';
import { RULE_IDS, RULES } from './rules.ts';
import { ruleOf, shownLine } from './shown-finding.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
const DOCUMENT = 'docs/lint.md';

/** Section 3.27.10. */
const LEVELS: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'note' };

export function lintSarif(result: LintResult, version: string): string {
  const driver = {
    name: 'havip lint',
    version,
    rules: RULES.map(({ id, title, source, severity }) => ({
      id,
      shortDescription: { text: sentence(title) },
      fullDescription: { text: `${sentence(title)} Source: ${source}.` },
      defaultConfiguration: { level: LEVELS[severity] },
      help: { text: `havip lint --explain ${id}; ${DOCUMENT}#${id}` },
    })),
  };
  const run = {
    tool: { driver },
    columnKind: 'utf16CodeUnits',
    results: result.findings.map((finding) => resultOf(result, finding)),
  };
  return `${JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, null, 2)}\n`;
}

function resultOf(result: LintResult, finding: Finding) {
  const { rule, severity, message, place, length, fix, related } = finding;
  const locations = place === null ? [] : [locationOf(place, length, shownLine(result, finding))];
  const edits = fix?.edits ?? [];
  return {
    ruleId: rule,
    ruleIndex: RULE_IDS.indexOf(rule),
    level: LEVELS[severity],
    message: { text: `${message}. Why: ${ruleOf(finding).source}.` },
    locations,
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((one, id) => ({
            id,
            message: { text: one.message },
            ...locationOf(one.place, result.source.lengthAt(one.place), null),
          })),
        }),
    ...(edits.length === 0 ? {} : { fixes: [fixOf(edits)] }),
  };
}

function locationOf({ file, line, column }: Place, length: number, text: string | null) {
  const snippet = text === null ? {} : { snippet: { text } };
  const region = {
    startLine: line,
    startColumn: column,
    endLine: line,
    endColumn: column + length,
    ...snippet,
  };
  return { physicalLocation: { artifactLocation: { uri: uriOf(file) }, region } };
}

/** Section 3.55: replacements in each file. */
function fixOf(edits: readonly Edit[]) {
  const files = [...new Set(edits.map(({ file }) => file))];
  return {
    description: { text: 'write this instead' },
    artifactChanges: files.map((file) => ({
      artifactLocation: { uri: uriOf(file) },
      replacements: edits
        .filter((edit) => edit.file === file)
        .map(({ line, column, endLine, endColumn, text }) => ({
          deletedRegion: {
            startLine: line,
            startColumn: column,
            endLine,
            endColumn,
          },
          insertedContent: { text },
        })),
    })),
  };
}

/** RFC 3986: a path of any characters as a relative reference, or as a file URI. */
function uriOf(file: string): string {
  const path = file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? `file://${path}` : path;
}

function sentence(title: string): string {
  return `${title.charAt(0).toUpperCase()}${title.slice(1)}.`;
}
