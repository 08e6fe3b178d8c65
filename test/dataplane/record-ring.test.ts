/** The way out of the engine's thread: bounded, in order, whole records or none. */
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RecordRing } from '../../src/dataplane/record-ring.ts';

function put(ring: RecordRing, kind: number, length: number): boolean {
  const at = ring.begin(kind, kind * 1.5, length);
  if (at < 0) return false;
  ring.mark(at, kind, -kind, length);
  ring.octets.fill(kind & 0xff, at, at + length);
  ring.commit();
  return true;
}

function take(ring: RecordRing): [number, number] | null {
  if (!ring.next()) return null;
  expect([ring.time, ring.a, ring.b, ring.c]).toEqual([
    ring.kind * 1.5,
    ring.kind,
    -ring.kind,
    ring.end - ring.at,
  ]);
  const octets = ring.octets.subarray(ring.at, ring.end);
  expect(octets.every((octet) => octet === (ring.kind & 0xff))).toBe(true);
  return [ring.kind, ring.end - ring.at];
}

describe('record ring', () => {
  test('gives what was put in, in order, however often it wraps; loses and counts the rest', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 900 }), fc.constant(-1)), { maxLength: 400 }),
        (steps) => {
          const shared = RecordRing.memory(4096);
          const [writer, reader] = [new RecordRing(shared), new RecordRing(shared)];
          const waiting: [number, number][] = [];
          let [kind, lost] = [0, 0];
          for (const step of steps) {
            if (step < 0) expect(take(reader)).toEqual(waiting.shift() ?? null);
            else if (put(writer, ++kind, step)) waiting.push([kind, step]);
            else lost++;
          }
          while (waiting.length > 0) expect(take(reader)).toEqual(waiting.shift());
          expect(take(reader)).toBeNull();
          expect(writer.lost).toBe(lost);
        },
      ),
    );
  });

  test('a full ring loses what is too much and keeps the rest', () => {
    const ring = new RecordRing(RecordRing.memory(1024));
    const taken = [1, 2, 3, 4, 5].map((kind) => put(ring, kind, 200));
    expect(taken).toEqual([true, true, true, true, false]);
    expect(ring.lost).toBe(1);
    expect(take(ring)).toEqual([1, 200]);
  });

  test('refuses memory that is no power of two', () => {
    expect(() => RecordRing.memory(3000)).toThrow(RangeError);
  });

  test('wakes a reader in another thread', async () => {
    const shared = RecordRing.memory(4096);
    const code = `
      const { workerData } = require('node:worker_threads');
      const control = new Int32Array(workerData, 0, 64);
      setTimeout(() => { Atomics.store(control, 0, 0); Atomics.notify(control, 0); }, 50);`;
    const worker = new Worker(code, { eval: true, workerData: shared });
    const started = performance.now();
    await new RecordRing(shared).readable(20_000);
    expect(performance.now() - started).toBeLessThan(10_000);
    await worker.terminate();
  });
});
