/**
 * Addresses and blocks as the words that the dataplane compares: four, of which an IPv4 address is
 * the last. A cold path: text in, numbers out.
 */
import type { AddressWords, RoutedBlock } from '../dataplane/router.ts';
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from '../wire/ip-address.ts';

export interface ParsedAddress {
  readonly family: 4 | 6;
  readonly words: AddressWords;
}

/** Throws on text that is no address. */
export function parseWords(text: string): ParsedAddress {
  const ipv4 = parseIpv4(text);
  if (!Number.isNaN(ipv4)) return { family: 4, words: [0, 0, 0, ipv4] };
  const ipv6 = parseIpv6(text);
  if (ipv6 === null) throw new RangeError(`${text} is no IP address`);
  return { family: 6, words: ipv6 };
}

/** Dotted decimal, or as RFC 5952 says. */
export function formatWords(family: 4 | 6, words: AddressWords): string {
  return family === 4 ? formatIpv4(words[3]) : formatIpv6(...words);
}

export function canonicalAddress(text: string): string {
  const { family, words } = parseWords(text);
  return formatWords(family, words);
}

/** Of `address/prefix`; throws where the address is none. */
export function parseBlock(cidr: string): RoutedBlock {
  const slash = cidr.indexOf('/');
  const { family, words } = parseWords(cidr.slice(0, slash));
  return { family, words, prefix: Number(cidr.slice(slash + 1)) };
}

export function blockContains(block: RoutedBlock, family: 4 | 6, words: AddressWords): boolean {
  if (block.family !== family) return false;
  let left = family === 4 ? block.prefix + 96 : block.prefix;
  for (let i = 0; i < 4 && left > 0; i++, left -= 32) {
    const mask = left >= 32 ? 0xffffffff : (0xffffffff << (32 - left)) >>> 0;
    if (((words[i] as number) & mask) !== ((block.words[i] as number) & mask)) return false;
  }
  return true;
}

/** 169.254.0.0/16 and fe80::/10. */
export function isLinkLocal(family: 4 | 6, words: AddressWords): boolean {
  return family === 4 ? words[3] >>> 16 === 0xa9fe : words[0] >>> 22 === 0x3fa;
}
