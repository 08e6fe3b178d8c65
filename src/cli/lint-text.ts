/** The findings of `havip lint` for people: the line with a caret, why, and what to write. */
import type { ExpectedOutage } from '../lint/expected-outage.ts';
import type { Severity } from '../lint/finding.ts';
import type { LintResult } from '../lint/lint.ts';
import { forAll, type Said, saidOnce } from '../lint/said-once.ts';
import { type Instead, insteadOf, ruleOf, shownLine } from '../lint/shown-finding.ts';
import { displayWidth, wrap } from '../report/layout.ts';
import { type Look, paint, printable, type Tone } from '../report/page.ts';

const TONES: Record<Severity, Tone> = { error: 'bad', warning: 'warn', info: 'dim' };
const TAB = '    ';
/** Columns of a line that are shown; longer ones are cut behind the caret. */
const LINE_MAX = 200;
const ADDRESSES_MAX = 4;
/** Further lines of which the same is said. */
const LINES_MAX = 20;

export function lintText(result: LintResult, look: Look): string {
  const paper = new Paper(look);
  for (const said of saidOnce(result.findings)) paper.finding(result, said);
  if (result.left > 0) paper.text(`${result.left} more findings are left out`, '');
  if (result.outages.length > 0) paper.outages(result.outages);
  paper.summary(result);
  return `${paper.lines.join('\n')}\n`;
}

class Paper {
  readonly lines: string[] = [];
  readonly #look: Look;

  constructor(look: Look) {
    this.#look = look;
  }

