/** Which statements of a tree keepalived would not know, or would find a brace too many at. */
import type { Statement } from './blocks.ts';
import { FILE_GRAMMAR, type Grammar } from './keywords.ts';
import type { NoticeLog } from './notices.ts';
import { shownWord } from './passwords.ts';

export function checkKeywords(statements: readonly Statement[], notices: NoticeLog): void {
  checkBlock(statements, FILE_GRAMMAR, notices);
}

function checkBlock(statements: readonly Statement[], grammar: Grammar, notices: NoticeLog): void {
  for (const statement of statements) {
    if (!statement.applies) continue;
    const content = grammar.keywords.get(statement.keyword.text);
    if (content === undefined) reportUnknown(statement, grammar, notices);
    else if (content === null) refuseBlock(statement, grammar, notices);
    else if (statement.block === null) reportMissing(statement, notices);
    else if (content !== 'list' && content !== 'opaque') {
      checkBlock(statement.block, content, notices);
    }
    if (statement.values.length === 0) checkValue(statement, grammar, notices);
  }
}

function checkValue({ keyword, block }: Statement, grammar: Grammar, notices: NoticeLog): void {
  const fate = grammar.withoutValue.get(keyword.text);
  if (fate === undefined) return;
  const isError = fate === 'ends' || block !== null;
  const effect =
    fate === 'ends' ? 'keepalived ends with a configuration error' : 'keepalived passes it over';
  const remedy = block === null ? 'a value, or remove the line' : 'a name';
  const message = `nothing stands behind ${shownWord(keyword)}: ${effect}; write ${remedy}`;
  notices.add('bad-value', keyword.place, message, {
    ...(isError ? { isError } : {}),
    ...(block === null ? {} : { write: [`${keyword.text} <name>`] }),
  });
}

function reportUnknown(statement: Statement, grammar: Grammar, notices: NoticeLog): void {
  const { keyword, block } = statement;
  const isOutside = grammar.name === FILE_GRAMMAR.name;
  const where = isOutside ? 'outside of blocks' : `in ${grammar.name}`;
  const what = `keepalived 2.2.7 knows no ${shownWord(keyword)} ${where}`;
  const early = isOutside ? 'closes nothing' : `ends ${grammar.name} too early`;
  const lost = `: it passes over the word and its {, so that the } of this block ${early}`;
  const message = what + (block === null ? ' and passes it over' : lost);
  const known = [...grammar.keywords.keys()];
  const unknown = { word: keyword.text, known };
  notices.add('unknown-keyword', keyword.place, message, { unknown });
  // keepalived reads on as if the brace were not there.
  if (block !== null) checkBlock(block, grammar, notices);
}

function refuseBlock({ keyword, block }: Statement, grammar: Grammar, notices: NoticeLog): void {
  if (block === null) return;
  const what = `${shownWord(keyword)} takes no block; remove its braces`;
  notices.add('unexpected-block', keyword.place, what);
  checkBlock(block, grammar, notices);
}

function reportMissing({ keyword }: Statement, notices: NoticeLog): void {
  const what = `${shownWord(keyword)} needs a block; write { behind it and } after what it holds`;
  notices.add('missing-block', keyword.place, what);
}
