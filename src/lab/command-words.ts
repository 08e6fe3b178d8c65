/**
 * The words of a `run` line. No shell sees it: quotes and backslashes group as in POSIX 2.2, and
 * nothing else is special. What would ask for a shell is refused, rather than passed on as a word.
 */
import { LabError } from './lab-error.ts';

/** Unquoted, these would mean something to a shell. */
const SHELL_ONLY = /[|&;<>()$`*?#~]/;

/** Throws LabError on an unfinished quote, on what needs a shell, and on nothing at all. */
export function commandWords(line: string): string[] {
  const words: string[] = [];
  let word = '';
  let hasWord = false;
  for (let i = 0; i < line.length; i++) {
    const letter = line[i] as string;
    if (letter === '"' || letter === "'") {
      const end = closing(line, i + 1, letter);
      word += unescaped(line.slice(i + 1, end), letter);
      hasWord = true;
      i = end;
    } else if (letter === ' ' || letter === '\t' || letter === '\n') {
      if (hasWord) words.push(word);
      word = '';
      hasWord = false;
    } else if (letter === '\\' && i + 1 < line.length) {
      word += line[++i];
      hasWord = true;
    } else {
      if (SHELL_ONLY.test(letter)) {
        const mend = `quote it, or write sh -c '...' where a shell is meant`;
        throw new LabError(`run: ${line}: "${letter}" needs a shell, and none is used`, mend);
      }
      word += letter;
      hasWord = true;
    }
  }
  if (hasWord) words.push(word);
  if (words.length === 0) throw new LabError('run: an empty command', 'name a program');
  return words;
}

function closing(line: string, from: number, quote: string): number {
  for (let i = from; i < line.length; i++) {
    if (line[i] === quote) return i;
    if (quote === '"' && line[i] === '\\') i++;
  }
  throw new LabError(`run: ${line}: ${quote} is not closed`, `add the second ${quote}`);
}

/** Between double quotes a backslash keeps the next quote or backslash. */
function unescaped(text: string, quote: string): string {
  return quote === '"' ? text.replace(/\\(["\\])/g, '$1') : text;
}
