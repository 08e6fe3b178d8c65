// What the forwarding tables have in common above their storage: the fields every entry has, the
// bound on their number, eviction, ageing, counting. It knows no keys and no clock: time
// is a count of ticks, unsigned 32-bit, whose unit is the caller's and which may wrap around.

import { DEFAULT_SEED } from './hash.ts';
import {
  type EntryLayout,
  NETWORK,
  OCCUPIED,
  OpenAddressing,
  PINNED,
  PORT_FLAGS,
  STATIC,
  TAG,
  UPDATED,
} from './open-addressing.ts';

/** Entries that a table may be asked to hold at most. */
export const ENTRIES_MAX = 2 ** 25;

/** Slots of the old array emptied by one insert: migration ends long before the next growth. */
const MIGRATE_SLOTS = 32;
/** An eviction looks at this many slots at most and judges this many entries. */
const EVICT_SLOTS = 64;
const EVICT_SAMPLE = 8;

/** How a table is made. */
export interface TableOptions {
  /** Entries to make room for at the start (default: the smallest table). */
  readonly initial?: number;
  /** Entries held at most, 1 to ENTRIES_MAX; one more evicts an old one. */
  readonly maximum: number;
  /** 32-bit seed of the hash; give a random one where senders are hostile. */
  readonly seed?: number | undefined;
}

/** What a table tells about itself; probe lengths are computed on request by a scan. */
export interface TableStatistics {
  readonly size: number;
  /** Slots of the present array. */
  readonly capacity: number;
  readonly moves: number;
  readonly evictions: number;
  readonly expired: number;
  /** Slots looked at to find the entry that lies farthest, and on average; 0 when empty. */
  readonly longestProbe: number;
  readonly meanProbe: number;
  readonly migrating: boolean;
}

/** Whether tick `a` lies before tick `b`, both modulo 2^32 and less than 2^31 apart. */
function isBefore(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}

function checkCount(name: string, value: number, least: number): number {
  if (!Number.isInteger(value) || value < least || value > ENTRIES_MAX) {
    throw new RangeError(`${name} must be a whole number from ${least} to ${ENTRIES_MAX}`);
  }
  return value;
}

/**
 * Base of the tables. A handle (`entry`) is what `find` and its like return: at least 0, valid
 * until the next insertion, removal or pass of `age`; -1 stands for "no entry".
 */
export abstract class ForwardingTable extends OpenAddressing {
  /** Tag of the entry that the last eviction let go; the caller clears it. */
  evictedTag = 0;
  protected readonly seed: number;
  protected moves = 0;
  private readonly maximum: number;
  private ageCursor = 0;
  private evictCursor = 0;
  private evictions = 0;
  private expired = 0;

  /** Throws RangeError where `initial` or `maximum` is no count of entries. */
  protected constructor(options: TableOptions, layout: EntryLayout) {
    const maximum = checkCount('maximum', options.maximum, 1);
    const initial = checkCount('initial', options.initial ?? 0, 0);
    super(layout, Math.min(initial, maximum));
    this.seed = (options.seed ?? DEFAULT_SEED) | 0;
    this.maximum = maximum;
  }

  /** Entries held now. */
  get size(): number {
    return this.entries;
  }

  /** Slots that one whole pass of `age` looks at. */
  get slots(): number {
    return this.mask + 1 + this.oldLeft;
  }

  /** Network (VLAN or subnet number, 0 to 65535) that the entry belongs to. */
  network(entry: number): number {
    return this.words[entry + NETWORK]! >>> 16;
  }

  /** Port number, 0 to 65535; 0 in a new entry. */
  port(entry: number): number {
    return this.words[entry + PORT_FLAGS]! >>> 16;
  }

  setPort(entry: number, port: number): void {
    const words = this.words;
    words[entry + PORT_FLAGS] = (port << 16) | (words[entry + PORT_FLAGS]! & 0xffff);
  }

  /** Tick of the last update, unsigned 32-bit. */
  updated(entry: number): number {
    return this.words[entry + UPDATED]! >>> 0;
  }

  setUpdated(entry: number, ticks: number): void {
    this.words[entry + UPDATED] = ticks;
  }

  /** Unsigned 32-bit word whose meaning belongs to the caller; 0 in a new entry. */
  tag(entry: number): number {
    return this.words[entry + TAG]! >>> 0;
  }

  setTag(entry: number, tag: number): void {
    this.words[entry + TAG] = tag;
  }

