/**
 * A keepalived.conf, with what it includes, into lines of words: definitions of parameters are
 * taken out, uses replaced, repetitions written out, conditions told apart. Reads no file itself.
 */
import { type NoticeLog, type Place, shown } from './notices.ts';
import { type Definition, definitionOf, Parameters } from './parameters.ts';
import { announcesPassword, isSecret, markPasswords } from './passwords.ts';
import { REPETITIONS_MAX, repetitionOf } from './repetitions.ts';
import { placeAt, type SourceText, sliced, sourceLine, splitLines } from './source-text.ts';
import { type Word, withoutComment, wordsOf } from './words.ts';

/** `@id` or `@^id` before a line: keepalived.conf(5), "Conditional configuration". */
export interface Condition {
  readonly id: string;
  /** `@^id`: the line holds for every other id. */
  readonly isNegated: boolean;
  readonly place: Place;
}

export interface Line {
  readonly words: Word[];
  readonly condition: Condition | null;
  /** Whether the condition holds for the id that was asked for; true without a condition. */
  readonly applies: boolean;
}

export interface IncludedFile {
  /** What places in this file are called by, and what its own includes are relative to. */
  file: string;
  text: string;
}

/**
 * The files that a pattern of `include` names, in the order of their names, relative to the folder
 * of `from`; empty where there is none.
 */
export type IncludeReader = (pattern: string, from: string) => IncludedFile[];

export interface LineOptions {
  /** keepalived's `--config-id`; null: no `@id` holds, and every `@^id` does. */
  configId?: string | null;
  /** Absent: every include is remarked upon and left out. */
  include?: IncludeReader;
}

const INCLUDE_DEPTH_MAX = 16;
const INCLUDED_FILES_MAX = 256;
const LINES_MAX = 100_000;
/** Characters that are copied for repetitions and parameters; a round counts as a long line. */
const COPIED_MAX = 32 * 1024 * 1024;
const ROUND = 128;
/** How deep definitions of several lines and repetitions may nest. */
const NESTING_MAX = 16;

