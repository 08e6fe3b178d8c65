/**
 * Which words of a keepalived.conf are passwords: what stands behind a word like `auth_pass`,
 * wherever that is, and what an `authentication` says besides its type. Files with mistakes are
 * what we show most, so the words need not be spelled well, nor stand where they should.
 */
import { shown } from './notices.ts';
import { isBrace, type Word } from './words.ts';

/** What stands for a password wherever it would be shown. */
export const MASK = '********';

/** `auth_pass` and misspellings of it; what is glued to it is a password. */
const GLUED = /^(?:auth[_-]?pass?(?:w(?:or)?d|s)?|[\w-]*pas+(?:w(?:or)?d)?(?=[=:]))[=:]?/i;
/** `PASS` itself is a type. */
const LIKE_A_PASSWORD = /(?:^|[_-])(?:pas+|pas+w(?:or)?d|passphrase|secret)[=:]?$/;
const LIKE_AUTHENTICATION = /^auth(?!or)/i;
const TYPE = 'auth_type';
const AUTHENTICATION = 'authentication';

/** Whether a password is to be expected behind a word. */
export function announcesPassword(text: string): boolean {
  if (text === TYPE || text === AUTHENTICATION) return false;
  return LIKE_AUTHENTICATION.test(text) || GLUED.test(text) || LIKE_A_PASSWORD.test(text);
}

/** Whether the block of a keyword holds passwords. */
export function isAuthentication({ text }: Word): boolean {
  return text !== TYPE && LIKE_AUTHENTICATION.test(text);
}

/** Whether something of a word may not be shown. */
export function isSecret({ text, openLength }: Word): boolean {
  return openLength < text.length;
}

/**
 * A line of words, wherever it stands: what follows a word like `auth_pass` is hidden.
 * `isContinued`: such a word stood on the line before, which ended in a backslash.
 */
export function markPasswords(words: Word[], isContinued = false): Word[] {
  if (!isContinued && !words.some(({ text }) => announcesPassword(text))) return words;
  let isBehind = isContinued;
  return words.map((word, i) => {
    if (isBehind && (!isBrace(word) || isWithin(words, i))) return hidden(word);
    if (isBehind) isBehind = word.text === '{';
    else isBehind = announcesPassword(word.text);
    return isBehind ? withOpenHead(word) : word;
  });
}

/** A statement of an `authentication`: the type is shown, and no other value. */
export function withoutPasswords([keyword, ...values]: Word[]): Word[] {
  if (keyword === undefined) return [];
  // A word that stands alone may be a password that has slipped onto a line of its own.
  const isName = values.length > 0 || LIKE_AUTHENTICATION.test(keyword.text);
  const isOpen = (i: number) => i === 0 && keyword.text === TYPE;
  const rest = values.map((word, i) => (isOpen(i) ? word : hidden(word)));
  return [isName ? keyword : hidden(keyword), ...rest];
}

/** A word as a message shows it. */
export function shownWord(word: Word): string {
  return shown(word.text.slice(0, word.openLength) + (isSecret(word) ? MASK : ''));
}

/** `ab{cd` is three words and one password. */
function isWithin(words: readonly Word[], i: number): boolean {
  const [before, brace, after] = [words[i - 1], words[i], words[i + 1]];
  return before?.endColumn === brace?.place.column && brace?.endColumn === after?.place.column;
}

function hidden(word: Word): Word {
  return { ...word, openLength: 0 };
}

function withOpenHead(word: Word): Word {
  const head = GLUED.exec(word.text)?.[0];
  return head === undefined ? word : { ...word, openLength: head.length };
}
