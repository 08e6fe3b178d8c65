/**
 * gzip (RFC 1952) as a source of decompressed octets, several members in a row included.
 *
 * The input goes to zlib in small slices: one slice can expand a thousandfold, and where its data
 * is damaged, what it had already given is lost. For the same reason the last eight octets, which
 * are the checksum and length of the last member, go in alone.
 */
import zlib from 'node:zlib';
import type { ByteSource } from './byte-source.ts';
import { InputCut, reasonOf } from './capture-error.ts';
import { OutputQueue } from './output-queue.ts';

const SLICE = 1 << 15;
const PIECE = 1 << 15;
const TRAILER = 8;

export class GzipSource implements ByteSource {
  readonly #input: ByteSource;
  readonly #gunzip = zlib.createGunzip({ chunkSize: PIECE });
  readonly #queue = new OutputQueue();
  readonly #slice = new Uint8Array(SLICE + TRAILER);
  /** Octets at the front of the slice that have been read and not yet been written. */
  #held = 0;
  #ended = false;
  #error: Error | null = null;
  #wake: (() => void) | null = null;

  constructor(input: ByteSource) {
    this.#input = input;
    this.#gunzip.on('data', (piece: Uint8Array) => this.#queue.push(piece));
    this.#gunzip.on('end', () => this.#finish(null));
    this.#gunzip.on('close', () => this.#finish(null));
    this.#gunzip.on('error', (error) => this.#finish(error));
  }

  get size(): number | null {
    return this.#input.size;
  }

  get consumed(): number {
    return this.#input.consumed;
  }

  async read(into: Uint8Array, at: number, length: number): Promise<number> {
    for (;;) {
      const count = this.#queue.take(into, at, length);
      if (count > 0) return count;
      if (this.#error !== null) throw gzipError(this.#error);
      if (this.#ended) return 0;
      await this.#pump();
    }
  }

  close(): Promise<void> {
    this.#gunzip.destroy();
    this.#finish(null);
    return this.#input.close();
  }

  async #pump(): Promise<void> {
    const count = await this.#input.read(this.#slice, this.#held, SLICE);
    const filled = this.#held + count;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.#ended) return resolve();
      if (count === 0) {
        // 'end' or 'error' wakes.
        this.#gunzip.end(this.#slice.slice(0, filled));
        return;
      }
      const whole = Math.max(filled - TRAILER, 0);
      const slice = this.#slice.slice(0, whole);
      this.#slice.copyWithin(0, whole, filled);
      this.#held = filled - whole;
      this.#gunzip.write(slice, () => resolve());
    });
  }

  #finish(error: Error | null): void {
    this.#ended = true;
    this.#error ??= error;
    this.#wake?.();
  }
}

function gzipError(error: Error): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR') return new InputCut('gzip data cut: its end is missing');
  return new Error(`gzip data damaged: ${reasonOf(error)}`);
}
