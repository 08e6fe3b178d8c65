/** A lab that cannot be made or reached as asked: one line that says what, where and the remedy. */
export class LabError extends Error {
  override readonly name = 'LabError';

  constructor(what: string, mend: string) {
    super(`${what}; ${mend}`.replace(/\s+/g, ' ').trim());
  }
}
