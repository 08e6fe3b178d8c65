/**
 * ARP for Ethernet and IPv4 (RFC 826): 28 octets, field by field.
 *
 * `arpCheck` admits only hardware type 1 or 6 with address lengths 6 and 4, so that the readers
 * may use fixed offsets; they test nothing. What follows the 28 octets is padding.
 */

import { FAULT_ARP_FORMAT, FAULT_ARP_TRUNCATED, FAULT_NONE, type Fault } from '../wire/fault.ts';
import { readMac, writeMac } from '../wire/mac.ts';

const HARDWARE_TYPE = 0;
const PROTOCOL_TYPE = HARDWARE_TYPE + 2;
const HARDWARE_LENGTH = PROTOCOL_TYPE + 2;
const PROTOCOL_LENGTH = HARDWARE_LENGTH + 1;
const OPERATION = PROTOCOL_LENGTH + 1;
const SENDER_HARDWARE_ADDRESS = OPERATION + 2;
const SENDER_PROTOCOL_ADDRESS = SENDER_HARDWARE_ADDRESS + 6;
const TARGET_HARDWARE_ADDRESS = SENDER_PROTOCOL_ADDRESS + 4;
const TARGET_PROTOCOL_ADDRESS = TARGET_HARDWARE_ADDRESS + 6;
export const ARP_LENGTH = TARGET_PROTOCOL_ADDRESS + 4;

export const ARP_REQUEST = 1;
export const ARP_REPLY = 2;

const ETHERNET = 1;
/** IEEE 802 networks; Linux accepts it on Ethernet beside 1. */
const IEEE_802 = 6;
const IPV4 = 0x0800;

export function arpCheck(view: DataView, at: number, end: number): Fault {
  if (end - at < ARP_LENGTH) return FAULT_ARP_TRUNCATED;
  const hardwareType = view.getUint16(at + HARDWARE_TYPE);
  if (hardwareType !== ETHERNET && hardwareType !== IEEE_802) return FAULT_ARP_FORMAT;
  if (view.getUint16(at + PROTOCOL_TYPE) !== IPV4) return FAULT_ARP_FORMAT;
  const isOtherLength = view.getUint16(at + HARDWARE_LENGTH) !== 0x0604;
  return isOtherLength ? FAULT_ARP_FORMAT : FAULT_NONE;
}

export function readHardwareType(view: DataView, at: number): number {
  return view.getUint16(at + HARDWARE_TYPE);
}

/** 1 request, 2 reply; 3 and 4 are RARP, 8 and 9 InARP. */
export function readOperation(view: DataView, at: number): number {
  return view.getUint16(at + OPERATION);
}

export function readSenderHardwareAddress(view: DataView, at: number): number {
  return readMac(view, at + SENDER_HARDWARE_ADDRESS);
}

export function readSenderHardwareHigh(view: DataView, at: number): number {
  return view.getUint16(at + SENDER_HARDWARE_ADDRESS);
}

export function readSenderHardwareLow(view: DataView, at: number): number {
  return view.getUint32(at + SENDER_HARDWARE_ADDRESS + 2);
}

export function readSenderProtocolAddress(view: DataView, at: number): number {
  return view.getUint32(at + SENDER_PROTOCOL_ADDRESS);
}

export function readTargetHardwareAddress(view: DataView, at: number): number {
  return readMac(view, at + TARGET_HARDWARE_ADDRESS);
}

export function readTargetHardwareHigh(view: DataView, at: number): number {
  return view.getUint16(at + TARGET_HARDWARE_ADDRESS);
}

export function readTargetHardwareLow(view: DataView, at: number): number {
  return view.getUint32(at + TARGET_HARDWARE_ADDRESS + 2);
}

export function readTargetProtocolAddress(view: DataView, at: number): number {
  return view.getUint32(at + TARGET_PROTOCOL_ADDRESS);
}

export interface ArpFields {
  operation: number;
  senderHardwareAddress: number;
  senderProtocolAddress: number;
  targetHardwareAddress: number;
  targetProtocolAddress: number;
}

/** Writes all 28 octets; returns the offset after them. */
export function emitArp(view: DataView, at: number, fields: ArpFields): number {
  view.setUint16(at + HARDWARE_TYPE, ETHERNET);
  view.setUint16(at + PROTOCOL_TYPE, IPV4);
  view.setUint16(at + HARDWARE_LENGTH, 0x0604);
  view.setUint16(at + OPERATION, fields.operation);
  writeMac(view, at + SENDER_HARDWARE_ADDRESS, fields.senderHardwareAddress);
  view.setUint32(at + SENDER_PROTOCOL_ADDRESS, fields.senderProtocolAddress);
  writeMac(view, at + TARGET_HARDWARE_ADDRESS, fields.targetHardwareAddress);
  view.setUint32(at + TARGET_PROTOCOL_ADDRESS, fields.targetProtocolAddress);
  return at + ARP_LENGTH;
}
