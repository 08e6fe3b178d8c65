import type { Classifier } from '../dataplane/classifier.ts';
import { DNS_HEAD_LENGTH, DNS_PORT, isDnsResponse, readDnsIdentifier } from '../wire/dns.ts';
import {
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  readIcmpIdentifier,
  readIcmpSequenceNumber,
} from '../wire/icmp.ts';
import { ICMPV6_ECHO_REPLY, ICMPV6_ECHO_REQUEST } from '../wire/icmpv6.ts';
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_TCP, PROTOCOL_UDP } from '../wire/ipv4.ts';
import {
  readTcpAcknowledgmentNumber,
  readTcpDestinationPort,
  readTcpFlags,
  readTcpSequenceNumber,
  readTcpSourcePort,
  TCP_ACK,
  TCP_RST,
  TCP_SYN,
} from '../wire/tcp.ts';
import { readUdpDestinationPort, readUdpSourcePort, UDP_HEADER_LENGTH } from '../wire/udp.ts';

/**
 * Which packets ask an address for an answer, and which answer: ICMP echo, the TCP handshake (a SYN
 * is answered by a SYN with ACK or by a reset), and DNS by UDP. A request and its answer give the
 * same key. What is sent in a TCP connection is judged by `connections.ts`; other traffic says that
 * an address lives, but not that a request went unanswered.
 */
export const NO_EXCHANGE = 0;
export const REQUEST = 1;
export const ANSWER = 2;
/** TCP ports are below this, and numbers of services below that. */
export const PORTS = 1 << 16;
export const SERVICES = 1 << 17;
const DNS = (1 << 16) | DNS_PORT;

/** The service asked for: 0 for echo, else the TCP port, or `DNS`. One reused instance. */
export class Exchange {
  kind = NO_EXCHANGE;
  key = 0;
  service = 0;
  /** An answer that refuses the connection. */
  isRefusal = false;

  /** Reads the packet that the classifier has just seen; sets `kind`, `key` and `service`. */
  read(view: DataView, seen: Classifier): number {
    const { protocol, upperAt, upperEnd } = seen;
    this.kind = NO_EXCHANGE;
    this.isRefusal = false;
    if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) {
      if (upperEnd - upperAt >= 8) this.readEcho(view, protocol, upperAt);
    } else if (protocol === PROTOCOL_TCP && upperEnd - upperAt >= 14) {
      this.readHandshake(view, upperAt);
    } else if (protocol === PROTOCOL_UDP) {
      this.readDns(view, upperAt, upperEnd);
    }
    return this.kind;
  }

  private readEcho(view: DataView, protocol: number, at: number): void {
    const type = view.getUint8(at);
    const isIpv4 = protocol === PROTOCOL_ICMP;
    if (type === (isIpv4 ? ICMP_ECHO_REQUEST : ICMPV6_ECHO_REQUEST)) this.kind = REQUEST;
    else if (type === (isIpv4 ? ICMP_ECHO_REPLY : ICMPV6_ECHO_REPLY)) this.kind = ANSWER;
    else return;
    this.service = 0;
    const identifier = readIcmpIdentifier(view, at);
    this.key = ((identifier << 16) | readIcmpSequenceNumber(view, at)) >>> 0;
  }

  private readHandshake(view: DataView, at: number): void {
    const flags = readTcpFlags(view, at);
    const source = readTcpSourcePort(view, at);
    const destination = readTcpDestinationPort(view, at);
    if ((flags & (TCP_SYN | TCP_ACK)) === TCP_SYN) {
      this.kind = REQUEST;
      this.service = destination;
      this.key = tcpKey(source, destination, readTcpSequenceNumber(view, at));
    } else if ((flags & TCP_ACK) !== 0 && (flags & (TCP_SYN | TCP_RST)) !== 0) {
      this.kind = ANSWER;
      this.isRefusal = (flags & TCP_RST) !== 0;
      this.service = source;
      this.key = tcpKey(destination, source, readTcpAcknowledgmentNumber(view, at) - 1);
    }
  }

  private readDns(view: DataView, at: number, end: number): void {
    const message = at + UDP_HEADER_LENGTH;
    if (end - message < DNS_HEAD_LENGTH) return;
    const isResponse = isDnsResponse(view, message);
    const source = readUdpSourcePort(view, at);
    const destination = readUdpDestinationPort(view, at);
    if ((isResponse ? source : destination) !== DNS_PORT) return;
    this.kind = isResponse ? ANSWER : REQUEST;
    this.service = DNS;
    const client = isResponse ? destination : source;
    this.key = ((client << 16) | readDnsIdentifier(view, message)) >>> 0;
  }
}

/** 32 bits of the client's port, the service's and the sequence number of the SYN. */
function tcpKey(client: number, service: number, sequence: number): number {
  return (Math.imul((client << 16) | service, 0x9e3779b1) ^ sequence) >>> 0;
}
