// (network, MAC) -> port: the filtering database of a learning bridge (IEEE 802.1Q 8.8).
//
// `network` is the VLAN or whatever number separates address spaces. The table relearns at once
// when a station turns up on another port, refuses group and zero sources, and never moves or ages
// a static entry. It knows no frames: who may teach it is decided before `learn` is called.
// A slot has 24 octets; an entry 34 at the fill at which the table grows.

import { hashTwo } from './hash.ts';
import { NETWORK, OCCUPIED, PORT_FLAGS, STATIC, UPDATED } from './open-addressing.ts';
import { ForwardingTable, type TableOptions } from './table.ts';

/** MAC low | network << 16 | MAC high, frames, port << 16 | flags, updated, tag. */
const FRAMES = 1;
const LEAD = 1;
const STRIDE = 6;
const GROUP_BIT = 0x0100;

export interface MacTableOptions extends TableOptions {
  /** Stations that may be learned on one port at most; absent: as many as the table holds. */
  readonly perPort?: number | undefined;
}

const PORTS = 1 << 16;

/** The table of stations. A MAC is given as its high 16 and its low 32 bits. */
export class MacTable extends ForwardingTable {
  /** Whether the last `learn` moved a known station to another port, and from which. */
  lastMoved = false;
  lastMovedFrom = 0;
  private readonly perPort: number;
  /** Stations learned on each port; null where no port has a limit of its own. */
  private readonly learned: Uint32Array | null;

  constructor(options: MacTableOptions) {
    super(options, { stride: STRIDE, lead: LEAD });
    this.perPort = options.perPort ?? options.maximum;
    this.learned = this.perPort < options.maximum ? new Uint32Array(PORTS) : null;
  }

  /** The station's handle, or -1. `network` is 0 to 65535. */
  find(network: number, high: number, low: number): number {
    const key = (network << 16) | high;
    low |= 0;
    const hash = hashTwo(this.seed, key, low);
    const words = this.words;
    const mask = this.mask;
    let slot = hash & mask;
    for (;;) {
      const entry = slot * STRIDE + LEAD;
      if ((words[entry + PORT_FLAGS]! & OCCUPIED) === 0) break;
      if (words[entry - 1] === low && words[entry] === key) return entry;
      slot = (slot + 1) & mask;
    }
    return this.isMigrating ? this.findOld(hash, key, low) : -1;
  }

  /**
   * Notes that a frame from this MAC came in on `port` at tick `updated`: finds or creates the
   * entry, moves it where it was on another port, counts the frame. Returns its handle, or -1 for
   * a group or zero MAC, which is never a source, and where there is no room but static entries
   * or the port has its share. A station that moves takes no room.
   * A static entry on another port is returned untouched: its port differs from the given one.
   */
  learn(network: number, high: number, low: number, port: number, updated: number): number {
    this.lastMoved = false;
    if ((high & GROUP_BIT) !== 0 || (high | low) === 0) return -1;
    let entry = this.find(network, high, low);
    if (entry < 0) {
      entry = this.admit(network, high, low, port);
      if (entry < 0) return -1;
    }
    const words = this.words;
    const place = words[entry + PORT_FLAGS]!;
    if (place >>> 16 !== port) {
      if ((place & STATIC) !== 0) return entry;
      this.lastMoved = true;
      this.lastMovedFrom = place >>> 16;
      this.moves++;
      this.recount(this.lastMovedFrom, port);
      words[entry + PORT_FLAGS] = (port << 16) | (place & 0xffff);
    }
    words[entry + UPDATED] = updated;
    words[entry + FRAMES] = words[entry + FRAMES]! + 1;
    return entry;
  }

  /** Finds or creates an entry without learning: how static ones are made. -1: no room (static). */
  insert(network: number, high: number, low: number): number {
    const known = this.find(network, high, low);
    if (known >= 0) return known;
    if (!this.makeRoom()) return -1;
    const key = (network << 16) | high;
    const entry = this.occupy(hashTwo(this.seed, key, low));
    this.words[entry - 1] = low;
    this.words[entry + NETWORK] = key;
    return entry;
  }

  /** Removes the entry, static or not; false where there is none. */
  remove(network: number, high: number, low: number): boolean {
    const entry = this.find(network, high, low);
    if (entry >= 0) this.erase(entry);
    return entry >= 0;
  }

  /** High 16 bits of the MAC. */
  macHigh(entry: number): number {
    return this.words[entry + NETWORK]! & 0xffff;
  }

  /** Low 32 bits of the MAC, unsigned. */
  macLow(entry: number): number {
    return this.words[entry - 1]! >>> 0;
  }

  /** The MAC as a 48-bit number. */
  mac(entry: number): number {
    return this.macHigh(entry) * 2 ** 32 + this.macLow(entry);
  }

  /** Counts frames that were learned elsewhere already. */
  addFrames(entry: number, frames: number): void {
    this.words[entry + FRAMES] = this.words[entry + FRAMES]! + frames;
  }

  /** Frames learned from, modulo 2^32. */
  frames(entry: number): number {
    return this.words[entry + FRAMES]! >>> 0;
  }

  protected override hashOf(words: Int32Array, entry: number): number {
    return hashTwo(this.seed, words[entry + NETWORK]!, words[entry - 1]!);
  }

  protected override erase(entry: number): void {
    this.uncount(this.words, entry);
    super.erase(entry);
  }

  protected override eraseOld(oldEntry: number): void {
    this.uncount(this.old, oldEntry);
    super.eraseOld(oldEntry);
  }

  /** A new entry for a station of this port; -1 where the port or the table has no room. */
  private admit(network: number, high: number, low: number, port: number): number {
    const { learned } = this;
    if (learned !== null && learned[port]! >= this.perPort) return -1;
    const entry = this.insert(network, high, low);
    if (entry < 0) return -1;
    this.setPort(entry, port);
    if (learned !== null) learned[port]!++;
    return entry;
  }

  private recount(from: number, to: number): void {
    const { learned } = this;
    if (learned === null) return;
    learned[from]!--;
    learned[to]!++;
  }

  private uncount(words: Int32Array, entry: number): void {
    const { learned } = this;
    const place = words[entry + PORT_FLAGS]!;
    if (learned !== null && (place & STATIC) === 0) learned[place >>> 16]!--;
  }

  /** The look-up in the old array; what it finds moves to the present one. */
  private findOld(hash: number, key: number, low: number): number {
    const words = this.old;
    for (let slot = hash & this.oldMask; ; slot = (slot + 1) & this.oldMask) {
      const entry = slot * STRIDE + LEAD;
      if ((words[entry + PORT_FLAGS]! & OCCUPIED) === 0) return -1;
      if (words[entry - 1] === low && words[entry] === key) return this.adopt(entry);
    }
  }
}
