/**
 * The VRRP advert of version 2 (RFC 3768 section 5.1) and version 3 (RFC 9568 section 5.1).
 *
 * `advertCheck` first; the readers test nothing. `end` is the end of the IP payload as the IP
 * header gives it, so that Ethernet padding is out. CARP shares the protocol number and the first
 * octet: ask `isCarp` before calling it damaged. Checksums are in `checksum.ts`. TTL and
 * authentication are receivers' rules, not the layout's.
 */

import {
  FAULT_NONE,
  FAULT_VRRP_COUNT,
  FAULT_VRRP_LENGTH,
  FAULT_VRRP_TRUNCATED,
  FAULT_VRRP_TYPE,
  FAULT_VRRP_VERSION,
  FAULT_VRRP_VRID,
  type Fault,
} from '../wire/fault.ts';

const VERSION_TYPE = 0;
const VIRTUAL_ROUTER_ID = VERSION_TYPE + 1;
const PRIORITY = VIRTUAL_ROUTER_ID + 1;
const ADDRESS_COUNT = PRIORITY + 1;
/** Version 2; version 3 keeps the high nibble reserved and has 12 bits of interval here. */
const AUTH_TYPE = ADDRESS_COUNT + 1;
const MAX_ADVERT_INTERVAL = AUTH_TYPE;
const ADVERT_INTERVAL = AUTH_TYPE + 1;
const CHECKSUM = ADVERT_INTERVAL + 1;
const ADDRESSES = CHECKSUM + 2;
export const ADVERT_HEADER_LENGTH = ADDRESSES;
export const AUTH_DATA_LENGTH = 8;

const TYPE_ADVERTISEMENT = 1;
const CARP_LENGTH = 36;
const CARP_AUTH_WORDS = 7;

export const VRID_MAX = 255;
export const PRIORITY_OWNER = 255;
export const PRIORITY_RESIGNATION = 0;
export const AUTH_NONE = 0;
export const AUTH_SIMPLE = 1;
export const AUTH_IP_AH = 2;

/** 224.0.0.18: RFC 9568 section 5.1.1.2. */
export const VRRP_GROUP_IPV4 = 0xe0000012;
const NANOSECONDS_PER_SECOND = 1e9;
const NANOSECONDS_PER_CENTISECOND = 1e7;

/**
 * keepalived's `auth_hmac` appends 28 octets: scheme (1 = HMAC-SHA-256 cut to 128 bits), key id,
 * two octets 0, a 64-bit sequence and the tag.
 */
const TRAILER_LENGTH = 28;
const TRAILER_SCHEME_SHA256 = 1;

/** Whether protocol 112 carries CARP: always 36 octets, version 2, type 1, 7 words of digest. */
export function isCarp(view: DataView, at: number, end: number): boolean {
  return (
    end - at === CARP_LENGTH &&
    view.getUint8(at) === 0x21 &&
    view.getUint8(at + ADDRESS_COUNT) === CARP_AUTH_WORDS
  );
}

/** Layout only: version, type, VRID, count and length for adverts over IPv4 or IPv6. */
export function advertCheck(view: DataView, at: number, end: number, family: 4 | 6): Fault {
  if (end - at < ADVERT_HEADER_LENGTH) return FAULT_VRRP_TRUNCATED;
  const version = readVersion(view, at);
  if (version !== 3 && (version !== 2 || family === 6)) return FAULT_VRRP_VERSION;
  if ((view.getUint8(at) & 15) !== TYPE_ADVERTISEMENT) return FAULT_VRRP_TYPE;
  if (readVrid(view, at) === 0) return FAULT_VRRP_VRID;
  // RFC 9568 5.2.5: at least one. Version 2 senders without addresses do exist.
  if (version === 3 && readAddressCount(view, at) === 0) return FAULT_VRRP_COUNT;
  const messageEnd = advertEnd(view, at, family);
  if (messageEnd > end) return FAULT_VRRP_TRUNCATED;
  const isWhole = messageEnd === end || hasTrailer(view, messageEnd, end);
  return isWhole ? FAULT_NONE : FAULT_VRRP_LENGTH;
}

/** First octet after the message proper: header, addresses, version 2's auth data. */
export function advertEnd(view: DataView, at: number, family: 4 | 6): number {
  const addresses = readAddressCount(view, at) * (family === 4 ? 4 : 16);
  const authData = readVersion(view, at) === 2 ? AUTH_DATA_LENGTH : 0;
  return at + ADDRESSES + addresses + authData;
}

