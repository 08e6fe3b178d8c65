/**
 * Frames as a stack hands them to an interface with offload: one header for a payload of many
 * segments, the checksum left open, and beside it what is to be done (virtio 1.2, section 5.1.6.2).
 */
import { type Ipv6Words, parseIpv4, parseIpv6 } from '../../src/wire/ip-address.ts';
import { emitIpv4 } from '../../src/wire/ipv4.ts';
import { emitIpv6 } from '../../src/wire/ipv6.ts';
import { ethernet } from '../dataplane/frames.ts';

export const VIRTIO = 10;

export interface SuperFrame {
  readonly transport: 'tcp' | 'udp';
  readonly family: 4 | 6;
  readonly payload: Uint8Array;
  /** Octets of payload in a segment; 0: it is not to be segmented. */
  readonly size: number;
  readonly tags?: readonly number[];
  readonly flags?: number;
  readonly sequence?: number;
  readonly identification?: number;
  /** Multiple of 4. */
  readonly tcpOptions?: number;
}

const SOURCE = { 4: '10.1.0.1', 6: 'fd00:1::1' } as const;
const DESTINATION = { 4: '10.1.0.2', 6: 'fd00:1::2' } as const;
const MACS = { source: '02:00:00:00:00:01', destination: '02:00:00:00:00:02' };
const GSO = { tcp: { 4: 1, 6: 4 }, udp: { 4: 5, 6: 5 } } as const;

/** The virtio header, then the frame; one view of exactly both. */
export function superFrame(what: SuperFrame): DataView {
  const { transport, family, payload, tags = [], tcpOptions = 0 } = what;
  const header = transport === 'tcp' ? 20 + tcpOptions : 8;
  const ipHeader = family === 4 ? 20 : 40;
  const frame = ethernet(
    { ...MACS, tags },
    family === 4 ? 0x0800 : 0x86dd,
    ipHeader + header + payload.length,
  );
  const ip = 14 + 4 * tags.length;
  const length = header + payload.length;
  writeNetwork(frame, ip, what, length);
  const at = ip + ipHeader;
  if (transport === 'tcp') writeTcp(frame, at, what);
  else frame.setUint32(at, (1000 << 16) | 2000);
  if (transport === 'udp') frame.setUint16(at + 4, length);
  // No options that mean anything: NOP (RFC 9293 section 3.2).
  for (let i = 20; i < header; i++) frame.setUint8(at + i, 1);
  new Uint8Array(frame.buffer).set(payload, at + header);
  const offset = transport === 'tcp' ? 16 : 6;
  frame.setUint16(at + offset, pseudoSum(frame, ip, what, length));
  return behindHeader(frame, {
    type: what.size === 0 ? 0 : GSO[transport][family],
    size: what.size,
    headers: at + header,
    start: at,
    offset,
  });
}

function writeNetwork(frame: DataView, ip: number, what: SuperFrame, length: number): void {
  const { family, transport, identification = 0 } = what;
  const protocol = transport === 'tcp' ? 6 : 17;
  if (family === 6) {
    emitIpv6(frame, ip, {
      payloadLength: length,
      nextHeader: protocol,
      hopLimit: 64,
      source: parseIpv6(SOURCE[6]) as Ipv6Words,
      destination: parseIpv6(DESTINATION[6]) as Ipv6Words,
    });
    return;
  }
  emitIpv4(frame, ip, {
    totalLength: 20 + length,
    timeToLive: 64,
    protocol,
    identification,
    source: parseIpv4(SOURCE[4]),
    destination: parseIpv4(DESTINATION[4]),
  });
}

function writeTcp(frame: DataView, at: number, what: SuperFrame): void {
  const { flags = 0x18, sequence = 1, tcpOptions = 0 } = what;
  frame.setUint32(at, (1000 << 16) | 2000);
  frame.setUint32(at + 4, sequence);
  frame.setUint32(at + 8, 77);
  frame.setUint8(at + 12, ((20 + tcpOptions) / 4) << 4);
  frame.setUint8(at + 13, flags);
  frame.setUint16(at + 14, 500);
}

/** RFC 9293 section 3.1 and RFC 8200 section 8.1, the long way round. */
function pseudoSum(frame: DataView, ip: number, what: SuperFrame, length: number): number {
  const [from, to] = what.family === 4 ? [ip + 12, ip + 20] : [ip + 8, ip + 40];
  let sum = length + (what.transport === 'tcp' ? 6 : 17);
  for (let at = from; at < to; at += 2) sum += frame.getUint16(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

interface Virtio {
  type: number;
  size: number;
  headers: number;
  start: number;
  offset: number;
}

function behindHeader(frame: DataView, virtio: Virtio): DataView {
  const { type, size, headers, start, offset } = virtio;
  const octets = new Uint8Array(VIRTIO + frame.byteLength);
  octets.set([1, type]);
  octets.set(new Uint8Array(Uint16Array.of(headers, size, start, offset).buffer), 2);
  octets.set(new Uint8Array(frame.buffer), VIRTIO);
  return new DataView(octets.buffer);
}
