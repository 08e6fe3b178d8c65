/**
 * pcapng time: a 64-bit count of units and a resolution, to seconds and nanoseconds, exactly.
 *
 * The count is two 32-bit halves. A double holds 53 bits, so every step below works on pieces small
 * enough to be exact; fractions of a nanosecond are cut off (towards the past). No BigInt.
 * draft-ietf-opsawg-pcapng, if_tsresol: most significant bit 0 means 10^-n, 1 means 2^-n seconds.
 */

export const RESOLUTION_MICROSECONDS = 6;
export const RESOLUTION_NANOSECONDS = 9;

/** A 64-bit count holds no whole second of units finer than 10^-19 or 2^-63. */
export function isResolutionReadable(resolution: number): boolean {
  return resolution & 0x80 ? (resolution & 0x7f) <= 63 : resolution <= 19;
}

const WORD = 0x1_0000_0000;
const HALF = 0x1_0000;
/** 10^9 is 2^9 times this. */
const FIVE_POW_9 = 1_953_125;
const POWERS = Array.from({ length: 20 }, (_, n) => 10 ** n);

/** Writes the time of record `i`; `resolution` must be readable. */
export function storeTime(
  seconds: Float64Array,
  nanoseconds: Uint32Array,
  i: number,
  resolution: number,
  high: number,
  low: number,
): void {
  if (resolution === RESOLUTION_MICROSECONDS) {
    // (high mod 10^6) x 2^32 + low is below 2^52. No %, which is a library call on doubles.
    const h = Math.floor(high / 1e6);
    const carried = (high - h * 1e6) * WORD + low;
    const q = Math.floor(carried / 1e6);
    seconds[i] = h * WORD + q;
    nanoseconds[i] = (carried - q * 1e6) * 1000;
  } else if (resolution <= 9) {
    // Long division in digits of 16 bits: every remainder x 2^16 is below 2^46.
    const unit = POWERS[resolution]!;
    const h = Math.floor(high / unit);
    const a = (high - h * unit) * HALF + (low >>> 16);
    const qa = Math.floor(a / unit);
    const b = (a - qa * unit) * HALF + (low & 0xffff);
    const qb = Math.floor(b / unit);
    seconds[i] = h * WORD + qa * HALF + qb;
    nanoseconds[i] = (b - qb * unit) * POWERS[9 - resolution]!;
  } else if (resolution & 0x80) {
    storeBinary(seconds, nanoseconds, i, resolution & 0x7f, high, low);
  } else {
    const finer = POWERS[resolution - 9]!;
    // Below 2^35, as the count is below 2^64 and 10^9 above 2^29.
    const nines = quotient(high, low, 1e9);
    const rest = remainder(high, low, 1e9);
    const over = nines % finer;
    seconds[i] = Math.floor(nines / finer);
    // (over x 10^9 + rest) / finer; at 10^-19 `rest` can no longer change the whole nanoseconds.
    nanoseconds[i] =
      resolution === 19
        ? Math.floor(over / 10)
        : over * POWERS[18 - resolution]! + Math.floor(rest / finer);
  }
}

/** Whole quotient of the 64-bit count by `unit` <= 10^9: long division in digits of 16 bits. */
function quotient(high: number, low: number, unit: number): number {
  const a = (high % unit) * HALF + (low >>> 16);
  const b = (a % unit) * HALF + (low & 0xffff);
  return Math.floor(high / unit) * WORD + Math.floor(a / unit) * HALF + Math.floor(b / unit);
}

function remainder(high: number, low: number, unit: number): number {
  const a = (high % unit) * HALF + (low >>> 16);
  return ((a % unit) * HALF + (low & 0xffff)) % unit;
}

function storeBinary(
  seconds: Float64Array,
  nanoseconds: Uint32Array,
  i: number,
  bits: number,
  high: number,
  low: number,
): void {
  // Dividing by a power of two is exact, and so is the floor of it.
  const lowScale = 2 ** Math.min(bits, 32);
  const highScale = 2 ** Math.max(bits - 32, 0);
  const highFraction = bits > 32 ? high % highScale : 0;
  const lowFraction = low % lowScale;
  seconds[i] = Math.floor(high / highScale) * (WORD / lowScale) + Math.floor(low / lowScale);
  // fraction x 5^9 as two words, then the remaining shift by bits - 9.
  const product = lowFraction * FIVE_POW_9;
  const upper = highFraction * FIVE_POW_9 + Math.floor(product / WORD);
  const lower = product % WORD;
  nanoseconds[i] =
    bits <= 41
      ? upper * 2 ** (41 - bits) + Math.floor(lower / 2 ** (bits - 9))
      : Math.floor(upper / 2 ** (bits - 41));
}

/**
 * The reverse: seconds and nanoseconds as a 64-bit count of 10^-`digits` seconds, `digits` from 0
 * to 9; finer parts are cut off. Throws RangeError where 64 bits do not hold it.
 */
export function splitTime(
  seconds: number,
  nanoseconds: number,
  digits: number,
): { high: number; low: number } {
  const unit = POWERS[digits]!;
  const fraction = Math.floor(nanoseconds / POWERS[9 - digits]!);
  // seconds x unit + fraction in digits of 16 bits; every product stays below 2^53.
  const lower = (seconds % HALF) * unit + fraction;
  const upper = Math.floor(seconds / HALF) * unit + Math.floor(lower / HALF);
  const high = Math.floor(upper / HALF);
  if (high > 0xffff_ffff) throw new RangeError(`second ${seconds} does not fit 64 bits`);
  return { high, low: (upper % HALF) * HALF + (lower % HALF) };
}
