// What a host's program prints, however it prints it.
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readLines } from '../../src/lab/program-lines.ts';

async function linesOf(pieces: Iterable<string | Buffer>, most = 100): Promise<string[]> {
  const stream = Readable.from(pieces, { objectMode: false });
  const lines: string[] = [];
  readLines(stream, most, (line) => lines.push(line));
  await new Promise((resolve) => stream.on('close', resolve));
  return lines;
}

describe('the lines of a program', () => {
  it.each([
    [['one\ntwo\n'], ['one', 'two']],
    [
      ['o', 'ne\nt', 'wo'],
      ['one', 'two'],
    ],
    [
      ['one\r', '\ntwo\r\n', '\n'],
      ['one', 'two', ''],
    ],
    [['10%\r20%\r'], ['10%', '20%']],
    [[], []],
  ])('%j are %j', async (pieces, lines) => {
    expect(await linesOf(pieces)).toEqual(lines);
  });

  it('are of whole characters, wherever the pieces end', async () => {
    const octets = Buffer.from('→\n');
    expect(await linesOf([octets.subarray(0, 1), octets.subarray(1)])).toEqual(['→']);
  });

  it('are cut, and the next one begins behind the line feed', async () => {
    expect(await linesOf(['abc', 'def\nghi'], 4)).toEqual(['abcd', 'ghi']);
  });

  it('take no room beyond that: `cat /dev/zero` prints more than a string can hold', async () => {
    const piece = Buffer.alloc(1 << 20, 'x');
    function* endless(): Generator<Buffer> {
      for (let i = 0; i < 600; i++) yield piece;
    }
    expect(await linesOf(endless(), 4096)).toEqual(['x'.repeat(4096)]);
  });
});
