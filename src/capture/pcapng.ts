/**
 * The pcapng format: sections of blocks, each of its own byte order and with its own interfaces.
 *
 * draft-ietf-opsawg-pcapng. Blocks that carry no packet are skipped and counted; their contents
 * (name resolution, TLS secrets, custom data) are never looked at.
 */
import type { CaptureNotes } from './capture-notes.ts';
import { type PcapngInterface, readInterface } from './pcapng-interface.ts';
import {
  ISB_IFDROP,
  ISB_OSDROP,
  OPT_COMMENT,
  type OptionList,
  optionText,
  optionUint64,
  visitOptions,
} from './pcapng-options.ts';
import { decodeOrdinary } from './pcapng-ordinary.ts';
import { ENHANCED_PACKET, PACKET, PcapngPackets, SIMPLE_PACKET } from './pcapng-packets.ts';
import type { RecordBatch } from './record-batch.ts';
import type { RecordDecoder } from './record-decoder.ts';
import type { Window } from './window.ts';

export const SECTION_HEADER = 0x0a0d0d0a;
/** Largest block, unless the caller allows more (libpcap's limit, too). */
export const BLOCK_LENGTH_MAX = 16 << 20;
/** A block's first two lengths and the byte-order magic that decides how to read them. */
export const BLOCK_HEAD = 12;

export const INTERFACE_DESCRIPTION = 1;
const NAME_RESOLUTION = 4;
export const INTERFACE_STATISTICS = 5;
const DECRYPTION_SECRETS = 10;
const CUSTOM_COPYABLE = 0x0000_0bad;
const CUSTOM_KEPT = 0x4000_0bad;

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const SECTION_LENGTH_MIN = 28;
const INTERFACE_LENGTH_MIN = 20;
const STATISTICS_LENGTH_MIN = 24;
const SECTION_OPTIONS = 24;
const INTERFACE_OPTIONS = 16;
const STATISTICS_OPTIONS = 20;
const TRAILER = 4;
/** What the descriptions of all interfaces may take, and one takes besides its texts. */
const INTERFACES_COST_MAX = 1 << 26;
const INTERFACE_COST = 1 << 10;
/** Either half of the section length that means "not known" (-1). */
export const LENGTH_UNKNOWN = 0xffff_ffff;
const LENGTHS_DIFFER = 'block lengths in front and behind differ';
/** Minor versions of major 1 with the meaning this reader knows; 2 means the same as 0. */
const MINOR_SAME = 2;

/** Byte order of the section header at `at`, or null where its magic is neither. */
export function sectionLittleEndian(view: DataView, at: number): boolean | null {
  if (view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC) return true;
  if (view.getUint32(at + 8, false) === BYTE_ORDER_MAGIC) return false;
  return null;
}

/** Why a block cannot have this length, or null. */
export function blockLengthFault(type: number, length: number, max: number): string | null {
  if (length < BLOCK_HEAD) return `block length ${length} is below the least, ${BLOCK_HEAD}`;
  if (length > max) return `block length ${length} is above the limit of ${max}`;
  if (type !== SECTION_HEADER) return null;
  if (length < SECTION_LENGTH_MIN) return `section header of only ${length} octets`;
  return (length & 3) === 0 ? null : unpaddedFault(length);
}

function unpaddedFault(length: number): string {
  return `block length ${length} is not a multiple of 4`;
}

/** Octets that a block takes; some writers pad it without counting the padding. */
function spanOf(length: number): number {
  return (length + 3) & ~3;
}

export class PcapngDecoder implements RecordDecoder {
  readonly format = 'pcapng';
  readonly #notes: CaptureNotes;
  readonly #packets: PcapngPackets;
  #littleEndian = true;
  #sections = 0;
  #readableSections = 0;
  #interfacesCost = 0;
  /** Within a section whose version is not known. */
  #foreign = false;
  /** Where it ends by its own word, which may be wrong; 0 where it does not say. */
  #foreignEnd = 0;
  /** Octets of a foreign section still to be passed over, as no block could be read in it. */
  #skip = 0;

