import { readTcpHeaderLength, TCP_HEADER_LENGTH } from '../wire/tcp.ts';
import {
  GSO_TCPV4,
  GSO_TCPV6,
  GSO_UDP_L4,
  readChecksumStart,
  readGsoSize,
  readGsoType,
} from '../wire/virtio-header.ts';

const UDP_HEADER = 8;

/**
 * Octets of the frame [at, end) beyond its longest segment, by the header at `header`; 0 where it
 * is not to be segmented.
 */
export function segmentExcess(view: DataView, header: number, at: number, end: number): number {
  const type = readGsoType(view, header);
  const isTcp = type === GSO_TCPV4 || type === GSO_TCPV6;
  if (!isTcp && type !== GSO_UDP_L4) return 0;
  const upperAt = at + readChecksumStart(view, header);
  if (upperAt + TCP_HEADER_LENGTH > end) return 0;
  const headerLength = isTcp ? readTcpHeaderLength(view, upperAt) : UDP_HEADER;
  const longest = upperAt + headerLength + readGsoSize(view, header);
  return Math.max(0, end - longest);
}