/** Whether `[messageEnd, end)` is keepalived's authentication trailer. */
export function hasTrailer(view: DataView, messageEnd: number, end: number): boolean {
  return (
    end - messageEnd === TRAILER_LENGTH &&
    view.getUint8(messageEnd) === TRAILER_SCHEME_SHA256 &&
    view.getUint16(messageEnd + 2) === 0
  );
}

export function readVersion(view: DataView, at: number): number {
  return view.getUint8(at) >>> 4;
}

export function readType(view: DataView, at: number): number {
  return view.getUint8(at) & 15;
}

/** 1 to 255. */
export function readVrid(view: DataView, at: number): number {
  return view.getUint8(at + VIRTUAL_ROUTER_ID);
}

/** 255 address owner, 1 to 254 others, 0 the sender resigns. */
export function readPriority(view: DataView, at: number): number {
  return view.getUint8(at + PRIORITY);
}

export function readAddressCount(view: DataView, at: number): number {
  return view.getUint8(at + ADDRESS_COUNT);
}

/** Version 2: one of `AUTH_*` or a vendor's number. Version 3 has none. */
export function readAuthType(view: DataView, at: number): number {
  return readVersion(view, at) === 2 ? view.getUint8(at + AUTH_TYPE) : AUTH_NONE;
}

/** Version 2, seconds. Some senders write 0 for intervals below one second. */
export function readAdvertInterval(view: DataView, at: number): number {
  return view.getUint8(at + ADVERT_INTERVAL);
}

/** Version 3, centiseconds, 1 to 4095. */
export function readMaxAdvertInterval(view: DataView, at: number): number {
  return view.getUint16(at + MAX_ADVERT_INTERVAL) & 0x0fff;
}

/** The interval of either version in nanoseconds. */
export function readIntervalNanoseconds(view: DataView, at: number): number {
  return readVersion(view, at) === 2
    ? readAdvertInterval(view, at) * NANOSECONDS_PER_SECOND
    : readMaxAdvertInterval(view, at) * NANOSECONDS_PER_CENTISECOND;
}

export function readChecksum(view: DataView, at: number): number {
  return view.getUint16(at + CHECKSUM);
}

export function writeChecksum(view: DataView, at: number, checksum: number): void {
  view.setUint16(at + CHECKSUM, checksum);
}

/** Offset of the address of this index (0 to count - 1). */
export function addressAt(at: number, index: number, family: 4 | 6): number {
  return at + ADDRESSES + index * (family === 4 ? 4 : 16);
}

/** Offset of version 2's eight octets of authentication data. */
export function authDataAt(view: DataView, at: number): number {
  return at + ADDRESSES + readAddressCount(view, at) * 4;
}

export interface AdvertFields {
  version: 2 | 3;
  family: 4 | 6;
  vrid: number;
  priority: number;
  /** Version 2: whole seconds, 0 to 255; version 3: centiseconds, 1 to 4095. */
  interval: number;
  /** IPv4 as numbers, IPv6 as words, matching `family`; 255 at most. */
  addresses: readonly (number | readonly [number, number, number, number])[];
  /** Version 2 only; default `AUTH_NONE`. */
  authType?: number;
  /** Version 2 only: up to eight octets, zero-padded. */
  authData?: Uint8Array;
}

/** Writes a message with checksum 0; returns its end. `writeAdvertChecksum` comes after. */
export function emitAdvert(view: DataView, at: number, fields: AdvertFields): number {
  view.setUint8(at, (fields.version << 4) | TYPE_ADVERTISEMENT);
  view.setUint8(at + VIRTUAL_ROUTER_ID, fields.vrid);
  view.setUint8(at + PRIORITY, fields.priority);
  view.setUint8(at + ADDRESS_COUNT, fields.addresses.length);
  if (fields.version === 2) {
    view.setUint8(at + AUTH_TYPE, fields.authType ?? AUTH_NONE);
    view.setUint8(at + ADVERT_INTERVAL, fields.interval);
  } else {
    view.setUint16(at + MAX_ADVERT_INTERVAL, fields.interval & 0x0fff);
  }
  view.setUint16(at + CHECKSUM, 0);
  let end = at + ADDRESSES;
  for (const address of fields.addresses) {
    for (const word of typeof address === 'number' ? [address] : address) {
      view.setUint32(end, word);
      end += 4;
    }
  }
  if (fields.version === 3) return end;
  for (let i = 0; i < AUTH_DATA_LENGTH; i++) view.setUint8(end + i, fields.authData?.[i] ?? 0);
  return end + AUTH_DATA_LENGTH;
}
