/**
 * Where octets come from: a regular file, a pipe, memory. Compression wraps one of these.
 *
 * A source hands out what it has; it never waits for a full buffer. Pipes are read through a
 * socket handle and not with `fs.read`, because a thread that blocks in read(2) would keep the
 * process from exiting.
 */
import fs from 'node:fs';
import net from 'node:net';

export interface ByteSource {
  /** Octets known to be in the input, or null where nobody can know (pipe). */
  readonly size: number | null;
  /** Octets of the input handed out so far; of the compressed input where it is compressed. */
  readonly consumed: number;
  /** Copies 1 to `length` octets to `into[at...]` and says how many; 0 is the end of input. */
  read(into: Uint8Array, at: number, length: number): Promise<number>;
  close(): Promise<void>;
}

export class MemorySource implements ByteSource {
  readonly size: number;
  consumed = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  read(into: Uint8Array, at: number, length: number): Promise<number> {
    const part = this.#bytes.subarray(this.consumed, this.consumed + length);
    into.set(part, at);
    this.consumed += part.length;
    return Promise.resolve(part.length);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export class FileSource implements ByteSource {
  readonly size: number | null;
  consumed = 0;
  readonly #fd: number;
  #reading: Promise<number> | null = null;
  #closed = false;

  constructor(fd: number, size: number | null) {
    this.#fd = fd;
    this.size = size;
  }

  /**
   * A regular file is read on the spot: its octets are in memory or being read ahead, and to have
   * a thread copy them takes longer than to copy them, into another processor's cache besides.
   */
  read(into: Uint8Array, at: number, length: number): Promise<number> {
    if (this.size !== null) {
      const count = fs.readSync(this.#fd, into, at, length, null);
      this.consumed += count;
      return Promise.resolve(count);
    }
    this.#reading = new Promise((resolve, reject) => {
      fs.read(this.#fd, into, at, length, null, (error, count) => {
        if (error) return reject(error);
        this.consumed += count;
        resolve(count);
      });
    });
    return this.#reading;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // The descriptor's number may be given to another file while a read is on its way.
    await this.#reading?.catch(() => 0);
    if (this.#fd > 2) await new Promise<void>((resolve) => fs.close(this.#fd, () => resolve()));
  }
}

/** A pipe or socket by descriptor. Octets that arrive are kept until they are asked for. */
export class PipeSource implements ByteSource {
  readonly size = null;
  consumed = 0;
  readonly #socket: net.Socket;
  #waiting: (() => void) | null = null;
  #ended = false;
  #error: Error | null = null;

  constructor(fd: number) {
    this.#socket = new net.Socket({ fd, readable: true, writable: false });
    this.#socket.on('readable', () => this.#wake());
    this.#socket.on('end', () => this.#finish(null));
    this.#socket.on('close', () => this.#finish(null));
    this.#socket.on('error', (error) => this.#finish(error));
  }

  async read(into: Uint8Array, at: number, length: number): Promise<number> {
    for (;;) {
      const part = this.#take(length);
      if (part !== null) {
        into.set(part, at);
        this.consumed += part.length;
        return part.length;
      }
      if (this.#error !== null) throw this.#error;
      if (this.#ended) return 0;
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
  }

  close(): Promise<void> {
    this.#socket.destroy();
    this.#finish(null);
    return Promise.resolve();
  }

  #take(length: number): Uint8Array | null {
    const ready = this.#socket.readableLength;
    // Asking for more than is there would give null and wait: take what has come.
    return ready === 0 ? this.#socket.read() : this.#socket.read(Math.min(ready, length));
  }

  #finish(error: Error | null): void {
    this.#ended = true;
    this.#error ??= error;
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.();
  }
}

/** A source of which some octets have been read already to recognise what they are. */
export class PeekedSource implements ByteSource {
  readonly #head: Uint8Array;
  readonly #rest: ByteSource;
  #given = 0;

  constructor(head: Uint8Array, rest: ByteSource) {
    this.#head = head;
    this.#rest = rest;
  }

  get size(): number | null {
    return this.#rest.size;
  }

  get consumed(): number {
    return this.#rest.consumed - (this.#head.length - this.#given);
  }

  async read(into: Uint8Array, at: number, length: number): Promise<number> {
    const part = this.#head.subarray(this.#given, this.#given + length);
    into.set(part, at);
    this.#given += part.length;
    // So few octets are of no use alone, so the answer may wait for more.
    if (part.length === length) return length;
    return part.length + (await this.#rest.read(into, at + part.length, length - part.length));
  }

  close(): Promise<void> {
    return this.#rest.close();
  }
}

/** Reads up to `length` octets from the front, fewer only where the input is shorter. */
export async function peek(source: ByteSource, length: number): Promise<Uint8Array> {
  const head = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await source.read(head, filled, length - filled);
    if (count === 0) break;
    filled += count;
  }
  return head.subarray(0, filled);
}
