/**
 * What to write instead, as edits of the very characters in the file. Where the file does not hold
 * them as they are read (a parameter stands there, a line is made by a repetition) there is no
 * edit, only the words to write.
 */

import type { Edit, Fix } from './finding.ts';
import { shortPlain } from './fix-anchors.ts';
import type { KeepalivedConf } from './keepalived-conf.ts';
import type { Place } from './notices.ts';
import type { Running } from './running.ts';
import type { SourceLines } from './source-lines.ts';
import { allOf, lastOf, type Statement } from './statements.ts';
import type { Word } from './words.ts';

const INDENT = '    ';

/** A word that is to be found as it is written. */
type Plain = Pick<Word, 'text' | 'place'>;

/** The statement's value, or its first, becomes `to`. */
export function setValue(source: SourceLines, statement: Statement, to: string): Fix {
  const [value] = statement.values;
  const write = [`${statement.keyword.text} ${to}`];
  if (value === undefined) return { edits: [], write };
  return { edits: replaced(source, value, to), write };
}

/** The instance says `keyword to`: where it says the keyword already, else in a further line. */
export function setKeyword(one: Running, source: SourceLines, keyword: string, to: string): Fix {
  const statement = lastOf(one.config.statement, keyword);
  if (statement === null) return addTo(one, source, [`${keyword} ${to}`]);
  return setValue(source, statement, to);
}

/** The keyword goes from the instance; null where it is not there. */
export function dropKeyword({ config }: Running, source: SourceLines, keyword: string): Fix | null {
  const statement = lastOf(config.statement, keyword);
  return statement === null ? null : drop(source, statement);
}

export function replaceWord(source: SourceLines, word: Plain, to: string): Fix {
  return { edits: replaced(source, word, to), write: [to] };
}

/** Characters become others, wherever the file has these very ones. */
export function replaceAt(source: SourceLines, place: Place, from: string, to: string): Edit[] {
  const { file, line, column } = place;
  if (!source.has(place, from)) return [];
  return [{ file, line, column, endLine: line, endColumn: column + from.length, text: to }];
}

/** The statement vanishes, with its lines where nothing else stands on them. */
export function drop(source: SourceLines, statement: Statement): Fix {
  const { keyword } = statement;
  const end = endOf(statement);
  if (end === null || !source.has(keyword.place, keyword.text)) return { edits: [], write: [] };
  const { file, line, column } = keyword.place;
  const before = source.line(file, line)?.slice(0, column - 1) ?? '';
  const after = source.line(file, end.line)?.slice(end.column - 1) ?? '';
  const isAlone = before.trim() === '' && isEmpty(after);
  const range = isAlone
    ? { line, column: 1, endLine: end.line + 1, endColumn: 1 }
    : { line, column, endLine: end.line, endColumn: end.column };
  return { edits: [{ file, ...range, text: '' }], write: [] };
}

/** Further lines of an instance. */
export function addTo({ config }: Running, source: SourceLines, lines: readonly string[]): Fix {
  const anchor = shortPlain(config.statement.block ?? []);
  return { edits: anchor === null ? [] : after(source, anchor, lines), write: lines };
}

/** A further line of a list such as `unicast_peer`; null where there is no such list. */
export function addToList(
  { config }: Running,
  source: SourceLines,
  list: string,
  lines: readonly string[],
): Fix {
  const last = lastOf(config.statement, list)?.block?.at(-1);
  return { edits: last === undefined ? [] : after(source, last, lines), write: lines };
}

/** A further line of `global_defs`, which is written where there is none. */
export function addGlobal(conf: KeepalivedConf, source: SourceLines, line: string): Fix {
  const write = [line];
  const [globals] = allOf(conf.statements, 'global_defs');
  const anchor = globals === undefined ? null : shortPlain(globals.block ?? []);
  if (anchor !== null) return { edits: after(source, anchor, write), write };
  const [first] = conf.statements;
  if (globals !== undefined || first === undefined) return { edits: [], write };
  const { file, line: at } = first.keyword.place;
  const text = `global_defs {\n${INDENT}${line}\n}\n`;
  return { edits: [{ file, line: at, column: 1, endLine: at, endColumn: 1, text }], write };
}

function replaced(source: SourceLines, { text, place }: Plain, to: string): Edit[] {
  const { file, line, column } = place;
  const length = source.lengthAt(place);
  const isPlain = source.has(place, text) && length === text.length;
  const isQuoted = source.has(place, `"${text}"`) || source.has(place, `'${text}'`);
  if (!isPlain && !isQuoted) return [];
  return [{ file, line, column, endLine: line, endColumn: column + length, text: to }];
}

/** New lines behind a statement, indented as it is. */
function after(source: SourceLines, statement: Statement, lines: readonly string[]): Edit[] {
  const { place, text: word } = statement.keyword;
  const end = endOf(statement);
  if (end === null || !source.has(place, word)) return [];
  const head = source.line(place.file, place.line)?.slice(0, place.column - 1) ?? '';
  // What only looks like a blank is not handed on.
  const blanks = (/^\s*/.exec(head)?.[0] ?? '').replace(/[^ \t]/g, ' ');
  const indent = head.trim() === '' ? blanks : blanks + INDENT;
  const whole = source.line(end.file, end.line) ?? '';
  const isLast = isEmpty(whole.slice(end.column - 1));
  const text = lines.map((line) => `\n${indent}${line}`).join('');
  const column = isLast ? whole.length + 1 : end.column;
  const { file, line } = end;
  const tail = isLast ? '' : `\n${blanks}`;
  return [{ file, line, column, endLine: line, endColumn: column, text: text + tail }];
}

/** Behind the last character of a statement; null where it is not in the file as it was read. */
function endOf({ keyword, values, block, end }: Statement): Place | null {
  if (block !== null) return end === null ? null : { ...end, column: end.column + 1 };
  const last = values.at(-1) ?? keyword;
  if (last.place.file !== keyword.place.file || last.place.line !== keyword.place.line) return null;
  return { ...last.place, column: last.endColumn };
}

/** Nothing but blanks and a comment. */
function isEmpty(rest: string): boolean {
  return /^\s*([!#].*)?$/.test(rest);
}
