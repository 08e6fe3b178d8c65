/**
 * Reads the statements of one block as values: numbers, switches, addresses, each with its place.
 * As in keepalived the last statement of a keyword counts, and a value that cannot be read counts
 * as not given.
 */
import { type Address, parseAddress } from '../havip/cidr.ts';
import type { Statement } from './blocks.ts';
import type { Notice, NoticeLog, Place } from './notices.ts';
import { isSecret, shownWord } from './passwords.ts';
import type { Word } from './words.ts';

/** A value that the file gives, with where it does. */
export interface Given<T> {
  readonly value: T;
  readonly place: Place;
}

/** A script or command that keepalived is to run. */
export interface ScriptUse {
  /** `notify_master`, `script`, ... */
  readonly keyword: string;
  /** The command line as written, its words joined by blanks. */
  readonly command: string;
  /** keepalived takes the first for the command. */
  readonly values: readonly Word[];
  readonly place: Place;
}

export interface Range {
  readonly least: number;
  readonly most: number;
}

/** As many as an int holds. */
export const COUNT: Range = { least: 0, most: 0x7fff_ffff };

export const ONE_OR_MORE: Range = { ...COUNT, least: 1 };
export const WEIGHTS: Range = { least: -253, most: 253 };

const TRUE = ['on', 'true', 'yes'];
const FALSE = ['off', 'false', 'no'];
const MEANT_OFF = [...FALSE, '0', 'disable', 'disabled'];

export class Settings {
  readonly #statements: readonly Statement[];
  readonly #notices: NoticeLog;

  constructor(block: readonly Statement[] | null, notices: NoticeLog) {
    this.#statements = (block ?? []).filter((statement) => statement.applies);
    this.#notices = notices;
  }

  /** Every statement of these keywords, in the order of the file. */
  all(...keywords: string[]): Statement[] {
    return this.#statements.filter(({ keyword }) => keywords.includes(keyword.text));
  }

  /** The lines inside all blocks of this keyword. */
  listed(keyword: string): Statement[] {
    const lines = this.all(keyword).flatMap(({ block }) => block ?? []);
    return lines.filter((line) => line.applies);
  }

  word(keyword: string): Given<string> | null {
    const word = this.#value(keyword);
    return word === null ? null : { value: word.text, place: word.place };
  }

  oneOf<T extends string>(keyword: string, allowed: readonly T[]): Given<T> | null {
    const word = this.#value(keyword);
    if (word === null) return null;
    const value = allowed.find((candidate) => candidate === word.text);
    if (value !== undefined) return { value, place: word.place };
    const plain = word.text.toUpperCase().replace(LITTER, '');
    const meant = allowed.find((candidate) => candidate.toUpperCase() === plain) ?? null;
    return this.#bad(keyword, word, `write ${allowed.join(' or ')}`, meant);
  }

  integer(keyword: string, { least, most }: Range): Given<number> | null {
    const word = this.#value(keyword);
    if (word === null) return null;
    const value = /^[+-]?\d+$/.test(word.text) ? Number(word.text) : Number.NaN;
    if (value >= least && value <= most) return { value, place: word.place };
    const remedy = `write a whole number from ${least} to ${most}`;
    return this.#bad(keyword, word, remedy, meantNumber(word.text, { least, most }));
  }

  /** Where keepalived takes a number of its own for one that is not in range. */
  integerOr(keyword: string, range: Range, instead: number): Given<number> | null {
    const { least, most } = range;
    const word = this.#value(keyword);
    if (word === null || word.text.startsWith('-')) return this.integer(keyword, range);
    if (/^\+?\d+$/.test(word.text) && Number(word.text) >= least)
      return this.integer(keyword, range);
    const what = `${keyword} ${shownWord(word)} cannot be read, and keepalived takes ${instead}`;
    const message = `${what}; write a whole number from ${least} to ${most}`;
    const meant = meantNumber(word.text, range);
    const more = meant === null ? { write: [`${keyword} <number>`] } : insteadOf(word, meant);
    this.#notices.add('bad-value', word.place, message, more);
    return { value: instead, place: word.place };
  }

