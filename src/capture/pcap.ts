/**
 * The pcap format: a 24-octet file header, then records of a 16- or 24-octet header and data.
 *
 * draft-ietf-opsawg-pcap, and for what it does not say libpcap's sf-pcap.c: microsecond and
 * nanosecond files, both byte orders, Kuznetzov's modified records, versions 2.0 to 2.4 and 543.0.
 */
import type { CaptureNotes } from './capture-notes.ts';
import { isKnownLinkType, LINKTYPE_DBUS, LINKTYPE_EBHSCR, LINKTYPE_USBPCAP } from './link-types.ts';
import { PcapOrdinary } from './pcap-ordinary.ts';
import type { RecordBatch } from './record-batch.ts';
import {
  type CaptureInterface,
  FCS_MAX,
  fcsCaptured,
  noteLengths,
  type RecordDecoder,
} from './record-decoder.ts';
import type { RecordVisitor } from './record-visitor.ts';
import type { Window } from './window.ts';

export const PCAP_HEADER = 24;
/** Largest captured length of a record, unless the link type or the caller allows more. */
export const MAXIMUM_SNAPLEN = 262_144;

export const MAGIC_MICROSECONDS = 0xa1b2c3d4;
export const MAGIC_NANOSECONDS = 0xa1b23c4d;
const MAGIC_KUZNETZOV = 0xa1b2cd34;
/** Bit 26 of the link type field: bits 28 to 31 hold the FCS length in 16-bit words. */
const FCS_PRESENT = 0x0400_0000;
const LINK_TYPE_RESERVED = 0x0bff_0000;

/** Of the record header: captured and original length; Kuznetzov's has more behind them. */
const CAPTURED_AT = 8;
const WIRE_AT = 12;
const RECORD_HEADER = 16;
const KUZNETZOV_HEADER = 24;

/** Lengths up to here are compared without a double. */
const INT31_MAX = 0x3fff_ffff;
/** For files of a rare layout: every record goes the long way. */
const NOTHING_ORDINARY = -1;

const LARGER: ReadonlyMap<number, number> = new Map([
  [LINKTYPE_DBUS, 128 << 20],
  [LINKTYPE_EBHSCR, 8 << 20],
  [LINKTYPE_USBPCAP, 1 << 20],
]);

interface PcapHeader {
  readonly littleEndian: boolean;
  readonly magic: number;
  readonly major: number;
  readonly minor: number;
  readonly snapLength: number;
  readonly linkField: number;
}

/** Whether the four octets at `at` are a pcap magic, in either byte order. */
export function isPcapMagic(view: DataView, at: number): boolean {
  return pcapLittleEndian(view, at) !== null;
}

function pcapLittleEndian(view: DataView, at: number): boolean | null {
  for (const littleEndian of [true, false]) {
    const magic = view.getUint32(at, littleEndian);
    if (magic === MAGIC_MICROSECONDS || magic === MAGIC_NANOSECONDS || magic === MAGIC_KUZNETZOV) {
      return littleEndian;
    }
  }
  return null;
}

/** Reads 24 octets whose magic has been recognised. */
export function readPcapHeader(view: DataView, at: number): PcapHeader {
  const littleEndian = pcapLittleEndian(view, at) === true;
  return {
    littleEndian,
    magic: view.getUint32(at, littleEndian),
    major: view.getUint16(at + 4, littleEndian),
    minor: view.getUint16(at + 6, littleEndian),
    snapLength: view.getUint32(at + 16, littleEndian),
    linkField: view.getUint32(at + 20, littleEndian),
  };
}

/** Why a file with this header cannot be read, or null. */
export function pcapHeaderFault(header: PcapHeader): string | null {
  const { major, minor } = header;
  if (!(major === 2 || (major === 543 && minor === 0))) {
    return `pcap version ${major}.${minor} is not readable (2.0 to 2.4 and 543.0 are)`;
  }
  if (header.linkField & LINK_TYPE_RESERVED) {
    const field = header.linkField.toString(16).padStart(8, '0');
    return `reserved bits set in the link type field 0x${field}`;
  }
  return null;
}

export class PcapDecoder implements RecordDecoder {
  readonly format = 'pcap';
  readonly interfaces: readonly [CaptureInterface];
  readonly #notes: CaptureNotes;
  readonly #littleEndian: boolean;
  readonly #headerLength: number;
  readonly #capturedAt: number;
  readonly #wireAt: number;
  /** Version 2.3: some writers stored the two lengths the other way round. */
  readonly #eitherOrder: boolean;
  /** Nanoseconds of one unit of the fraction field, and how many units make a second. */
  readonly #unit: number;
  readonly #unitsPerSecond: number;
  readonly #capturedMax: number;
  readonly #ordinary: PcapOrdinary;

