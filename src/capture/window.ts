/**
 * The stretch of a capture that is in memory: two buffers in turn, each with headroom in front.
 *
 * While records of one buffer are decoded, the next chunk is on its way into the other. What the
 * decoder left over is copied into the headroom before that chunk, so that a record which straddles
 * two chunks is contiguous. Memory is two chunks and their headroom, and grows only when octets of
 * one larger record have really arrived: no length that a file claims is ever allocated.
 */
import type { ByteSource } from './byte-source.ts';
import { InputCut, reasonOf } from './capture-error.ts';

const HEADROOM = 1 << 16;

class Slot {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly headroom: number;

  constructor(headroom: number, chunk: number) {
    this.bytes = Buffer.allocUnsafeSlow(headroom + chunk);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
    this.headroom = headroom;
  }
}

export class Window {
  /** The present buffer; replaced by each `fill()`. */
  view: DataView;
  bytes: Uint8Array;
  /** First octet not yet decoded; moved by the decoder. */
  at = 0;
  /** First octet after those that have arrived. */
  end = 0;
  /** Why the input stopped early, where it did (I/O error, damaged compression). */
  fault: string | null = null;
  /** Whether that is because compressed input was cut. */
  isInputCut = false;

  readonly #source: ByteSource;
  readonly #chunk: number;
  #arrived = 0;
  #current: Slot;
  #next: Slot;
  #pending: Promise<number> | null = null;
  #ended = false;

  constructor(source: ByteSource, chunk: number) {
    this.#source = source;
    this.#chunk = chunk;
    this.#current = new Slot(0, 0);
    this.#next = new Slot(Math.min(HEADROOM, Math.max(chunk, 4096)), chunk);
    this.view = this.#current.view;
    this.bytes = this.#current.bytes;
  }

  /** Offset in the decompressed capture of an octet of the present buffer. */
  offsetOf(at: number): number {
    return this.#arrived - (this.end - at);
  }

  /**
   * Brings more octets behind the undecoded ones, as soon as any have arrived. False at the end of
   * input or after a fault; the undecoded octets then stay where they are.
   */
  async fill(): Promise<boolean> {
    if (this.#ended) return false;
    const count = await (this.#pending ?? this.#request());
    if (count === 0) {
      this.#ended = true;
      return false;
    }
    this.#arrived += count;
    this.#turn(count);
    this.#pending = this.#request();
    return true;
  }

  /** Ends the reading; a request on its way is left to end by itself. */
  close(): void {
    this.#ended = true;
  }

  /** Makes the buffer that was just read the present one, what was left over in front of it. */
  #turn(count: number): void {
    const left = this.end - this.at;
    let slot = this.#next;
    if (left > slot.headroom) {
      // One record outgrew the headroom: these octets exist, so the memory is theirs to have.
      const grown = new Slot(left * 2, this.#chunk);
      grown.bytes.set(slot.bytes.subarray(slot.headroom, slot.headroom + count), grown.headroom);
      slot = grown;
    }
    slot.bytes.set(this.bytes.subarray(this.at, this.end), slot.headroom - left);
    const spare = this.#current;
    this.#next = spare.bytes.length === 0 ? new Slot(slot.headroom, this.#chunk) : spare;
    this.#current = slot;
    this.view = slot.view;
    this.bytes = slot.bytes;
    this.at = slot.headroom - left;
    this.end = slot.headroom + count;
  }

  async #request(): Promise<number> {
    const slot = this.#next;
    try {
      return await this.#source.read(slot.bytes, slot.headroom, this.#chunk);
    } catch (error) {
      this.fault = reasonOf(error);
      this.isInputCut = error instanceof InputCut;
      return 0;
    }
  }
}
