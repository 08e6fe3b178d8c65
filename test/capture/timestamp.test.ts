/** pcapng time, exact to the nanosecond, against the same arithmetic in BigInt. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { storeTime } from '../../src/capture/timestamp.ts';
import { Blocks, bytes } from './build.ts';
import { readAll } from './drain.ts';

function exact(count: bigint, resolution: number): { seconds: bigint; nanoseconds: bigint } {
  const base = resolution & 0x80 ? 2n : 10n;
  const unitsPerSecond = base ** BigInt(resolution & 0x7f);
  const nanoseconds = ((count % unitsPerSecond) * 1_000_000_000n) / unitsPerSecond;
  return { seconds: count / unitsPerSecond, nanoseconds };
}

function stored(count: bigint, resolution: number) {
  const seconds = new Float64Array(1);
  const nanoseconds = new Uint32Array(1);
  const high = Number(count >> 32n);
  storeTime(seconds, nanoseconds, 0, resolution, high, Number(count & 0xffff_ffffn));
  return { seconds: seconds[0]!, nanoseconds: BigInt(nanoseconds[0]!) };
}

const decimal = Array.from({ length: 20 }, (_, n) => n);
const binary = Array.from({ length: 64 }, (_, n) => 0x80 | n);

describe('every readable resolution', () => {
  test('agrees with BigInt on any 64-bit count', () => {
    const counts = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
    for (const resolution of [...decimal, ...binary]) {
      const property = fc.property(counts, (count) => {
        const { seconds, nanoseconds } = exact(count, resolution);
        const got = stored(count, resolution);
        expect(got.nanoseconds).toBe(nanoseconds);
        // Seconds of more than 53 bits are rounded: no clock reaches them.
        expect(got.seconds).toBe(Number(seconds));
      });
      fc.assert(property, { numRuns: 60 });
    }
  });

  test('agrees at the edges of seconds and words', () => {
    for (const resolution of [...decimal, ...binary]) {
      const { seconds: _, ...rest } = exact(0n, resolution);
      expect(rest.nanoseconds).toBe(0n);
      const second = (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f);
      const near = [
        second,
        second * 1_700_000_000n,
        1n << 32n,
        (1n << 52n) - (1n << 20n),
        1n << 63n,
      ];
      for (const edge of [...near, (1n << 64n) - 1n]) {
        for (const count of [edge - 1n, edge, edge + 1n]) {
          if (count < 0n || count >> 64n !== 0n) continue;
          const { seconds, nanoseconds } = exact(count, resolution);
          const got = stored(count, resolution);
          expect([got.seconds, got.nanoseconds]).toEqual([Number(seconds), nanoseconds]);
        }
      }
    }
  });
});

describe('in a file', () => {
  const le = new Blocks();
  const be = new Blocks(false);
  const times = [0n, 1n, 999_999n, 1_000_000n, 1_700_000_000_123_456_789n, (1n << 64n) - 1n];

  for (const resolution of [6, 9, 0x8a, 0x88, 0, 3, 19, 0xbf]) {
    for (const offset of [0n, 3600n, -86_400n]) {
      test(`tsresol ${resolution}, tsoffset ${offset}`, async () => {
        for (const blocks of [le, be]) {
          const options = [
            ...blocks.option(9, [resolution]),
            ...blocks.option(14, blocks.octets().u64(offset).bytes),
          ];
          const packets = times.map((time) => blocks.packet({ time }));
          const parts = [blocks.section(), blocks.interface({ options }), ...packets];
          const { records, reader } = await readAll(bytes(...parts));
          expect(reader.interfaces[0]).toMatchObject({
            timeResolution: resolution,
            timeOffset: Number(offset),
          });
          expect(records.map((record) => [record.seconds, record.nanoseconds])).toEqual(
            times.map((time) => {
              const { seconds, nanoseconds } = exact(time, resolution);
              return [Number(seconds + offset), Number(nanoseconds)];
            }),
          );
        }
      });
    }
  }

  test('a run of packets of two interfaces, second after second', async () => {
    const nanoseconds = le.interface({ options: le.option(9, [9]) });
    const steps = Array.from({ length: 200 }, (_, i) => BigInt(i) * 333_333_337n);
    const begin = 1_700_000_000_000_000_000n;
    const packets = steps.map((step, i) =>
      i % 3 === 0
        ? le.packet({ id: 0, time: (begin + step) / 1000n })
        : le.packet({ id: 1, time: begin + step }),
    );
    const { records } = await readAll(bytes(le.section(), le.interface(), nanoseconds, ...packets));
    expect(records.map((r) => BigInt(r.seconds) * 1_000_000_000n + BigInt(r.nanoseconds))).toEqual(
      steps.map((step, i) => (i % 3 === 0 ? ((begin + step) / 1000n) * 1000n : begin + step)),
    );
  });
});
