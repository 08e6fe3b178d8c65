/**
 * What an offload would have done, for ports and captures that have none: a checksum that was left
 * open is completed, and a frame that is to leave in segments is cut: TCP over IPv4 and IPv6, and
 * UDP (USO). Each segment repeats the headers with its own lengths, IP identification, sequence
 * number, flags and checksums, as the kernel's software segmentation does it.
 */
import {
  checksumOf,
  pseudoHeaderSumIpv4,
  pseudoHeaderSumIpv6,
  sumWords,
} from '../wire/checksum.ts';
import {
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  readIpv4Destination,
  readIpv4HeaderLength,
  readIpv4Identification,
  readIpv4Source,
  writeIpv4Checksum,
} from '../wire/ipv4.ts';
import { IPV6_HEADER_LENGTH } from '../wire/ipv6.ts';
import {
  ETHERNET_HEADER_LENGTH,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  ETHERTYPE_SERVICE_VLAN,
  ETHERTYPE_VLAN,
  VLAN_TAG_LENGTH,
} from '../wire/link.ts';
import { TCP_FIN, TCP_HEADER_LENGTH, TCP_PSH } from '../wire/tcp.ts';
import {
  GSO_NONE,
  GSO_TCPV4,
  GSO_TCPV6,
  GSO_UDP_L4,
  readChecksumOffset,
  readChecksumStart,
  readGsoSize,
  readGsoType,
  VIRTIO_HEADER_LENGTH,
} from '../wire/virtio-header.ts';

const UDP_HEADER_LENGTH = 8;
const UDP_LENGTH = 4;
const UDP_CHECKSUM = 6;
const TCP_SEQUENCE = 4;
const TCP_DATA_OFFSET = 12;
const TCP_FLAGS = 13;
const TCP_CHECKSUM = 16;
/** Congestion window reduced (RFC 3168 section 6.1.2): of the first segment only. */
const TCP_CWR = 0x80;
const IPV4_TOTAL_LENGTH = 2;
const IPV4_IDENTIFICATION = 4;
const IPV6_PAYLOAD_LENGTH = 4;

/** RFC 768: a computed zero is sent as all ones; it means the same to TCP. */
function writeChecksum(view: DataView, at: number, sum: number): void {
  const checksum = checksumOf(sum);
  view.setUint16(at, checksum === 0 ? 0xffff : checksum);
}

/**
 * Completes the checksum of the frame [at, end) in place: its field holds the sum of the
 * pseudo-header (virtio 1.2, section 5.1.6.2). The frame is not to be segmented.
 */
export function completeChecksum(view: DataView, at: number, end: number, headerAt: number): void {
  const start = at + readChecksumStart(view, headerAt);
  const field = start + readChecksumOffset(view, headerAt);
  if (field + 2 <= end) writeChecksum(view, field, sumWords(view, start, end));
}

/** Cuts one frame after the other: `begin`, then `emit` for each segment. */
export class Segmenter {
  /** Segments of the frame, and octets of the longest one and of all together. */
  count = 0;
  lengthMax = 0;
  lengthSum = 0;
  private view: DataView = new DataView(new ArrayBuffer(0));
  private at = 0;
  private end = 0;
  /** Octets of payload in a segment. */
  private size = 0;
  private isTcp = false;
  private isIpv4 = false;
  /** Offsets from the frame's first octet. */
  private ip = 0;
  private transport = 0;
  private payload = 0;

  /** False where the header asks for something that the frame is not. */
  begin(view: DataView, at: number, end: number, headerAt: number): boolean {
    const type = readGsoType(view, headerAt);
    this.view = view;
    this.at = at;
    this.end = end;
    this.size = readGsoSize(view, headerAt);
    this.transport = readChecksumStart(view, headerAt);
    this.isTcp = type === GSO_TCPV4 || type === GSO_TCPV6;
    if (type === GSO_NONE || this.size === 0 || !(this.isTcp || type === GSO_UDP_L4)) return false;
    if (!this.findNetwork() || !this.findPayload()) return false;
    if (this.isTcp && this.isIpv4 !== (type === GSO_TCPV4)) return false;
    const octets = end - at - this.payload;
    this.count = Math.max(1, Math.ceil(octets / this.size));
    this.lengthMax = this.payload + Math.min(octets, this.size);
    this.lengthSum = this.count * this.payload + octets;
    return true;
  }

  /** Writes segment `index` at `to` of `target`, which is not where the frame lies; its end. */
  emit(index: number, target: DataView, to: number): number {
    const from = this.at + this.payload + index * this.size;
    const isLast = index === this.count - 1;
    const until = isLast ? this.end : from + this.size;
    copy(this.view, this.at, this.at + this.payload, target, to);
    copy(this.view, from, until, target, to + this.payload);
    const end = to + this.payload + until - from;
    this.writeNetwork(index, target, to, end);
    this.writeTransport(index, target, to, end);
    return end;
  }

