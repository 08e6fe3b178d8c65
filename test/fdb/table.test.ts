import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashTwo } from '../../src/fdb/hash.ts';
import { IpTable4 } from '../../src/fdb/ip-table.ts';
import { ENTRIES_MAX } from '../../src/fdb/table.ts';
import { dice, SUBJECTS } from './subjects.ts';
import { Model, type Operation } from './table.model.ts';

const WORD = fc.nat(0xffffffff);
const PORT = fc.nat(3);

function operations(keys: number): fc.Arbitrary<Operation[]> {
  const key = fc.nat(keys - 1);
  const insert = fc.record({
    kind: fc.constant('insert' as const),
    key,
    port: PORT,
    updated: fc.oneof(fc.nat(9), WORD),
    tag: WORD,
    isStatic: fc.boolean(),
  });
  const other = fc.oneof(
    fc.record({ kind: fc.constantFrom('find' as const, 'remove' as const), key }),
    fc.record({ kind: fc.constant('age' as const), before: fc.oneof(fc.nat(9), WORD) }),
  );
  const one = fc.oneof({ arbitrary: insert, weight: 4 }, { arbitrary: other, weight: 2 });
  return fc.array(one, { maxLength: 150, size: 'max' });
}

describe.each(SUBJECTS)('%s', (_name, make) => {
  it('does what a plain map does, whatever the order of operations', () => {
    const keys = 60;
    fc.assert(
      fc.property(operations(keys), WORD, (list, seed) => {
        const subject = make({ maximum: 1000, seed });
        const model = new Model();
        for (const operation of list) model.step(subject, operation);
        model.compareAll(subject, keys);
      }),
      { numRuns: 150 },
    );
  });

  it('does so through long migrations, with finds and removals in their midst', () => {
    const roll = dice(11);
    for (let round = 0; round < 6; round++) {
      const subject = make({ maximum: 5000, seed: roll(1e9) });
      const model = new Model();
      for (let i = 0; i < 12_000; i++) {
        const key = roll(4000);
        const kind = roll(10);
        const entry = { port: roll(4), updated: roll(50), tag: i, isStatic: roll(20) === 0 };
        if (kind < 7) model.step(subject, { kind: 'insert', key, ...entry });
        else model.step(subject, { kind: kind < 9 ? 'find' : 'remove', key });
        if (roll(3000) === 0) model.step(subject, { kind: 'age', before: 25 });
      }
      model.compareAll(subject, 4000);
    }
  });

  it('finds every entry at each step of a migration, and the absent ones not', () => {
    const { table, ...subject } = make({ maximum: 400 });
    let migratingSteps = 0;
    for (let key = 0; key < 400; key++) {
      table.setTag(subject.insert(key), key + 1);
      if (!table.statistics().migrating) continue;
      migratingSteps++;
      // A few keys at a time: a find takes the entry along, all of them would end the migration.
      for (let known = key % 37; known <= key; known += 37) {
        expect(table.tag(subject.find(known))).toBe(known + 1);
      }
      expect(subject.find(key + 1)).toBe(-1);
      expect(table.size).toBe(key + 1);
    }
    expect(migratingSteps).toBeGreaterThan(20);
    for (let key = 0; key < 400; key++) expect(table.tag(subject.find(key))).toBe(key + 1);
  });

  it('keeps a handle valid while finds take other entries along', () => {
    const { table, ...subject } = make({ maximum: 1000 });
    let key = 0;
    while (key < 200 || !table.statistics().migrating) table.setTag(subject.insert(key), ++key);
    const held = subject.find(3);
    for (let other = 0; other < key; other++) {
      expect(table.tag(subject.find(other))).toBe(other + 1);
      expect(table.tag(held)).toBe(4);
    }
  });

  it('grows without losing time fields and stays within 7/10 of its slots', () => {
    const { table, ...subject } = make({ maximum: 3000, initial: 10 });
    for (let key = 0; key < 3000; key++) {
      table.setUpdated(subject.insert(key), 0xffffff00 + key);
      expect(table.size).toBeLessThanOrEqual((table.slots * 7) / 10);
    }
    for (let key = 0; key < 3000; key++) {
      expect(table.updated(subject.find(key))).toBe((0xffffff00 + key) % 2 ** 32);
    }
  });

  it('is as fast after a million removals and inserts as a fresh one', () => {
    const fill = 10_000;
    const fresh = make({ maximum: fill });
    const worn = make({ maximum: fill });
    for (let key = 0; key < fill; key++) {
      fresh.insert(1e6 + key);
      worn.insert(key);
    }
    for (let key = 0; key < 1e6; key++) {
      worn.remove(key);
      worn.insert(fill + key);
    }
    expect(worn.table.size).toBe(fill);
    expect(worn.table.statistics().evictions).toBe(0);
    const expected = fresh.table.statistics();
    expect(worn.table.statistics().capacity).toBe(expected.capacity);
    expect(worn.table.statistics().meanProbe).toBeLessThan(expected.meanProbe * 1.05);
  });

  it('evicts the oldest of a few when full, and counts it', () => {
    const maximum = 6;
    const { table, ...subject } = make({ maximum });
    for (let key = 0; key < maximum; key++) table.setUpdated(subject.insert(key), 100 - key);
    table.setUpdated(subject.insert(50), 200);
    expect(table.size).toBe(maximum);
    expect(subject.find(maximum - 1)).toBe(-1);
    expect(subject.find(50)).toBeGreaterThanOrEqual(0);
    table.setUpdated(subject.insert(51), 201);
    expect(subject.find(maximum - 2)).toBe(-1);
    expect(table.statistics().evictions).toBe(2);
  });

  it('evicts old rather than young, and never more than its maximum, in a large table', () => {
    const maximum = 1000;
    const { table, ...subject } = make({ maximum });
    for (let key = 0; key < 5000; key++) {
      table.setUpdated(subject.insert(key), key);
      expect(table.size).toBeLessThanOrEqual(maximum);
    }
    expect(table.statistics().evictions).toBe(4000);
    let young = 0;
    for (let key = 4500; key < 5000; key++) if (subject.find(key) >= 0) young++;
    expect(young).toBeGreaterThan(450);
  });

  it('evicts from the old array while it migrates', () => {
    // 45 = the fill of 64 slots and one more: full as soon as it has grown.
    const { table, ...subject } = make({ maximum: 45 });
    for (let key = 0; key < 45; key++) table.setUpdated(subject.insert(key), key);
    expect(table.statistics().migrating).toBe(true);
    for (let key = 45; key < 60; key++) {
      table.setUpdated(subject.insert(key), key);
      expect(table.size).toBe(45);
    }
    expect(table.statistics()).toMatchObject({ evictions: 15, migrating: false });
  });

  it('never evicts or ages a static entry', () => {
    const maximum = 5;
    const { table, ...subject } = make({ maximum });
    for (let key = 0; key < maximum; key++) table.setStatic(subject.insert(key), true);
    expect(subject.insert(99)).toBe(-1);
    expect(table.age(1000, table.slots)).toBe(0);
    expect(table.size).toBe(maximum);
    expect(table.statistics()).toMatchObject({ evictions: 0, expired: 0 });
    table.setStatic(subject.find(2), false);
    expect(subject.insert(99)).toBeGreaterThanOrEqual(0);
    expect(subject.find(2)).toBe(-1);
    expect(subject.remove(3)).toBe(true);
  });

  it('ages what is older than the limit, not what is as old as it', () => {
    const { table, ...subject } = make({ maximum: 10 });
    table.setUpdated(subject.insert(1), 299);
    table.setUpdated(subject.insert(2), 300);
    expect(table.age(300, table.slots)).toBe(1);
    expect(subject.find(1)).toBe(-1);
    expect(subject.find(2)).toBeGreaterThanOrEqual(0);
    expect(table.statistics().expired).toBe(1);
  });

  it('ages across the wrap of the tick counter', () => {
    const { table, ...subject } = make({ maximum: 10 });
    table.setUpdated(subject.insert(1), 0xfffffff0);
    table.setUpdated(subject.insert(2), 0xffffffff);
    table.setUpdated(subject.insert(3), 5);
    expect(table.age(0xffffffff, table.slots)).toBe(1);
    expect(table.age(5, table.slots)).toBe(1);
    expect(subject.find(3)).toBeGreaterThanOrEqual(0);
    expect(table.age(6, table.slots)).toBe(1);
    expect(table.size).toBe(0);
  });

  it('ages piecemeal: budgets add up to a pass, and a migration counts towards them', () => {
    const { table, ...subject } = make({ maximum: 1000 });
    let key = 0;
    while (key < 300 || !table.statistics().migrating) subject.insert(key++);
    expect(table.age(1, 0)).toBe(0);
    let removed = 0;
    let calls = 0;
    for (; removed < key; calls++) {
      const now = table.age(1, 10);
      expect(now).toBeLessThanOrEqual(10);
      removed += now;
    }
    expect(calls).toBeGreaterThan(30);
    expect(table.size).toBe(0);
    expect(table.age(1, -5)).toBe(0);
  });
});