  isStatic(entry: number): boolean {
    return (this.words[entry + PORT_FLAGS]! & STATIC) !== 0;
  }

  /** A static entry is never aged, evicted, or moved by what is learned. */
  setStatic(entry: number, isStatic: boolean): void {
    const words = this.words;
    const rest = words[entry + PORT_FLAGS]! & ~STATIC;
    words[entry + PORT_FLAGS] = isStatic ? rest | STATIC : rest;
  }

  /** A pinned entry is never aged or evicted, but follows whoever takes it over. */
  setPinned(entry: number, isPinned: boolean): void {
    const words = this.words;
    const rest = words[entry + PORT_FLAGS]! & ~PINNED;
    words[entry + PORT_FLAGS] = isPinned ? rest | PINNED : rest;
  }

  /**
   * Removes entries last updated before tick `before` (one of that very tick stays), static and
   * pinned ones apart. Looks at `budget` slots at most and goes on there the next time; a budget of
   * `slots` or more is a whole pass. Returns the number removed.
   */
  age(before: number, budget: number): number {
    const sizeAtStart = this.entries;
    if (this.isMigrating) budget -= this.migrate(budget);
    if (budget > this.mask) {
      budget = this.mask + 1;
      this.ageCursor = this.emptySlot();
    }
    // Downwards, so that a removal shifts only entries that have been looked at already.
    let slot = this.ageCursor & this.mask;
    for (; budget > 0; budget--) {
      const entry = this.entryAt(slot);
      if (this.isLearned(this.words, entry) && isBefore(this.words[entry + UPDATED]!, before)) {
        this.erase(entry);
      }
      slot = (slot - 1) & this.mask;
    }
    this.ageCursor = slot;
    this.expired += sizeAtStart - this.entries;
    return sizeAtStart - this.entries;
  }

  /** Calls back with every entry's handle; the callback may set fields, not insert or remove. */
  forEach(callback: (entry: number) => void): void {
    this.migrate(this.oldLeft);
    for (let slot = 0; slot <= this.mask; slot++) {
      const entry = this.entryAt(slot);
      if ((this.words[entry + PORT_FLAGS]! & OCCUPIED) !== 0) callback(entry);
    }
  }

  statistics(): TableStatistics {
    const probes = { longest: 0, total: 0 };
    this.measureProbes(this.words, this.mask, probes);
    if (this.isMigrating) this.measureProbes(this.old, this.oldMask, probes);
    return {
      size: this.entries,
      capacity: this.mask + 1,
      moves: this.moves,
      evictions: this.evictions,
      expired: this.expired,
      longestProbe: probes.longest,
      meanProbe: this.entries === 0 ? 0 : probes.total / this.entries,
      migrating: this.isMigrating,
    };
  }

  /** Room for one more entry: a step of migration, then growth or eviction; false: all static. */
  protected makeRoom(): boolean {
    if (this.isMigrating) this.migrate(MIGRATE_SLOTS);
    if (this.entries >= this.maximum) return this.evict();
    if (this.entries >= this.fill) this.grow();
    return true;
  }

  private isLearned(words: Int32Array, entry: number): boolean {
    return (words[entry + PORT_FLAGS]! & (OCCUPIED | STATIC | PINNED)) === OCCUPIED;
  }

  /** Removes the oldest of a few entries, from the old array first, which holds the older half. */
  private evict(): boolean {
    let victim = this.isMigrating ? this.sample(this.old, this.oldMask, this.oldCursor) : -1;
    if (victim >= 0) {
      this.evictedTag = this.old[victim + TAG]! >>> 0;
      this.eraseOld(victim);
    } else {
      victim = this.sample(this.words, this.mask, this.evictCursor & this.mask);
      if (victim < 0) return false;
      this.evictedTag = this.words[victim + TAG]! >>> 0;
      this.erase(victim);
    }
    this.evictions++;
    return true;
  }

  /** The longest untouched of the learned entries at and below a slot; -1 if there is none. */
  private sample(words: Int32Array, mask: number, start: number): number {
    let oldest = -1;
    let judged = 0;
    let slot = start;
    for (let left = EVICT_SLOTS; left > 0 && judged < EVICT_SAMPLE; left--) {
      const entry = this.entryAt(slot);
      if (this.isLearned(words, entry)) {
        judged++;
        if (oldest < 0 || isBefore(words[entry + UPDATED]!, words[oldest + UPDATED]!)) {
          oldest = entry;
        }
      }
      slot = (slot - 1) & mask;
    }
    this.evictCursor = slot;
    return oldest;
  }
}
