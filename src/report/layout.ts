/**
 * Text into columns: what a line of a terminal can hold. Knows widths, breaks and padding; knows
 * no colours (they are painted on finished lines) and nothing of replay results.
 */

/** Two columns on a terminal: East Asian wide and fullwidth forms, emoji (Unicode UAX #11). */
const WIDE = new RegExp(
  '[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\ua4cf\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe30-\\ufe6f' +
    '\\uff00-\\uff60\\uffe0-\\uffe6]|[\\u{1f300}-\\u{1faff}\\u{20000}-\\u{3fffd}]',
  'u',
);
const WIDTHLESS = /[\p{Mn}\p{Me}\u200b-\u200d]/u;
const PLAIN = /^[\x20-\x7e]*$/;
/** Control characters and direction overrides: a capture's or lab's name must not steer us. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** The text with everything replaced that could move the cursor or turn the line around. */
export function clean(text: string): string {
  return text.replace(UNSAFE, '?');
}

/** Columns of the terminal that the text takes. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  if (WIDTHLESS.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** `text` filled with blanks to `width` columns; longer text is returned as it is. */
export function pad(text: string, width: number, right = false): string {
  const blanks = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return right ? blanks + text : text + blanks;
}

/** A number and its unit stay together. */
const BEFORE_UNIT = /(?<=\d) (?=(?:s|ms|us|µs|min|B|kB|MB|GB)\b)/g;
const GLUE = '\u00a0';

/**
 * Break at blanks into lines of at most `width` columns. A word that is wider than a line is
 * broken where the line ends; nothing is left out.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.replace(BEFORE_UNIT, GLUE).split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = '';
    }
    const pieces = broken(word, width);
    const last = pieces.pop() ?? '';
    if (pieces.length > 0) {
      if (line !== '') lines.push(line);
      lines.push(...pieces);
      line = last;
    } else {
      line = line === '' ? last : line + ' ' + last;
    }
  }
  lines.push(line);
  return lines.map((whole) => whole.replaceAll(GLUE, ' '));
}

function broken(word: string, width: number): string[] {
  if (displayWidth(word) <= width) return [word];
  const pieces: string[] = [];
  let piece = '';
  for (const character of word) {
    if (displayWidth(piece) + characterWidth(character) > width) {
      pieces.push(piece);
      piece = '';
    }
    piece += character;
  }
  pieces.push(piece);
  return pieces;
}

export interface Column {
  title: string;
  /** Numbers stand right. */
  right?: boolean;
  /** Left out where the width is short, highest number first; absent: always kept. */
  optional?: number;
  /** Left out where no row has anything in it. */
  isSparse?: boolean;
  /** Said before the cell where rows are stacked and no heading can explain it. */
  label?: string;
}

const GAP = '  ';

/**
 * Rows as a table in at most `width` columns: optional columns go first, and where that is not
 * enough each row is set as a paragraph of its cells. The first line is the heading, except
 * where rows are stacked (`heading` is then false).
 */
export function table(
  columns: Column[],
  rows: string[][],
  width: number,
): { lines: string[]; heading: boolean } {
  const isEmpty = (index: number): boolean => rows.every((row) => (row[index] ?? '') === '');
  const kept = [...columns.keys()].filter((index) => !columns[index]?.isSparse || !isEmpty(index));
  const widths = columns.map((column, index) =>
    Math.max(displayWidth(column.title), ...rows.map((row) => displayWidth(row[index] ?? ''))),
  );
  while (!fits(kept, widths, width)) {
    const victim = leastNeeded(kept, columns);
    if (victim === null) return { lines: stacked(columns, rows, width), heading: false };
    kept.splice(kept.indexOf(victim), 1);
  }
  const line = (cells: string[]): string =>
    kept
      .map((index) => pad(cells[index] ?? '', widths[index] ?? 0, columns[index]?.right))
      .join(GAP)
      .trimEnd();
  return { lines: [columns.map((column) => column.title), ...rows].map(line), heading: true };
}

function fits(kept: number[], widths: number[], width: number): boolean {
  let total = GAP.length * (kept.length - 1);
  for (const index of kept) total += widths[index] ?? 0;
  return total <= width;
}

function leastNeeded(kept: number[], columns: Column[]): number | null {
  let victim: number | null = null;
  for (const index of kept) {
    const rank = columns[index]?.optional;
    if (rank === undefined) continue;
    if (victim === null || rank > (columns[victim]?.optional ?? 0)) victim = index;
  }
  return victim;
}

function stacked(columns: Column[], rows: string[][], width: number): string[] {
  const lines: string[] = [];
  for (const row of rows) {
    let line = '';
    let indent = '';
    for (const [index, cell] of row.entries()) {
      if (cell === '') continue;
      const label = columns[index]?.label;
      const text = label === undefined ? cell : `${label} ${cell}`;
      for (const part of wrap(text, width - 2)) {
        if (line !== '' && displayWidth(indent + line + GAP + part) > width) {
          lines.push(indent + line);
          line = '';
          indent = '  ';
        }
        line = line === '' ? part : line + GAP + part;
      }
    }
    lines.push(indent + line);
  }
  return lines;
}
