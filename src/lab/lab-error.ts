/** A lab that cannot be made or reached as asked: one line that says what, where and the remedy. */
export class LabError extends Error {
  override readonly name = 'LabError';

  constructor(what: string, mend: string) {
    super(`${what}; ${mend}`.replace(/\s+/g, ' ').trim());
  }
}

/** One that a field of the lab file is to blame for, as its path from the top. */
export class LabFieldError extends LabError {
  readonly path: readonly string[];

  constructor(path: readonly string[], what: string, mend: string) {
    super(what, mend);
    this.path = path;
  }
}
