import type { Classifier } from '../dataplane/classifier.ts';
import { PROTOCOL_TCP, readIpv4HeaderLength, readIpv4TotalLength } from '../wire/ipv4.ts';
import { IPV6_HEADER_LENGTH, readIpv6PayloadLength } from '../wire/ipv6.ts';
import {
  readTcpAcknowledgmentNumber,
  readTcpFlags,
  readTcpHeaderLength,
  readTcpPorts,
  readTcpSequenceNumber,
  TCP_ACK,
  TCP_FIN,
  TCP_RST,
  TCP_SYN,
} from '../wire/tcp.ts';

/** Octets of a TCP header that say what is asked here; a snap length may cut off the others. */
const HEAD_LENGTH = 14;

/** What a segment of an established TCP connection carries. One reused instance. */
export class Segment {
  /** Both ports in one word, signed, those of the sender first. */
  ports = 0;
  /** The same, those of the receiver first. */
  portsBack = 0;
  /** Sequence number of its first octet, and of the one after its last; signed words. */
  start = 0;
  end = 0;
  /** Octets of data, with one for a FIN. */
  length = 0;
  acknowledged = 0;
  isReset = false;

  /** False for what is no such segment: another protocol, the handshake, a cut header. */
  read(view: DataView, seen: Classifier): boolean {
    const { protocol, upperAt: at, upperEnd } = seen;
    if (protocol !== PROTOCOL_TCP || upperEnd - at < HEAD_LENGTH) return false;
    const flags = readTcpFlags(view, at);
    this.isReset = (flags & TCP_RST) !== 0;
    if ((flags & TCP_SYN) !== 0 || (!this.isReset && (flags & TCP_ACK) === 0)) return false;
    this.ports = readTcpPorts(view, at);
    this.portsBack = (this.ports << 16) | (this.ports >>> 16);
    const data = messageLength(view, seen) - readTcpHeaderLength(view, at);
    this.length = Math.max(0, data) + ((flags & TCP_FIN) === 0 ? 0 : 1);
    this.start = readTcpSequenceNumber(view, at) | 0;
    this.end = (this.start + this.length) | 0;
    this.acknowledged = readTcpAcknowledgmentNumber(view, at) | 0;
    return true;
  }
}

/** Octets of the upper layer by the IP header, which counts those that the capture cut off. */
function messageLength(view: DataView, { family, packet, upperAt, upperEnd }: Classifier): number {
  if (family === 4) {
    const total = readIpv4TotalLength(view, packet);
    // Offloaded segments of more than 64 KiB say 0.
    return total === 0 ? upperEnd - upperAt : total - readIpv4HeaderLength(view, packet);
  }
  const payload = readIpv6PayloadLength(view, packet);
  if (payload === 0) return upperEnd - upperAt;
  return payload - (upperAt - packet - IPV6_HEADER_LENGTH);
}
