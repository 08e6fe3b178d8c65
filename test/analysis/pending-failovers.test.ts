/** Queues of failovers in one store: each in its own order, whatever the others do. */
import { describe, expect, test } from 'vitest';
import { type PendingFailover, PendingFailovers } from '../../src/analysis/pending-failovers.ts';

function one(failover: number): PendingFailover {
  const claim = failover + 0.5;
  const where = { timeline: -1, from: 3, to: -1, id: 7, toMac: 0x00163e000001 };
  return { failover, claim, ...where, priority: 100, adverts: 3, interval: 1e9 };
}

function drained(pending: PendingFailovers, queue: number): number[] {
  const found: number[] = [];
  for (const head = one(0); !pending.isEmpty(queue); pending.shift(queue)) {
    pending.readHead(queue, head);
    found.push(head.failover);
  }
  return found;
}

describe('a queue', () => {
  test('gives back what was put in, the oldest first', () => {
    const pending = new PendingFailovers();
    for (const failover of [1, 2, 3]) pending.push(0, one(failover));
    const head = one(0);
    pending.readHead(0, head);
    expect(head).toEqual(one(1));
    expect(drained(pending, 0)).toEqual([1, 2, 3]);
    expect(pending.size).toBe(0);
  });

  test('is kept apart from the others, in a store that they share and use again', () => {
    const pending = new PendingFailovers();
    const expected = new Map<number, number[]>();
    for (let i = 0; i < 3000; i++) {
      const queue = (i * 7919) % 100;
      pending.push(queue, one(i));
      expected.set(queue, [...(expected.get(queue) ?? []), i]);
      if (i % 3 !== 0) continue;
      const other = (i * 31) % 100;
      if (pending.isEmpty(other)) continue;
      pending.shift(other);
      expected.get(other)?.shift();
    }
    expect(pending.queues).toBeGreaterThanOrEqual(100);
    expect(pending.isEmpty(1_000_000)).toBe(true);
    const left = [...expected.values()].reduce((sum, { length }) => sum + length, 0);
    expect(pending.size).toBe(left);
    for (const [queue, failovers] of expected) expect(drained(pending, queue)).toEqual(failovers);
  });
});
