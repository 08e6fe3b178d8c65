/**
 * The virtio_net_hdr that lies beside a frame (virtio 1.2, section 5.1.6): what whoever sent the
 * frame left for the device to do. Ten octets, in the byte order of the machine. Ports have checked
 * it against the frame when they received it (native/offload.c).
 */

const FLAGS = 0;
const GSO_TYPE = FLAGS + 1;
const HDR_LEN = GSO_TYPE + 1;
const GSO_SIZE = HDR_LEN + 2;
const CSUM_START = GSO_SIZE + 2;
const CSUM_OFFSET = CSUM_START + 2;
export const VIRTIO_HEADER_LENGTH = CSUM_OFFSET + 2;

const FLAG_NEEDS_CSUM = 1;
export const GSO_NONE = 0;
export const GSO_TCPV4 = 1;
export const GSO_TCPV6 = 4;
export const GSO_UDP_L4 = 5;
/** Beside the type: the first segment has CWR set. */
const GSO_ECN = 0x80;

const IS_LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** GSO_NONE, GSO_TCPV4, GSO_TCPV6 or GSO_UDP_L4. */
export function readGsoType(view: DataView, at: number): number {
  return view.getUint8(at + GSO_TYPE) & ~GSO_ECN;
}

/** Octets of payload in each segment but the last. */
export function readGsoSize(view: DataView, at: number): number {
  return view.getUint16(at + GSO_SIZE, IS_LITTLE);
}

/** From the frame's first octet to the first that the checksum covers: the transport header. */
export function readChecksumStart(view: DataView, at: number): number {
  return view.getUint16(at + CSUM_START, IS_LITTLE);
}

export function writeChecksumStart(view: DataView, at: number, start: number): void {
  view.setUint16(at + CSUM_START, start, IS_LITTLE);
}

/** From there to the checksum field. */
export function readChecksumOffset(view: DataView, at: number): number {
  return view.getUint16(at + CSUM_OFFSET, IS_LITTLE);
}

interface VirtioFields {
  readonly gsoType: number;
  readonly gsoSize: number;
  readonly headerLength: number;
  readonly checksumStart: number;
  readonly checksumOffset: number;
}

/** Writes a header with NEEDS_CSUM set. */
export function emitVirtioHeader(view: DataView, at: number, fields: VirtioFields): void {
  view.setUint8(at + FLAGS, FLAG_NEEDS_CSUM);
  view.setUint8(at + GSO_TYPE, fields.gsoType);
  view.setUint16(at + HDR_LEN, fields.headerLength, IS_LITTLE);
  view.setUint16(at + GSO_SIZE, fields.gsoSize, IS_LITTLE);
  view.setUint16(at + CSUM_START, fields.checksumStart, IS_LITTLE);
  view.setUint16(at + CSUM_OFFSET, fields.checksumOffset, IS_LITTLE);
}