  /** The IP header behind the tags. */
  private findNetwork(): boolean {
    const { view, at, end, transport } = this;
    let ip = ETHERNET_HEADER_LENGTH;
    let type = 0;
    for (; at + ip <= end; ip += VLAN_TAG_LENGTH) {
      type = view.getUint16(at + ip - 2);
      if (type !== ETHERTYPE_VLAN && type !== ETHERTYPE_SERVICE_VLAN) break;
    }
    this.ip = ip;
    this.isIpv4 = type === ETHERTYPE_IPV4;
    const least = this.isIpv4 ? 20 : IPV6_HEADER_LENGTH;
    if (at + ip + least > end || ip + least > transport) return false;
    if (this.isIpv4) return ip + readIpv4HeaderLength(view, at + ip) === transport;
    return type === ETHERTYPE_IPV6;
  }

  private findPayload(): boolean {
    const { view, transport } = this;
    const at = this.at + transport;
    const least = this.isTcp ? TCP_HEADER_LENGTH : UDP_HEADER_LENGTH;
    if (at + least > this.end) return false;
    const length = this.isTcp ? (view.getUint8(at + TCP_DATA_OFFSET) >>> 4) * 4 : least;
    this.payload = transport + length;
    return length >= least && at + length <= this.end;
  }

  private writeNetwork(index: number, target: DataView, to: number, end: number): void {
    const ip = to + this.ip;
    if (!this.isIpv4) {
      target.setUint16(ip + IPV6_PAYLOAD_LENGTH, end - ip - IPV6_HEADER_LENGTH);
      return;
    }
    const identification = readIpv4Identification(target, ip) + index;
    target.setUint16(ip + IPV4_TOTAL_LENGTH, end - ip);
    target.setUint16(ip + IPV4_IDENTIFICATION, identification & 0xffff);
    writeIpv4Checksum(target, ip);
  }

  private writeTransport(index: number, target: DataView, to: number, end: number): void {
    const transport = to + this.transport;
    if (this.isTcp) {
      const sequence = target.getUint32(transport + TCP_SEQUENCE) + index * this.size;
      target.setUint32(transport + TCP_SEQUENCE, sequence >>> 0);
      let flags = target.getUint8(transport + TCP_FLAGS);
      if (index > 0) flags &= ~TCP_CWR;
      if (index < this.count - 1) flags &= ~(TCP_FIN | TCP_PSH);
      target.setUint8(transport + TCP_FLAGS, flags);
    } else {
      target.setUint16(transport + UDP_LENGTH, end - transport);
    }
    const field = transport + (this.isTcp ? TCP_CHECKSUM : UDP_CHECKSUM);
    target.setUint16(field, 0);
    const length = end - transport;
    const protocol = this.isTcp ? PROTOCOL_TCP : PROTOCOL_UDP;
    const ip = to + this.ip;
    const pseudo = this.isIpv4
      ? pseudoHeaderSumIpv4(
          readIpv4Source(target, ip),
          readIpv4Destination(target, ip),
          protocol,
          length,
        )
      : pseudoHeaderSumIpv6(target, ip, protocol, length);
    writeChecksum(target, field, pseudo + sumWords(target, transport, end));
  }
}

/**
 * The frames that leave in place of [at, end): itself with its checksum completed, or its
 * segments, as copies. None where the header asks for what the frame is not. Allocates.
 */
export function segments(view: DataView, at: number, end: number, headerAt: number): DataView[] {
  if (readGsoType(view, headerAt) === GSO_NONE) {
    // Behind a copy of its header, where completeChecksum looks for it.
    const whole = new DataView(new ArrayBuffer(VIRTIO_HEADER_LENGTH + end - at));
    copy(view, headerAt, headerAt + VIRTIO_HEADER_LENGTH, whole, 0);
    copy(view, at, end, whole, VIRTIO_HEADER_LENGTH);
    completeChecksum(whole, VIRTIO_HEADER_LENGTH, whole.byteLength, 0);
    return [new DataView(whole.buffer, VIRTIO_HEADER_LENGTH)];
  }
  const segmenter = new Segmenter();
  if (!segmenter.begin(view, at, end, headerAt)) return [];
  return Array.from({ length: segmenter.count }, (_, index) => {
    const target = new DataView(new ArrayBuffer(segmenter.lengthMax));
    return new DataView(target.buffer, 0, segmenter.emit(index, target, 0));
  });
}

/** Word by word: a subarray would allocate. */
function copy(view: DataView, at: number, end: number, target: DataView, to: number): void {
  for (; at + 4 <= end; at += 4, to += 4) target.setUint32(to, view.getUint32(at));
  for (; at < end; at++, to++) target.setUint8(to, view.getUint8(at));
}
