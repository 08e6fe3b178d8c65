/** The requests that are remembered: how many, and how they are found again. */
import { describe, expect, test } from 'vitest';
import { RequestMemory } from '../../src/analysis/request-memory.ts';

const SECOND = 1e9;
const MILLISECOND = 1e6;

/** One client that has sent `count` requests, `apart` nanoseconds apart, keys as their indexes. */
function filled(count: number, apart: number): RequestMemory {
  const memory = new RequestMemory();
  memory.add(0);
  for (let i = 0; i < count; i++) memory.put(0, i, i, i * apart);
  return memory;
}

describe('how many', () => {
  test.each([
    ['slow: the last 64', 1000, SECOND / 10, 64],
    ['exactly as fast as 64 in two seconds', 1000, SECOND / 32, 64],
    ['a hundred a second: those of two seconds', 1000, SECOND / 100, 256],
    ['very fast: the last 4,096', 10_000, SECOND / 10_000, 4096],
  ])('%s', (_, count, apart, kept) => {
    const memory = filled(count, apart);
    expect(memory.oldest(0, count)).toBe(count - kept);
    expect(memory.find(0, count, count - kept)).toBe(count - kept);
    expect(memory.find(0, count, count - kept - 1)).toBe(-1);
  });

  test('a ring that grows keeps what is in it', () => {
    const memory = filled(64, MILLISECOND);
    memory.setWaiting(0, 3, true);
    memory.setWaiting(0, 60, true);
    memory.put(0, 64, 64, 64 * MILLISECOND);
    expect(memory.oldest(0, 65)).toBe(0);
    for (let i = 0; i <= 64; i++) {
      expect([memory.find(0, 65, i), memory.key(0, i), memory.time(0, i)]).toEqual([
        i,
        i,
        i * MILLISECOND,
      ]);
    }
    expect(memory.waiting(0, 0, 65)).toBe(2);
    expect(memory.nextWaiting(0, 4, 65)).toBe(60 * MILLISECOND);
    expect(memory.nextWaiting(0, 61, 65)).toBeNaN();
  });

  test('a ring that grows does not bring back what it had forgotten', () => {
    const memory = filled(200, SECOND / 10);
    memory.setWaiting(0, 199, true);
    for (let i = 0; i < 80; i++) memory.put(0, 200 + i, 200 + i, 30 * SECOND + i * MILLISECOND);
    for (const count of [265, 280]) expect(memory.oldest(0, count)).toBe(200);
    for (let i = 200; i < 280; i++) expect(memory.find(0, 280, i)).toBe(i);
    expect(memory.find(0, 280, 0)).toBe(-1);
    expect(memory.waiting(0, memory.oldest(0, 280), 280)).toBe(0);
  });

  test('all clients together have a bound', () => {
    const memory = new RequestMemory();
    const clients = 300;
    for (let client = 0; client < clients; client++) {
      memory.add(client);
      for (let i = 0; i < 4096; i++) memory.put(client, i, i, i);
    }
    const kept = Array.from({ length: clients }, (_, i) => 4096 - memory.oldest(i, 4096));
    expect(Math.min(...kept)).toBe(64);
    expect(Math.max(...kept)).toBe(4096);
    expect(kept.reduce((sum, one) => sum + one)).toBeLessThan((1 << 20) + clients * 64);
    for (let i = 0; i < clients; i++) expect(memory.find(i, 4096, 4090)).toBe(4090);
  });
});

describe('found again', () => {
  test('the newest of those with one key, whatever other keys end like it', () => {
    const memory = new RequestMemory();
    memory.add(0);
    const keys = [7, 7 + 64, 0xffff_ff07, 7, 7 + 128];
    for (const [i, key] of keys.entries()) memory.put(0, i, key, i * SECOND);
    expect(keys.map((key) => memory.find(0, keys.length, key))).toEqual([3, 1, 2, 3, 4]);
    expect(memory.find(0, keys.length, 7 + 192)).toBe(-1);
  });

  test('clients have nothing in common', () => {
    const memory = filled(10, SECOND);
    memory.add(1);
    expect(memory.find(1, 0, 5)).toBe(-1);
    memory.put(1, 0, 5, SECOND);
    expect([memory.find(0, 10, 5), memory.find(1, 1, 5)]).toEqual([5, 0]);
  });

  test.each([
    ['at once', 0, true],
    ['10 ms later', 10, true],
    ['later than that', 11, false],
    ['10 ms earlier, from another processor', -10, true],
  ])('the same request %s', (_, later, isCopy) => {
    const memory = filled(20, MILLISECOND);
    expect(memory.isCopy(0, 20, 12, (12 + later) * MILLISECOND)).toBe(isCopy);
  });
});