describe('tables', () => {
  it('hold their keys where all of them collide', () => {
    const seed = 42;
    const same: number[] = [];
    for (let address = 0; same.length < 40; address++) {
      if ((hashTwo(seed, 1, address) & 127) === 127) same.push(address);
    }
    const table = new IpTable4({ maximum: 80, seed });
    for (const address of same) table.insert(1, address);
    // One cluster, from the last slot round to the first ones.
    expect(table.statistics().longestProbe).toBeGreaterThanOrEqual(same.length / 2);
    same.forEach((address, i) => {
      expect(table.remove(1, address)).toBe(true);
      for (const later of same.slice(i + 1)) expect(table.find(1, later)).toBeGreaterThan(0);
    });
    expect(table.size).toBe(0);
    for (const address of same) table.setUpdated(table.insert(1, address), address % 2);
    expect(table.age(1, table.slots)).toBe(same.filter((address) => address % 2 === 0).length);
    for (const address of same) expect(table.find(1, address) >= 0).toBe(address % 2 === 1);
  });

  it('place the same keys otherwise under another seed', () => {
    const fill = (seed?: number) => {
      const table = new IpTable4({
        maximum: 9,
        initial: 9,
        ...(seed === undefined ? {} : { seed }),
      });
      const handles = [];
      for (let address = 0; address < 9; address++) handles.push(table.insert(0, address));
      return handles.join();
    };
    expect(fill()).toBe(fill());
    expect(fill(1)).not.toBe(fill(2));
  });

  it('scatter keys that differ in few bits as chance would', () => {
    // Expected probes at a fill of a: (1 + 1 / (1 - a)) / 2, Knuth 6.4 for linear probing.
    for (const step of [1, 256, 0x10000, 0x01000000]) {
      const table = new IpTable4({ maximum: 700, initial: 700 });
      for (let i = 0; i < 700; i++) table.insert(i % 5, Math.imul(i, step) | (i >>> 8));
      const fill = table.size / table.slots;
      expect(table.statistics().meanProbe).toBeLessThan(((1 + 1 / (1 - fill)) / 2) * 1.35);
    }
  });

  it('say zero probes when empty, and refuse sizes that are none', () => {
    const empty = new IpTable4({ maximum: 1 }).statistics();
    expect(empty).toMatchObject({ size: 0, capacity: 8, meanProbe: 0, longestProbe: 0 });
    for (const maximum of [0, -1, 1.5, Number.NaN, ENTRIES_MAX + 1]) {
      expect(() => new IpTable4({ maximum })).toThrow(RangeError);
    }
    expect(() => new IpTable4({ maximum: 5, initial: -1 })).toThrow(RangeError);
    expect(new IpTable4({ maximum: 5, initial: 1000 }).slots).toBe(8);
  });
});
