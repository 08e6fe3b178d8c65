/**
 * The IP Authentication Header (RFC 4302 section 2), which VRRP version 2 may travel in (RFC 2338
 * section 5.3.6.3). Its integrity value is not verified: there is no key here.
 */

import { FAULT_AH_LENGTH, FAULT_AH_TRUNCATED, FAULT_NONE, type Fault } from './fault.ts';

/** Next header, payload length, reserved, SPI and sequence number. */
const AH_FIXED_LENGTH = 12;
const NEXT_HEADER = 0;
const PAYLOAD_LENGTH = NEXT_HEADER + 1;
const SECURITY_PARAMETERS_INDEX = 4;
const SEQUENCE_NUMBER = SECURITY_PARAMETERS_INDEX + 4;

export function ahCheck(view: DataView, at: number, end: number): Fault {
  if (end - at < AH_FIXED_LENGTH) return FAULT_AH_TRUNCATED;
  const length = readAhLength(view, at);
  if (length < AH_FIXED_LENGTH) return FAULT_AH_LENGTH;
  return end - at < length ? FAULT_AH_TRUNCATED : FAULT_NONE;
}

export function readAhNextHeader(view: DataView, at: number): number {
  return view.getUint8(at + NEXT_HEADER);
}

/** Octets of the whole header: its length field counts words of four, less two. */
export function readAhLength(view: DataView, at: number): number {
  return (view.getUint8(at + PAYLOAD_LENGTH) + 2) * 4;
}

export function readAhSpi(view: DataView, at: number): number {
  return view.getUint32(at + SECURITY_PARAMETERS_INDEX);
}

export function readAhSequenceNumber(view: DataView, at: number): number {
  return view.getUint32(at + SEQUENCE_NUMBER);
}
