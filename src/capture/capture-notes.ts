/**
 * What a reader has to say besides its records: warnings, counts, comments and damage.
 *
 * Everything here is bounded: one entry for each kind of warning, so many comments.
 */
import type { CaptureDamage } from './capture-error.ts';

/** Kinds of warning, each with the sentence that a person reads. */
export const WARNINGS = {
  'version-newer': 'minor version newer than this reader knows; read as the newest known',
  'link-type-unknown': 'link type without a known meaning; records are opaque',
  'capture-above-snaplen': 'captured length above the snapshot length; kept whole',
  'capture-above-wire': 'captured length above the original length; kept whole',
  'wire-length-implausible': 'original length of 2 GiB or more',
  'empty-record': 'record without a captured octet',
  runt: 'Ethernet frame shorter than its 14-octet header',
  'fraction-overflow': 'fraction of a second of one second or more; carried into the seconds',
  'time-backwards': 'time earlier than that of the record before',
  'time-resolution': 'if_tsresol finer than 64 bits can hold; records of the interface withheld',
  'option-damaged': 'option list malformed; the rest of the list ignored',
  'option-length': 'option with a length its kind does not allow; ignored',
  'fcs-length': 'frame check sequence said to be of more than 4 octets; taken as none',
  'option-repeated': 'option given twice that may stand once; the first holds',
  'block-length-unpadded': 'block length that does not count its padding; read as padded',
  'section-skipped': 'section of an unsupported version; skipped',
  'comments-dropped': 'more comments than are kept',
} as const;

export type WarningCode = keyof typeof WARNINGS;

export interface CaptureWarning {
  readonly code: WarningCode;
  readonly message: string;
  /** How often it was met. */
  count: number;
  /** Octet offset of the first, in the decompressed capture. */
  readonly offset: number;
}

/** Exact counts, none of which is bounded. */
export interface CaptureCounts {
  /** Blocks of a type that this reader does not know (pcapng). */
  skippedBlocks: number;
  /** Custom blocks, 0x00000BAD and 0x40000BAD (pcapng). */
  customBlocks: number;
  /** Records without any captured octet; delivered all the same. */
  empty: number;
  /** Ethernet frames of 1 to 13 octets; delivered all the same. */
  runts: number;
  /** Packets that the capturing machine says it lost (isb_ifdrop, isb_osdrop, epb_dropcount). */
  dropped: number;
}

export interface CaptureComment {
  readonly scope: 'section' | 'interface' | 'packet';
  /** Position of the packet in the file from 1; null for a section or interface. */
  readonly record: number | null;
  readonly interfaceId: number | null;
  readonly text: string;
}

/** Of sections and interfaces. */
const COMMENTS_MAX = 1000;
/** Comments on packets that wait to be taken, in characters; what each costs besides its text. */
const PACKET_TEXT_MAX = 1 << 24;
const COMMENT_COST = 64;
const FLAGS_MAX = 1 << 16;

export class CaptureNotes {
  readonly warnings: CaptureWarning[] = [];
  readonly #comments: CaptureComment[] = [];
  #packetComments: CaptureComment[] = [];
  #packetText = 0;
  #packetFlags = new Map<number, number>();
  readonly counts: CaptureCounts = {
    skippedBlocks: 0,
    customBlocks: 0,
    empty: 0,
    runts: 0,
    dropped: 0,
  };
  damaged: CaptureDamage | null = null;
  truncated = false;
  /** No record will follow. */
  stopped = false;

  warn(code: WarningCode, offset: number): void {
    for (const warning of this.warnings) {
      if (warning.code === code) {
        warning.count++;
        return;
      }
    }
    this.warnings.push({ code, message: WARNINGS[code], count: 1, offset });
  }

  /** Those of sections and interfaces, then those of packets that nobody has taken. */
  get comments(): readonly CaptureComment[] {
    return [...this.#comments, ...this.#packetComments];
  }

  comment(comment: CaptureComment, offset: number): void {
    if (this.#comments.length < COMMENTS_MAX) this.#comments.push(comment);
    else this.warn('comments-dropped', offset);
  }

  packetComment(comment: CaptureComment, offset: number): void {
    const cost = comment.text.length + COMMENT_COST;
    if (this.#packetText + cost > PACKET_TEXT_MAX) {
      this.warn('comments-dropped', offset);
      return;
    }
    this.#packetText += cost;
    this.#packetComments.push(comment);
  }

  packetFlags(record: number, flags: number): void {
    if (this.#packetFlags.size < FLAGS_MAX) this.#packetFlags.set(record, flags);
  }

  /** Gives the comments on packets away, so that there is room for more. */
  takePacketComments(): CaptureComment[] {
    if (this.#packetComments.length === 0) return this.#packetComments;
    const taken = this.#packetComments;
    this.#packetComments = [];
    this.#packetText = 0;
    return taken;
  }

  takePacketFlags(): ReadonlyMap<number, number> {
    if (this.#packetFlags.size === 0) return this.#packetFlags;
    const taken = this.#packetFlags;
    this.#packetFlags = new Map();
    return taken;
  }

  /** Damage that lets the reading go on; the first is kept. */
  damage(offset: number, reason: string): void {
    this.damaged ??= { offset, reason };
  }

  /** Damage that ends the reading. */
  stop(offset: number, reason: string): void {
    this.damage(offset, reason);
    this.stopped = true;
  }

  /** The input ended inside something that began at `offset`. */
  cut(offset: number, reason: string): void {
    this.truncated = true;
    this.stop(offset, reason);
  }
}
