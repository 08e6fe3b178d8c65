import {
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  ICMP_HEADER_LENGTH,
  isProtocolUnreachable,
  readIcmpType,
} from '../wire/icmp.ts';
import {
  PROTOCOL_AH,
  PROTOCOL_ICMP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  PROTOCOL_VRRP,
} from '../wire/ipv4.ts';
import { isDnsDatagram } from '../wire/udp.ts';
import type { AddressBook } from './address-book.ts';
import { AddressFilter } from './address-filter.ts';
import { PLAIN_IPV4, PLAIN_IPV4_LENGTH, RESERVED_GROUP } from './classifier.ts';
import type { NeighborTable } from './neighbor-table.ts';
import type { SourceCensus } from './source-census.ts';

/**
 * The short way when the switch only watches: untagged IPv4 packets that can neither ask a
 * followed address for an answer nor give one (ICMP, TCP, DNS), nor say that a protocol is
 * unreachable, are counted by their source, and one from a followed address leaves its frame
 * number there. Where echo is shown, that with an address which has not answered any goes the long
 * way, too. Written flat, because it sees every frame of a capture.
 */
export class ShortWay {
  /** Time that is written into the station table; the switch sets it. */
  tick = 0;
  /** Whether echo to and from any address is for others to look at, until it has answered. */
  showsEchoes = false;
  /** Addresses that have answered an echo request. */
  readonly answering = new AddressFilter();
  private readonly neighbors: NeighborTable;
  private readonly book: AddressBook;
  private readonly census: SourceCensus;

  constructor(neighbors: NeighborTable, book: AddressBook, census: SourceCensus) {
    this.neighbors = neighbors;
    this.book = book;
    this.census = census;
  }

  /** True where nothing more is to be done about Ethernet frame `number`; else it did nothing. */
  passes(view: DataView, frame: number, end: number, number: number): boolean {
    if (end - frame < PLAIN_IPV4_LENGTH) return false;
    if (view.getInt32(frame + 12) >>> 8 !== PLAIN_IPV4) return false;
    const protocol = view.getUint8(frame + 23);
    if (protocol === PROTOCOL_VRRP || protocol === PROTOCOL_AH) return false;
    if (view.getUint16(frame + 16) < 20 || view.getInt32(frame) === RESERVED_GROUP) return false;
    const high = view.getUint16(frame + 6);
    const low = view.getInt32(frame + 8);
    if ((high & 0x0100) !== 0 || (high | low) === 0) return false;
    const { filter } = this.neighbors;
    const source = view.getInt32(frame + 26);
    const isFrom = filter.mayHold(source);
    if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_TCP) {
      if (isFrom || filter.mayHold(view.getInt32(frame + 30))) return false;
      if (protocol === PROTOCOL_ICMP && !this.passesIcmp(view, frame, end)) return false;
    } else if (protocol === PROTOCOL_UDP && isDnsDatagram(view, frame + PLAIN_IPV4_LENGTH, end)) {
      if (isFrom || filter.mayHold(view.getInt32(frame + 30))) return false;
    } else if (isFrom) {
      this.mark(source, high, low, number);
    }
    this.census.count(high, low, this.tick);
    return true;
  }

  private passesIcmp(view: DataView, frame: number, end: number): boolean {
    const message = frame + PLAIN_IPV4_LENGTH;
    if (end - message < ICMP_HEADER_LENGTH) return true;
    if (isProtocolUnreachable(view, message)) return false;
    if (!this.showsEchoes) return true;
    const type = readIcmpType(view, message);
    if (type === ICMP_ECHO_REQUEST) return this.answering.mayHold(view.getInt32(frame + 30));
    return type !== ICMP_ECHO_REPLY || this.answering.mayHold(view.getInt32(frame + 26));
  }

  private mark(source: number, high: number, low: number, frame: number): void {
    const { addresses4 } = this.neighbors;
    const entry = addresses4.find(0, source);
    if (entry >= 0) this.book.marks.note(addresses4.tag(entry), high, low, frame);
  }
}
