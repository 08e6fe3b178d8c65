/** Several captures as one: by time, order inside each file kept. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeCaptures, openCaptureBytes } from '../../src/capture/index.ts';
import { Blocks, bytes, frame, pcapHeader, pcapRecord } from './build.ts';
import { drain, readAll } from './drain.ts';

const le = new Blocks();

function capture(times: number[]): Uint8Array {
  const records = times.map((time, i) =>
    pcapRecord({
      seconds: Math.floor(time / 10),
      fraction: (time % 10) * 100_000,
      data: frame(60, i),
    }),
  );
  return bytes(pcapHeader(), ...records);
}

async function merged(inputs: Uint8Array[], chunkBytes?: number, capacity?: number) {
  const readers = await Promise.all(
    inputs.map((input, i) => openCaptureBytes(input, { chunkBytes }, `f${i}.pcap`)),
  );
  const reader = mergeCaptures(readers);
  return { reader, records: await drain(reader, capacity) };
}

describe('merge', () => {
  test('by time; equal times in the order of the files', async () => {
    const { records } = await merged([capture([10, 30, 50]), capture([10, 20, 50]), capture([5])]);
    expect(records.map(({ seconds, file }) => [seconds, file])).toEqual([
      [0, 2],
      [1, 0],
      [1, 1],
      [2, 1],
      [3, 0],
      [5, 0],
      [5, 1],
    ]);
  });

  test('of any files: each in its own order, whole, the earliest head first', async () => {
    const times = fc.array(fc.array(fc.nat(300), { maxLength: 40 }), {
      minLength: 1,
      maxLength: 4,
    });
    const shape = fc.record({ times, chunkBytes: fc.integer({ min: 1, max: 400 }) });
    await fc.assert(
      fc.asyncProperty(shape, fc.integer({ min: 1, max: 9 }), async (given, capacity) => {
        const inputs = given.times.map(capture);
        const { records } = await merged(inputs, given.chunkBytes, capacity);
        // The definition, as a program: of the heads take the earliest, the first file on a tie.
        const heads = given.times.map((list) => [...list]);
        const expected: number[][] = [];
        for (;;) {
          const next = heads.map((list) => list[0] ?? Number.POSITIVE_INFINITY);
          const least = Math.min(...next);
          if (least === Number.POSITIVE_INFINITY) break;
          const file = next.indexOf(least);
          heads[file]!.shift();
          expected.push([least, file]);
        }
        const got = records.map((r) => [r.seconds * 10 + r.nanoseconds / 1e8, r.file]);
        expect(got).toEqual(expected);
        for (const [file, input] of inputs.entries()) {
          const own = records.filter((record) => record.file === file);
          const alone = (await readAll(input)).records;
          expect(own.map(({ data }) => data)).toEqual(alone.map(({ data }) => data));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a record without time goes with the one before it', async () => {
    const simple = bytes(
      le.section(),
      le.interface(),
      le.packet({ time: 3_000_000n }),
      le.simple(frame(60)),
      le.packet({ time: 9_000_000n }),
    );
    const { records } = await merged([capture([20, 40, 80]), simple]);
    expect(records.map(({ file }) => file)).toEqual([0, 1, 1, 0, 0, 1]);
    expect(records[2]!.seconds).toBeNaN();
  });

  test('damage of one file ends that file only, and its name is told', async () => {
    const cut = capture([10, 20]).subarray(0, 24 + 76 + 20);
    const { reader, records } = await merged([capture([10, 30, 90]), cut]);
    expect(records.map(({ file }) => file)).toEqual([0, 1, 0, 0]);
    expect(reader.truncated).toBe(true);
    expect(reader.damaged?.reason).toMatch(/^f1\.pcap: record cut/);
  });

  test('the whole tells of its files', async () => {
    const drops = le.block(
      5,
      le
        .octets()
        .u32(0)
        .u64(0n)
        .raw(le.option(5, [7, 0, 0, 0, 0, 0, 0, 0])).bytes,
    );
    const comment = le.option(1, [65]);
    const pcapng = bytes(le.section({ options: comment }), le.interface({ linkType: 9999 }), drops);
    const inputs = [capture([10]), pcapng];
    const { reader } = await merged(inputs);
    expect(reader.name).toBe('f0.pcap, f1.pcap');
    expect(reader.format).toBe('merged');
    expect(reader.files.map((file) => file.format)).toEqual(['pcap', 'pcapng']);
    expect(reader.interfaces.map(({ linkType }) => linkType)).toEqual([1, 9999]);
    expect(reader.size).toBe(inputs[0]!.length + inputs[1]!.length);
    expect(reader.bytesRead).toBe(reader.size);
    expect(reader.counts.dropped).toBe(7);
    expect(reader.comments.map(({ text }) => text)).toEqual(['A']);
    expect(reader.warnings[0]!.message).toMatch(/^f1\.pcap: /);
    expect(reader.damaged).toBeNull();
    expect(reader.truncated).toBe(false);
  });

  test('one file needs no merging', async () => {
    const reader = await openCaptureBytes(capture([1]));
    expect(mergeCaptures([reader])).toBe(reader);
    expect(reader.files).toEqual([reader]);
    await reader.close();
  });
});
