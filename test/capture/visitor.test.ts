/**
 * A visitor is shown what `read` gives, record by record, as long as nothing is out of the
 * ordinary; what it is not shown is still there for `read`, and nothing comes twice.
 */
import { describe, expect, test } from 'vitest';
import {
  type CaptureReader,
  openCaptureBytes,
  RecordBatch,
  type RecordVisitor,
} from '../../src/capture/index.ts';
import { bytes, frame, pcapHeader, pcapRecord } from './build.ts';
import { type PlainRecord, readAll } from './drain.ts';

type Seen = Pick<PlainRecord, 'data' | 'seconds' | 'nanoseconds'>;

class Taker implements RecordVisitor {
  readonly until: number;
  number = 0;
  octets = 0;
  seconds = 0;
  nanoseconds = 0;
  passed = 0;
  readonly taken: (Seen & { number: number })[] = [];
  private readonly every: number;

  constructor(every: number, until: number) {
    this.every = every;
    this.until = until;
  }

  passes(_view: DataView, _at: number, _end: number, number: number): boolean {
    const isPassed = number % this.every !== 0;
    if (isPassed) this.passed++;
    return isPassed;
  }

  take(
    view: DataView,
    at: number,
    end: number,
    number: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    const data = Buffer.from(view.buffer, view.byteOffset + at, end - at).toString('hex');
    this.taken.push({ data, seconds, nanoseconds, number });
  }
}

/** Shows what can be shown and reads the rest; also the numbers of the records that were read. */
async function visit(reader: CaptureReader, taker: Taker): Promise<number[]> {
  const batch = new RecordBatch(1);
  const read: number[] = [];
  do {
    for (;;) {
      if ((reader.visit?.(taker) ?? 0) > 0) continue;
      if (reader.read(batch) === 0) break;
      read.push(++taker.number);
    }
  } while (await reader.fill());
  await reader.close();
  return read;
}

const EVER = Number.MAX_SAFE_INTEGER;
const START = 1_700_000_000;

/** One record a millisecond, each of its own length. */
const records = (count: number, littleEndian = true): number[][] =>
  Array.from({ length: count }, (_, i) =>
    pcapRecord(
      { seconds: START, fraction: i * 1000, data: frame(60 + (i % 50), i), wire: 60 + (i % 70) },
      littleEndian,
    ),
  );

describe('a visitor', () => {
  for (const littleEndian of [true, false]) {
    test(`is shown what is read, ${littleEndian ? 'little' : 'big'}-endian`, async () => {
      const file = bytes(pcapHeader({ littleEndian }), ...records(400, littleEndian));
      const expected = (await readAll(file)).records;
      const ordinary = expected.map(({ wire }, i) => wire >= 60 + (i % 50));
      const taker = new Taker(1, EVER);
      const read = await visit(await openCaptureBytes(file, { chunkBytes: 1000 }), taker);
      expect(read).toEqual(expected.flatMap((_, i) => (ordinary[i] === true ? [] : [i + 1])));
      expect(taker.taken).toEqual(
        expected.flatMap(({ data, seconds, nanoseconds }, i) =>
          ordinary[i] === true ? [{ data, seconds, nanoseconds, number: i + 1 }] : [],
        ),
      );
      const shown = expected.filter((_, i) => ordinary[i]);
      expect(taker.octets).toBe(shown.reduce((sum, { wire }) => sum + wire, 0));
    });
  }

  test('passes over what it wants to, and knows the time of the last', async () => {
    const plain = Array.from({ length: 100 }, (_, i) =>
      pcapRecord({ seconds: START + i, fraction: 7 }),
    );
    const taker = new Taker(10, EVER);
    const file = bytes(pcapHeader(), ...plain);
    expect(await visit(await openCaptureBytes(file), taker)).toEqual([]);
    expect(taker.taken.map(({ number }) => number)).toEqual([
      10, 20, 30, 40, 50, 60, 70, 80, 90, 100,
    ]);
    expect(taker.passed).toBe(90);
    expect([taker.seconds, taker.nanoseconds]).toEqual([START + 99, 7000]);
  });

  test('is not shown runts, records out of order, or those of the time that it ends at', async () => {
    const file = bytes(
      pcapHeader(),
      pcapRecord({ seconds: START + 1 }),
      pcapRecord({ seconds: START }),
      pcapRecord({ seconds: START + 2, data: frame(10) }),
      pcapRecord({ seconds: START + 3 }),
      pcapRecord({ seconds: START + 5 }),
    );
    const taker = new Taker(1, START + 5);
    const reader = await openCaptureBytes(file);
    expect(await visit(reader, taker)).toEqual([2, 3, 5]);
    expect(taker.taken.map(({ number }) => number)).toEqual([1, 4]);
    expect(reader.warnings.map(({ code }) => code).sort()).toEqual(['runt', 'time-backwards']);
  });
});
