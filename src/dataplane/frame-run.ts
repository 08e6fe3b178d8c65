import { PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_UDP } from '../wire/ipv4.ts';
import { LINKTYPE_ETHERNET } from '../wire/link-type.ts';
import { readTcpFlags, TCP_HEADER_LENGTH, TCP_RST, TCP_SYN } from '../wire/tcp.ts';
import { isDnsDatagram } from '../wire/udp.ts';
import { CARRIES_IPV4, PLAIN_IPV4, PLAIN_IPV4_LENGTH } from './classifier.ts';
import type { FrameBatch } from './frame-batch.ts';
import { segmentExcess } from './offload.ts';
import type { Switch } from './switch.ts';
import { FORWARD, verdictKind } from './verdict.ts';

/**
 * A run: frames of one batch that follow their like. The first has gone the whole way; those after
 * it, with the same addresses and length, go where it went, since between two frames of a batch
 * nothing changes but by a frame, and another frame ends the run. It is what an exact-match cache
 * is to a flow, with nothing to invalidate.
 *
 * A run is of what is plain: untagged IPv4 without options, forwarded within its network, of which
 * nobody is told: no VRRP, no ICMP, no DNS, and of TCP only what neither opens nor resets.
 */
export const NO_RUN = -1;

/** Octets from the frame's first to the fields that count (Ethernet II, RFC 791 section 3.1). */
const SOURCE_MAC_LOW = 8;
const TYPE_AND_VERSION = 12;
const TOTAL_LENGTH = 16;
const PROTOCOL = 23;
const SOURCE = 26;
const DESTINATION = 30;

export class FrameRun {
  /** Octets of the frame last asked for beyond its longest segment; 0 where none is asked for. */
  excess = 0;
  /** The verdict on the run's frames, and what they have in common. */
  private way = NO_RUN;
  private length = 0;
  private totalLength = 0;
  private commonExcess = 0;
  private protocol = 0;
  private source = 0;
  private destination = 0;
  /** Both MACs, in words of four octets. */
  private mac0 = 0;
  private mac1 = 0;
  private mac2 = 0;
  private readonly owner: Switch;

  constructor(owner: Switch) {
    this.owner = owner;
  }

  end(): void {
    this.way = NO_RUN;
  }

  /** The verdict on frame `index` where it continues the run; else NO_RUN. */
  wayOf(batch: FrameBatch, index: number): number {
    const { view } = batch;
    const at = batch.at[index]!;
    const end = batch.end[index]!;
    const header = batch.offload[index]!;
    this.excess = header < 0 ? 0 : segmentExcess(view, header, at, end);
    if (this.way === NO_RUN) return NO_RUN;
    const isLike =
      end - at === this.length &&
      view.getInt32(at + DESTINATION) === this.destination &&
      view.getInt32(at + SOURCE) === this.source &&
      view.getInt32(at) === this.mac0 &&
      view.getInt32(at + 4) === this.mac1 &&
      view.getInt32(at + SOURCE_MAC_LOW) === this.mac2 &&
      view.getInt32(at + TYPE_AND_VERSION) >>> 8 === PLAIN_IPV4 &&
      view.getUint16(at + TOTAL_LENGTH) === this.totalLength &&
      view.getUint8(at + PROTOCOL) === this.protocol &&
      this.excess === this.commonExcess &&
      batch.linkType[index] === LINKTYPE_ETHERNET;
    if (!isLike || isTold(view, at, this.length)) return NO_RUN;
    this.owner.classifier.passPlainIpv4(1);
    return this.way;
  }

  /** The frame that the switch has just judged may be the first of a run; before it is sent. */
  begin(batch: FrameBatch, index: number, way: number): void {
    this.way = NO_RUN;
    const { classifier: seen, dryRun } = this.owner;
    if (verdictKind(way) !== FORWARD || seen.carries !== CARRIES_IPV4 || dryRun) return;
    const { view } = batch;
    const at = batch.at[index]!;
    const end = batch.end[index]!;
    if (batch.linkType[index] !== LINKTYPE_ETHERNET || !seen.isPlainIpv4(view, at, end)) return;
    if (isTold(view, at, end - at)) return;
    this.way = way;
    this.length = end - at;
    this.commonExcess = this.excess;
    this.totalLength = view.getUint16(at + TOTAL_LENGTH);
    this.protocol = view.getUint8(at + PROTOCOL);
    this.source = view.getInt32(at + SOURCE);
    this.destination = view.getInt32(at + DESTINATION);
    this.mac0 = view.getInt32(at);
    this.mac1 = view.getInt32(at + 4);
    this.mac2 = view.getInt32(at + SOURCE_MAC_LOW);
  }
}

/** Whether an observer is told of the plain packet: it asks for an answer, or gives one. */
function isTold(view: DataView, at: number, length: number): boolean {
  const protocol = view.getUint8(at + PROTOCOL);
  if (protocol === PROTOCOL_ICMP) return true;
  if (protocol === PROTOCOL_UDP) return isDnsDatagram(view, at + PLAIN_IPV4_LENGTH, at + length);
  if (protocol !== PROTOCOL_TCP) return false;
  const isCut = length < PLAIN_IPV4_LENGTH + TCP_HEADER_LENGTH;
  return isCut || (readTcpFlags(view, at + PLAIN_IPV4_LENGTH) & (TCP_SYN | TCP_RST)) !== 0;
}
