import { PROTOCOL_AH, PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_VRRP } from '../wire/ipv4.ts';
import { LINKTYPE_ETHERNET } from '../wire/link-type.ts';
import type { AddressBook } from './address-book.ts';
import { PLAIN_IPV4, PLAIN_IPV4_LENGTH, RESERVED_GROUP } from './classifier.ts';
import type { NeighborTable } from './neighbor-table.ts';
import type { SourceCensus } from './source-census.ts';

/**
 * The short way of a batch when the switch only watches: untagged IPv4 packets that can neither
 * ask a followed address for an answer nor give one (ICMP, TCP) are counted by their source, and
 * one from a followed address leaves its frame number there. Written flat, because this loop sees
 * every frame of a capture.
 */
export interface FrameSlices {
  readonly view: DataView;
  readonly at: Uint32Array;
  readonly end: Uint32Array;
  readonly linkType: Uint16Array;
  readonly count: number;
}

export class ShortWay {
  private readonly neighbors: NeighborTable;
  private readonly book: AddressBook;
  private readonly census: SourceCensus;

  constructor(neighbors: NeighborTable, book: AddressBook, census: SourceCensus) {
    this.neighbors = neighbors;
    this.book = book;
    this.census = census;
  }

  /**
   * Passes over frames from index `from`; returns the index of the first that must be looked at.
   * `position` is the number of the frame before the batch's first.
   */
  pass(slices: FrameSlices, from: number, position: number, tick: number): number {
    const { view, at, end, linkType, count } = slices;
    const { filter } = this.neighbors;
    const { census } = this;
    let i = from;
    for (; i < count; i++) {
      const frame = at[i]!;
      if (linkType[i] !== LINKTYPE_ETHERNET || end[i]! - frame < PLAIN_IPV4_LENGTH) break;
      if (view.getInt32(frame + 12) >>> 8 !== PLAIN_IPV4) break;
      const protocol = view.getUint8(frame + 23);
      if (protocol === PROTOCOL_VRRP || protocol === PROTOCOL_AH) break;
      if (view.getUint16(frame + 16) < 20 || view.getInt32(frame) === RESERVED_GROUP) break;
      const high = view.getUint16(frame + 6);
      const low = view.getInt32(frame + 8);
      if ((high & 0x0100) !== 0 || (high | low) === 0) break;
      const asks = protocol === PROTOCOL_ICMP || protocol === PROTOCOL_TCP;
      const source = view.getInt32(frame + 26);
      if (filter.mayHold(source)) {
        if (asks) break;
        this.mark(source, high, low, position + i + 1);
      }
      if (asks && filter.mayHold(view.getInt32(frame + 30))) break;
      census.count(high, low, tick);
    }
    return i;
  }

  private mark(source: number, high: number, low: number, frame: number): void {
    const { addresses4 } = this.neighbors;
    const entry = addresses4.find(0, source);
    if (entry >= 0) this.book.marks.note(addresses4.tag(entry), high, low, frame);
  }
}
