/** Decompressed pieces that wait to be copied out, first in first out. */
export class OutputQueue {
  #pieces: Uint8Array[] = [];
  #given = 0;

  push(piece: Uint8Array): void {
    if (piece.length > 0) this.#pieces.push(piece);
  }

  /** Copies up to `length` octets to `into[at...]`; 0 where nothing waits. */
  take(into: Uint8Array, at: number, length: number): number {
    let copied = 0;
    let done = 0;
    for (const piece of this.#pieces) {
      const part = piece.subarray(this.#given, this.#given + length - copied);
      into.set(part, at + copied);
      copied += part.length;
      this.#given += part.length;
      if (this.#given < piece.length) break;
      this.#given = 0;
      done++;
    }
    if (done > 0) this.#pieces.splice(0, done);
    return copied;
  }
}
