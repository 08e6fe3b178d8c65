/**
 * Addresses and CIDR blocks of configuration: text in, text out. A cold path that runs once per
 * start, so it uses ip-address and BigInt; frames are never judged with it.
 */
import { Address4, Address6 } from 'ip-address';

export type Family = 4 | 6;

/** One address, without prefix or zone. `text` is canonical (RFC 5952 for IPv6). */
export interface Address {
  family: Family;
  value: bigint;
  text: string;
}

/** A block; `first` and `last` are its lowest and highest address. */
export interface Cidr {
  family: Family;
  first: bigint;
  last: bigint;
  prefix: number;
  text: string;
}

/** The longest prefixes that still leave a gateway and a host: four addresses. Ours. */
const PREFIX_MAX = { 4: 30, 6: 126 } as const;

/** Null for anything but one plain address: no prefix, no zone, no leading zeros, no spaces. */
export function parseAddress(text: string): Address | null {
  if (/[/%\s]/.test(text)) return null;
  if (Address4.isValid(text)) {
    const address = new Address4(text);
    return { family: 4, value: address.bigInt(), text: address.correctForm() };
  }
  if (!text.includes(':') || !Address6.isValid(text)) return null;
  const address = new Address6(text);
  return { family: 6, value: address.bigInt(), text: address.correctForm() };
}

/** Null where the text is no `address/prefix`; a block whose host bits are set is rounded down. */
export function parseCidr(text: string): Cidr | null {
  const slash = text.indexOf('/');
  if (slash < 0 || !/^[0-9]{1,3}$/.test(text.slice(slash + 1))) return null;
  const base = parseAddress(text.slice(0, slash));
  const prefix = Number(text.slice(slash + 1));
  if (base === null || prefix > bits(base.family)) return null;
  const size = 1n << BigInt(bits(base.family) - prefix);
  const first = base.value - (base.value % size);
  const canonical = formatAddress(base.family, first) + '/' + prefix;
  return { family: base.family, first, last: first + size - 1n, prefix, text: canonical };
}

/** The one form in which an address or a block is kept and compared; other text as it is. */
export function canonicalText(text: string): string {
  return parseAddress(text)?.text ?? parseCidr(text)?.text ?? text;
}

export function formatAddress(family: Family, value: bigint): string {
  return (family === 4 ? Address4 : Address6).fromBigInt(value).correctForm();
}

export function cidrContains(cidr: Cidr, address: Address): boolean {
  if (cidr.family !== address.family) return false;
  return address.value >= cidr.first && address.value <= cidr.last;
}

/** Whether hosts can live in the block: large enough, and neither multicast nor loopback. */
export function isHostBlock(cidr: Cidr): boolean {
  if (cidr.prefix > PREFIX_MAX[cidr.family] || cidr.prefix === 0) return false;
  const barred = cidr.family === 4 ? BARRED_IPV4 : BARRED_IPV6;
  return barred.every((block) => cidr.last < block.first || cidr.first > block.last);
}

/**
 * The address at a place of the block: 0 is its first, 1 the one after, -1 its last.
 * The caller has checked the block (`isHostBlock`); places -4 to 3 exist in every such block.
 */
export function addressAt(cidr: Cidr, place: number): string {
  const value = (place < 0 ? cidr.last + 1n : cidr.first) + BigInt(place);
  return formatAddress(cidr.family, value);
}

function bits(family: Family): number {
  return family === 4 ? 32 : 128;
}

/** Throws RangeError for what is none. */
export function blockOf(text: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr === null) throw new RangeError(text + ' is no CIDR block');
  return cidr;
}

/** "This network", loopback, multicast and above: RFC 6890. */
const BARRED_IPV4 = ['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/3'].map(blockOf);
/** Unspecified and loopback, multicast: RFC 4291 section 2.4. */
const BARRED_IPV6 = ['::/127', 'ff00::/8'].map(blockOf);
