/**
 * One capture file or stream as a reader: the window, the decoder and what was noted on the way.
 *
 * Reading is in two steps, so that a batch costs no promise: `read` decodes what is in memory,
 * `fill` waits for more.
 */
import type { ByteSource } from './byte-source.ts';
import type { CaptureDamage } from './capture-error.ts';
import type {
  CaptureComment,
  CaptureCounts,
  CaptureNotes,
  CaptureWarning,
} from './capture-notes.ts';
import { GzipSource } from './gzip-source.ts';
import type { RecordBatch } from './record-batch.ts';
import type { CaptureInterface, RecordDecoder } from './record-decoder.ts';
import type { RecordVisitor } from './record-visitor.ts';
import type { Window } from './window.ts';
import { ZstdSource } from './zstd-source.ts';

export interface CaptureReader {
  /** The path as given, or `standard input`. */
  readonly name: string;
  /** `pcap` or `pcapng`; `merged` where several are read as one. */
  readonly format: string;
  /** Grows as pcapng describes interfaces; numbered over all sections of the file. */
  readonly interfaces: readonly CaptureInterface[];
  /** The files behind this reader: itself, or those that are merged. */
  readonly files: readonly CaptureReader[];
  /** Octets of the (compressed) input consumed, some of them ahead of what has been decoded. */
  readonly bytesRead: number;
  /** Octets of the (compressed) input, or null where nobody can know. */
  readonly size: number | null;
  /** Whether the input ended inside a record; final once `fill` gave false. */
  readonly truncated: boolean;
  /** Where and why reading stopped early; final once `fill` gave false. */
  readonly damaged: CaptureDamage | null;
  /** One entry for each kind met. */
  readonly warnings: readonly CaptureWarning[];
  readonly counts: CaptureCounts;
  /** The first 1000 comments; those of packets only with the option `comments`. */
  readonly comments: readonly CaptureComment[];
  /** Whether the capture's octets are those of the input: false where it is compressed. */
  readonly isPlain: boolean;
  /**
   * Decodes complete records that are in memory, at most `batch.capacity`, and gives their number.
   * 0 means: call `fill`. Never throws for what the file holds.
   */
  read(batch: RecordBatch): number;
  /**
   * Shows records that are in memory to `visitor`, as many as go its way, and says how many: 0
   * where the next is for `read`. A reader of several files has no such thing.
   */
  visit?(visitor: RecordVisitor): number;
  /** Brings more octets, as soon as any arrive; ends the life of views handed out. False at end. */
  fill(): Promise<boolean>;
  /** Hands over the comments on packets read so far, which then are kept here no longer. */
  takePacketComments(): CaptureComment[];
  /** The same for epb_flags, by record; kept where the comments of packets are. */
  takePacketFlags(): ReadonlyMap<number, number>;
  close(): Promise<void>;
}

export class FileReader implements CaptureReader {
  readonly name: string;
  readonly format: string;
  readonly files: readonly CaptureReader[] = [this];
  readonly isPlain: boolean;
  readonly #source: ByteSource;
  readonly #window: Window;
  readonly #notes: CaptureNotes;
  readonly #decoder: RecordDecoder;
  /** Whether the last `read` found no complete record. */
  #isDrained = false;

  constructor(
    source: ByteSource,
    name: string,
    window: Window,
    notes: CaptureNotes,
    decoder: RecordDecoder,
  ) {
    this.name = name;
    this.format = decoder.format;
    this.#source = source;
    this.isPlain = !(source instanceof GzipSource || source instanceof ZstdSource);
    this.#window = window;
    this.#notes = notes;
    this.#decoder = decoder;
  }

  get interfaces(): readonly CaptureInterface[] {
    return this.#decoder.interfaces;
  }

  get bytesRead(): number {
    return this.#source.consumed;
  }

  get size(): number | null {
    return this.#source.size;
  }

  get truncated(): boolean {
    return this.#notes.truncated;
  }

  get damaged(): CaptureDamage | null {
    return this.#notes.damaged;
  }

  get warnings(): readonly CaptureWarning[] {
    return this.#notes.warnings;
  }

  get counts(): CaptureCounts {
    return this.#notes.counts;
  }

  get comments(): readonly CaptureComment[] {
    return this.#notes.comments;
  }

  read(batch: RecordBatch): number {
    if (this.#notes.stopped) {
      batch.count = 0;
      return 0;
    }
    const count = this.#decoder.decode(this.#window, batch);
    this.#isDrained = count === 0;
    return count;
  }

  visit(visitor: RecordVisitor): number {
    if (this.#notes.stopped || this.#decoder.visit === undefined) return 0;
    return this.#decoder.visit(this.#window, visitor);
  }

  /** Offset in the (decompressed) capture of an octet of the batch that was read last. */
  offsetOf(at: number): number {
    return this.#window.offsetOf(at);
  }

  async fill(): Promise<boolean> {
    if (this.#notes.stopped) return false;
    if (await this.#window.fill()) return true;
    // Called early: records of the last octets are still to be read.
    if (!this.#isDrained) return true;
    this.#finish();
    return false;
  }

  takePacketComments(): CaptureComment[] {
    return this.#notes.takePacketComments();
  }

  takePacketFlags(): ReadonlyMap<number, number> {
    return this.#notes.takePacketFlags();
  }

  async close(): Promise<void> {
    this.#notes.stopped = true;
    this.#window.close();
    await this.#source.close();
  }

  /** The input has ended: what is left in the window is all there will be. */
  #finish(): void {
    const { fault, isInputCut } = this.#window;
    const offset = this.#window.offsetOf(this.#window.end);
    if (fault !== null && isInputCut) this.#notes.cut(offset, fault);
    else if (fault !== null) this.#notes.stop(offset, fault);
    else this.#decoder.finish(this.#window);
    this.#notes.stopped = true;
  }
}