  finding(result: LintResult, said: Said): void {
    const { finding } = said;
    const { place, severity, message, rule, length, host } = finding;
    const at = place === null ? (host ?? '') : `${place.file}:${place.line}:${place.column}`;
    const where = at === '' ? '' : `${at}: `;
    const tone = TONES[severity];
    const head = wrap(this.#safe(`${where}${severity}: ${message} [${rule}]`), this.#look.width);
    for (const [i, line] of head.entries()) {
      this.lines.push(i === 0 ? this.#head(line, severity, tone) : `  ${line}`);
    }
    const text = shownLine(result, finding);
    const gutter = String(place?.line ?? '').length;
    if (text !== null && place !== null) {
      this.#source(text, { line: place.line, column: place.column, length, tone });
    }
    const indent = ' '.repeat(gutter + 2);
    this.text(`why: ${ruleOf(finding).source}`, indent);
    const instead = insteadOf(result.source, finding);
    if (instead !== null) this.#instead(instead, indent);
    this.#more(said, indent);
    for (const { place: other, message: what } of finding.related.slice(0, 3)) {
      this.text(`see ${other.file}:${other.line}:${other.column}: ${what}`, indent);
    }
    this.lines.push('');
  }

  /** Where else it holds, and what mends all of it at once. */
  #more(said: Said, indent: string): void {
    const count = said.more.length;
    if (count === 0) return;
    const all = [...new Set(said.more.map(({ place }) => place?.line ?? 0))];
    const shown = all.slice(0, LINES_MAX).join(', ');
    const rest = all.length > LINES_MAX ? ', …' : '';
    const word = all.length === 1 ? 'line' : 'lines';
    this.text(`and ${count} more: ${word} ${shown}${rest}`, indent);
    const line = forAll(said);
    if (line === null) return;
    this.text(`or write once for all ${count + 1}, in global_defs:`, indent);
    this.lines.push(`${indent}  ${paint(line, 'good', this.#look)}`);
  }

  /** The severity in its colour, the rest strong. */
  #head(line: string, severity: Severity, tone: Tone): string {
    const at = line.indexOf(`${severity}:`);
    if (at < 0) return paint(line, 'strong', this.#look);
    const end = at + severity.length + 1;
    const word = paint(line.slice(at, end), tone, this.#look);
    const [before, after] = [line.slice(0, at), line.slice(end)];
    return paint(before, 'strong', this.#look) + word + paint(after, 'strong', this.#look);
  }

  #source(
    text: string,
    { line, column, length, tone }: { line: number; column: number; length: number; tone: Tone },
  ): void {
    const gutter = String(line);
    const from = Math.max(0, column - 1 - LINE_MAX / 2);
    const shown = this.#safe(expanded(text.slice(from, from + LINE_MAX)));
    const before = expanded(text.slice(from, column - 1));
    const marked = expanded(text.slice(column - 1, column - 1 + length));
    const blanks = ' '.repeat(displayWidth(this.#safe(before)));
    const caret = '^'.repeat(Math.max(1, Math.min(displayWidth(this.#safe(marked)), LINE_MAX / 2)));
    this.lines.push(`${paint(` ${gutter} |`, 'dim', this.#look)} ${shown}`);
    const bar = paint(` ${' '.repeat(gutter.length)} |`, 'dim', this.#look);
    this.lines.push(`${bar} ${blanks}${paint(caret, tone, this.#look)}`);
  }

  #instead({ kind, firstLine, lastLine, lines }: Instead, indent: string): void {
    const range = firstLine === lastLine ? `line ${firstLine}` : `lines ${firstLine}-${lastLine}`;
    const heads = {
      replace: `write instead of ${range}:`,
      insert: lastLine === 0 ? 'write at the top:' : `write after ${range}:`,
      remove: `remove ${lines.length === 0 ? range : ''}`.trim(),
      write: 'write instead:',
    };
    this.text(heads[kind], indent);
    for (const line of lines) {
      const text = this.#safe(expanded(line));
      this.lines.push(`${indent}  ${paint(text, 'good', this.#look)}`);
    }
  }

  outages(outages: readonly ExpectedOutage[]): void {
    this.lines.push(paint('Expected outage, from these files', 'strong', this.#look));
    for (const outage of outages) this.#outage(outage);
    this.lines.push('');
  }

  #outage(outage: ExpectedOutage): void {
    const { instance, addresses, failing, successor, crashSeconds, unless } = outage;
    const shown = addresses.slice(0, ADDRESSES_MAX).join(', ');
    const more = addresses.length > ADDRESSES_MAX ? ', …' : '';
    const when = failing === null ? 'when the master fails' : `when ${failing} fails as master`;
    const what = `${instance} (${shown}${more}): ${when}, `;
    if (successor === null || crashSeconds === null || outage.shutdownSeconds === null) {
      this.text(`${what}nobody takes over`, '  ');
      return;
    }
    const { least, most } = crashSeconds;
    const crash = `${successor} takes over ${seconds(least)} to ${seconds(most)} after a crash`;
    const detection = `(${seconds(outage.crashDetectionSeconds ?? most)} after the last advert)`;
    const shutdown = `and ${seconds(outage.shutdownSeconds)} after a shutdown`;
    this.text(`${what}${crash} ${detection} ${shutdown}`, '  ');
    if (unless.length === 0) return;
    this.text(`does not hold until these are mended: ${unless.join(', ')}`, '    ');
  }

  summary({ counts, hosts }: LintResult): void {
    const said = [
      quantity(counts.error, 'error'),
      quantity(counts.warning, 'warning'),
      quantity(counts.info, 'remark'),
    ];
    const tone: Tone = counts.error > 0 ? 'bad' : counts.warning > 0 ? 'warn' : 'good';
    const text = `${said.join(', ')} in ${quantity(hosts.length, 'configuration')}`;
    this.lines.push(paint(text, tone, this.#look));
  }

  text(text: string, indent: string): void {
    const room = Math.max(20, this.#look.width - indent.length);
    const lines = wrap(this.#safe(text), room);
    this.lines.push(...lines.map((line) => indent + line));
  }

  #safe(text: string): string {
    return printable(text, this.#look);
  }
}

function expanded(text: string): string {
  return text.replaceAll('\t', TAB);
}

function seconds(value: number): string {
  return `${value.toFixed(3).replace(/0{1,2}$/, '')} s`;
}

function quantity(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
