/**
 * A page of text under construction: titles, paragraphs and tables of a given width, with or
 * without colour and Unicode. It is told what to print and decides where lines end.
 */
import { type Column, clean, pad, table, wrap } from './layout.ts';

export interface Look {
  /** Columns, 40 or more; no line is longer. */
  width: number;
  color: boolean;
  /** Arrows and ellipses as single characters; else in ASCII. */
  unicode: boolean;
}

export type Tone = 'plain' | 'strong' | 'good' | 'bad' | 'warn' | 'dim';

/** SGR sequences (ECMA-48 8.3.117). */
const SGR: Record<Tone, string> = {
  plain: '',
  strong: '\x1b[1m',
  good: '\x1b[32m',
  bad: '\x1b[1;31m',
  warn: '\x1b[33m',
  dim: '\x1b[2m',
};

const ASCII: [RegExp, string][] = [
  [/→/g, '->'],
  [/…/g, '...'],
  [/×/g, 'x'],
  [/µ/g, 'u'],
  [/–/g, '-'],
];

/** The line in a tone, where the look has colours. */
export function paint(line: string, tone: Tone, look: Look): string {
  return look.color && tone !== 'plain' && line !== '' ? SGR[tone] + line + '\x1b[0m' : line;
}

/** Text made safe for a terminal and, without Unicode, our own signs in ASCII. */
export function printable(text: string, look: Look): string {
  let safe = clean(text);
  if (!look.unicode) for (const [sign, plain] of ASCII) safe = safe.replace(sign, plain);
  return safe;
}

export class Page {
  readonly look: Look;
  readonly #lines: string[] = [];

  constructor(look: Look) {
    this.look = look;
  }

  /** A section's heading, with an empty line before it. */
  title(text: string): void {
    this.blank();
    this.paragraph(text, { tone: 'strong' });
  }

  blank(): void {
    if (this.#lines.length > 0 && this.#lines.at(-1) !== '') this.#lines.push('');
  }

  /** Wrapped text; `hang` is the indent of all lines but the first. */
  paragraph(text: string, options: { tone?: Tone; indent?: number; hang?: number } = {}): void {
    const indent = options.indent ?? 0;
    const hang = options.hang ?? indent;
    const room = Math.max(8, this.look.width - Math.max(indent, hang));
    const lines = wrap(printable(text, this.look), room);
    for (const [index, line] of lines.entries()) {
      const blanks = ' '.repeat(index === 0 ? indent : hang);
      this.#lines.push(blanks + paint(line, options.tone ?? 'plain', this.look));
    }
  }

  /** `label` in a column of its own, the text beside it. */
  labelled(label: string, text: string, options: { indent: number; column: number; tone?: Tone }) {
    const { indent, column } = options;
    const room = Math.max(8, this.look.width - indent - column);
    const lines = wrap(printable(text, this.look), room);
    for (const [index, line] of lines.entries()) {
      const head = index === 0 ? pad(printable(label, this.look), column) : ' '.repeat(column);
      this.#lines.push(' '.repeat(indent) + paint(head, options.tone ?? 'dim', this.look) + line);
    }
  }

  table(columns: Column[], rows: string[][], indent = 2): void {
    const cells = rows.map((row) => row.map((cell) => printable(cell, this.look)));
    const made = table(columns, cells, this.look.width - indent);
    for (const [index, line] of made.lines.entries()) {
      const tone = index === 0 && made.heading ? 'dim' : 'plain';
      this.#lines.push(' '.repeat(indent) + paint(line, tone, this.look));
    }
  }

  /** What a cut list leaves out; nothing where it leaves out nothing. */
  more(count: number, indent = 2, where = ' (--format json has them)'): void {
    if (count > 0) this.paragraph(`… ${count} more${where}`, { tone: 'dim', indent });
  }

  text(): string {
    return this.#lines.join('\n') + '\n';
  }
}
