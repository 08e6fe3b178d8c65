/**
 * The one error this folder raises: a capture that cannot be read at all.
 *
 * Damage behind the first readable octets is no error: it ends the reading and is told in
 * `CaptureReader.damaged`, because the frames before it are evidence.
 */

/** `message` is one line: which file, what is wrong with it, how to mend it. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
  /** The file's name as it was given, or `standard input`. */
  readonly file: string;

  constructor(file: string, what: string, mend = 'copy it again, or capture anew') {
    super(`${file}: ${what}; ${mend}`);
    this.file = file;
  }
}

/** `{offset, reason}` of damage: `offset` counts octets of the decompressed capture. */
export interface CaptureDamage {
  readonly offset: number;
  readonly reason: string;
}

/** Thrown by a source whose compressed input ends before its end mark. */
export class InputCut extends Error {
  override readonly name = 'InputCut';
}

/** What a thrown value says, on one line. */
export function reasonOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replace(/\s+/g, ' ').trim();
}
