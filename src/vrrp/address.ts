/**
 * Addresses of either family as the VRRP state machine keeps them: compared, never hot.
 */

import { formatIpv4, formatIpv6 } from '../wire/ip-address.ts';

/** IPv4 as an unsigned number, IPv6 as four unsigned words, most significant first. */
export type Address = number | readonly [number, number, number, number];

/** Negative, zero or positive as `a` is lower than, equal to or higher than `b`. */
export function compareAddresses(a: Address, b: Address): number {
  if (typeof a === 'number' || typeof b === 'number') {
    return typeof a === 'number' && typeof b === 'number' ? a - b : 0;
  }
  for (const word of [0, 1, 2, 3] as const) {
    if (a[word] !== b[word]) return a[word] - b[word];
  }
  return 0;
}

/** Whether a list holds an address. */
export function includesAddress(addresses: readonly Address[], wanted: Address): boolean {
  return addresses.some((address) => isSameAddress(address, wanted));
}

function isSameAddress(a: Address, b: Address): boolean {
  return typeof a === typeof b && compareAddresses(a, b) === 0;
}

/** The same addresses in any order. */
export function isSameAddressList(a: readonly Address[], b: readonly Address[]): boolean {
  return a.length === b.length && a.every((address) => includesAddress(b, address));
}

export function addressText(address: Address): string {
  return typeof address === 'number' ? formatIpv4(address) : formatIpv6(...address);
}
