/**
 * The words of a `run` line. No shell sees it: quotes and backslashes group as in POSIX 2.2, and
 * nothing else is special. What would ask for a shell is refused, rather than passed on as a word.
 */
import { LabError } from './lab-error.ts';

/** Unquoted, these would mean something to a shell. */
const SHELL_ONLY = /[|&;<>()$`*?]/;
/** These do at the beginning of a word. */
const SHELL_ONLY_FIRST = /[#~]/;
/** And these between double quotes, unless a backslash stands before them. */
const SHELL_ONLY_QUOTED = /^(?:[^\\$`]|\\[\s\S])*([$`])/;

/** Throws LabError on an unfinished quote, on what needs a shell, and on nothing at all. */
export function commandWords(line: string): string[] {
  const words: string[] = [];
  let word = '';
  let hasWord = false;
  for (let i = 0; i < line.length; i++) {
    const letter = line[i] as string;
    if (letter === '"' || letter === "'") {
      const end = closing(line, i + 1, letter);
      word += unquoted(line, line.slice(i + 1, end), letter);
      hasWord = true;
      i = end;
    } else if (letter === ' ' || letter === '\t' || letter === '\n') {
      if (hasWord) words.push(word);
      word = '';
      hasWord = false;
    } else if (letter === '\\' && i + 1 < line.length) {
      if (line[++i] === '\n') continue;
      word += line[i];
      hasWord = true;
    } else {
      const isShells = SHELL_ONLY.test(letter) || (!hasWord && SHELL_ONLY_FIRST.test(letter));
      if (isShells) throw needsShell(line, letter);
      word += letter;
      hasWord = true;
    }
  }
  if (hasWord) words.push(word);
  if (words.length === 0) throw new LabError('an empty command', 'name a program');
  return words;
}

function closing(line: string, from: number, quote: string): number {
  for (let i = from; i < line.length; i++) {
    if (line[i] === quote) return i;
    if (quote === '"' && line[i] === '\\') i++;
  }
  throw new LabError(`${line}: ${quote} is not closed`, `add the second ${quote}`);
}

/** Between double quotes a backslash keeps what would mean something, and continues a line. */
function unquoted(line: string, text: string, quote: string): string {
  if (quote !== '"') return text;
  const [, sign] = SHELL_ONLY_QUOTED.exec(text) ?? [];
  if (sign !== undefined) throw needsShell(line, sign);
  return text.replace(/\\(["\\$`]|\n)/g, (_, kept: string) => (kept === '\n' ? '' : kept));
}

function needsShell(line: string, sign: string): LabError {
  const mend = `quote it, or write sh -c '...' where a shell is meant`;
  return new LabError(`${line}: "${sign}" needs a shell, and none is used`, mend);
}
