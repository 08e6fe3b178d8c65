/**
 * The fast ways through runs of pcap records in which nothing is out of the ordinary: a 16-octet
 * header, lengths in their usual order and within bounds, no runt, times in order.
 *
 * They decide nothing. In front of the first record that is different in any way, or not complete,
 * they stop, and pcap.ts takes that record the long way, with every check and every report.
 */
import type { RecordBatch } from './record-batch.ts';
import { ETHERNET_HEADER } from './record-decoder.ts';
import type { RecordVisitor } from './record-visitor.ts';
import type { Window } from './window.ts';

const FRACTION_AT = 4;
const CAPTURED_AT = 8;
const WIRE_AT = 12;
const HEADER = 16;

export interface OrdinaryOptions {
  readonly littleEndian: boolean;
  /** Nanoseconds of one unit of the fraction field, and how many units make a second. */
  readonly unit: number;
  readonly unitsPerSecond: number;
  /** Captured lengths above this are not ordinary; negative where no record of the file is. */
  readonly capturedMax: number;
}

export class PcapOrdinary {
  /** Time of the last record, in the file's units; the long way sets it too. */
  lastSecond = 0;
  lastFraction = 0;
  readonly #littleEndian: boolean;
  readonly #unit: number;
  readonly #unitsPerSecond: number;
  readonly #capturedMax: number;

  constructor(options: OrdinaryOptions) {
    this.#littleEndian = options.littleEndian;
    this.#unit = options.unit;
    this.#unitsPerSecond = options.unitsPerSecond;
    this.#capturedMax = options.capturedMax;
  }

  /** Decodes into records `from` and on; gives the number of records in the batch. */
  decode(window: Window, batch: RecordBatch, from: number): number {
    const littleEndian = this.#littleEndian;
    const unit = this.#unit;
    const unitsPerSecond = this.#unitsPerSecond;
    const capturedMax = this.#capturedMax;
    const { at: starts, end: ends, wireLength, seconds, nanoseconds, capacity } = batch;
    const view = window.view;
    const last = window.end - HEADER;
    let lastSecond = this.lastSecond >>> 0;
    let lastFraction = this.lastFraction | 0;
    let at = window.at | 0;
    let count = from | 0;
    while (count < capacity && at <= last) {
      // Signed, so that the compiler needs no double; what is out of range comes out below 0.
      const captured = view.getInt32(at + CAPTURED_AT, littleEndian);
      const wire = view.getInt32(at + WIRE_AT, littleEndian);
      const second = view.getUint32(at, littleEndian);
      const fraction = view.getInt32(at + FRACTION_AT, littleEndian);
      if (!isWhole(captured, wire, capturedMax, last - at)) break;
      if (!isTimely(second, fraction, unitsPerSecond, lastSecond, lastFraction)) break;
      starts[count] = at + HEADER;
      at = (at + HEADER + captured) | 0;
      ends[count] = at;
      wireLength[count] = wire;
      seconds[count] = second;
      nanoseconds[count] = Math.imul(fraction, unit);
      lastSecond = second;
      lastFraction = fraction;
      count = (count + 1) | 0;
    }
    window.at = at;
    this.lastSecond = lastSecond;
    this.lastFraction = lastFraction;
    return count;
  }

  /** Shows records to a visitor, as many as there are; says how many. */
  visit(window: Window, visitor: RecordVisitor): number {
    const littleEndian = this.#littleEndian;
    const unit = this.#unit;
    const unitsPerSecond = this.#unitsPerSecond;
    const capturedMax = this.#capturedMax;
    const { until } = visitor;
    const view = window.view;
    const last = window.end - HEADER;
    const first = visitor.number;
    let lastSecond = this.lastSecond >>> 0;
    let lastFraction = this.lastFraction | 0;
    let octets = 0;
    let number = first;
    let at = window.at | 0;
    while (at <= last) {
      const captured = view.getInt32(at + CAPTURED_AT, littleEndian);
      const wire = view.getInt32(at + WIRE_AT, littleEndian);
      const second = view.getUint32(at, littleEndian);
      const fraction = view.getInt32(at + FRACTION_AT, littleEndian);
      if (!isWhole(captured, wire, capturedMax, last - at)) break;
      if (!isTimely(second, fraction, unitsPerSecond, lastSecond, lastFraction)) break;
      if (second >= until) break;
      const start = at + HEADER;
      at = (start + captured) | 0;
      octets += wire;
      lastSecond = second;
      lastFraction = fraction;
      number++;
      if (visitor.passes(view, start, at, number)) continue;
      visitor.take(view, start, at, number, second, Math.imul(fraction, unit), wire);
    }
    if (number === first) return 0;
    window.at = at;
    this.lastSecond = lastSecond;
    this.lastFraction = lastFraction;
    visitor.number = number;
    visitor.octets += octets;
    visitor.seconds = lastSecond;
    visitor.nanoseconds = Math.imul(lastFraction, unit);
    return number - first;
  }
}

/** No runt, lengths in their order, and all of it in the window. */
function isWhole(captured: number, wire: number, most: number, room: number): boolean {
  return captured <= most && captured >= ETHERNET_HEADER && captured <= wire && captured <= room;
}

/** A fraction in range, and not before the last record. */
function isTimely(
  second: number,
  fraction: number,
  units: number,
  lastSecond: number,
  lastFraction: number,
): boolean {
  if (fraction < 0 || fraction >= units || second < lastSecond) return false;
  return second !== lastSecond || fraction >= lastFraction;
}
