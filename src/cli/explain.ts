/** `havip explain CODE`: the section of docs/findings.md, which is the one place for it. */
import fs from 'node:fs';
import { FINDING_CODES } from '../report/finding-codes.ts';
import { Page } from '../report/page.ts';
import { lookOf } from './look.ts';
import { type CommandSpec, readCommandLine } from './option-table.ts';
import { type Clock, STATUS_DONE, type Streams } from './streams.ts';
import { UsageError } from './usage-error.ts';

const EXPLAIN: CommandSpec = {
  name: 'explain',
  operands: '[CODE...]',
  summary: 'say what a finding means, how it is recognised and what to do; without CODE, list them',
  options: [{ name: 'no-color', help: 'no colours, even on a terminal' }],
  examples: [['havip explain claim-refused', 'what this finding of a report means']],
};

const CODE_INDENT = 6;
const DOCUMENT = new URL('../../docs/findings.md', import.meta.url);

export async function explain(
  arguments_: readonly string[],
  streams: Streams,
  _clock: Clock,
): Promise<number> {
  const line = readCommandLine(EXPLAIN, arguments_);
  const look = lookOf(streams.output, streams, line.isGiven('no-color'));
  for (const code of line.operands) {
    if (FINDING_CODES.includes(code)) continue;
    const mend = 'havip explain lists them all';
    throw UsageError.unknown('finding code', code, FINDING_CODES, mend);
  }
  const sections = findingSections(fs.readFileSync(DOCUMENT, 'utf8'));
  const page = new Page(look);
  if (line.operands.length === 0) writeList(page, sections);
  for (const code of line.operands) {
    page.title(code);
    for (const paragraph of sections.get(code) ?? []) writeParagraph(page, paragraph);
  }
  streams.output.write(page.text());
  return STATUS_DONE;
}

/** The paragraphs under each second-level heading, in the order of the document. */
export function findingSections(document: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  for (const part of document.split(/^## /m).slice(1)) {
    const [heading = '', ...rest] = part.split('\n');
    const paragraphs = rest
      .join('\n')
      .trim()
      .split(/\n{2,}/);
    sections.set(heading.trim(), paragraphs);
  }
  return sections;
}

function writeList(page: Page, sections: Map<string, string[]>): void {
  for (const code of FINDING_CODES) {
    const [first = ''] = sections.get(code) ?? [];
    page.paragraph(code, { tone: 'strong' });
    page.paragraph(firstSentence(plain(first)), { indent: 4 });
  }
}

/** A paragraph of our own Markdown: text, a list or a code block. */
export function writeParagraph(page: Page, paragraph: string): void {
  if (paragraph.startsWith('```')) {
    for (const line of paragraph.split('\n').slice(1, -1)) {
      const depth = line.length - line.trimStart().length;
      page.paragraph(line.trim(), { indent: CODE_INDENT + depth });
    }
    return;
  }
  for (const item of paragraph.split(/\n(?=- )/)) {
    const isItem = item.startsWith('- ');
    page.paragraph(plain(item), { indent: 2, hang: isItem ? 4 : 2 });
  }
}

/** Markdown's marks and line ends taken away. */
function plain(markdown: string): string {
  return markdown.replace(/\s*\n\s*/g, ' ').replace(/\*\*|`/g, '');
}

function firstSentence(text: string): string {
  return text.replace(/^Meaning\. /, '').replace(/\.\s.*$/, '.');
}
