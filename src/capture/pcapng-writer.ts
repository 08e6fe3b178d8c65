/**
 * Writing pcapng (draft-ietf-opsawg-pcapng): one section, interfaces as they come, enhanced packet
 * blocks with comments, and a simple packet block for a record without time. Little-endian.
 */
import { type OctetSink, OctetWriter } from './octet-writer.ts';
import { checkRecord, type PacketRecord } from './packet-record.ts';
import {
  BYTE_ORDER_MAGIC,
  INTERFACE_DESCRIPTION,
  INTERFACE_STATISTICS,
  LENGTH_UNKNOWN,
  SECTION_HEADER,
} from './pcapng.ts';
import {
  EPB_FLAGS,
  IF_DESCRIPTION,
  IF_FCSLEN,
  IF_NAME,
  IF_TSOFFSET,
  IF_TSRESOL,
  ISB_IFDROP,
  OPT_COMMENT,
  OPT_ENDOFOPT,
} from './pcapng-options.ts';
import { ENHANCED_PACKET, SIMPLE_PACKET } from './pcapng-packets.ts';
import { splitTime } from './timestamp.ts';

const USER_APPLICATION = 4;
const OPTION_MAX = 0xffff;
const UTF8 = new TextEncoder();

export interface SectionDescription {
  /** The program that writes (shb_userappl). */
  readonly application?: string;
  readonly comments?: readonly string[];
}

export interface InterfaceDescription {
  /** LINKTYPE value, 0 to 65535. */
  readonly linkType: number;
  /** Octets kept of each packet; 0 (default) where there is no limit. */
  readonly snapLength?: number;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly comments?: readonly string[];
  /** Times are cut to 10^-n seconds, n from 0 to 9; default 9. */
  readonly timeResolution?: number;
  /** Octets of frame check sequence at the end of each frame; default 0: none. */
  readonly fcsLength?: number;
  /** Whole seconds that a reader adds to every time (if_tsoffset); default 0. */
  readonly timeOffset?: number;
}

export class PcapngWriter {
  private readonly out: OctetWriter;
  private readonly interfaces: { resolution: number; offset: number; snap: number }[] = [];

  /** Writes the section header at once. */
  constructor(sink: OctetSink, section: SectionDescription = {}) {
    this.out = new OctetWriter(sink);
    this.block(SECTION_HEADER, () => {
      this.out.putUint32(BYTE_ORDER_MAGIC);
      this.out.putUint16(1);
      this.out.putUint16(0);
      this.out.putUint32(LENGTH_UNKNOWN);
      this.out.putUint32(LENGTH_UNKNOWN);
      for (const comment of section.comments ?? []) this.text(OPT_COMMENT, comment);
      if (section.application !== undefined) this.text(USER_APPLICATION, section.application);
      this.endOptions();
    });
  }

  /** Whether `flush` should be awaited before more is written. */
  get isFull(): boolean {
    return this.out.isFull;
  }

  /** Describes an interface; returns its number, which records name. */
  addInterface(described: InterfaceDescription): number {
    const { linkType, snapLength = 0, timeResolution = 9, timeOffset = 0 } = described;
    if (!Number.isInteger(linkType) || linkType < 0 || linkType > 0xffff) {
      throw new RangeError(`link type ${linkType} is not from 0 to 65535`);
    }
    if (!Number.isInteger(timeResolution) || timeResolution < 0 || timeResolution > 9) {
      throw new RangeError(`a time resolution of 10^-${timeResolution} s cannot be written`);
    }
    this.block(INTERFACE_DESCRIPTION, () => {
      this.out.putUint16(linkType);
      this.out.putUint16(0);
      this.out.putUint32(snapLength);
      for (const comment of described.comments ?? []) this.text(OPT_COMMENT, comment);
      if (described.name !== undefined) this.text(IF_NAME, described.name);
      if (described.description !== undefined) this.text(IF_DESCRIPTION, described.description);
      this.option(IF_TSRESOL, Uint8Array.of(timeResolution));
      if (described.fcsLength) this.option(IF_FCSLEN, Uint8Array.of(described.fcsLength));
      if (timeOffset !== 0) this.option(IF_TSOFFSET, int64(timeOffset));
      this.endOptions();
    });
    this.interfaces.push({ resolution: timeResolution, offset: timeOffset, snap: snapLength });
    return this.interfaces.length - 1;
  }

