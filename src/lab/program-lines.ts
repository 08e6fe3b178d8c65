/**
 * What a program prints, line by line. Nothing says how long its lines are, or that it ever ends
 * one: of each the beginning is kept, the rest is let go.
 */
import type { Readable } from 'node:stream';

const LINE_END = /\r\n|\r|\n/;

/** Calls `take` with each line, cut to `most` characters; what stands at the end is one, too. */
export function readLines(stream: Readable, most: number, take: (line: string) => void): void {
  let line = '';
  let wasReturn = false;
  stream.setEncoding('utf8');
  stream.on('data', (piece: string) => {
    // The other half of a line end.
    const text = wasReturn && piece.startsWith('\n') ? piece.slice(1) : piece;
    wasReturn = piece.endsWith('\r');
    const parts = text.split(LINE_END);
    const begun = parts.pop() ?? '';
    for (const part of parts) {
      take((line + part).slice(0, most));
      line = '';
    }
    line = (line + begun).slice(0, most);
  });
  stream.on('end', () => {
    if (line !== '') take(line);
  });
}
