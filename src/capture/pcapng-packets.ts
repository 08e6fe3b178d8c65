/**
 * The three pcapng blocks that carry a packet: enhanced, simple, and the obsolete packet block.
 *
 * draft-ietf-opsawg-pcapng sections 4.3, 4.4 and appendix A. The block's framing has been checked
 * before; what is checked here is what the block says about its packet.
 */
import type { CaptureNotes } from './capture-notes.ts';
import type { PcapngInterface } from './pcapng-interface.ts';
import {
  EPB_DROPCOUNT,
  EPB_FLAGS,
  OPT_COMMENT,
  optionText,
  optionUint64,
  visitOptions,
} from './pcapng-options.ts';
import type { RecordBatch } from './record-batch.ts';
import {
  ETHERNET_HEADER,
  FCS_MAX,
  fcsCaptured,
  noteLengths,
  WIRE_LENGTH_MAX,
} from './record-decoder.ts';
import { storeTime } from './timestamp.ts';

export const PACKET = 2;
export const SIMPLE_PACKET = 3;
export const ENHANCED_PACKET = 6;

const PACKET_LENGTH_MIN = 32;
const PACKET_DATA = 28;
const SIMPLE_LENGTH_MIN = 16;
const SIMPLE_DATA = 12;
const TRAILER = 4;
/** The drop count of a packet block that does not know. */
const DROPS_UNKNOWN = 0xffff;

export class PcapngPackets {
  readonly interfaces: PcapngInterface[] = [];
  /** Octets that a block may have. */
  readonly lengthMax: number;
  /** Set by each section header. */
  littleEndian = true;
  /** Interfaces of earlier sections: id 0 of this section has this index. */
  base = 0;
  /** The block in hand: its first octet, its checked length, its offset in the capture. */
  view: DataView = new DataView(new ArrayBuffer(0));
  at = 0;
  length = 0;
  offset = 0;
  /** Records of this file so far, and the time of the last. */
  records = 0;
  lastSeconds = Number.NEGATIVE_INFINITY;
  lastNanoseconds = 0;

  readonly #notes: CaptureNotes;
  readonly #comments: boolean;
  #fcsOfPacket = -1;

  constructor(notes: CaptureNotes, lengthMax: number, comments: boolean) {
    this.#notes = notes;
    this.lengthMax = lengthMax;
    this.#comments = comments;
  }

  /** An enhanced or obsolete packet block into record `i`; false where it gives none. */
  readPacket(type: number, batch: RecordBatch, i: number): boolean {
    const { view, at, length, littleEndian } = this;
    if (length < PACKET_LENGTH_MIN) return this.#refuse(`packet block of only ${length} octets`);
    const id =
      type === ENHANCED_PACKET
        ? view.getUint32(at + 8, littleEndian)
        : view.getUint16(at + 8, littleEndian);
    const interfaceId = this.base + id;
    if (interfaceId >= this.interfaces.length) return this.#refuseInterface(id);
    const from = this.interfaces[interfaceId]!;
    const captured = view.getUint32(at + 20, littleEndian);
    const wire = view.getUint32(at + 24, littleEndian);
    const room = length - PACKET_DATA - TRAILER;
    if (captured > room) return this.#refuseCaptured(captured, room);
    if (!from.readable) return this.#withhold(from);

    const high = view.getUint32(at + 12, littleEndian);
    const low = view.getUint32(at + 16, littleEndian);
    storeTime(batch.seconds, batch.nanoseconds, i, from.timeResolution, high, low);
    if (from.timeOffset !== 0) batch.seconds[i] = batch.seconds[i]! + from.timeOffset;
    this.#followTime(batch.seconds[i]!, batch.nanoseconds[i]!);

    const fcs = from.fcsLength;
    this.#fcsOfPacket = -1;
    if (type === PACKET) this.#obsoleteDrops(from);
    const options = (captured + 3) & ~3;
    if (options < room) this.#readOptions(from, interfaceId, at + PACKET_DATA + options);
    const own = this.#fcsOfPacket;
    this.#store(batch, i, from, at + PACKET_DATA, captured, wire, own >= 0 ? own : fcs);
    batch.interfaceId[i] = interfaceId;
    return true;
  }