  constructor(header: PcapHeader, notes: CaptureNotes, capturedMax: number | undefined) {
    const { major, minor } = header;
    const linkType = header.linkField & 0xffff;
    const nanoseconds = header.magic === MAGIC_NANOSECONDS;
    const lengthsSwapped = major === 543 || minor < 3;
    // Neither 0 nor 0xFFFFFFFF is a limit (libpcap reads both so).
    const snapLength = header.snapLength === 0xffffffff ? 0 : header.snapLength;
    this.#notes = notes;
    this.#littleEndian = header.littleEndian;
    this.#headerLength = header.magic === MAGIC_KUZNETZOV ? KUZNETZOV_HEADER : RECORD_HEADER;
    this.#capturedAt = lengthsSwapped ? WIRE_AT : CAPTURED_AT;
    this.#wireAt = lengthsSwapped ? CAPTURED_AT : WIRE_AT;
    this.#eitherOrder = major === 2 && minor === 3;
    this.#unit = nanoseconds ? 1 : 1000;
    this.#unitsPerSecond = nanoseconds ? 1e9 : 1e6;
    this.#capturedMax = capturedMax ?? LARGER.get(linkType) ?? MAXIMUM_SNAPLEN;
    const isOrdinary = this.#headerLength === RECORD_HEADER && !lengthsSwapped;
    const ordinaryMax = Math.min(snapLength || this.#capturedMax, this.#capturedMax, INT31_MAX);
    this.#ordinary = new PcapOrdinary({
      littleEndian: header.littleEndian,
      unit: this.#unit,
      unitsPerSecond: this.#unitsPerSecond,
      capturedMax: isOrdinary ? ordinaryMax : NOTHING_ORDINARY,
    });
    const fcsLength = header.linkField & FCS_PRESENT ? (header.linkField >>> 28) * 2 : 0;
    if (fcsLength > FCS_MAX) notes.warn('fcs-length', 20);
    this.interfaces = [
      {
        linkType,
        snapLength,
        fcsLength: fcsLength > FCS_MAX ? 0 : fcsLength,
        timeResolution: nanoseconds ? 9 : 6,
        timeOffset: 0,
        section: 0,
      },
    ];
    if (major === 2 && minor > 4) notes.warn('version-newer', 4);
    if (!isKnownLinkType(linkType)) notes.warn('link-type-unknown', 20);
  }

  decode(window: Window, batch: RecordBatch): number {
    if (batch.owner !== this) this.#own(batch);
    let count = this.#ordinary.decode(window, batch, 0);
    while (count < batch.capacity && this.#decodeUnusual(window, batch, count)) {
      count = this.#ordinary.decode(window, batch, count + 1);
    }
    if (this.interfaces[0].fcsLength > 0) this.#stripFcs(batch, count);
    batch.view = window.view;
    batch.count = count;
    return count;
  }

  visit(window: Window, visitor: RecordVisitor): number {
    return this.interfaces[0].fcsLength > 0 ? 0 : this.#ordinary.visit(window, visitor);
  }

  finish(window: Window): void {
    const left = window.end - window.at;
    if (left === 0) return;
    const offset = window.offsetOf(window.at);
    if (left < this.#headerLength) {
      const missing = this.#headerLength - left;
      this.#notes.cut(
        offset,
        `record header cut: ${missing} of ${this.#headerLength} octets missing`,
      );
      return;
    }
    const captured = this.#lengths(window.view, window.at).captured;
    const missing = captured - (left - this.#headerLength);
    this.#notes.cut(offset, `record cut: ${missing} of ${captured} octets missing`);
  }

  /** One record in which something is rare or wrong; false where the reading stops or waits. */
  #decodeUnusual(window: Window, batch: RecordBatch, i: number): boolean {
    const { view, at } = window;
    if (window.end - at < this.#headerLength) return false;
    const offset = window.offsetOf(at);
    const { captured, wire } = this.#lengths(view, at);
    if (captured > this.#capturedMax) {
      const limit = `the limit of ${this.#capturedMax}`;
      this.#notes.stop(offset, `record claims ${captured} captured octets, above ${limit}`);
      return false;
    }
    const data = at + this.#headerLength;
    if (captured > window.end - data) return false;
    const units = view.getUint32(at + 4, this.#littleEndian);
    const carry = Math.floor(units / this.#unitsPerSecond);
    const fraction = units - carry * this.#unitsPerSecond;
    const second = view.getUint32(at, this.#littleEndian) + carry;
    if (carry > 0) this.#notes.warn('fraction-overflow', offset);
    this.#followTime(second, fraction, offset);
    noteLengths(this.#notes, this.interfaces[0], { captured, wire, offset });
    batch.at[i] = data;
    batch.end[i] = data + captured;
    batch.wireLength[i] = wire;
    batch.seconds[i] = second;
    batch.nanoseconds[i] = fraction * this.#unit;
    window.at = data + captured;
    return true;
  }

  #followTime(second: number, fraction: number, offset: number): void {
    const last = this.#ordinary.lastSecond;
    if (second < last || (second === last && fraction < this.#ordinary.lastFraction)) {
      this.#notes.warn('time-backwards', offset);
    }
    // A carry may pass 2^32, which is no number of the loop above.
    this.#ordinary.lastSecond = Math.min(second, 0xffff_ffff);
    this.#ordinary.lastFraction = fraction;
  }

  #lengths(view: DataView, at: number): { captured: number; wire: number } {
    const captured = view.getUint32(at + this.#capturedAt, this.#littleEndian);
    const wire = view.getUint32(at + this.#wireAt, this.#littleEndian);
    if (this.#eitherOrder && captured > wire) return { captured: wire, wire: captured };
    return { captured, wire };
  }

  #stripFcs(batch: RecordBatch, count: number): void {
    const fcs = this.interfaces[0].fcsLength;
    for (let i = 0; i < count; i++) {
      const captured = batch.end[i]! - batch.at[i]!;
      const wire = batch.wireLength[i]!;
      batch.end[i] = batch.end[i]! - fcsCaptured(fcs, captured, wire);
      batch.wireLength[i] = Math.max(wire - fcs, 0);
    }
  }

  #own(batch: RecordBatch): void {
    batch.linkType.fill(this.interfaces[0].linkType);
    batch.interfaceId.fill(0);
    batch.file.fill(0);
    batch.owner = this;
  }
}
