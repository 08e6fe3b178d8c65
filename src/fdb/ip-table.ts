// IP -> (MAC, port): the table behind every claim and every packet that is forwarded by IP.
//
// A key is a network number and an address, so that the same address may live in several subnets.
// The tables learn nothing by themselves and know no ARP: callers find or insert an entry and
// write to it. IPv4: 28 octets a slot, 40 an entry at the fill at which the table grows; IPv6: 40
// and 57. Addresses go in as 32-bit words of either sign and come out unsigned.

import { FIRST, hashFive, hashTwo, mix, SECOND } from './hash.ts';
import { NETWORK, OCCUPIED, PORT_FLAGS, STATIC, UPDATED } from './open-addressing.ts';
import { ForwardingTable, type TableOptions } from './table.ts';

/** After the address: network << 16 | MAC high, MAC low, port and flags, updated, tag, grants. */
const MAC_LOW = 1;
const GRANTS = 5;
const TAIL = 6;
const LEAD_4 = 1;
const LEAD_6 = 4;
const STRIDE_4 = LEAD_4 + TAIL;
const STRIDE_6 = LEAD_6 + TAIL;

/** The fields that IPv4 and IPv6 entries share. */
abstract class IpTable extends ForwardingTable {
  /** High 16 bits of the MAC. */
  macHigh(entry: number): number {
    return this.words[entry + NETWORK]! & 0xffff;
  }

  /** Low 32 bits of the MAC, unsigned. */
  macLow(entry: number): number {
    return this.words[entry + MAC_LOW]! >>> 0;
  }

  /** The MAC as a 48-bit number; 0 in a new entry. */
  mac(entry: number): number {
    return this.macHigh(entry) * 2 ** 32 + this.macLow(entry);
  }

  /**
   * `repoint` for a MAC whose low word is signed, of an entry that is in hand: true where the MAC
   * is another than before. A static entry stays as it is.
   */
  pointAt(entry: number, high: number, low: number, port: number, updated: number): boolean {
    const words = this.words;
    const key = words[entry]!;
    const place = words[entry + PORT_FLAGS]!;
    const isSame = words[entry + MAC_LOW] === low && (key & 0xffff) === high;
    if ((place & STATIC) !== 0) return !isSame;
    words[entry + UPDATED] = updated;
    if (isSame && place >>> 16 === port) return false;
    if ((key & 0xffff) !== 0 || words[entry + MAC_LOW] !== 0) this.moves++;
    words[entry] = (key & ~0xffff) | high;
    words[entry + MAC_LOW] = low;
    words[entry + PORT_FLAGS] = (port << 16) | (place & 0xffff);
    return !isSame;
  }

  /** Whether `holder` (0 to 65534) is one of the last two that were granted the entry. */
  isGranted(entry: number, holder: number): boolean {
    const grants = this.words[entry + GRANTS]!;
    return (grants & 0xffff) === holder + 1 || grants >>> 16 === holder + 1;
  }

  /** Grants the entry to `holder` until further notice; larger numbers are never granted. */
  grant(entry: number, holder: number): void {
    if (holder >= 0xffff || this.isGranted(entry, holder)) return;
    const words = this.words;
    words[entry + GRANTS] = (words[entry + GRANTS]! << 16) | (holder + 1);
  }

  /** Takes every grant back; looks at the whole table. */
  revokeGrants(): void {
    this.forEach((entry) => {
      this.words[entry + GRANTS] = 0;
    });
  }

  setMac(entry: number, high: number, low: number): void {
    const words = this.words;
    words[entry + NETWORK] = (words[entry + NETWORK]! & ~0xffff) | high;
    words[entry + MAC_LOW] = low;
  }

  /**
   * Points the entry at this MAC and port and notes the tick. True if either is new; that counts
   * as a move unless the entry had no MAC before. A static entry stays as it is: false.
   */
  repoint(entry: number, macHigh: number, macLow: number, port: number, updated: number): boolean {
    const words = this.words;
    const place = words[entry + PORT_FLAGS]!;
    if ((place & STATIC) !== 0) return false;
    words[entry + UPDATED] = updated;
    const high = words[entry + NETWORK]! & 0xffff;
    const low = words[entry + MAC_LOW]!;
    if (low === (macLow | 0) && high === macHigh && place >>> 16 === port) return false;
    if ((high | low) !== 0) this.moves++;
    this.setMac(entry, macHigh, macLow);
    words[entry + PORT_FLAGS] = (port << 16) | (place & 0xffff);
    return true;
  }
}

/** (network, IPv4 address) -> MAC, port. */
export class IpTable4 extends IpTable {
  private readonly untagged: number;

  constructor(options: TableOptions) {
    super(options, { stride: STRIDE_4, lead: LEAD_4 });
    this.untagged = mix(this.seed);
  }

  /** The entry's handle, or -1. `network` is 0 to 65535. */
  find(network: number, address: number): number {
    const key = address | 0;
    // Most addresses lie in network 0, whose part of the hash is the same for all of them. The
    // rest is `hashTwo`, written out since a call here costs a look-up a fifth more.
    let hash = (network === 0 ? this.untagged : mix(this.seed ^ network)) ^ key;
    hash = Math.imul(hash ^ (hash >>> 16), FIRST);
    hash = Math.imul(hash ^ (hash >>> 13), SECOND);
    hash ^= hash >>> 16;
    const words = this.words;
    const mask = this.mask;
    let slot = hash & mask;
    for (;;) {
      const entry = slot * STRIDE_4 + LEAD_4;
      if ((words[entry + PORT_FLAGS]! & OCCUPIED) === 0) break;
      if (words[entry - 1] === key && words[entry]! >>> 16 === network) return entry;
      slot = (slot + 1) & mask;
    }
    return this.isMigrating ? this.findOld(hash, network, key) : -1;
  }