  /** A simple packet block: interface 0, no time, its captured length told by snapLength only. */
  readSimplePacket(batch: RecordBatch, i: number): boolean {
    const { view, at, length, littleEndian } = this;
    if (length < SIMPLE_LENGTH_MIN) return this.#refuse(`packet block of only ${length} octets`);
    const from = this.interfaces[this.base];
    if (from === undefined) return this.#refuseInterface(0);
    const wire = view.getUint32(at + 8, littleEndian);
    const captured = from.snapLength > 0 ? Math.min(wire, from.snapLength) : wire;
    // There are no options behind the data, so the block has room for it and its padding alone.
    const room = length - SIMPLE_DATA - TRAILER;
    if (((captured + 3) & ~3) !== room || captured > room) {
      return this.#refuseCaptured(captured, room);
    }
    batch.seconds[i] = Number.NaN;
    batch.nanoseconds[i] = 0;
    batch.interfaceId[i] = this.base;
    this.#store(batch, i, from, at + SIMPLE_DATA, captured, wire, from.fcsLength);
    return true;
  }

  /** Adds a loss that an interface tells of; the larger of its two accounts counts. */
  noteDrops(from: PcapngInterface, byPackets: number, byStatistics: number): void {
    const before = Math.max(from.dropsByPackets, from.dropsByStatistics);
    from.dropsByPackets = byPackets;
    from.dropsByStatistics = byStatistics;
    this.#notes.counts.dropped += Math.max(byPackets, byStatistics) - before;
  }

  #store(
    batch: RecordBatch,
    i: number,
    from: PcapngInterface,
    data: number,
    captured: number,
    wire: number,
    fcs: number,
  ): void {
    if (
      captured < ETHERNET_HEADER ||
      captured > wire ||
      wire > WIRE_LENGTH_MAX ||
      (captured > from.snapLength && from.snapLength > 0)
    ) {
      noteLengths(this.#notes, from, { captured, wire, offset: this.offset });
    }
    this.records++;
    batch.linkType[i] = from.linkType;
    batch.at[i] = data;
    if (fcs === 0) {
      batch.end[i] = data + captured;
      batch.wireLength[i] = wire;
      return;
    }
    batch.end[i] = data + captured - fcsCaptured(fcs, captured, wire);
    batch.wireLength[i] = Math.max(wire - fcs, 0);
  }

  #followTime(seconds: number, nanoseconds: number): void {
    const last = this.lastSeconds;
    if (seconds < last || (seconds === last && nanoseconds < this.lastNanoseconds)) {
      this.#notes.warn('time-backwards', this.offset);
    }
    this.lastSeconds = seconds;
    this.lastNanoseconds = nanoseconds;
  }

  #obsoleteDrops(from: PcapngInterface): void {
    const drops = this.view.getUint16(this.at + 10, this.littleEndian);
    if (drops === 0 || drops === DROPS_UNKNOWN) return;
    this.noteDrops(from, from.dropsByPackets + drops, from.dropsByStatistics);
  }

  #readOptions(from: PcapngInterface, interfaceId: number, optionsAt: number): void {
    const { view, littleEndian, offset } = this;
    const end = this.at + this.length - TRAILER;
    const list = { view, littleEndian, at: optionsAt, end, offset };
    visitOptions(list, this.#notes, (code, at, length) => {
      if (code === OPT_COMMENT && this.#comments) {
        const text = optionText(view, at, length);
        const record = this.records + 1;
        this.#notes.packetComment({ scope: 'packet', record, interfaceId, text }, offset);
      } else if (code === EPB_FLAGS && length === 4) {
        // Bits 5 to 8: octets of frame check sequence, 0 where that is not known.
        const flags = view.getUint32(at, littleEndian);
        if (this.#comments) this.#notes.packetFlags(this.records + 1, flags);
        const fcs = (flags >>> 5) & 0xf;
        if (fcs > FCS_MAX) this.#notes.warn('fcs-length', offset);
        else if (fcs > 0) this.#fcsOfPacket = fcs;
      } else if (code === EPB_DROPCOUNT && length === 8) {
        const drops = from.dropsByPackets + optionUint64(view, at, littleEndian);
        this.noteDrops(from, drops, from.dropsByStatistics);
      }
    });
  }

  #withhold(from: PcapngInterface): false {
    this.#notes.warn('time-resolution', this.offset);
    const resolution = `0x${from.timeResolution.toString(16).padStart(2, '0')}`;
    this.#notes.damage(this.offset, `if_tsresol ${resolution} of this packet's interface`);
    return false;
  }

  #refuseInterface(id: number): false {
    const described = this.interfaces.length - this.base;
    return this.#refuse(`packet of interface ${id}, but the section describes ${described}`);
  }

  #refuseCaptured(captured: number, room: number): false {
    return this.#refuse(`packet claims ${captured} captured octets in a block with ${room}`);
  }

  #refuse(reason: string): false {
    this.#notes.stop(this.offset, reason);
    return false;
  }
}
