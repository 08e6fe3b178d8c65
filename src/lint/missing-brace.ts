/**
 * Which opening brace is the one too few: a block of the file without its own, behind it words that
 * stand in such a block alone, and behind them a brace that closes nothing. That is one mistake;
 * everything else is judged as if the brace were there.
 */
import type { Statement } from './blocks.ts';
import { FILE_GRAMMAR } from './keywords.ts';
import type { Notice, NoticeLog, Place } from './notices.ts';
import { shownWord } from './passwords.ts';

/** Gives such blocks what is theirs, in the tree itself. */
export function mendMissingBraces(statements: Statement[], notices: NoticeLog): void {
  const surplus = notices.list.filter(({ code }) => code === 'extra-brace');
  for (let i = 0; i < statements.length && surplus.length > 0; i++) {
    const statement = statements[i] as Statement;
    const inside = FILE_GRAMMAR.keywords.get(statement.keyword.text);
    if (statement.block !== null || typeof inside !== 'object' || inside === null) continue;
    let after = i + 1;
    while (after < statements.length) {
      const word = (statements[after] as Statement).keyword.text;
      if (FILE_GRAMMAR.keywords.has(word) || !inside.keywords.has(word)) break;
      after++;
    }
    const last = statements[after - 1] as Statement;
    const end = surplus.find((one) => isBetween(one, last, statements[after]));
    if (after === i + 1 || end === undefined) continue;
    statement.block = statements.splice(i + 1, after - i - 1);
    statement.end = end.place;
    surplus.splice(surplus.indexOf(end), 1);
    tell(statement, end, notices);
  }
}

function tell({ keyword, values }: Statement, { place }: Notice, notices: NoticeLog): void {
  notices.withdraw('extra-brace', new Set([place]));
  const line = [keyword, ...values].map(({ text }) => text).join(' ');
  const message =
    `${shownWord(keyword)} lacks its {, so that keepalived reads what stands before the } of ` +
    `line ${place.line} as if it stood in no block`;
  notices.add('missing-block', keyword.place, message, { write: [`${line} {`] });
}

function isBetween({ place }: Notice, one: Statement, other: Statement | undefined): boolean {
  const start = one.end ?? one.keyword.place;
  return isBefore(start, place) && (other === undefined || isBefore(place, other.keyword.place));
}

function isBefore(one: Place, other: Place): boolean {
  if (one.file !== other.file) return false;
  return one.line < other.line || (one.line === other.line && one.column < other.column);
}
