import { RequestMemory } from './request-memory.ts';
import { resized } from './resized.ts';

/**
 * The clients of the followed addresses, one record for each (address, client IP, client MAC):
 * which requests are still without an answer, and when the last answer came. Flat arrays, bounded:
 * clients beyond the bound are counted and not judged. Cooked frames do not say to which MAC they
 * go: where they stand beside Ethernet frames of the same IP, both are of one client.
 */
const CLIENTS_MAX = 1 << 14;
const KEY_WORDS = 7;
/** In place of the MAC of a client of whom only cooked frames are known. */
const NO_MAC = 0;
/** MACs under which one IP is looked for. */
const TWINS_MAX = 8;

/** Columns of the numbers kept for a client. */
export const CLIENT = {
  /** Requests ever sent. */
  COUNT: 0,
  /** Requests before this index are answered or given up. */
  ANSWERED: 1,
  /** Requests without answer since then. */
  OUTSTANDING: 2,
  LAST_REQUEST: 3,
  LAST_REQUEST_FRAME: 4,
  SPACING: 5,
  LAST_ANSWER: 6,
  LAST_ANSWER_FRAME: 7,
  LAST_ANSWER_MAC: 8,
  /** An outage that a late answer may still cancel; START is NaN where there is none. */
  GAP_START: 9,
  GAP_END: 10,
  GAP_END_STAMP: 11,
  GAP_UNANSWERED: 12,
  GAP_FROM: 13,
  GAP_TO: 14,
  GAP_LAST_FRAME: 15,
  GAP_FIRST_FRAME: 16,
  GAP_BEFORE: 17,
  GAP_AFTER: 18,
  /** What another MAC did just before the gap: an index into OUTAGE_CAUSES. */
  GAP_CAUSE: 19,
  LAST_REQUEST_STAMP: 20,
  /** An answer that stood before its request in the file: its key and time. */
  EARLY_KEY: 21,
  EARLY_TIME: 22,
  /** What another MAC did just before the first outstanding request, and when that came. */
  CAUSE: 23,
  FIRST_OUTSTANDING: 24,
  /** 1: it has asked for something. */
  HAS_ASKED: 25,
  /** What it has sent again since the last answer, and the last of it; see `silences.ts`. */
  REPEATS: 26,
  REPEATED: 27,
  REPEATED_STAMP: 28,
  REPEATED_FRAME: 29,
  /** When it had repeated itself so often that this means something. */
  SILENT: 30,
  /** The claims that `CAUSE` and `GAP_CAUSE` mean. */
  CAUSE_MAC: 31,
  CAUSE_FRAME: 32,
  GAP_CAUSE_MAC: 33,
  GAP_CAUSE_FRAME: 34,
  /** What it asked in vain before the first answer; see `vain-beginnings.ts`. */
  VAIN_SERVICE: 35,
  VAIN_COUNT: 36,
  VAIN_START: 37,
  VAIN_STAMP: 38,
  VAIN_FRAME: 39,
  VAIN_END: 40,
  VAIN_END_STAMP: 41,
  VAIN_END_FRAME: 42,
  /** Number + 1 of the client of the same address and IP that began to ask before; 0: none. */
  ASKER_BEFORE: 43,
  /** Of the gap's requests: how many are remembered, and were seen on another interface, too. */
  GAP_REMEMBERED: 44,
  GAP_COPIED: 45,
  /** Answered requests, and those of them that were seen on another interface, too. */
  SERVED: 46,
  SERVED_COPIED: 47,
  /** What it asked for last, as `Exchange.service`. */
  LAST_SERVICE: 48,
  WIDTH: 49,
} as const;

export class Clients {
  size = 0;
  /** Requests or answers of clients beyond CLIENTS_MAX. */
  overflow = 0;
  private index = new Int32Array(256).fill(-1);
  /** Places taken in `index`: a client whose MAC was learned later has two. */
  private places = 0;
  /** By address and client IP: of the clients that have asked, the one that began last. */
  private askers = new Int32Array(256).fill(-1);
  private keys = new Uint32Array(KEY_WORDS * 64);
  numbers = new Float64Array(CLIENT.WIDTH * 64);
  readonly requests = new RequestMemory();

  /** The client's number, made where it is new; -1 where there are too many. */
  of(id: number, w0: number, w1: number, w2: number, w3: number, mac: number): number {
    const slot = this.slotOf(id, w0, w1, w2, w3, mac);
    const client = this.index[slot]!;
    if (client >= 0) return client;
    if (mac === NO_MAC) {
      const asker = this.askerOf(id, w0, w1, w2, w3);
      if (asker >= 0) return asker;
    } else {
      const unnamed = this.index[this.slotOf(id, w0, w1, w2, w3, NO_MAC)]!;
      if (unnamed >= 0) return this.learnMac(unnamed, slot, mac);
    }
    return this.add(slot, [id, w0, w1, w2, w3, mac >>> 0, Math.floor(mac / 4294967296)]);
  }

  /**
   * The one that an answer to this IP and MAC is for: a switch that forwards by IP is sent it under
   * the MAC of the gateway, so that where nobody with this MAC has asked, it is for whoever has.
   */
  answered(id: number, w0: number, w1: number, w2: number, w3: number, mac: number): number {
    const client = this.index[this.slotOf(id, w0, w1, w2, w3, mac)]!;
    if (client >= 0 && this.numbers[client * CLIENT.WIDTH + CLIENT.HAS_ASKED] === 1) return client;
    const asker = this.askerOf(id, w0, w1, w2, w3);
    return asker < 0 ? this.of(id, w0, w1, w2, w3, mac) : asker;
  }

  /** Whoever of this IP began to ask last; -1 where nobody has. */
  askerOf(id: number, w0: number, w1: number, w2: number, w3: number): number {
    return this.askers[this.askerSlot(id, w0, w1, w2, w3)]!;
  }

