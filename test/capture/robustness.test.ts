/** Whatever the octets are: the reading ends, and throws nothing but CaptureError. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaptureError, openCaptureBytes, RecordBatch } from '../../src/capture/index.ts';
import { Blocks, bytes, frame, pcapHeader, pcapRecord } from './build.ts';

const le = new Blocks();
const be = new Blocks(false);

/** Reads to the end and holds every record against what a batch promises. */
async function endure(input: Uint8Array, chunkBytes: number): Promise<number> {
  let count = 0;
  try {
    const reader = await openCaptureBytes(input, { chunkBytes, comments: true });
    const batch = new RecordBatch(5);
    let fills = 0;
    do {
      while (reader.read(batch) > 0) {
        count += batch.count;
        for (let i = 0; i < batch.count; i++) {
          expect(batch.at[i]!).toBeLessThanOrEqual(batch.end[i]!);
          expect(batch.end[i]!).toBeLessThanOrEqual(batch.view.byteLength);
          expect(batch.nanoseconds[i]!).toBeLessThan(1e9);
          expect(batch.interfaceId[i]!).toBeLessThan(reader.interfaces.length);
        }
      }
      fills++;
    } while (await reader.fill());
    expect(fills).toBeLessThanOrEqual(input.length + 2);
    expect(count).toBeLessThanOrEqual(input.length / 16);
    expect(reader.warnings.length).toBeLessThan(20);
    await reader.close();
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    expect(error.message).not.toContain('\n');
  }
  return count;
}

async function ends(input: Uint8Array, chunkBytes: number): Promise<void> {
  await endure(input, chunkBytes);
}

const magics = [
  pcapHeader(),
  pcapHeader({ littleEndian: false, magic: 0xa1b23c4d }),
  pcapHeader({ magic: 0xa1b2cd34, linkField: 0x2400_0001 }),
  pcapHeader({ minor: 3 }),
  le.section(),
  [...be.section(), ...be.interface()],
  le.section({ major: 2 }),
  [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3],
  [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x50],
  [],
];

const option = [...le.option(1, [65, 66]), ...le.option(9, [9]), ...le.option(13, [4])];
const seeds = [
  bytes(pcapHeader(), ...[60, 0, 13, 200].map((n) => pcapRecord({ data: frame(n) }))),
  bytes(
    le.section({ options: option }),
    le.interface({ options: option }),
    le.packet({ options: le.option(2, [0x80, 0, 0, 0]) }),
    le.packet(),
    le.simple(frame(30)),
    le.oldPacket(frame(40)),
    le.block(5, [0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, ...le.option(5, [1, 0, 0, 0, 0, 0, 0, 0])]),
    be.section(),
    be.interface(),
    be.packet(),
    le.section({ major: 2, length: 16n }),
    frame(16),
  ),
];

describe('any octets', () => {
  const chunks = fc.integer({ min: 1, max: 200 });

  test('behind any magic', async () => {
    const inputs = fc
      .tuple(fc.constantFrom(...magics), fc.uint8Array({ maxLength: 300 }))
      .map(([magic, rest]) => bytes(magic, rest));
    await fc.assert(fc.asyncProperty(inputs, chunks, ends), { numRuns: 2000 });
  });

  test('lawful captures with octets changed, cut out and put in', async () => {
    const change = fc.record({
      at: fc.nat(2000),
      remove: fc.integer({ min: 0, max: 5 }),
      put: fc.uint8Array({ maxLength: 5 }),
    });
    const inputs = fc
      .tuple(fc.constantFrom(...seeds), fc.array(change, { minLength: 1, maxLength: 6 }))
      .map(([seed, changes]) => {
        const octets = [...seed];
        for (const { at, remove, put } of changes)
          octets.splice(at % octets.length, remove, ...put);
        return Uint8Array.from(octets);
      });
    await fc.assert(fc.asyncProperty(inputs, chunks, ends), { numRuns: 3000 });
  });

  test('words of a lawful capture replaced by telling values', async () => {
    const values = [0, 1, 3, 4, 12, 16, 28, 0x7fff_fffc, 0xffff_fffc, 0xffff_ffff, 0x0a0d_0d0a];
    for (const seed of seeds) {
      for (let at = 0; at + 4 <= seed.length; at += 4) {
        for (const value of values) {
          const changed = Uint8Array.from(seed);
          new DataView(changed.buffer).setUint32(at, value, true);
          await endure(changed, 1000);
        }
      }
    }
  });

  test('unchanged they give all their records', async () => {
    expect(await endure(seeds[0]!, 7)).toBe(4);
    expect(await endure(seeds[1]!, 7)).toBe(5);
  });
});

describe('interfaces without end', () => {
  const begin = [...le.section(), ...le.interface(), ...le.packet()];
  const name = le.option(2, new Uint8Array(60_000).fill(0x78));

  test.each([
    ['that nothing is said of', 100_000, le.interface(), 65_536],
    ['of long names', 2000, le.interface({ options: name }), 1100],
  ])('%s end the reading, and what came before is there', async (_, times, described, most) => {
    const many = Buffer.alloc(times * described.length, Uint8Array.from(described));
    const input = Buffer.concat([Uint8Array.from(begin), many, Uint8Array.from(le.packet())]);
    const reader = await openCaptureBytes(input);
    const batch = new RecordBatch();
    let count = 0;
    do {
      while (reader.read(batch) > 0) count += batch.count;
    } while (await reader.fill());
    expect(count).toBe(1);
    expect(reader.interfaces.length).toBeLessThanOrEqual(most);
    expect(reader.interfaces.length).toBeGreaterThan(most * 0.9);
    expect(reader.damaged?.reason).toMatch(/^more than \d+ interfaces are not kept$/);
  });
});
