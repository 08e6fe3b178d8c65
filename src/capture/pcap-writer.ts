/**
 * Writing the pcap format, version 2.4 (draft-ietf-opsawg-pcap): one link type, micro- or
 * nanoseconds, either byte order.
 */
import { type OctetSink, OctetWriter } from './octet-writer.ts';
import type { PacketRecord } from './packet-record.ts';
import { checkRecord } from './packet-record.ts';
import { MAGIC_MICROSECONDS, MAGIC_NANOSECONDS, MAXIMUM_SNAPLEN } from './pcap.ts';

export interface PcapWriterOptions {
  /** LINKTYPE value of every record. */
  readonly linkType: number;
  /** Default 262,144 octets, what tcpdump writes. */
  readonly snapLength?: number;
  /** Nanoseconds (default) or microseconds, to which times are then cut. */
  readonly nanoseconds?: boolean;
  /** Default true. */
  readonly littleEndian?: boolean;
}

const SECONDS_MAX = 0xffff_ffff;

export class PcapWriter {
  private readonly out: OctetWriter;
  private readonly unit: number;

  /** Writes the file header at once. Throws RangeError for a link type beyond 16 bits. */
  constructor(sink: OctetSink, options: PcapWriterOptions) {
    const { linkType, snapLength = MAXIMUM_SNAPLEN, nanoseconds = true } = options;
    if (!Number.isInteger(linkType) || linkType < 0 || linkType > 0xffff) {
      throw new RangeError(`link type ${linkType} is not from 0 to 65535`);
    }
    const out = new OctetWriter(sink);
    this.out = out;
    this.unit = nanoseconds ? 1 : 1000;
    out.littleEndian = options.littleEndian ?? true;
    out.putUint32(nanoseconds ? MAGIC_NANOSECONDS : MAGIC_MICROSECONDS);
    out.putUint16(2);
    out.putUint16(4);
    out.reserve(8);
    out.putUint32(snapLength);
    out.putUint32(linkType);
  }

  /** Whether `flush` should be awaited before more is written. */
  get isFull(): boolean {
    return this.out.isFull;
  }

  /**
   * Writes one record. Throws RangeError for a record without time, or of a time that 32 bits of
   * seconds cannot hold (1970 to 2106).
   */
  writeRecord(record: PacketRecord): void {
    checkRecord(record);
    const { seconds, nanoseconds, octets } = record;
    if (seconds < 0 || seconds > SECONDS_MAX || Number.isNaN(seconds)) {
      throw new RangeError(`pcap cannot hold a record of second ${seconds}`);
    }
    const { out } = this;
    out.putUint32(seconds);
    out.putUint32(Math.floor(nanoseconds / this.unit));
    out.putUint32(octets.length);
    out.putUint32(record.wireLength ?? octets.length);
    out.put(octets);
  }

  /** Hands everything written so far to the sink. */
  flush(): Promise<void> {
    return this.out.flush();
  }
}
