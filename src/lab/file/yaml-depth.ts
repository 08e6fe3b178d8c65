/**
 * How deep a YAML text nests, told from its tokens alone. The YAML reader recurses once a level and
 * takes minutes over a megabyte of brackets, so the depth is looked at before it starts.
 */
import { Lexer } from 'yaml';

/** The first line that is nested deeper than `most` levels, 1-based, or null. */
export function lineNestedTooDeep(text: string, most: number): number | null {
  let line = 1;
  /** Open brackets and braces. */
  let open = 0;
  /** Block levels that this line may open: each needs a column of indent or an indicator. */
  let block = 0;
  let atLineStart = true;
  for (const token of new Lexer().lex(text)) {
    if (token === DOCUMENT_START) continue;
    const first = token[0] ?? '';
    if (first === '[' || first === '{') open++;
    else if (first === ']' || first === '}') open = Math.max(0, open - 1);
    if (first === '\n' || first === '\r') {
      block = 0;
      atLineStart = true;
    } else if (atLineStart && (first === ' ' || BLOCK_INDICATORS.has(token))) {
      block += first === ' ' && block === 0 ? token.length / INDENT_USUAL : 1;
    } else {
      atLineStart = false;
    }
    if (open > most || block > most * 2) return line;
    line += newlinesIn(token);
  }
  return null;
}

/** What the lexer puts before a document. */
const DOCUMENT_START = '\u0002';
const BLOCK_INDICATORS = new Set(['-', '?', ':']);
/** Columns that a level of indentation usually takes. */
const INDENT_USUAL = 2;

function newlinesIn(token: string): number {
  let count = 0;
  for (let at = token.indexOf('\n'); at >= 0; at = token.indexOf('\n', at + 1)) count++;
  return count;
}
