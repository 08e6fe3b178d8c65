/**
 * Whether a file is a template that nobody has rendered. Only what keepalived can make nothing of
 * counts: what stands in quotes may be meant for a script, and a comment for people.
 */
import type { Place } from './notices.ts';
import { sourceLine } from './source-text.ts';
import { withoutComment } from './words.ts';

/** Jinja, Go and others; ERB. */
const TAG = /\{\{.*?\}\}|\{%.*?%\}|<%.*?%>/;
/** envsubst; the names of keepalived's own parameters begin with `_`. */
const VARIABLE = /\$\{[A-Za-z]\w*\}/;
/** Where a parameter may have been defined. */
const DEFINING = /^\s*(?:@\S+\s+)?(?:\$\w+=|~\w+\(|include)/m;
const QUOTED = /"[^"]*"/g;

/** The first tag of a template; null where it is none. */
export function templateTag(text: string, file: string): Place | null {
  const isDefining = DEFINING.test(text);
  for (const [i, line] of text.split(/\r\n|\n|\r/).entries()) {
    const bare = withoutComment(sourceLine(line, file, i + 1)).text;
    const open = bare.replace(QUOTED, (quoted) => ' '.repeat(quoted.length));
    const tag = TAG.exec(open) ?? (isDefining ? null : VARIABLE.exec(open));
    if (tag !== null) return { file, line: i + 1, column: tag.index + 1 };
  }
  return null;
}
