/**
 * ICMP for IPv4 (RFC 792): type and code, and the identifier and sequence number by which an
 * echo reply is matched to its request.
 */

import { checksumOf, isSumValid, sumWords } from './checksum.ts';
import { FAULT_ICMP_TRUNCATED, FAULT_NONE, type Fault } from './fault.ts';

export const ICMP_HEADER_LENGTH = 8;
export const ICMP_ECHO_REPLY = 0;
export const ICMP_UNREACHABLE = 3;
export const ICMP_ECHO_REQUEST = 8;
export const ICMP_TIME_EXCEEDED = 11;

/** Type and code. */
const PROTOCOL_UNREACHABLE = (ICMP_UNREACHABLE << 8) | 2;

const TYPE = 0;
const CODE = TYPE + 1;
const CHECKSUM = CODE + 1;
const IDENTIFIER = CHECKSUM + 2;
const SEQUENCE_NUMBER = IDENTIFIER + 2;

export function icmpCheck(_view: DataView, at: number, end: number): Fault {
  return end - at < ICMP_HEADER_LENGTH ? FAULT_ICMP_TRUNCATED : FAULT_NONE;
}

export function readIcmpType(view: DataView, at: number): number {
  return view.getUint8(at + TYPE);
}

export function readIcmpCode(view: DataView, at: number): number {
  return view.getUint8(at + CODE);
}

export function readIcmpIdentifier(view: DataView, at: number): number {
  return view.getUint16(at + IDENTIFIER);
}

export function readIcmpSequenceNumber(view: DataView, at: number): number {
  return view.getUint16(at + SEQUENCE_NUMBER);
}

/** RFC 792: no process of the host that answers receives the protocol of the packet it quotes. */
export function isProtocolUnreachable(view: DataView, at: number): boolean {
  return view.getUint16(at + TYPE) === PROTOCOL_UNREACHABLE;
}

export function writeIcmpType(view: DataView, at: number, type: number): void {
  view.setUint8(at + TYPE, type);
}

/** Takes the checksum over `[at, end)` and writes it. */
export function writeIcmpChecksum(view: DataView, at: number, end: number): void {
  view.setUint16(at + CHECKSUM, 0);
  view.setUint16(at + CHECKSUM, checksumOf(sumWords(view, at, end)));
}

export function icmpChecksumOk(view: DataView, at: number, end: number): boolean {
  return isSumValid(sumWords(view, at, end));
}

/** Writes an echo header over `[at, end)`, whose data stands already; returns its end. */
export function emitIcmpEcho(
  view: DataView,
  at: number,
  end: number,
  echo: { type: number; identifier: number; sequenceNumber: number },
): number {
  view.setUint8(at + TYPE, echo.type);
  view.setUint8(at + CODE, 0);
  view.setUint16(at + IDENTIFIER, echo.identifier);
  view.setUint16(at + SEQUENCE_NUMBER, echo.sequenceNumber);
  writeIcmpChecksum(view, at, end);
  return at + ICMP_HEADER_LENGTH;
}