  constructor(notes: CaptureNotes, blockLengthMax: number, comments: boolean) {
    this.#notes = notes;
    this.#packets = new PcapngPackets(notes, blockLengthMax, comments);
  }

  get interfaces(): readonly PcapngInterface[] {
    return this.#packets.interfaces;
  }

  decode(window: Window, batch: RecordBatch): number {
    if (batch.owner !== this) {
      batch.file.fill(0);
      batch.owner = this;
    }
    const packets = this.#packets;
    const capacity = batch.capacity;
    const { view, end } = window;
    const origin = window.offsetOf(0);
    packets.view = view;
    let count = 0;
    while (count < capacity) {
      if (!this.#foreign) count = decodeOrdinary(packets, window, batch, count);
      if (count === capacity) break;
      const at = this.#passForeign(window);
      if (end - at < BLOCK_HEAD) break;
      const type = view.getUint32(at, this.#littleEndian);
      if (type === SECTION_HEADER && !this.#orderOctets(view, at, origin + at)) break;
      const littleEndian = this.#littleEndian;
      const length = view.getUint32(at + 4, littleEndian);
      const fault = blockLengthFault(type, length, packets.lengthMax);
      if (fault !== null) {
        if (this.#skipForeign(origin + at)) continue;
        this.#notes.stop(origin + at, fault);
        break;
      }
      const span = spanOf(length);
      if (span > end - at) break;
      if (view.getUint32(at + span - TRAILER, littleEndian) !== length) {
        if (this.#skipForeign(origin + at)) continue;
        this.#notes.stop(origin + at, span === length ? LENGTHS_DIFFER : unpaddedFault(length));
        break;
      }
      if (span !== length) this.#notes.warn('block-length-unpadded', origin + at);
      window.at = at + span;
      packets.at = at;
      packets.length = span;
      packets.offset = origin + at;
      if (this.#foreign && type !== SECTION_HEADER) continue;
      if (type === ENHANCED_PACKET || type === PACKET) {
        if (packets.readPacket(type, batch, count)) count++;
        else if (this.#notes.stopped) break;
      } else if (type === SIMPLE_PACKET) {
        if (packets.readSimplePacket(batch, count)) count++;
        else break;
      } else {
        this.#otherBlock(type);
        if (this.#notes.stopped) break;
      }
    }
    batch.view = view;
    batch.count = count;
    return count;
  }

  finish(window: Window): void {
    const left = window.end - window.at;
    const offset = window.offsetOf(window.at);
    if (this.#skip > 0) {
      this.#notes.cut(offset, `skipped section cut: ${this.#skip} octets missing`);
    } else if (left >= BLOCK_HEAD) {
      const length = window.view.getUint32(window.at + 4, this.#littleEndian);
      if (spanOf(length) !== length) this.#notes.stop(offset, unpaddedFault(length));
      else this.#notes.cut(offset, `block cut: ${length - left} of ${length} octets missing`);
    } else if (left > 0) {
      this.#notes.cut(offset, `block header cut: ${left} octets of it are there`);
    } else if (this.#readableSections === 0) {
      this.#notes.stop(0, 'no section of a version that is readable (1.0)');
    }
  }

  /** Moves past what is left of a section to be skipped; the first octet of the next block. */
  #passForeign(window: Window): number {
    if (this.#skip > 0) {
      const passed = Math.min(this.#skip, window.end - window.at);
      this.#skip -= passed;
      window.at += passed;
    }
    return window.at;
  }

  /** Where what should be a block is none: past all that the section says it holds. */
  #skipForeign(offset: number): boolean {
    if (!this.#foreign || this.#foreignEnd <= offset) return false;
    this.#skip = this.#foreignEnd - offset;
    return true;
  }

  #orderOctets(view: DataView, at: number, offset: number): boolean {
    const littleEndian = sectionLittleEndian(view, at);
    if (littleEndian === null) {
      const magic = view
        .getUint32(at + 8)
        .toString(16)
        .padStart(8, '0');
      this.#notes.stop(offset, `byte-order magic ${magic} is neither order of 1a2b3c4d`);
      return false;
    }
    this.#littleEndian = littleEndian;
    return true;
  }

  #otherBlock(type: number): void {
    const { counts } = this.#notes;
    if (type === SECTION_HEADER) this.#section();
    else if (type === INTERFACE_DESCRIPTION) this.#interface();
    else if (type === INTERFACE_STATISTICS) this.#statistics();
    else if (type === CUSTOM_COPYABLE || type === CUSTOM_KEPT) counts.customBlocks++;
    else if (type !== NAME_RESOLUTION && type !== DECRYPTION_SECRETS) counts.skippedBlocks++;
  }

  #section(): void {
    const packets = this.#packets;
    const { view, at, offset, length: headerLength } = packets;
    const littleEndian = this.#littleEndian;
    const major = view.getUint16(at + 12, littleEndian);
    const minor = view.getUint16(at + 14, littleEndian);
    this.#sections++;
    packets.littleEndian = littleEndian;
    packets.base = packets.interfaces.length;
    this.#foreign = major !== 1;
    if (this.#foreign) {
      this.#notes.warn('section-skipped', offset);
      const low = view.getUint32(at + (littleEndian ? 16 : 20), littleEndian);
      const high = view.getUint32(at + (littleEndian ? 20 : 16), littleEndian);
      const isKnown = low !== LENGTH_UNKNOWN || high !== LENGTH_UNKNOWN;
      this.#foreignEnd = isKnown ? offset + headerLength + high * 0x1_0000_0000 + low : 0;
      return;
    }
    this.#readableSections++;
    if (minor !== 0 && minor !== MINOR_SAME) this.#notes.warn('version-newer', offset);
    visitOptions(this.#optionList(SECTION_OPTIONS), this.#notes, (code, valueAt, length) => {
      if (code !== OPT_COMMENT) return;
      const text = optionText(view, valueAt, length);
      this.#notes.comment({ scope: 'section', record: null, interfaceId: null, text }, offset);
    });
  }

  #interface(): void {
    const { at, length, offset, interfaces } = this.#packets;
    if (length < INTERFACE_LENGTH_MIN) {
      this.#notes.stop(offset, `interface description of only ${length} octets`);
      return;
    }
    const place = { section: this.#sections - 1, interfaceId: interfaces.length };
    const list = this.#optionList(INTERFACE_OPTIONS);
    const described = readInterface(list, at, place, this.#notes);
    const { name = '', description = '' } = described;
    this.#interfacesCost += INTERFACE_COST + name.length + description.length;
    if (this.#interfacesCost > INTERFACES_COST_MAX) {
      this.#notes.stop(offset, `more than ${interfaces.length} interfaces are not kept`);
      return;
    }
    interfaces.push(described);
  }

  /** Takes only the lost packets from an Interface Statistics Block; its counts are running. */
  #statistics(): void {
    const { view, at, length, offset, interfaces, base } = this.#packets;
    if (length < STATISTICS_LENGTH_MIN) {
      this.#notes.stop(offset, `interface statistics of only ${length} octets`);
      return;
    }
    const from = interfaces[base + view.getUint32(at + 8, this.#littleEndian)];
    if (from === undefined) return;
    let drops = 0;
    visitOptions(this.#optionList(STATISTICS_OPTIONS), this.#notes, (code, valueAt, size) => {
      if ((code !== ISB_IFDROP && code !== ISB_OSDROP) || size !== 8) return;
      drops += optionUint64(view, valueAt, this.#littleEndian);
    });
    this.#packets.noteDrops(from, from.dropsByPackets, Math.max(drops, from.dropsByStatistics));
  }

  #optionList(start: number): OptionList {
    const { view, at, length, offset } = this.#packets;
    const littleEndian = this.#littleEndian;
    return { view, littleEndian, at: at + start, end: at + length - TRAILER, offset };
  }
}
