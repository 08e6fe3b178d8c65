// The storage under the forwarding tables: open addressing in one typed array.
//
// Linear probing, a power of two of slots, at most 7/10 of them filled. Deletion shifts the rest of
// the cluster back, so that no tombstones gather and a table of constant size never slows down.
// Growth is incremental: the old array is emptied a few slots per insert, downwards from an empty
// slot. The slot above the cursor is therefore always empty, and the entry at the cursor can leave
// without a shift. Until then a look-up that misses the new array consults the old one and, on a
// hit, takes the entry along: an entry handle always points into the new array.
//
// A handle is the index of the word that follows the entry's address words. Relative to it every
// table keeps its flags, time and tag at the same place; the rest of an entry, and how keys
// compare, is the table's. Words are signed, so that no engine tier boxes a large one.

/** Offsets from the handle; the first word is network << 16 | the high 16 bits of the MAC. */
export const NETWORK = 0;
export const PORT_FLAGS = 2;
export const UPDATED = 3;
export const TAG = 4;

/** Bits of the PORT_FLAGS word, whose high half is the port. */
export const OCCUPIED = 1;
export const STATIC = 2;
/** As static, but it moves. */
export const PINNED = 4;

const CAPACITY_MIN = 8;
const NOTHING = new Int32Array(0);

/** Where the words of an entry lie. */
export interface EntryLayout {
  /** Words of an entry. */
  readonly stride: number;
  /** Those of them that come before the handle. */
  readonly lead: number;
}

/** Entries that `capacity` slots hold before the table grows. */
function fillLimit(capacity: number): number {
  return Math.floor((capacity * 7) / 10);
}

function capacityFor(entries: number): number {
  let capacity = CAPACITY_MIN;
  while (fillLimit(capacity) < entries) capacity *= 2;
  return capacity;
}

/** Slots that find, lose and migrate entries; knows neither keys nor what an entry means. */
export abstract class OpenAddressing {
  protected words: Int32Array;
  protected mask: number;
  protected isMigrating = false;
  protected old: Int32Array = NOTHING;
  protected oldMask = 0;
  /** The next slot of the old array to be emptied, and how many are left. */
  protected oldCursor = 0;
  protected oldLeft = 0;
  protected entries = 0;
  protected fill: number;
  private readonly stride: number;
  private readonly lead: number;

  protected constructor(layout: EntryLayout, initial: number) {
    const capacity = capacityFor(initial);
    this.stride = layout.stride;
    this.lead = layout.lead;
    this.words = new Int32Array(capacity * layout.stride);
    this.mask = capacity - 1;
    this.fill = fillLimit(capacity);
  }

  /** Hash of the key of the entry at `entry` of `words`, as the table's `find` computes it. */
  protected abstract hashOf(words: Int32Array, entry: number): number;

  protected entryAt(slot: number): number {
    return slot * this.stride + this.lead;
  }

  /** Takes the empty slot where a key of this hash belongs: occupied, otherwise zero. */
  protected occupy(hash: number): number {
    const words = this.words;
    const entry = this.vacancy(hash);
    const first = entry - this.lead;
    for (let word = first; word < first + this.stride; word++) words[word] = 0;
    words[entry + PORT_FLAGS] = OCCUPIED;
    this.entries++;
    return entry;
  }

  /** Removes an entry of the present array. */
  protected erase(entry: number): void {
    this.closeGap(this.words, this.mask, entry);
    this.entries--;
  }

  /** Removes an entry that the old array still holds. */
  protected eraseOld(oldEntry: number): void {
    this.closeGap(this.old, this.oldMask, oldEntry);
    this.entries--;
  }

  /** Takes an entry of the old array along into the present one; its handle there. */
  protected adopt(oldEntry: number): number {
    const entry = this.transfer(oldEntry);
    this.closeGap(this.old, this.oldMask, oldEntry);
    return entry;
  }

  /** Doubles the slots. The new array is zero memory that the system maps as it is touched. */
  protected grow(): void {
    this.migrate(this.oldLeft);
    this.oldCursor = this.emptySlot();
    this.oldLeft = this.mask + 1;
    this.old = this.words;
    this.oldMask = this.mask;
    this.isMigrating = true;
    const capacity = (this.mask + 1) * 2;
    this.words = new Int32Array(capacity * this.stride);
    this.mask = capacity - 1;
    this.fill = fillLimit(capacity);
  }

  /** Empties at most `count` slots of the old array; returns how many it did. */
  protected migrate(count: number): number {
    const old = this.old;
    const step = Math.max(0, Math.min(count, this.oldLeft));
    let slot = this.oldCursor;
    for (let left = step; left > 0; left--) {
      const entry = this.entryAt(slot);
      if ((old[entry + PORT_FLAGS]! & OCCUPIED) !== 0) {
        this.transfer(entry);
        old[entry + PORT_FLAGS] = 0;
      }
      slot = (slot - 1) & this.oldMask;
    }
    this.oldCursor = slot;
    this.oldLeft -= step;
    if (this.oldLeft === 0) {
      this.isMigrating = false;
      this.old = NOTHING;
    }
    return step;
  }

  /** An empty slot of the present array; there always is one. */
  protected emptySlot(): number {
    let slot = 0;
    while ((this.words[this.entryAt(slot) + PORT_FLAGS]! & OCCUPIED) !== 0) slot++;
    return slot;
  }

  /** Adds the probe lengths of the entries of one array to `probes`. */
  protected measureProbes(
    words: Int32Array,
    mask: number,
    probes: { longest: number; total: number },
  ): void {
    for (let slot = 0; slot <= mask; slot++) {
      const entry = this.entryAt(slot);
      if ((words[entry + PORT_FLAGS]! & OCCUPIED) === 0) continue;
      const probe = ((slot - this.hashOf(words, entry)) & mask) + 1;
      probes.total += probe;
      if (probe > probes.longest) probes.longest = probe;
    }
  }

  private vacancy(hash: number): number {
    const words = this.words;
    let slot = hash & this.mask;
    let entry = this.entryAt(slot);
    while ((words[entry + PORT_FLAGS]! & OCCUPIED) !== 0) {
      slot = (slot + 1) & this.mask;
      entry = this.entryAt(slot);
    }
    return entry;
  }

  /** Copies an entry of the old array into the present one. */
  private transfer(oldEntry: number): number {
    const entry = this.vacancy(this.hashOf(this.old, oldEntry));
    this.copy(this.old, oldEntry, this.words, entry);
    return entry;
  }

  private copy(from: Int32Array, fromEntry: number, to: Int32Array, toEntry: number): void {
    const source = fromEntry - this.lead;
    const target = toEntry - this.lead;
    for (let word = 0; word < this.stride; word++) to[target + word] = from[source + word]!;
  }

  /** Empties a slot and moves back what its cluster would otherwise no longer reach. */
  private closeGap(words: Int32Array, mask: number, erased: number): void {
    let gap = erased;
    let gapSlot = (erased - this.lead) / this.stride;
    let slot = (gapSlot + 1) & mask;
    let entry = this.entryAt(slot);
    while ((words[entry + PORT_FLAGS]! & OCCUPIED) !== 0) {
      const fromHome = (slot - this.hashOf(words, entry)) & mask;
      if (fromHome >= ((slot - gapSlot) & mask)) {
        this.copy(words, entry, words, gap);
        gap = entry;
        gapSlot = slot;
      }
      slot = (slot + 1) & mask;
      entry = this.entryAt(slot);
    }
    words[gap + PORT_FLAGS] = 0;
  }
}
