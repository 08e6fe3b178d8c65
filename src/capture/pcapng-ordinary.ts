/**
 * The fast way through runs of enhanced packet blocks in which nothing is out of the ordinary:
 * no options, no FCS, microseconds or nanoseconds, lengths and time as expected.
 *
 * It decides nothing. In front of the first block that is different in any way it stops, and
 * pcapng.ts takes that block the long way, with every check and every report.
 */
import { ENHANCED_PACKET, type PcapngPackets } from './pcapng-packets.ts';
import type { RecordBatch } from './record-batch.ts';
import { ETHERNET_HEADER, WIRE_LENGTH_MAX } from './record-decoder.ts';
import type { Window } from './window.ts';

const WORD = 0x1_0000_0000;
const HALF = 0x1_0000;
/** Head, fixed fields and trailer of an enhanced packet block without options. */
const FRAMING = 32;
const DATA = 28;
const LENGTH_ORDINARY = 1 << 18;

/** Decodes into records `first` and on; gives the number of records in the batch. */
export function decodeOrdinary(
  packets: PcapngPackets,
  window: Window,
  batch: RecordBatch,
  first: number,
): number {
  const { littleEndian, base, interfaces, lengthMax } = packets;
  const { at: starts, end: ends, wireLength, seconds, nanoseconds } = batch;
  const { linkType, interfaceId, capacity } = batch;
  const { view, end } = window;
  const last = end - FRAMING;
  let lastSeconds = packets.lastSeconds;
  let lastNanoseconds = packets.lastNanoseconds;
  // The block before, where it was on this interface: its count and its fraction in units.
  let lastId = -1;
  let lastHigh = 0;
  let lastLow = 0;
  let second = 0;
  let fraction = 0;
  let at = window.at;
  let i = first;
  while (i < capacity && at <= last) {
    const captured = capturedOf(view, at, Math.min(end - at, lengthMax), littleEndian);
    if (captured < 0) break;
    const id = base + view.getUint32(at + 8, littleEndian);
    if (id >= interfaces.length) break;
    const from = interfaces[id]!;
    const unit = from.ordinaryUnit;
    if (unit === 0 || captured > from.ordinaryMax) break;

    const high = view.getUint32(at + 12, littleEndian);
    const low = view.getUint32(at + 16, littleEndian);
    const perSecond = from.ordinaryPerSecond;
    const later = fraction + (low - lastLow);
    if (id === lastId && high === lastHigh && low >= lastLow && later < perSecond) {
      // Within the same second as the record before: no division.
      fraction = later;
    } else {
      // The same long division as in timestamp.ts, for 10^6 and 10^9 alike.
      const h = Math.floor(high / perSecond);
      const a = (high - h * perSecond) * HALF + (low >>> 16);
      const qa = Math.floor(a / perSecond);
      const b = (a - qa * perSecond) * HALF + (low & 0xffff);
      const qb = Math.floor(b / perSecond);
      second = h * WORD + qa * HALF + qb;
      fraction = b - qb * perSecond;
      const nanosecond = fraction * unit;
      if (second < lastSeconds || (second === lastSeconds && nanosecond < lastNanoseconds)) break;
      lastId = id;
      lastHigh = high;
    }
    lastLow = low;
    lastSeconds = second;
    lastNanoseconds = fraction * unit;

    starts[i] = at + DATA;
    ends[i] = at + DATA + captured;
    wireLength[i] = view.getUint32(at + 24, littleEndian);
    seconds[i] = second;
    nanoseconds[i] = lastNanoseconds;
    linkType[i] = from.linkType;
    interfaceId[i] = id;
    at += FRAMING + ((captured + 3) & ~3);
    i++;
  }
  window.at = at;
  Object.assign(packets, { lastSeconds, lastNanoseconds });
  packets.records += i - first;
  return i;
}

/** Captured octets of the block at `at`, or -1 where its frame or its lengths are not ordinary. */
function capturedOf(view: DataView, at: number, room: number, littleEndian: boolean): number {
  const length = view.getUint32(at + 4, littleEndian);
  const captured = view.getUint32(at + 20, littleEndian);
  const wire = view.getUint32(at + 24, littleEndian);
  const isOrdinary =
    view.getUint32(at, littleEndian) === ENHANCED_PACKET &&
    captured <= LENGTH_ORDINARY &&
    length === ((captured + 3) & ~3) + FRAMING &&
    length <= room &&
    view.getUint32(at + length - 4, littleEndian) === length &&
    captured >= ETHERNET_HEADER &&
    captured <= wire &&
    wire <= WIRE_LENGTH_MAX;
  return isOrdinary ? captured : -1;
}
