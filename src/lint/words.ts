/**
 * One line of a keepalived.conf into words: quotes, escapes, comments and braces, as the man page
 * keepalived.conf(5) ("Quoted strings") and keepalived 2.2.7 itself have them. What the words mean
 * is no concern of this file.
 */
import type { NoticeLog, Place } from './notices.ts';
import { placeAt, type SourceText, sliced } from './source-text.ts';

export interface Word {
  readonly text: string;
  /** A part of it stood in quotes: `"{"` is no brace. */
  readonly isQuoted: boolean;
  readonly place: Place;
  /** The column behind its last character in the file. */
  readonly endColumn: number;
  /** How many of its characters may be shown; what follows them is a password. */
  readonly openLength: number;
}

export function isBrace({ text, isQuoted }: Word): boolean {
  return !isQuoted && (text === '{' || text === '}');
}

/**
 * The line without its comment. `!` and `#` begin one anywhere but inside double quotes: inside a
 * word, in single quotes, and behind a backslash, which goes with it.
 */
export function withoutComment(source: SourceText): SourceText {
  const { text } = source;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    const isEscape = character === '\\';
    const begins = isEscape ? text[i + 1] : character;
    if (!isQuoted && (begins === '!' || begins === '#')) return sliced(source, 0, i);
    if (isEscape) i++;
    else if (character === '"') isQuoted = !isQuoted;
  }
  return source;
}

/** The words of a line whose comment is gone; each unquoted brace is a word of its own. */
export function wordsOf(source: SourceText, notices: NoticeLog): Word[] {
  return new LineReader(source, notices).words();
}

/** Blanks to keepalived, as isspace(3) has them. */
const SPACE = /[ \t\n\v\f\r]/;
/** What looks like a blank, or like nothing, and to keepalived is a letter. */
const FALSE_BLANKS = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]+/y;
/** Alone on a line they do no harm. */
const NO_WORDS = /^[\s\u200b\u2060]*$/;
/** Of these there is nothing to be seen. */
const WIDTHLESS = /[\u200b\u2060\ufeff]/g;
/** The escapes of one letter: keepalived.conf(5), "Quoted strings". */
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', E: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
};

class LineReader {
  readonly #source: SourceText;
  readonly #notices: NoticeLog;
  readonly #words: Word[] = [];
  #at = 0;
  #text = '';
  #start = -1;
  #isQuoted = false;

  constructor(source: SourceText, notices: NoticeLog) {
    this.#source = source;
    this.#notices = notices;
  }

  words(): Word[] {
    const { text } = this.#source;
    if (NO_WORDS.test(text)) return [];
    while (this.#at < text.length) {
      const character = text.charAt(this.#at);
      FALSE_BLANKS.lastIndex = this.#at;
      const blanks = FALSE_BLANKS.exec(text)?.[0] ?? '';
      if (SPACE.test(character) || blanks !== '') {
        this.#finish();
        if (blanks !== '') this.#takeBlanks(blanks);
        else this.#at++;
      } else if (character === '{' || character === '}') {
        this.#finish();
        this.#start = this.#at++;
        this.#text = character;
        this.#finish();
      } else {
        if (this.#start < 0) this.#start = this.#at;
        this.#take(character);
      }
    }
    this.#finish();
    return this.#words;
  }

  /** They part words, as they are meant to. */
  #takeBlanks(blanks: string): void {
    const place = placeAt(this.#source, this.#at);
    this.#at += blanks.length;
    const to = ' '.repeat(blanks.replace(WIDTHLESS, '').length);
    const code = blanks.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    const what = `U+${code} looks like a blank, but is a letter to keepalived`;
    this.#notices.add('false-blank', place, what, { mend: [{ place, from: blanks, to }] });
  }

  #take(character: string): void {
    if (character === '"' || character === "'") this.#takeQuoted(character);
    else if (character === '\\') this.#takeEscape();
    else {
      this.#text += character;
      this.#at++;
    }
  }

  /** Up to the closing quote; without one, up to the end of the line. */
  #takeQuoted(quote: string): void {
    const { text } = this.#source;
    const from = this.#at++;
    this.#isQuoted = true;
    while (this.#at < text.length) {
      const character = text.charAt(this.#at);
      if (character === quote) {
        this.#at++;
        return;
      }
      if (character === '\\') this.#takeEscape();
      else {
        this.#text += character;
        this.#at++;
      }
    }
    const place = placeAt(this.#source, from);
    this.#notices.add('unterminated-quote', place, `this ${quote} is not closed; close it`);
  }

  #takeEscape(): void {
    const rest = this.#source.text.slice(this.#at + 1, this.#at + 1 + ESCAPE_MAX);
    const { text, length } = unescaped(rest);
    this.#text += text;
    this.#at += 1 + length;
  }

  #finish(): void {
    if (this.#start < 0) return;
    const text = this.#text;
    this.#words.push({
      text,
      isQuoted: this.#isQuoted,
      place: placeAt(this.#source, this.#start),
      endColumn: placeAt(this.#source, this.#at).column,
      openLength: text.length,
    });
    this.#text = '';
    this.#start = -1;
    this.#isQuoted = false;
  }
}

const ESCAPE_MAX = 16;
const OCTET = 0xff;

/** What stands behind a backslash: the character that it makes, and how many it takes. */
function unescaped(rest: string): { text: string; length: number } {
  const octal = /^[0-7]{1,3}/.exec(rest)?.[0];
  if (octal !== undefined) return octet(Number.parseInt(octal, 8), octal.length);
  const hex = /^x([0-9a-fA-F]+)/.exec(rest);
  if (hex !== null) return octet(Number.parseInt(hex[1] ?? '0', 16), hex[0].length);
  if (/^c./.test(rest)) return octet(rest.charCodeAt(1) & 0x1f, 2);
  const first = rest.charAt(0);
  return { text: ESCAPES[first] ?? first, length: first.length };
}

function octet(value: number, length: number): { text: string; length: number } {
  return { text: String.fromCharCode(value & OCTET), length };
}
