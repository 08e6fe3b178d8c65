// A table as one would write it without thought for speed: the second opinion of the tests.
// Keys are small numbers; each table under test maps them to addresses of its own kind.

import type { ForwardingTable } from '../../src/fdb/table.ts';

export interface ModelEntry {
  port: number;
  updated: number;
  tag: number;
  isStatic: boolean;
}

/** A table under test, seen through keys that are plain numbers. */
export interface Subject {
  readonly table: ForwardingTable;
  find(key: number): number;
  insert(key: number): number;
  remove(key: number): boolean;
  /** The key that an entry's handle stands for, read back from its address. */
  keyOf(entry: number): number;
}

export type Operation =
  | { kind: 'insert'; key: number; port: number; updated: number; tag: number; isStatic: boolean }
  | { kind: 'find' | 'remove'; key: number }
  | { kind: 'age'; before: number };

const WRAP = 2 ** 32;

/** Whether tick `a` is older than `b`, by arithmetic on plain numbers. */
export function isOlder(a: number, b: number): boolean {
  const behind = (((b - a) % WRAP) + WRAP) % WRAP;
  return behind > 0 && behind <= WRAP / 2;
}

export class Model {
  readonly entries = new Map<number, ModelEntry>();

  /** Applies one operation to both and throws where they disagree. */
  step(subject: Subject, operation: Operation): void {
    switch (operation.kind) {
      case 'insert':
        this.insert(subject, operation);
        break;
      case 'find':
        this.compare(subject, operation.key);
        break;
      case 'remove':
        agree('remove', subject.remove(operation.key), this.entries.delete(operation.key));
        this.compare(subject, operation.key);
        break;
      case 'age': {
        const removed = this.drop((entry) => isOlder(entry.updated, operation.before));
        agree('age', subject.table.age(operation.before, subject.table.slots), removed);
        break;
      }
    }
  }

  /** Compares every entry, in both directions. */
  compareAll(subject: Subject, keys: number): void {
    agree('size', subject.table.size, this.entries.size);
    for (let key = 0; key < keys; key++) this.compare(subject, key);
    const seen = new Set<number>();
    subject.table.forEach((entry) => {
      seen.add(subject.keyOf(entry));
    });
    agree('entries seen', seen.size, this.entries.size);
    for (const key of seen) agree(`key ${key}`, this.entries.has(key), true);
  }

  compare(subject: Subject, key: number): void {
    const expected = this.entries.get(key);
    const entry = subject.find(key);
    agree(`presence of ${key}`, entry >= 0, expected !== undefined);
    if (expected === undefined) return;
    const { table } = subject;
    agree('key', subject.keyOf(entry), key);
    agree('port', table.port(entry), expected.port);
    agree('updated', table.updated(entry), expected.updated);
    agree('tag', table.tag(entry), expected.tag);
    agree('static', table.isStatic(entry), expected.isStatic);
  }

  private insert(subject: Subject, wanted: Operation & { kind: 'insert' }): void {
    const { key, port, updated, tag, isStatic } = wanted;
    const entry = subject.insert(key);
    if (!this.entries.has(key)) {
      agree('a new entry is zero', subject.table.port(entry) + subject.table.tag(entry), 0);
    }
    subject.table.setPort(entry, port);
    subject.table.setUpdated(entry, updated);
    subject.table.setTag(entry, tag);
    subject.table.setStatic(entry, isStatic);
    this.entries.set(key, { port, updated, tag, isStatic });
    this.compare(subject, key);
  }

  private drop(condition: (entry: ModelEntry) => boolean): number {
    let removed = 0;
    for (const [key, entry] of this.entries) {
      if (entry.isStatic || !condition(entry)) continue;
      this.entries.delete(key);
      removed++;
    }
    return removed;
  }
}

function agree<T>(what: string, actual: T, expected: T): void {
  if (actual !== expected) throw new Error(`${what}: table ${actual}, model ${expected}`);
}
