/** Ids of what is created, as each cloud's look, and the MAC that Huawei gives a VIP's port. */
import { ACCOUNT_RULES, type IdPrefixes } from '../account-rules.ts';
import type { RuleSet } from '../rule-set.ts';

/** `newId` gives letters and digits, never the same twice. */
export function idOf(rules: RuleSet, kind: keyof IdPrefixes, newId: () => string): string {
  const { ids } = ACCOUNT_RULES[rules.name];
  return ids === null ? uuidOf(newId()) : ids[kind] + newId();
}

/** In the prefix of OpenStack's ports, the rest from the id: the same at every start. */
export function portMacOf(id: string): string {
  const hex = word(id, 1).toString(16).padStart(8, '0');
  return `fa:16:3e:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}`;
}

/** A UUID of version 8 (RFC 9562, section 5.8): all but its version and variant is our own. */
function uuidOf(seed: string): string {
  const hex = hashOf(seed);
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`];
  return [...parts, variant + hex.slice(17, 20), hex.slice(20, 32)].join('-');
}

/** 128 bits that differ where the texts do; no secret is made of them. */
function hashOf(text: string): string {
  return [1, 2, 3, 4].map((seed) => word(text, seed).toString(16).padStart(8, '0')).join('');
}

/** FNV-1a of 32 bits from a basis of its own, its bits mixed at the end (as MurmurHash3 does). */
function word(text: string, seed: number): number {
  let hash = Math.imul(0x811c9dc5, seed);
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
