/**
 * Lines of words into a tree of statements. A statement is a keyword, its values, and a block where
 * `{` follows, on the same line or the next. Which keywords there are is no concern of this file.
 */
import type { Condition, Line } from './lines.ts';
import type { NoticeLog, Place } from './notices.ts';
import { isAuthentication, shownWord, withoutPasswords } from './passwords.ts';
import { isBrace, type Word } from './words.ts';

export interface Statement {
  readonly keyword: Word;
  readonly values: Word[];
  readonly condition: Condition | null;
  /** Whether its own condition holds; that of a block around it is the block's. */
  readonly applies: boolean;
  /** What stands between its braces; null where it has none. */
  block: Statement[] | null;
  /** The closing brace; null where there is no block, or nothing closes it. */
  end: Place | null;
}

/** Deeper than any block of keepalived.conf. */
const DEPTH_MAX = 32;

export function buildTree(lines: readonly Line[], notices: NoticeLog): Statement[] {
  const builder = new Builder(notices);
  for (const line of lines) builder.take(line);
  return builder.finish();
}

class Builder {
  readonly #notices: NoticeLog;
  readonly #root: Statement[] = [];
  /** The statements whose blocks are open. */
  readonly #open: Statement[] = [];
  /** The statement that a brace would open. */
  #last: Statement | null = null;
  /** Braces opened by nothing, or too deep, whose closing ones close nothing. */
  #ignored = 0;

  constructor(notices: NoticeLog) {
    this.#notices = notices;
  }

  take({ words, condition, applies }: Line): void {
    let rest: Word[] = [];
    for (const word of words) {
      if (!isBrace(word)) {
        rest.push(word);
        continue;
      }
      this.#statement(rest, condition, applies);
      rest = [];
      if (word.text === '{') this.#openBlock(word.place);
      else this.#closeBlock(word.place);
    }
    this.#statement(rest, condition, applies);
  }

  finish(): Statement[] {
    for (const { keyword } of this.#open) {
      const what = `the block of ${shownWord(keyword)} is not closed; add a } after it`;
      this.#notices.add('unclosed-block', keyword.place, what);
    }
    return this.#root;
  }

  #statement(words: Word[], condition: Condition | null, applies: boolean): void {
    const isAmongPasswords = this.#open.some(({ keyword }) => isAuthentication(keyword));
    const [keyword, ...values] = isAmongPasswords ? withoutPasswords(words) : words;
    if (keyword === undefined) return;
    const statement = { keyword, values, condition, applies, block: null, end: null };
    (this.#open.at(-1)?.block ?? this.#root).push(statement);
    this.#last = statement;
  }

  #openBlock(place: Place): void {
    const statement = this.#last;
    this.#last = null;
    if (statement === null || statement.block !== null || this.#open.length >= DEPTH_MAX) {
      const what = 'this { belongs to no keyword; remove it and its }, or write the keyword';
      this.#notices.add('unexpected-block', place, what);
      this.#ignored++;
      return;
    }
    statement.block = [];
    this.#open.push(statement);
  }

  #closeBlock(place: Place): void {
    this.#last = null;
    if (this.#ignored > 0) {
      this.#ignored--;
      return;
    }
    const statement = this.#open.pop();
    if (statement !== undefined) {
      statement.end = place;
      return;
    }
    this.#notices.add('extra-brace', place, 'this } closes nothing; remove it');
  }
}
