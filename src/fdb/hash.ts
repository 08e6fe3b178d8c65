// Integer hashes for the forwarding tables: Austin Appleby's murmur3 finaliser over key words.
//
// The seed enters before the first multiplication and every word passes a whole finaliser before
// the next is mixed in, so that a sender who does not know the seed cannot cancel one word's
// difference by another's and pile its addresses onto one slot. This is no cryptographic hash.
// The two-word form is written out flat: as nested calls it costs a look-up a fifth more.

/** The seed of a table that is given none: fixed, so that runs repeat exactly. */
export const DEFAULT_SEED = 0x9e3779b9 | 0;

/** Its multipliers. */
export const FIRST = 0x85ebca6b | 0;
export const SECOND = 0xc2b2ae35 | 0;

/** The murmur3 finaliser: a bijection of 32-bit integers in which every bit moves every other. */
export function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), FIRST);
  h = Math.imul(h ^ (h >>> 13), SECOND);
  return h ^ (h >>> 16);
}

/** Hash of a key of two 32-bit words, as a signed 32-bit integer. */
export function hashTwo(seed: number, first: number, second: number): number {
  let h = seed ^ first;
  h = Math.imul(h ^ (h >>> 16), FIRST);
  h = Math.imul(h ^ (h >>> 13), SECOND);
  h ^= h >>> 16;
  h ^= second;
  h = Math.imul(h ^ (h >>> 16), FIRST);
  h = Math.imul(h ^ (h >>> 13), SECOND);
  return h ^ (h >>> 16);
}

/** Hash of a key of five 32-bit words (a network and an IPv6 address), signed 32-bit. */
export function hashFive(
  seed: number,
  first: number,
  w0: number,
  w1: number,
  w2: number,
  w3: number,
): number {
  return mix(mix(hashTwo(hashTwo(seed, first, w0), 0, w1) ^ w2) ^ w3);
}
