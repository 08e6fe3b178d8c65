/**
 * The Internet checksum (RFC 1071) and the pseudo-headers of IPv4 (RFC 9293 section 3.1) and
 * IPv6 (RFC 8200 section 8.1).
 *
 * Sums are kept unfolded in a number: 16-bit words of a frame of any size stay far below 2^53,
 * so partial sums can be added and folded once.
 */

/** The unfolded sum of the 16-bit words in `[at, end)`; an odd last octet counts as high. */
export function sumWords(view: DataView, at: number, end: number): number {
  let sum = 0;
  const evenEnd = end - ((end - at) & 1);
  for (let word = at; word < evenEnd; word += 2) sum += view.getUint16(word);
  if (evenEnd < end) sum += view.getUint8(evenEnd) << 8;
  return sum;
}

/** The ones-complement 16-bit value of an unfolded sum, 0xffff where a checksum verifies. */
export function foldSum(sum: number): number {
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return sum;
}

/** The value to write into a checksum field that held zero while `sum` was taken. */
export function checksumOf(sum: number): number {
  return 0xffff - foldSum(sum);
}

/** Whether a sum taken over data with its checksum in place verifies. */
export function isSumValid(sum: number): boolean {
  return foldSum(sum) === 0xffff;
}

/** Pseudo-header of IPv4: addresses as 32-bit numbers, length of the upper-layer message. */
export function pseudoHeaderSumIpv4(
  source: number,
  destination: number,
  protocol: number,
  length: number,
): number {
  const addresses =
    (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff);
  return addresses + protocol + length;
}

/** Pseudo-header of IPv6, its addresses read from the IPv6 header at `ipAt`. */
export function pseudoHeaderSumIpv6(
  view: DataView,
  ipAt: number,
  protocol: number,
  length: number,
): number {
  return sumWords(view, ipAt + 8, ipAt + 40) + protocol + (length >>> 16) + (length & 0xffff);
}
