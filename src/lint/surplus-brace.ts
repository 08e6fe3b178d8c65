/**
 * Which closing brace is the one too many. The reader stumbles over the last, but where words of
 * an instance stand outside of it, the brace that ended it before them is the mistake (so it is
 * in a printed manual); everything else is then judged as if that brace were not there.
 */
import type { Statement } from './blocks.ts';
import type { KeepalivedConf } from './keepalived-conf.ts';
import { FILE_GRAMMAR } from './keywords.ts';
import type { Place } from './notices.ts';

export interface SurplusBrace {
  readonly place: Place;
  /** The block that it ended: `vrrp_instance VI_1`. */
  readonly block: string;
  /** The words that it left outside. */
  readonly stray: readonly { word: string; place: Place }[];
}

const STRAY_MAX = 20;

/** Null where no brace is too many, or none can be told. */
export function surplusBraceOf({ statements, notices }: KeepalivedConf): SurplusBrace | null {
  if (!notices.some(({ code }) => code === 'extra-brace')) return null;
  const outside = statements.filter((one) => one.applies);
  for (const [i, statement] of outside.entries()) {
    const inside = FILE_GRAMMAR.keywords.get(statement.keyword.text);
    if (statement.end === null || typeof inside !== 'object' || inside === null) continue;
    const stray: Statement[] = [];
    for (const next of outside.slice(i + 1)) {
      const word = next.keyword.text;
      if (FILE_GRAMMAR.keywords.has(word) || !inside.keywords.has(word)) break;
      stray.push(next);
    }
    if (stray.length === 0) continue;
    const block = [statement.keyword, ...statement.values].map(({ text }) => text).join(' ');
    const words = stray.slice(0, STRAY_MAX).map(({ keyword }) => {
      return { word: keyword.text, place: keyword.place };
    });
    return { place: statement.end, block, stray: words };
  }
  return null;
}

/** The text with the brace blanked, so that every place stays what it was. */
export function withoutBrace(text: string, { line, column }: Place): string {
  const lines = text.split(/(\r\n|\n|\r)/);
  // Every other piece is a line end.
  const at = (line - 1) * 2;
  const whole = lines[at] ?? '';
  if (whole[column - 1] !== '}') return text;
  lines[at] = `${whole.slice(0, column - 1)} ${whole.slice(column)}`;
  return lines.join('');
}