  /** Seconds, with a fraction where one is written. */
  seconds(keyword: string, { least, most }: Range): Given<number> | null {
    const word = this.#value(keyword);
    if (word === null) return null;
    const value = /^(\d+\.?\d*|\.\d+)$/.test(word.text) ? Number(word.text) : Number.NaN;
    if (value >= least && value <= most) return { value, place: word.place };
    const remedy = `write seconds from ${least} to ${most}`;
    return this.#bad(keyword, word, remedy, meantNumber(word.text, { least, most }));
  }

  /** A keyword that needs no value; with one, `off`, `false` or `no` switch it off. */
  flag(keyword: string): Given<boolean> | null {
    const statement = this.all(keyword).at(-1);
    if (statement === undefined) return null;
    const { values } = statement;
    const [word] = values;
    if (word === undefined || TRUE.includes(word.text)) {
      return { value: true, place: statement.keyword.place };
    }
    if (FALSE.includes(word.text)) return { value: false, place: statement.keyword.place };
    return this.#bad(keyword, word, 'write on or off');
  }

  /** A keyword that is on whatever stands behind it: keepalived 2.2.7 passes over `off`. */
  presence(keyword: string): Given<true> | null {
    const statement = this.all(keyword).at(-1);
    if (statement === undefined) return null;
    const [word] = statement.values;
    if (word !== undefined && MEANT_OFF.includes(word.text)) {
      const what = `${shownWord(word)} does not switch ${keyword} off: keepalived switches it on`;
      this.#notices.add('bad-value', word.place, `${what}; remove the line`);
    }
    return { value: true, place: statement.keyword.place };
  }

  address(keyword: string): Given<Address> | null {
    const word = this.#value(keyword);
    if (word === null) return null;
    const value = hostAddress(word.text);
    if (value !== null) return { value, place: word.place };
    const remedy = 'write an address such as 192.168.0.209';
    return this.#bad(keyword, word, remedy, meantAddress(word.text));
  }

  scripts(...keywords: string[]): ScriptUse[] {
    return this.all(...keywords).flatMap(({ keyword, values }) => {
      const [first] = values;
      if (first === undefined) return [];
      const command = values.map(({ text }) => text).join(' ');
      return [{ keyword: keyword.text, command, values, place: first.place }];
    });
  }

  /** The first value of the last statement; who checks the keywords remarks upon one without. */
  #value(keyword: string): Word | null {
    return this.all(keyword).at(-1)?.values[0] ?? null;
  }

  /** `meant` is what the word is but for what is too much in it. */
  #bad(keyword: string, word: Word, remedy: string, meant: string | null = null): null {
    const what = `${keyword} ${shownWord(word)} cannot be read and is left out; ${remedy}`;
    const more = meant === null ? {} : insteadOf(word, meant);
    this.#notices.add('bad-value', word.place, what, more);
    return null;
  }
}

/** What a word becomes that is to stay; where that is not known nothing is removed for the user. */
export function insteadOf(word: Word, to: string | null): Pick<Notice, 'mend' | 'write'> {
  if (to === null) return { write: ['<an address>'] };
  return { mend: [{ place: word.place, from: word.text, to }] };
}

/** What other languages end a line with. */
const LITTER = /[;,]+$/;

/** The number in `150;` or `1s`, where it is in range. */
export function meantNumber(text: string, { least, most }: Range): string | null {
  const [, number = ''] = /^(\d+)(?:[;,]+|s|sec)$/.exec(text) ?? [];
  return number !== '' && Number(number) >= least && Number(number) <= most ? number : null;
}

/** keepalived passes over a prefix length behind the address of a host. */
export function hostAddress(text: string): Address | null {
  return parseAddress(text.replace(/\/\d{1,3}$/, ''));
}

/** What may be shown: a password is none, whatever it looks like. */
export function isHostAddress(word: Word): boolean {
  return hostAddress(word.text) !== null && !isSecret(word);
}

export function meantAddress(text: string): string | null {
  return hostAddress(text.replace(LITTER, ''))?.text ?? null;
}
