/** The text of the files that were judged, line by line: spans of words, masks, mended lines. */
import type { Statement } from './blocks.ts';
import type { Edit } from './finding.ts';
import type { Place } from './notices.ts';
import { PasswordSpans } from './password-spans.ts';

const WORD = /^(?:"[^"]*"?|'[^']*'?|[^\s{}]+|[{}])/;

export class SourceLines {
  readonly #files = new Map<string, readonly string[]>();
  readonly #passwords = new PasswordSpans();

  /** As the parser splits them. */
  add(file: string, text: string): void {
    this.#files.set(file, text.split(/\r\n|\n|\r/));
  }

  /** What a tree knows to be passwords is shown no more. */
  hidePasswords(statements: readonly Statement[]): void {
    this.#passwords.add(statements);
  }

  get files(): string[] {
    return [...this.#files.keys()];
  }

  count(file: string): number {
    return this.#files.get(file)?.length ?? 0;
  }

  /** Null where there is no such line. */
  line(file: string, line: number): string | null {
    return this.#files.get(file)?.[line - 1] ?? null;
  }

  /** A line without what it says of passwords; null where there is no such line. */
  shownLine(file: string, line: number): string | null {
    const text = this.line(file, line);
    if (text === null) return null;
    const masks = this.#masks(file, line).map((mask) => ({ ...mask, line: 1, endLine: 1 }));
    return applied([text], masks).join('');
  }

  hasPassword(file: string, line: number): boolean {
    return this.#masks(file, line).length > 0;
  }

  /** Columns of the word that begins at a place; 1 where none does. */
  lengthAt(place: Place): number {
    const rest = this.line(place.file, place.line)?.slice(place.column - 1) ?? '';
    return Math.max(1, WORD.exec(rest)?.[0].length ?? 1);
  }

  /** Whether the file has these very characters there, so that they may be replaced. */
  has(place: Place, text: string): boolean {
    const line = this.line(place.file, place.line);
    return line?.startsWith(text, place.column - 1) ?? false;
  }

  /** What the lines that edits touch become, without passwords; empty where they vanish. */
  mendedLines(file: string, edits: readonly Edit[]): string[] {
    const own = withoutOverlaps(edits.filter((edit) => edit.file === file));
    const first = Math.min(...own.map(({ line }) => line));
    const last = Math.max(...own.map(({ endLine }) => endLine));
    if (own.length === 0) return [];
    const lines = this.#files.get(file) ?? [];
    const masks = lines.slice(first - 1, last).flatMap((_, i) => this.#masks(file, first + i));
    const made = applied(lines.slice(0, last), [...own, ...masks]).slice(first - 1);
    // An edit that ends before a line's first column leaves that line as it is.
    const isUntouched = own.every(({ endLine, endColumn }) => endLine < last || endColumn === 1);
    return isUntouched && first < last ? made.slice(0, -1) : made;
  }

  /** The whole file with edits applied; of edits that overlap the first counts. */
  mendedText(file: string, edits: readonly Edit[]): string {
    const own = edits.filter((edit) => edit.file === file);
    return applied(this.#files.get(file) ?? [], own).join('\n');
  }

  #masks(file: string, line: number): Edit[] {
    const text = this.line(file, line);
    return text === null ? [] : this.#passwords.masks(file, line, text);
  }
}

/** Each line is gone through once, however many of its words change. */
function applied(lines: readonly string[], edits: readonly Edit[]): string[] {
  const made: string[] = [];
  let open = '';
  let [line, column] = [1, 1];
  for (const edit of withoutOverlaps(edits)) {
    for (; line < edit.line; line++, column = 1, open = '') {
      made.push(open + (lines[line - 1] ?? '').slice(column - 1));
    }
    open += (lines[line - 1] ?? '').slice(column - 1, edit.column - 1) + edit.text;
    [line, column] = [edit.endLine, edit.endColumn];
  }
  made.push(open + (lines[line - 1] ?? '').slice(column - 1));
  return made
    .concat(lines.slice(line))
    .flatMap((one) => (one.includes('\n') ? one.split('\n') : one));
}

function withoutOverlaps(edits: readonly Edit[]): Edit[] {
  const sorted = [...edits].sort((a, b) => a.line - b.line || a.column - b.column);
  const kept: Edit[] = [];
  for (const edit of sorted) {
    const last = kept.at(-1);
    if (last !== undefined && (isBefore(edit, last) || isSame(edit, last))) continue;
    kept.push(edit);
  }
  return kept;
}

function isBefore(edit: Edit, last: Edit): boolean {
  if (edit.line !== last.endLine) return edit.line < last.endLine;
  return edit.column < last.endColumn;
}

function isSame(a: Edit, b: Edit): boolean {
  return a.line === b.line && a.column === b.column && a.text === b.text;
}
