/** The ports of a UDP header (RFC 768), and where its data begin. */

import { DNS_PORT } from './dns.ts';

export const UDP_HEADER_LENGTH = 8;

const SOURCE_PORT = 0;
const DESTINATION_PORT = SOURCE_PORT + 2;

export function readUdpSourcePort(view: DataView, at: number): number {
  return view.getUint16(at + SOURCE_PORT);
}

export function readUdpDestinationPort(view: DataView, at: number): number {
  return view.getUint16(at + DESTINATION_PORT);
}

/** Whether the datagram that begins at `at` is to or from a DNS server; false where it is cut. */
export function isDnsDatagram(view: DataView, at: number, end: number): boolean {
  if (end - at < UDP_HEADER_LENGTH) return false;
  return readUdpSourcePort(view, at) === DNS_PORT || readUdpDestinationPort(view, at) === DNS_PORT;
}