  /**
   * Writes one packet of an interface. A record without time becomes a simple packet block where
   * it can: of interface 0, whole or cut by the snapshot length, without options; else its time is
   * written as 0. Throws RangeError for an interface that was not added, or a time that the
   * interface cannot hold.
   */
  writePacket(interfaceId: number, record: PacketRecord): void {
    const from = this.interfaces[interfaceId];
    if (from === undefined) throw new RangeError(`interface ${interfaceId} was not added`);
    checkRecord(record);
    const { octets, comments = [] } = record;
    const wireLength = record.wireLength ?? octets.length;
    const isTimed = !Number.isNaN(record.seconds);
    const flags = flagsOf(record);
    // A simple packet block tells its captured length by the interface's snapshot length alone.
    const isWhole = wireLength === octets.length && (from.snap === 0 || wireLength <= from.snap);
    if (!isTimed && interfaceId === 0 && comments.length === 0 && flags === null && isWhole) {
      this.block(SIMPLE_PACKET, () => {
        this.out.putUint32(wireLength);
        this.padded(octets);
      });
      return;
    }
    const seconds = isTimed ? record.seconds - from.offset : 0;
    if (seconds < 0) throw new RangeError('pcapng cannot hold a time before that of if_tsoffset');
    const time = splitTime(seconds, isTimed ? record.nanoseconds : 0, from.resolution);
    this.block(ENHANCED_PACKET, () => {
      this.out.putUint32(interfaceId);
      this.out.putUint32(time.high);
      this.out.putUint32(time.low);
      this.out.putUint32(octets.length);
      this.out.putUint32(wireLength);
      this.padded(octets);
      for (const comment of comments) this.text(OPT_COMMENT, comment);
      if (flags !== null) this.option(EPB_FLAGS, flags);
      if (comments.length > 0 || flags !== null) this.endOptions();
    });
  }

  /** Whether the interface can hold the time of a record at this second. */
  holds(interfaceId: number, seconds: number): boolean {
    const from = this.interfaces[interfaceId];
    if (from === undefined || !Number.isSafeInteger(seconds)) return false;
    const units = (seconds - from.offset + 1) * 10 ** from.resolution;
    return seconds >= from.offset && units <= 2 ** 64;
  }

  /** Tells how many packets an interface has lost (isb_ifdrop). */
  writeStatistics(interfaceId: number, dropped: number): void {
    if (this.interfaces[interfaceId] === undefined) {
      throw new RangeError(`interface ${interfaceId} was not added`);
    }
    this.block(INTERFACE_STATISTICS, () => {
      this.out.putUint32(interfaceId);
      this.out.putUint32(0);
      this.out.putUint32(0);
      this.option(ISB_IFDROP, int64(dropped));
      this.endOptions();
    });
  }

  /** Hands everything written so far to the sink. */
  flush(): Promise<void> {
    return this.out.flush();
  }

  /** A block: type, length, body, length again (draft section 3.1). */
  private block(type: number, body: () => void): void {
    const { out } = this;
    const start = out.length;
    out.putUint32(type);
    out.putUint32(0);
    body();
    const length = out.length + 4 - start;
    out.putUint32(length);
    out.view.setUint32(start + 4, length, true);
  }

  private text(code: number, value: string): void {
    this.option(code, UTF8.encode(value));
  }

  /** A value longer than an option can hold is cut. */
  private option(code: number, value: Uint8Array): void {
    const kept = value.subarray(0, OPTION_MAX);
    this.out.putUint16(code);
    this.out.putUint16(kept.length);
    this.padded(kept);
  }

  private endOptions(): void {
    this.out.putUint16(OPT_ENDOFOPT);
    this.out.putUint16(0);
  }

  private padded(octets: Uint8Array): void {
    this.out.put(octets);
    this.out.reserve(-octets.length & 3);
  }
}

/** Bits 0 and 1 of the first octet (draft section 4.3.1): 1 inbound, 2 outbound. */
function flagsOf({ direction, flags }: PacketRecord): Uint8Array | null {
  if (flags !== undefined) {
    return Uint8Array.of(flags, flags >>> 8, flags >>> 16, flags >>> 24);
  }
  return direction === undefined ? null : Uint8Array.of(direction === 'inbound' ? 1 : 2, 0, 0, 0);
}

function int64(value: number): Uint8Array {
  const octets = new Uint8Array(8);
  const view = new DataView(octets.buffer);
  view.setUint32(0, value >>> 0, true);
  view.setInt32(4, Math.floor(value / 0x1_0000_0000), true);
  return octets;
}
