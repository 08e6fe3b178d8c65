/** A finding as every report shows it: the line it is about, and the lines to write instead. */
import type { Edit, Finding, Rule } from './finding.ts';
import type { LintResult } from './lint.ts';
import { RULES } from './rules.ts';
import type { SourceLines } from './source-lines.ts';

export type InsteadKind = 'replace' | 'insert' | 'remove' | 'write';

export interface Instead {
  readonly kind: InsteadKind;
  /** The lines that are replaced or removed; what is inserted goes behind `lastLine`. */
  readonly firstLine: number;
  readonly lastLine: number;
  /** Empty where something is to be removed. */
  readonly lines: readonly string[];
}

const BY_ID = new Map(RULES.map((rule) => [rule.id, rule]));

export function ruleOf({ rule }: Finding): Rule {
  const found = BY_ID.get(rule);
  if (found === undefined) throw new Error(`no rule ${rule}`);
  return found;
}

/** The line of the finding without passwords; null where it has no place. */
export function shownLine({ source }: Pick<LintResult, 'source'>, finding: Finding): string | null {
  const { place } = finding;
  return place === null ? null : source.shownLine(place.file, place.line);
}

/** Null where the rule has nothing to write. */
export function insteadOf(source: SourceLines, { fix, place }: Finding): Instead | null {
  if (fix === null || place === null) return null;
  const [first] = fix.edits;
  const inWords: Instead = {
    kind: 'write',
    firstLine: place.line,
    lastLine: place.line,
    lines: fix.write,
  };
  if (first === undefined) return fix.write.length === 0 ? null : inWords;
  // Of a block that is moved, what goes to its new place.
  const lines = source.mendedLines(first.file, fix.edits.filter(isWith(first)));
  // Only what is masked becomes another.
  const isHidden = lines.length === 1 && lines[0] === source.shownLine(first.file, first.line);
  if (isHidden && fix.write.length > 0) return inWords;
  const firstLine = first.line;
  const lastLine = lastLineOf(first);
  if (isInsertion(first)) {
    const isAbove = first.column === 1 && first.text.endsWith('\n');
    const added = isAbove ? first.text.split('\n').slice(0, -1) : lines.slice(1);
    const after = isAbove ? firstLine - 1 : firstLine;
    return { kind: 'insert', firstLine: after, lastLine: after, lines: added };
  }
  const isGone = lines.every((line) => line.trim() === '');
  return {
    kind: isGone ? 'remove' : 'replace',
    firstLine,
    lastLine,
    lines: isGone ? [] : lines,
  };
}

/** Several words of one line are mended together. */
function isWith(first: Edit): (edit: Edit) => boolean {
  return (edit) => edit === first || (edit.line === first.line && edit.endLine === first.endLine);
}

function isInsertion({ line, column, endLine, endColumn, text }: Edit): boolean {
  return line === endLine && column === endColumn && text.includes('\n');
}

function lastLineOf({ line, endLine, endColumn }: Edit): number {
  return endColumn === 1 && endLine > line ? endLine - 1 : endLine;
}
