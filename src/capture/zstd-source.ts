/**
 * Zstandard (RFC 8878) as a source of decompressed octets.
 *
 * This file walks frames and blocks in front of the decoder, so that no window is kept that is
 * larger than allowed and the end of the data is known. Content checksums are not verified, because
 * fzstd does not.
 */
import type { ByteSource } from './byte-source.ts';
import { InputCut, reasonOf } from './capture-error.ts';
import { OutputQueue } from './output-queue.ts';
import { BLOCK_MAX, ZstdDecoder } from './zstd-decoder.ts';

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** The low four bits of a skippable frame's magic are free. */
const SKIPPABLE_MASK = 0xfffffff0;
const WINDOW_MAX = 64 << 20;
const BLOCK_HEADER = 3;
const CHECKSUM = 4;
const INPUT = BLOCK_MAX * 2;
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;

export function isZstdMagic(magic: number): boolean {
  return magic === MAGIC || (magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE;
}

export class ZstdSource implements ByteSource {
  readonly #input: ByteSource;
  readonly #queue = new OutputQueue();
  readonly #bytes = new Uint8Array(INPUT);
  readonly #view = new DataView(this.#bytes.buffer);
  #at = 0;
  #end = 0;
  #skip = 0;
  readonly #decoder = new ZstdDecoder((piece) => this.#queue.push(piece));
  #isInFrame = false;
  #hasChecksum = false;
  #error: Error | null = null;

  constructor(input: ByteSource) {
    this.#input = input;
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
      if (this.#error !== null) throw this.#error;
      try {
        if (!(await this.#step())) return 0;
      } catch (error) {
        this.#error =
          error instanceof InputCut ? error : new Error(`zstd data damaged: ${reasonOf(error)}`);
      }
    }
  }

  close(): Promise<void> {
    return this.#input.close();
  }

  /** One block, one frame header or one skippable frame; false at the end of input. */
  async #step(): Promise<boolean> {
    if (this.#skip > 0) return this.#skipOn();
    if (this.#isInFrame) return this.#block();
    if (!(await this.#has(1))) return false;
    await this.#need(4);
    const magic = this.#view.getUint32(this.#at, true);
    if (magic === MAGIC) return this.#frameHeader();
    if (!isZstdMagic(magic)) throw new Error('what follows a frame is no frame');
    await this.#need(8);
    this.#skip = this.#view.getUint32(this.#at + 4, true) + 8;
    return true;
  }

  async #skipOn(): Promise<boolean> {
    await this.#need(1);
    const passed = Math.min(this.#skip, this.#end - this.#at);
    this.#at += passed;
    this.#skip -= passed;
    return true;
  }

  async #frameHeader(): Promise<boolean> {
    await this.#need(5);
    const descriptor = this.#view.getUint8(this.#at + 4);
    const isSingleSegment = (descriptor & 0x20) !== 0;
    const dictionaryLength = [0, 1, 2, 4][descriptor & 3]!;
    const sizeLength = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6]!;
    const sizeAt = 5 + (isSingleSegment ? 0 : 1) + dictionaryLength;
    await this.#need(sizeAt + sizeLength);
    if ((descriptor & 8) !== 0) throw new Error('a reserved bit of a frame header is set');
    if (dictionaryLength > 0) throw new Error('it needs a dictionary, which is not supported');
    const windowLength = isSingleSegment
      ? this.#contentSize(this.#at + sizeAt, sizeLength)
      : windowOf(this.#view.getUint8(this.#at + 5));
    if (windowLength > WINDOW_MAX) {
      const mib = Math.ceil(windowLength / (1 << 20));
      throw new Error(`its window of ${mib} MiB is above the limit of 64 MiB`);
    }
    this.#hasChecksum = (descriptor & 4) !== 0;
    this.#decoder.start(windowLength);
    this.#at += sizeAt + sizeLength;
    this.#isInFrame = true;
    return true;
  }

  #contentSize(at: number, length: number): number {
    const view = this.#view;
    if (length === 1) return view.getUint8(at);
    if (length === 2) return view.getUint16(at, true) + 256;
    const low = view.getUint32(at, true);
    return length === 4 ? low : low + view.getUint32(at + 4, true) * 0x1_0000_0000;
  }

  async #block(): Promise<boolean> {
    await this.#need(BLOCK_HEADER);
    const head = this.#view.getUint16(this.#at, true) | (this.#view.getUint8(this.#at + 2) << 16);
    const isLast = (head & 1) !== 0;
    const type = (head >>> 1) & 3;
    const size = head >>> 3;
    if (type === RESERVED_BLOCK) throw new Error('a block has the reserved type');
    if (size > BLOCK_MAX) throw new Error(`a block of ${size} octets is above the limit`);
    const checksum = isLast && this.#hasChecksum ? CHECKSUM : 0;
    const length = BLOCK_HEADER + (type === RLE_BLOCK ? 1 : size);
    await this.#need(length + checksum);
    this.#decoder.block(this.#bytes.subarray(this.#at, this.#at + length));
    this.#at += length + checksum;
    this.#isInFrame = !isLast;
    return true;
  }

  async #need(length: number): Promise<void> {
    if (!(await this.#has(length))) throw new InputCut('zstd data cut: its end is missing');
  }

  /** Whether `length` octets, at most a block, can be had. */
  async #has(length: number): Promise<boolean> {
    while (this.#end - this.#at < length) {
      if (INPUT - this.#at < length) {
        this.#bytes.copyWithin(0, this.#at, this.#end);
        this.#end -= this.#at;
        this.#at = 0;
      }
      const count = await this.#input.read(this.#bytes, this.#end, INPUT - this.#end);
      if (count === 0) return false;
      this.#end += count;
    }
    return true;
  }
}

/** RFC 8878 section 3.1.1.1.2. */
function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >>> 3));
  return base + (base / 8) * (descriptor & 7);
}
