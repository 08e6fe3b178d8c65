/**
 * Text of which every character knows where it was written, so that a word made by substitution
 * still has a place. What stands for a parameter has the place of the parameter, as keepalived
 * reports it.
 */
import type { Place } from './notices.ts';

export interface SourceText {
  readonly text: string;
  readonly file: string;
  readonly line: number;
  /** The 1-based column of each character, and of the end. */
  readonly columns: readonly number[];
}

export function sourceLine(text: string, file: string, line: number): SourceText {
  return { text, file, line, columns: Array.from({ length: text.length + 1 }, (_, i) => i + 1) };
}

export function placeAt(source: SourceText, offset: number): Place {
  const column = source.columns[offset] ?? source.columns.at(-1) ?? 1;
  return { file: source.file, line: source.line, column };
}

export function sliced(source: SourceText, from: number, to = source.text.length): SourceText {
  const { text, columns } = source;
  return { ...source, text: text.slice(from, to), columns: columns.slice(from, to + 1) };
}

/** `by` in place of the characters from `from` to `to`. */
export function replaced(source: SourceText, from: number, to: number, by: string): SourceText {
  const { text, columns } = source;
  const column = columns[from] ?? 1;
  const inserted = new Array<number>(by.length).fill(column);
  return {
    ...source,
    text: text.slice(0, from) + by + text.slice(to),
    columns: columns.slice(0, from).concat(inserted, columns.slice(to)),
  };
}

/** The lines of a text that a definition of several lines made; all have the one place. */
export function splitLines(source: SourceText): SourceText[] {
  if (!source.text.includes('\n')) return [source];
  const lines: SourceText[] = [];
  let from = 0;
  for (const line of source.text.split('\n')) {
    lines.push(sliced(source, from, from + line.length));
    from += line.length + 1;
  }
  return lines;
}
