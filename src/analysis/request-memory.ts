import { resized } from './resized.ts';

/**
 * The requests of each client that may still be answered, or were a moment ago: a ring a client,
 * in which those whose keys end alike are linked, the newest first; all rings in the same flat
 * arrays. Where requests come so fast that a ring would forget some of the last two seconds it is
 * doubled, up to a bound for the client and one for all of them; beyond these the oldest requests
 * are forgotten and can no longer be answered.
 */
const RING_LEAST = 64;
const RING_MOST = 4096;
/** Slots of the larger rings of all clients together. */
const GROWTH_MAX = 1 << 20;
/** A second of requests is no evidence yet, and an answer may take longer than that. */
const REMEMBERED = 2e9;
/**
 * Equal requests, or equal answers, of so short a time are one that the capture point has seen
 * more than once: `-i any` and mirror ports show it within microseconds, and nobody asks again
 * before a fifth of a second is over.
 */
export const COPY_TIME = 10e6;

const WAITS = 1;
/** It was seen on another interface, too. */
const COPIED = 2;

export class RequestMemory {
  private starts = new Int32Array(64);
  private masks = new Int32Array(64);
  /** Requests before this index had been forgotten when the ring was doubled. */
  private forgotten = new Float64Array(64);
  private keys = new Uint32Array(RING_LEAST * 64);
  private times = new Float64Array(RING_LEAST * 64);
  /** WAITS without which it is answered, or no evidence; COPIED. */
  private states = new Uint8Array(RING_LEAST * 64);
  /** By the end of a key, and by request: the number of the newest or next older, 0 for none. */
  private newest = new Int32Array(RING_LEAST * 64);
  private older = new Int32Array(RING_LEAST * 64);
  private used = 0;
  private growth = 0;

  /** Makes room for a client; they are numbered from 0. */
  add(client: number): void {
    if (client === this.starts.length) {
      this.starts = resized(this.starts, client * 2);
      this.masks = resized(this.masks, client * 2);
      this.forgotten = resized(this.forgotten, client * 2);
    }
    this.starts[client] = this.take(RING_LEAST);
    this.masks[client] = RING_LEAST - 1;
  }

  /** Remembers request `index` of a client, the one after those that it has sent before. */
  put(client: number, index: number, key: number, now: number): void {
    const mask = this.masks[client] as number;
    const slot = (this.starts[client] as number) + (index & mask);
    const isRecent = index > mask && now - (this.times[slot] as number) < REMEMBERED;
    if (isRecent) this.widen(client, index);
    this.write(client, index, key, now);
  }

  /** The newest of a client's `count` requests that has this key; -1 where none is remembered. */
  find(client: number, count: number, key: number): number {
    const { keys, older } = this;
    const start = this.starts[client] as number;
    const mask = this.masks[client] as number;
    const oldest = this.oldest(client, count);
    let index = (this.newest[start + (key & mask)] as number) - 1;
    while (index >= oldest) {
      const slot = start + (index & mask);
      if (keys[slot] === key) return index;
      index = (older[slot] as number) - 1;
    }
    return -1;
  }

  /** Whether one of a client's `count` requests is this one, seen before. */
  isCopy(client: number, count: number, key: number, now: number): boolean {
    if (count === 0 || now - this.time(client, count - 1) > COPY_TIME) return false;
    const index = this.find(client, count, key);
    return index >= 0 && Math.abs(now - this.time(client, index)) <= COPY_TIME;
  }

  key(client: number, index: number): number {
    return this.keys[this.slot(client, index)] as number;
  }

  time(client: number, index: number): number {
    return this.times[this.slot(client, index)] as number;
  }

  isWaiting(client: number, index: number): boolean {
    return ((this.states[this.slot(client, index)] as number) & WAITS) !== 0;
  }

  setWaiting(client: number, index: number, isWaiting: boolean): void {
    const slot = this.slot(client, index);
    const state = this.states[slot] as number;
    this.states[slot] = isWaiting ? state | WAITS : state & ~WAITS;
  }

  isCopied(client: number, index: number): boolean {
    return ((this.states[this.slot(client, index)] as number) & COPIED) !== 0;
  }

  setCopied(client: number, index: number): void {
    const slot = this.slot(client, index);
    this.states[slot] = (this.states[slot] as number) | COPIED;
  }

  /** The oldest that is remembered of a client's `count` requests. */
  oldest(client: number, count: number): number {
    const first = count - (this.masks[client] as number) - 1;
    return Math.max(first, this.forgotten[client] as number);
  }

  /** How many of the requests from index `from` to before `to` wait. */
  waiting(client: number, from: number, to: number): number {
    let count = 0;
    for (let i = from; i < to; i++) if (this.isWaiting(client, i)) count++;
    return count;
  }

  /** How many of those that wait were seen on another interface, too. */
  copiedOf(client: number, from: number, to: number): number {
    let count = 0;
    for (let i = from; i < to; i++) {
      if (this.states[this.slot(client, i)] === (WAITS | COPIED)) count++;
    }
    return count;
  }

  /** Time of the first request from index `from` to before `to` that waits; NaN for none. */
  nextWaiting(client: number, from: number, to: number): number {
    for (let i = from; i < to; i++) if (this.isWaiting(client, i)) return this.time(client, i);
    return Number.NaN;
  }

  private slot(client: number, index: number): number {
    return (this.starts[client] as number) + (index & (this.masks[client] as number));
  }

  private write(client: number, index: number, key: number, now: number): void {
    const start = this.starts[client] as number;
    const mask = this.masks[client] as number;
    const slot = start + (index & mask);
    const end = start + (key & mask);
    this.keys[slot] = key;
    this.times[slot] = now;
    this.states[slot] = 0;
    this.older[slot] = this.newest[end] as number;
    this.newest[end] = index + 1;
  }

  /** Gives a client a ring of twice the size; its `count` requests have filled the old one. */
  private widen(client: number, count: number): void {
    const size = (this.masks[client] as number) + 1;
    if (size === RING_MOST || this.growth + size * 2 > GROWTH_MAX) return;
    this.growth += size * 2;
    const from = this.starts[client] as number;
    const oldest = this.oldest(client, count);
    this.forgotten[client] = oldest;
    this.starts[client] = this.take(size * 2);
    this.masks[client] = size * 2 - 1;
    for (let i = oldest; i < count; i++) {
      const old = from + (i & (size - 1));
      this.write(client, i, this.keys[old] as number, this.times[old] as number);
      this.states[this.slot(client, i)] = this.states[old] as number;
    }
  }

  private take(slots: number): number {
    const start = this.used;
    this.used += slots;
    let { length } = this.keys;
    while (length < this.used) length *= 2;
    if (length > this.keys.length) {
      this.keys = resized(this.keys, length);
      this.times = resized(this.times, length);
      this.states = resized(this.states, length);
      this.newest = resized(this.newest, length);
      this.older = resized(this.older, length);
    }
    return start;
  }
}