const INCLUDE = /^\s*include[rmwba]?(?=\s|$)/;
const CONDITION = /^\s*@(\^?)(\S*)/;
/** No file with one of these is meant alone, so finding none is no mistake. */
const GLOB = /[*?[{]/;

/** The lines of `text`; remarks go to `notices`. */
export function readLines(
  text: string,
  file: string,
  options: LineOptions,
  notices: NoticeLog,
): Line[] {
  const reader = new Reader(options, notices);
  reader.readFile(text, file);
  return reader.lines;
}

class Reader {
  readonly lines: Line[] = [];
  readonly #options: LineOptions;
  readonly #notices: NoticeLog;
  readonly #parameters = new Parameters();
  /** Files that are being read, the outermost first. */
  readonly #open: string[] = [];
  #included = 0;
  #rounds = 0;
  #isPasswordContinued = false;
  #isFull = false;

  constructor(options: LineOptions, notices: NoticeLog) {
    this.#options = options;
    this.#notices = notices;
  }

  readFile(text: string, file: string): void {
    this.#open.push(file);
    const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) || '/' : '.';
    this.#parameters.define({ name: '_PWD', value: folder });
    const physical = text.split(/\r\n|\n|\r/);
    for (let i = 0; i < physical.length && !this.#isFull; i++) {
      const source = sourceLine(physical[i] ?? '', file, i + 1);
      this.#checkEffort(source);
      if (INCLUDE.test(source.text)) {
        this.#include(source);
        this.#parameters.define({ name: '_PWD', value: folder });
        continue;
      }
      const more: string[] = [];
      if (isOpenDefinition(source.text)) {
        while (isContinued(physical[i]) && i + 1 < physical.length) more.push(physical[++i] ?? '');
      }
      this.#take(source, more);
    }
    this.#open.pop();
  }

  /** `more` are the further lines of a definition. */
  #take(source: SourceText, more: string[]): void {
    const bare = withoutComment(source);
    const { condition, rest } = conditionOf(bare);
    const definition = definitionOf(rest.text);
    if (definition === null) this.#expand(bare, 0);
    if (definition === null || !this.#applies(condition)) return;
    const parts = [definition.value, ...more.map((line) => withoutComment(lineOf(line)).text)];
    const value = parts.map((part) => part.replace(/\\\s*$/, '').trim()).join('\n');
    this.#parameters.define({ name: definition.name, value: value.replace(/^\n/, '') });
  }

  #expand(source: SourceText, depth: number): void {
    if (this.#isFull) return;
    if (depth > NESTING_MAX) {
      const what = `parameters and repetitions nest more than ${NESTING_MAX} deep; spell them out`;
      this.#notices.add('too-much', placeAt(source, 0), what);
      return;
    }
    const repetition = repetitionOf(source);
    if (repetition === 'too-many') {
      const what = `more than ${REPETITIONS_MAX} repetitions; the line is left out`;
      this.#notices.add('too-much', placeAt(source, 0), what);
      return;
    }
    if (repetition !== null) {
      this.#repeat(repetition.rounds, repetition.rest, depth);
      return;
    }
    const made = splitLines(this.#parameters.substitute(source, this.#notices));
    const [only] = made;
    if (made.length === 1 && only !== undefined) this.#finish(only);
    else for (const line of made) this.#takeMade(line, depth);
  }

  /** A line of a definition of several lines, which may define in its turn. */
  #takeMade(line: SourceText, depth: number): void {
    const definition = definitionOf(conditionOf(line).rest.text);
    if (definition === null) this.#expand(line, depth + 1);
    else if (this.#applies(conditionOf(line).condition)) this.#parameters.define(definition);
  }

  #repeat(rounds: Definition[][], rest: SourceText, depth: number): void {
    for (const definitions of rounds) {
      for (const definition of definitions) this.#parameters.define(definition);
      this.#rounds++;
      this.#checkEffort(rest);
      if (this.#isFull) return;
      this.#expand(rest, depth + 1);
    }
  }

  /** Repetitions of repetitions, and parameters of parameters, come to an end too. */
  #checkEffort(source: SourceText): void {
    const copied = this.#rounds * ROUND + this.#parameters.copied;
    if (this.#isFull || copied <= COPIED_MAX) return;
    const what = 'repetitions and parameters make more than is read; the rest is left out';
    this.#notices.add('too-much', placeAt(source, 0), what);
    this.#isFull = true;
  }

  #finish(source: SourceText): void {
    const { condition, rest } = conditionOf(source);
    const words = markPasswords(wordsOf(rest, this.#notices), this.#isPasswordContinued);
    const isPassword = words.some((word) => isSecret(word) || announcesPassword(word.text));
    this.#isPasswordContinued = isPassword && isContinued(rest.text);
    if (words.length === 0) return;
    if (this.lines.length >= LINES_MAX) {
      const what = `more than ${LINES_MAX} lines; the rest is not read`;
      this.#notices.add('too-much', placeAt(source, 0), what);
      this.#isFull = true;
      return;
    }
    this.lines.push({ words, condition, applies: this.#applies(condition) });
  }

  #applies(condition: Condition | null): boolean {
    if (condition === null) return true;
    return (condition.id === this.#options.configId) !== condition.isNegated;
  }

  #include(source: SourceText): void {
    const [keyword, name] = wordsOfPath(withoutComment(source));
    if (keyword === undefined) return;
    const { place } = name ?? keyword;
    const from = this.#open.at(-1) ?? source.file;
    if (name === undefined) {
      this.#notices.add('include-failed', place, 'include names no file; name one');
      return;
    }
    if (this.#open.length > INCLUDE_DEPTH_MAX) {
      const what = `includes nest more than ${INCLUDE_DEPTH_MAX} deep; the rest is left out`;
      this.#notices.add('too-much', place, what);
      return;
    }
    const files = this.#options.include?.(name.text, from) ?? [];
    if (files.length === 0 && !GLOB.test(name.text)) {
      const what = `there is no file ${shown(name.text)} to include; check the path`;
      this.#notices.add('include-failed', place, what);
    }
    for (const included of files) this.#readIncluded(included, place);
  }

  #readIncluded({ file, text }: IncludedFile, place: Place): void {
    if (this.#isFull) return;
    if (this.#open.includes(file)) {
      const what = `${shown(file)} includes itself; remove one of the includes`;
      this.#notices.add('include-cycle', place, what);
      return;
    }
    if (++this.#included > INCLUDED_FILES_MAX) {
      const what = `more than ${INCLUDED_FILES_MAX} files are included; the rest is left out`;
      this.#notices.add('too-much', place, what);
      this.#isFull = true;
      return;
    }
    this.readFile(text, file);
  }
}

function conditionOf(source: SourceText): { condition: Condition | null; rest: SourceText } {
  const [head, negation, id] = CONDITION.exec(source.text) ?? [];
  if (head === undefined || id === undefined) return { condition: null, rest: source };
  const place = placeAt(source, source.text.indexOf('@'));
  const condition = { id, isNegated: negation === '^', place };
  return { condition, rest: sliced(source, head.length) };
}

type PathWord = Pick<Word, 'text' | 'place'>;

/** Braces belong to the pattern here. */
function wordsOfPath(source: SourceText): PathWord[] {
  const words = [...source.text.matchAll(/\S+/g)];
  return words.map((match) => {
    const text = match[0].replace(/^(["'])(.*)\1$/, '$2');
    return { text, place: placeAt(source, match.index) };
  });
}

/** A backslash at the end continues a definition; other lines it does not continue. */
function isContinued(text = ''): boolean {
  return /\\\s*$/.test(text);
}

function isOpenDefinition(text: string): boolean {
  return isContinued(text) && definitionOf(text.replace(CONDITION, '')) !== null;
}

function lineOf(text: string): SourceText {
  return sourceLine(text, '', 0);
}