  /** The client asks. */
  noteAsked(client: number): void {
    const at = client * CLIENT.WIDTH + CLIENT.HAS_ASKED;
    if (this.numbers[at] === 1) return;
    this.numbers[at] = 1;
    this.noteAsker(client);
  }

  /**
   * Whether the same IP sent the request with this key under another MAC: before a router, or
   * behind it.
   */
  hasTwin(client: number, key: number): boolean {
    const [id, w0, w1, w2, w3] = this.keyOf(client);
    let other = this.askers[this.askerSlot(id, w0, w1, w2, w3)]!;
    for (let i = 0; i < TWINS_MAX && other >= 0; i++) {
      const at = other * CLIENT.WIDTH;
      const count = this.numbers[at + CLIENT.COUNT]!;
      if (other !== client && this.requests.find(other, count, key) >= 0) return true;
      other = this.numbers[at + CLIENT.ASKER_BEFORE]! - 1;
    }
    return false;
  }

  private noteAsker(client: number): void {
    const [id, w0, w1, w2, w3] = this.keyOf(client);
    const slot = this.askerSlot(id, w0, w1, w2, w3);
    this.numbers[client * CLIENT.WIDTH + CLIENT.ASKER_BEFORE] = this.askers[slot]! + 1;
    this.askers[slot] = client;
  }

  addressId(client: number): number {
    return this.keys[client * KEY_WORDS] as number;
  }

  word(client: number, index: number): number {
    return this.keys[client * KEY_WORDS + 1 + index] as number;
  }

  mac(client: number): number {
    const at = client * KEY_WORDS;
    return (this.keys[at + 6] as number) * 4294967296 + (this.keys[at + 5] as number);
  }

  private has(client: number, id: number, w0: number, w1: number, w2: number, w3: number): boolean {
    const { keys } = this;
    const at = client * KEY_WORDS;
    const isLast = keys[at] === id && keys[at + 4] === w3;
    return isLast && keys[at + 3] === w2 && keys[at + 2] === w1 && keys[at + 1] === w0;
  }

  /** Where the client stands, or would. */
  private slotOf(id: number, w0: number, w1: number, w2: number, w3: number, mac: number): number {
    const high = Math.floor(mac / 4294967296);
    const low = mac >>> 0;
    const mask = this.index.length - 1;
    let slot = hashOf(id, w0, w1, w2, w3, low) & mask;
    for (;;) {
      const client = this.index[slot]!;
      if (client < 0) return slot;
      const at = client * KEY_WORDS;
      const isOne = this.keys[at + 5] === low && this.keys[at + 6] === high;
      if (isOne && this.has(client, id, w0, w1, w2, w3)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  /** Where the asker of this address and IP stands, or would. */
  private askerSlot(id: number, w0: number, w1: number, w2: number, w3: number): number {
    const mask = this.askers.length - 1;
    let slot = hashOf(id, w0, w1, w2, w3, 0) & mask;
    while (this.askers[slot]! >= 0 && !this.has(this.askers[slot]!, id, w0, w1, w2, w3)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private keyOf(client: number): [number, number, number, number, number, number] {
    return this.keys.subarray(client * KEY_WORDS) as never;
  }

  private add(slot: number, key: readonly number[]): number {
    if (this.size === CLIENTS_MAX) {
      this.overflow++;
      return -1;
    }
    const client = this.size++;
    if ((client + 1) * KEY_WORDS > this.keys.length) this.grow();
    this.requests.add(client);
    this.keys.set(key, client * KEY_WORDS);
    const at = client * CLIENT.WIDTH;
    this.numbers[at + CLIENT.GAP_START] = Number.NaN;
    this.numbers[at + CLIENT.LAST_ANSWER] = Number.NaN;
    this.numbers[at + CLIENT.LAST_REQUEST] = Number.NaN;
    this.numbers[at + CLIENT.SPACING] = Number.NaN;
    this.numbers[at + CLIENT.EARLY_TIME] = Number.NaN;
    this.place(slot, client);
    return client;
  }

  /** `slot` is where a client with this MAC would stand. */
  private learnMac(client: number, slot: number, mac: number): number {
    this.keys[client * KEY_WORDS + 5] = mac >>> 0;
    this.keys[client * KEY_WORDS + 6] = Math.floor(mac / 4294967296);
    this.place(slot, client);
    return client;
  }

  private place(slot: number, client: number): void {
    this.index[slot] = client;
    this.places++;
    if (this.places * 2 > this.index.length) this.rehash();
  }

  private grow(): void {
    this.keys = resized(this.keys, this.keys.length * 2);
    this.numbers = resized(this.numbers, this.numbers.length * 2);
  }

  private rehash(): void {
    const index = new Int32Array(this.index.length * 2).fill(-1);
    const mask = index.length - 1;
    this.askers = new Int32Array(index.length).fill(-1);
    for (let client = 0; client < this.size; client++) {
      const [id, w0, w1, w2, w3, low] = this.keyOf(client);
      if (this.numbers[client * CLIENT.WIDTH + CLIENT.HAS_ASKED] === 1) this.noteAsker(client);
      let slot = hashOf(id, w0, w1, w2, w3, low) & mask;
      while ((index[slot] as number) >= 0) slot = (slot + 1) & mask;
      index[slot] = client;
    }
    this.places = this.size;
    this.index = index;
  }
}

function hashOf(id: number, w0: number, w1: number, w2: number, w3: number, low: number): number {
  let hash = Math.imul(id, 0x9e3779b1) ^ w3;
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) ^ low;
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) ^ w2 ^ Math.imul(w1, 31) ^ w0;
  return hash ^ (hash >>> 16);
}
