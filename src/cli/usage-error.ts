/** A command line that cannot be obeyed: one line that says what, where and how to mend it. */
import { nearest } from '../lab/file/nearest.ts';

export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(what: string, mend: string) {
    super(`${what}; ${mend}`.replace(/\s+/g, ' '));
  }

  /** An unknown word, with the known one that it probably meant. */
  static unknown(kind: string, word: string, known: readonly string[], mend: string): UsageError {
    const close = nearest(word, known);
    const meant = close === null ? '' : `did you mean ${close}? `;
    return new UsageError(`unknown ${kind} "${word}"`, meant + mend);
  }
}
