/**
 * The virtio header beside a frame (virtio 1.2, section 5.1.6), as far as the switch asks: how long
 * the frame is once it is segmented. Little-endian, as on every machine that Node runs TAP on.
 */
const GSO_TYPE = 1;
const GSO_SIZE = 4;
const CSUM_START = 6;
const TCP_IPV4 = 1;
const TCP_IPV6 = 4;
const UDP_L4 = 5;
/** Congestion notification, beside the type. */
const ECN = 0x80;
const UDP_HEADER = 8;
const TCP_HEADER_MIN = 20;
const TCP_DATA_OFFSET = 12;

/**
 * Octets of the frame [at, end) beyond its longest segment, by the header at `header`; 0 where it
 * is not to be segmented.
 */
export function segmentExcess(view: DataView, header: number, at: number, end: number): number {
  const type = view.getUint8(header + GSO_TYPE) & ~ECN;
  const isTcp = type === TCP_IPV4 || type === TCP_IPV6;
  if (!isTcp && type !== UDP_L4) return 0;
  const upperAt = at + view.getUint16(header + CSUM_START, true);
  if (upperAt + TCP_HEADER_MIN > end) return 0;
  const headerLength = isTcp ? (view.getUint8(upperAt + TCP_DATA_OFFSET) >>> 4) * 4 : UDP_HEADER;
  const longest = upperAt + headerLength + view.getUint16(header + GSO_SIZE, true);
  return Math.max(0, end - longest);
}
