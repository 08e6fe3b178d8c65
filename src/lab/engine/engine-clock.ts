/**
 * The engine's clock: nanoseconds since `base` seconds of 1970, by a performance clock, which
 * counts milliseconds from `timeOrigin`. Whole ones: times are written with nine decimals, and what
 * the clock gives, a difference of two large numbers of milliseconds, has more.
 */
export function engineClock(
  base: number,
  { timeOrigin, now }: { timeOrigin: number; now(): number },
): () => number {
  const origin = Math.round(timeOrigin * 1e6 - base * 1e9);
  return () => origin + Math.round(now() * 1e6);
}
