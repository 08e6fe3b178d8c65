/**
 * MAC addresses: 48 bits as one safe integer at the edges, as a high 16 and a low 32 bit half
 * where frames are handled, because neither half costs a double or an allocation there.
 *
 * The most significant octet is the first on the wire, so 00:00:5e:00:01:2a is 0x00005e00012a.
 */

export const MAC_LENGTH = 6;
export const MAC_BROADCAST = 0xffffffffffff;

const HIGH_UNIT = 0x1_0000_0000;
const GROUP_BIT_HIGH = 0x0100;
/** 00-00-5E-00-01-{VRID} and 00-00-5E-00-02-{VRID}: RFC 9568 section 7.3. */
const VIRTUAL_LOW_IPV4 = 0x5e000100;
const VIRTUAL_LOW_IPV6 = 0x5e000200;
const TEXT = /^[0-9a-fA-F]{2}([:-])[0-9a-fA-F]{2}(?:\1[0-9a-fA-F]{2}){4}$/;

/** The whole address, 0 to 2^48 - 1. */
export function readMac(view: DataView, at: number): number {
  return view.getUint16(at) * HIGH_UNIT + view.getUint32(at + 2);
}

/** The first two octets. */
export function readMacHigh(view: DataView, at: number): number {
  return view.getUint16(at);
}

/** The last four octets. */
export function readMacLow(view: DataView, at: number): number {
  return view.getUint32(at + 2);
}

export function writeMac(view: DataView, at: number, mac: number): void {
  view.setUint16(at, macHigh(mac));
  view.setUint32(at + 2, macLow(mac));
}

/** Writes an address kept as two halves. */
export function writeMacHalves(view: DataView, at: number, high: number, low: number): void {
  view.setUint16(at, high);
  view.setUint32(at + 2, low);
}

export function macHigh(mac: number): number {
  return Math.floor(mac / HIGH_UNIT);
}

export function macLow(mac: number): number {
  return mac >>> 0;
}

export function macFromHalves(high: number, low: number): number {
  return high * HIGH_UNIT + low;
}

const OCTETS: readonly string[] = Array.from({ length: 256 }, (_, octet) =>
  octet.toString(16).padStart(2, '0'),
);

/** Six lower-case octets with colons. */
export function formatMac(mac: number): string {
  const high = macHigh(mac);
  const low = macLow(mac);
  const first = `${OCTETS[high >>> 8]}:${OCTETS[high & 255]}:${OCTETS[low >>> 24]}`;
  const last = `${OCTETS[(low >>> 16) & 255]}:${OCTETS[(low >>> 8) & 255]}:${OCTETS[low & 255]}`;
  return `${first}:${last}`;
}

/** Six two-digit octets with colons or hyphens, not mixed; NaN for any other text. */
export function parseMac(text: string): number {
  return TEXT.test(text) ? Number.parseInt(text.replace(/[:-]/g, ''), 16) : Number.NaN;
}

/** Multicast or broadcast: the group bit of the first octet is set. */
export function isGroupMac(mac: number): boolean {
  return (macHigh(mac) & GROUP_BIT_HIGH) !== 0;
}

export function isGroupMacHigh(high: number): boolean {
  return (high & GROUP_BIT_HIGH) !== 0;
}

/** A VRRP virtual router's address for either family. */
export function isVirtualMac(mac: number): boolean {
  return isVirtualMacHalves(macHigh(mac), macLow(mac));
}

export function isVirtualMacHalves(high: number, low: number): boolean {
  const prefix = (low & 0xffffff00) >>> 0;
  return high === 0 && (prefix === VIRTUAL_LOW_IPV4 || prefix === VIRTUAL_LOW_IPV6);
}
