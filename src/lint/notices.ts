/**
 * What the reading of a keepalived.conf has to say: places, and remarks that never end it. A
 * remark shows words of the file, passwords excepted.
 */

export interface Place {
  /** As the caller named it, or as `include` found it. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units; a tab counts as one. */
  readonly column: number;
}

export type NoticeCode =
  | 'unknown-keyword'
  | 'false-blank'
  | 'unexpected-block'
  | 'missing-block'
  | 'extra-brace'
  | 'unclosed-block'
  | 'unterminated-quote'
  | 'include-failed'
  | 'include-cycle'
  | 'too-much'
  | 'bad-value'
  | 'duplicate-name';

export interface Notice {
  readonly code: NoticeCode;
  readonly place: Place;
  /** One line: what is wrong, and how to mend it. */
  readonly message: string;
  /** Of an unknown keyword: the word, and those that could stand there instead. */
  readonly unknown?: Unknown;
  /** Worse than others of its code: keepalived does not start, or does what nobody meant. */
  readonly isError?: true;
  readonly mend?: readonly Mend[];
  /** What to write, where the file is not to be edited for the user. */
  readonly write?: readonly string[];
}

type More = Omit<Notice, 'code' | 'place' | 'message'>;

/** What the characters at a place are to become. */
export interface Mend {
  readonly place: Place;
  readonly from: string;
  readonly to: string;
}

export interface Unknown {
  readonly word: string;
  readonly known: readonly string[];
}

/** A file of thousands of errors is no keepalived.conf. */
export const NOTICES_MAX = 500;

export class NoticeLog {
  readonly list: Notice[] = [];
  /** Notices that did not fit. */
  left = 0;

  add(code: NoticeCode, place: Place, message: string, more: More = {}): void {
    if (this.list.length >= NOTICES_MAX) this.left++;
    else this.list.push({ code, place, message, ...more });
  }

  /** What turns out to be another mistake. */
  withdraw(code: NoticeCode, places: ReadonlySet<Place>): void {
    const kept = this.list.filter((one) => one.code !== code || !places.has(one.place));
    this.list.splice(0, this.list.length, ...kept);
  }
}

/** `keepalived.conf:12:5` */
export function formatPlace({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

const SHOWN_MAX = 60;
/** Control characters, line separators, bidirectional overrides, halves of pairs. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\p{Cs}]/gu;

/** A word of the file as a message shows it. */
export function shown(text: string): string {
  const short = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}...` : text;
  return `"${short.replace(UNPRINTABLE, '?')}"`;
}
