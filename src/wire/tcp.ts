/**
 * The fields of a TCP header (RFC 9293 section 3.1) by which a SYN is matched to its answer.
 *
 * Checksums are not verified: frames that a local stack hands to its interface often carry only
 * a partial one.
 */

import { FAULT_NONE, FAULT_TCP_HEADER, FAULT_TCP_TRUNCATED, type Fault } from './fault.ts';

export const TCP_HEADER_LENGTH = 20;
export const TCP_FIN = 0x01;
export const TCP_SYN = 0x02;
export const TCP_RST = 0x04;
export const TCP_PSH = 0x08;
export const TCP_ACK = 0x10;

const SOURCE_PORT = 0;
const DESTINATION_PORT = SOURCE_PORT + 2;
const SEQUENCE_NUMBER = DESTINATION_PORT + 2;
const ACKNOWLEDGMENT_NUMBER = SEQUENCE_NUMBER + 4;
const DATA_OFFSET = ACKNOWLEDGMENT_NUMBER + 4;
const FLAGS = DATA_OFFSET + 1;

/** Options may be cut off by a snap length: only the fixed header must be there. */
export function tcpCheck(view: DataView, at: number, end: number): Fault {
  if (end - at < TCP_HEADER_LENGTH) return FAULT_TCP_TRUNCATED;
  return view.getUint8(at + DATA_OFFSET) >>> 4 < 5 ? FAULT_TCP_HEADER : FAULT_NONE;
}

export function readTcpSourcePort(view: DataView, at: number): number {
  return view.getUint16(at + SOURCE_PORT);
}

export function readTcpDestinationPort(view: DataView, at: number): number {
  return view.getUint16(at + DESTINATION_PORT);
}

/** Both ports in one signed word, the source's first. */
export function readTcpPorts(view: DataView, at: number): number {
  return view.getInt32(at + SOURCE_PORT);
}

export function readTcpSequenceNumber(view: DataView, at: number): number {
  return view.getUint32(at + SEQUENCE_NUMBER);
}

export function readTcpAcknowledgmentNumber(view: DataView, at: number): number {
  return view.getUint32(at + ACKNOWLEDGMENT_NUMBER);
}

/** Octets of the header with its options, 20 to 60. */
export function readTcpHeaderLength(view: DataView, at: number): number {
  return (view.getUint8(at + DATA_OFFSET) >>> 4) * 4;
}

/** The eight flag bits, CWR to FIN. */
export function readTcpFlags(view: DataView, at: number): number {
  return view.getUint8(at + FLAGS);
}
