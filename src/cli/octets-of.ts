/** A file that is read whole, but no further than it may be large. */
import fs from 'node:fs';

const PIECE_OCTETS = 64 * 1024;

/** Null where there are more than `most`, which a pipe or a device tells only while it is read. */
export function octetsOf(file: string, most: number): Buffer | null {
  const descriptor = fs.openSync(file, 'r');
  try {
    const pieces: Buffer[] = [];
    for (let length = 0; length <= most; ) {
      const piece = Buffer.alloc(PIECE_OCTETS);
      const read = fs.readSync(descriptor, piece);
      if (read === 0) return Buffer.concat(pieces);
      pieces.push(piece.subarray(0, read));
      length += read;
    }
    return null;
  } finally {
    fs.closeSync(descriptor);
  }
}
