/**
 * Where passwords stand in the lines of the files, in the very characters that are there: those
 * that the tree knows of, and in lines that are in no tree those that the words tell.
 */
import type { Statement } from './blocks.ts';
import type { Edit } from './finding.ts';
import { NoticeLog } from './notices.ts';
import { announcesPassword, isSecret, MASK, markPasswords } from './passwords.ts';
import { sourceLine } from './source-text.ts';
import { type Word, withoutComment, wordsOf } from './words.ts';

/** Columns, the second of which is not in it. */
type Span = readonly [from: number, to: number];

/** The value may be used as a password anywhere. */
const DEFINITION = /^\s*(?:@\S*\s+)?\$\w+=/;
const REPETITION = /^(\s*~\w+\()([^)]*)/;

export class PasswordSpans {
  readonly #words = new Map<string, Word[]>();
  /** Many findings may be about one long line. */
  readonly #masks = new Map<string, Edit[]>();

  /** Those of a tree. */
  add(statements: readonly Statement[]): void {
    this.#masks.clear();
    for (const { keyword, values, block } of statements) {
      for (const word of [keyword, ...values]) if (isSecret(word)) this.#addWord(word);
      this.add(block ?? []);
    }
  }

  /** Edits that leave nothing of a line's passwords; `text` is the line. */
  masks(file: string, line: number, text: string): Edit[] {
    const key = keyOf(file, line);
    const made = this.#masks.get(key) ?? this.#masksOf(file, line, text);
    this.#masks.set(key, made);
    return made;
  }

  #masksOf(file: string, line: number, text: string): Edit[] {
    const bare = withoutComment(sourceLine(text, file, line));
    const written = markPasswords(wordsOf(bare, new NoticeLog())).filter(isSecret);
    const known = this.#words.get(keyOf(file, line)) ?? [];
    const spans = [...known, ...written].map((word) => spanOf(word, text));
    const around = aroundPasswords(text, bare.text.length, spans.length > 0);
    return joined([...spans, ...around]).map(([column, endColumn]) => {
      return { file, line, column, endLine: line, endColumn, text: MASK };
    });
  }

  #addWord(word: Word): void {
    const key = keyOf(word.place.file, word.place.line);
    const others = this.#words.get(key);
    if (others === undefined) this.#words.set(key, [word]);
    else others.push(word);
  }
}

/** Comments say what a password was; a definition or a repetition says what it is. */
function aroundPasswords(text: string, commentAt: number, hasPassword: boolean): Span[] {
  const spans: Span[] = [];
  const end = text.length + 1;
  const said = text.slice(commentAt).split(/[^\w=:-]+/);
  const isTold = hasPassword || said.some(announcesPassword);
  if (commentAt < text.length && isTold) spans.push([commentAt + 1, end]);
  const definition = DEFINITION.exec(text)?.[0];
  if (definition !== undefined) spans.push([definition.length + 1, end]);
  const [, head = '', list = ''] = REPETITION.exec(text) ?? [];
  if (hasPassword) spans.push([head.length + 1, head.length + 1 + list.length]);
  return spans;
}

/** Of a word such as `auth_pass=1111` only what is secret, if it is there as it was read. */
function spanOf({ text, openLength, place, endColumn }: Word, line: string): Span {
  const { column } = place;
  const isPlain = line.startsWith(text.slice(0, openLength), column - 1);
  return [column + (isPlain ? openLength : 0), endColumn];
}

/** In their order, none empty, and those that touch as one. */
function joined(spans: readonly Span[]): Span[] {
  const made: Span[] = [];
  for (const [from, to] of [...spans].sort(([a], [b]) => a - b)) {
    const last = made.at(-1);
    if (last !== undefined && from <= last[1])
      made[made.length - 1] = [last[0], Math.max(last[1], to)];
    else made.push([from, to]);
  }
  return made.filter(([from, to]) => from < to);
}

function keyOf(file: string, line: number): string {
  return `${line}:${file}`;
}
