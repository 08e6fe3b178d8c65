/**
 * `havip explain WORD`: the sections of docs that say what a finding, a drop reason, a cause or
 * another word of a report means. Each document is the one place for its words.
 */
import fs from 'node:fs';
import { CAUSES, OUTAGE_CAUSES } from '../analysis/logs.ts';
import { ALLOWED, DROP_REASON_NAMES } from '../dataplane/drop-reason.ts';
import { FINDING_CODES } from '../report/finding-codes.ts';
import { Page } from '../report/page.ts';
import { lookOf } from './look.ts';
import { type CommandSpec, readCommandLine } from './option-table.ts';
import { type Clock, STATUS_DONE, type Streams } from './streams.ts';
import { UsageError } from './usage-error.ts';

const EXPLAIN: CommandSpec = {
  name: 'explain',
  operands: '[WORD...]',
  summary:
    'say what a finding, a drop reason, a cause or a word of a report means and what to do; ' +
    'without WORD, list them',
  options: [{ name: 'no-color', help: 'no colours, even on a terminal' }],
  examples: [
    ['havip explain claim-refused', 'what this finding of a report means'],
    ['havip explain not-carried crash', 'why frames are dropped, and what caused a takeover'],
  ],
};

/** Words of one kind, each with a section in a document. */
export interface Glossary {
  readonly title: string;
  /** What one of them is. */
  readonly kind: string;
  readonly words: readonly string[];
  readonly document: URL;
}

const documentOf = (name: string): URL => new URL(`../../docs/${name}.md`, import.meta.url);

const REPORT_WORDS = [
  ...['holder', 'moved', 'confirmed', 'noted', 'refused'],
  ...['detection', 'outage', 'repoint', 'receivers', 'evidence'],
];

export const GLOSSARIES: readonly Glossary[] = [
  {
    title: 'Findings of a report',
    kind: 'finding',
    words: FINDING_CODES,
    document: documentOf('findings'),
  },
  {
    title: 'Drop reasons: why the switch of a live lab lets a frame go no further',
    kind: 'drop reason',
    words: DROP_REASON_NAMES.filter((_, reason) => reason !== ALLOWED),
    document: documentOf('drop-reasons'),
  },
  {
    title: 'Causes of failovers, timeline entries and outages',
    kind: 'cause',
    words: [...CAUSES, ...OUTAGE_CAUSES],
    document: documentOf('causes'),
  },
  {
    title: 'Words of a report',
    kind: 'word',
    words: REPORT_WORDS,
    document: documentOf('words'),
  },
];

const CODE_INDENT = 6;

export async function explain(
  arguments_: readonly string[],
  streams: Streams,
  _clock: Clock,
): Promise<number> {
  const line = readCommandLine(EXPLAIN, arguments_);
  const look = lookOf(streams.output, streams, line.isGiven('no-color'));
  const known = GLOSSARIES.flatMap(({ words }) => words);
  for (const word of line.operands) {
    if (known.includes(word)) continue;
    throw UsageError.unknown('word', word, known, 'havip explain lists them all');
  }
  const page = new Page(look);
  if (line.operands.length === 0) for (const glossary of GLOSSARIES) writeList(page, glossary);
  for (const word of line.operands) writeSections(page, word);
  streams.output.write(page.text());
  return STATUS_DONE;
}

/** The paragraphs under each second-level heading, in the order of the document. */
export function sectionsOf({ document }: Glossary): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  const text = fs.readFileSync(document, 'utf8');
  for (const part of text.split(/^## /m).slice(1)) {
    const [heading = '', ...rest] = part.split('\n');
    const paragraphs = rest
      .join('\n')
      .trim()
      .split(/\n{2,}/);
    sections.set(heading.trim(), paragraphs);
  }
  return sections;
}

/** What the word means, in each sense that it has: split-brain is a finding and a cause. */
function writeSections(page: Page, word: string): void {
  const senses = GLOSSARIES.filter(({ words }) => words.includes(word));
  for (const glossary of senses) {
    page.title(senses.length === 1 ? word : `${word} (${glossary.kind})`);
    for (const paragraph of sectionsOf(glossary).get(word) ?? []) writeParagraph(page, paragraph);
  }
}

function writeList(page: Page, glossary: Glossary): void {
  const sections = sectionsOf(glossary);
  page.title(glossary.title);
  page.blank();
  for (const word of glossary.words) {
    const [first = ''] = sections.get(word) ?? [];
    page.paragraph(word, { tone: 'strong', indent: 2 });
    page.paragraph(firstSentence(plain(first)), { indent: 6 });
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

/** Markdown's marks, links and line ends taken away. */
function plain(markdown: string): string {
  const text = markdown.replace(/\s*\n\s*/g, ' ').replace(/\*\*|`/g, '');
  return text.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1');
}

function firstSentence(text: string): string {
  return text.replace(/^Meaning\. /, '').replace(/\.\s.*$/, '.');
}