  /** Reads both ends of the slot at which the look-up of this address begins; see LookAhead. */
  touch(network: number, address: number): number {
    const { words } = this;
    const first = (hashTwo(this.seed, network, address) & this.mask) * STRIDE_4;
    return words[first]! ^ words[first + STRIDE_4 - 1]!;
  }

  /** The entry's handle; where there is none, that of a new one, zeroed; -1: no room (static). */
  insert(network: number, address: number): number {
    const known = this.find(network, address);
    if (known >= 0) return known;
    if (!this.makeRoom()) return -1;
    const entry = this.occupy(hashTwo(this.seed, network, address));
    this.words[entry - 1] = address;
    this.words[entry + NETWORK] = network << 16;
    return entry;
  }

  /** Removes the entry, static or not; false where there is none. */
  remove(network: number, address: number): boolean {
    const entry = this.find(network, address);
    if (entry >= 0) this.erase(entry);
    return entry >= 0;
  }

  /** The IPv4 address, unsigned. */
  address(entry: number): number {
    return this.words[entry - 1]! >>> 0;
  }

  protected override hashOf(words: Int32Array, entry: number): number {
    return hashTwo(this.seed, words[entry + NETWORK]! >>> 16, words[entry - 1]!);
  }

  /** The look-up in the old array; what it finds moves to the present one. */
  private findOld(hash: number, network: number, key: number): number {
    const words = this.old;
    for (let slot = hash & this.oldMask; ; slot = (slot + 1) & this.oldMask) {
      const entry = slot * STRIDE_4 + LEAD_4;
      if ((words[entry + PORT_FLAGS]! & OCCUPIED) === 0) return -1;
      if (words[entry - 1] === key && words[entry]! >>> 16 === network) return this.adopt(entry);
    }
  }
}

/** Whether the entry holds these four words, given as signed ones; the last differs most. */
function isSix(
  words: Int32Array,
  entry: number,
  w0: number,
  w1: number,
  w2: number,
  w3: number,
): boolean {
  return (
    words[entry - 1] === w3 &&
    words[entry - 2] === w2 &&
    words[entry - 3] === w1 &&
    words[entry - 4] === w0
  );
}

/** (network, IPv6 address as four words, first word first) -> MAC, port. */
export class IpTable6 extends IpTable {
  constructor(options: TableOptions) {
    super(options, { stride: STRIDE_6, lead: LEAD_6 });
  }

  /** The entry's handle, or -1. `network` is 0 to 65535. */
  find(network: number, w0: number, w1: number, w2: number, w3: number): number {
    w0 |= 0;
    w1 |= 0;
    w2 |= 0;
    w3 |= 0;
    const hash = hashFive(this.seed, network, w0, w1, w2, w3);
    const words = this.words;
    const mask = this.mask;
    let slot = hash & mask;
    for (;;) {
      const entry = slot * STRIDE_6 + LEAD_6;
      if ((words[entry + PORT_FLAGS]! & OCCUPIED) === 0) break;
      if (isSix(words, entry, w0, w1, w2, w3) && words[entry]! >>> 16 === network) return entry;
      slot = (slot + 1) & mask;
    }
    return this.isMigrating ? this.findOld(hash, network, w0, w1, w2, w3) : -1;
  }

  /** The entry's handle; where there is none, that of a new one, zeroed; -1: no room (static). */
  insert(network: number, w0: number, w1: number, w2: number, w3: number): number {
    const known = this.find(network, w0, w1, w2, w3);
    if (known >= 0) return known;
    if (!this.makeRoom()) return -1;
    const entry = this.occupy(hashFive(this.seed, network, w0, w1, w2, w3));
    const words = this.words;
    words[entry - 4] = w0;
    words[entry - 3] = w1;
    words[entry - 2] = w2;
    words[entry - 1] = w3;
    words[entry + NETWORK] = network << 16;
    return entry;
  }

  /** Removes the entry, static or not; false where there is none. */
  remove(network: number, w0: number, w1: number, w2: number, w3: number): boolean {
    const entry = this.find(network, w0, w1, w2, w3);
    if (entry >= 0) this.erase(entry);
    return entry >= 0;
  }

  /** Word `index` (0 to 3) of the IPv6 address, unsigned. */
  addressWord(entry: number, index: number): number {
    return this.words[entry - LEAD_6 + index]! >>> 0;
  }

  protected override hashOf(words: Int32Array, entry: number): number {
    const network = words[entry + NETWORK]! >>> 16;
    const at = entry - LEAD_6;
    return hashFive(this.seed, network, words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
  }
  /** The look-up in the old array; what it finds moves to the present one. */
  private findOld(
    hash: number,
    network: number,
    w0: number,
    w1: number,
    w2: number,
    w3: number,
  ): number {
    const words = this.old;
    for (let slot = hash & this.oldMask; ; slot = (slot + 1) & this.oldMask) {
      const entry = slot * STRIDE_6 + LEAD_6;
      if ((words[entry + PORT_FLAGS]! & OCCUPIED) === 0) return -1;
      if (isSix(words, entry, w0, w1, w2, w3) && words[entry]! >>> 16 === network) {
        return this.adopt(entry);
      }
    }
  }
}
