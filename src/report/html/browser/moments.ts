/** Moments in words: seconds since the first frame, and the time of day in UTC. */

/** `13.265 s`, with as many digits as the stretch in view can tell apart. */
export function offsetText(t: number, span: number): string {
  const digits = span > 30 ? 1 : span > 3 ? 2 : span > 0.1 ? 3 : 6;
  return `${t.toFixed(digits)} s`;
}

/** `22:13:29.585`; empty where the capture has no times. */
export function clockText(start: number | null, t: number, digits = 3): string {
  if (start === null) return '';
  const date = new Date(start + t * 1000);
  if (Number.isNaN(date.getTime())) return '';
  const text = date.toISOString();
  return digits === 0 ? text.slice(11, 19) : text.slice(11, 20 + digits);
}

/** Whole numbers without decimals; a tick of the axis. */
export function tickText(t: number): string {
  return `${Number(t.toFixed(6))} s`;
}
