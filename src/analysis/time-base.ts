/**
 * The capture's clock. `now` is a double of nanoseconds since the whole second of the first timed
 * frame, exact for 104 days; a frame further away keeps its own (seconds, nanoseconds) pair, so
 * its nine decimals are exact too. NaN is a frame without time.
 */
const NANOSECONDS = 1e9;
/** 2^53 ns, in whole seconds: beyond it a double of nanoseconds is not exact any more. */
export const EXACT_SECONDS = 9_007_199;
/** Pairs kept for frames that are further away. */
const FAR_FRAMES_MAX = 100_000;

/** Seconds since the first frame, or an RFC 3339 time. */
export type TimePoint = { seconds: number } | { time: string };

export class TimeBase {
  /** Seconds since 1970 of the first timed frame; NaN before it. */
  base = Number.NaN;
  /** `now` of the first timed frame. */
  first = Number.NaN;
  private readonly far = new Map<number, { seconds: number; nanoseconds: number }>();

  /** `now` for a record's time; NaN seconds give NaN. */
  nowOf(seconds: number, nanoseconds: number, frame: number): number {
    if (Number.isNaN(this.base)) {
      if (Number.isNaN(seconds)) return Number.NaN;
      this.base = seconds;
      this.first = nanoseconds;
    }
    const elapsed = seconds - this.base;
    if (elapsed > EXACT_SECONDS || elapsed < -EXACT_SECONDS) this.keep(frame, seconds, nanoseconds);
    return elapsed * NANOSECONDS + nanoseconds;
  }

  /** `now` of a moment that a user names. */
  nowAt(point: TimePoint): number {
    if ('seconds' in point) return this.first + Math.round(point.seconds * NANOSECONDS);
    const fraction = /\.(\d+)/.exec(point.time)?.[1] ?? '';
    const whole = Date.parse(point.time.replace(/\.\d+/, '')) / 1000;
    return (whole - this.base) * NANOSECONDS + Number(fraction.padEnd(9, '0').slice(0, 9));
  }

  /** RFC 3339 UTC with nine decimals; null for a frame without time. */
  format(now: number, frame: number): string | null {
    if (Number.isNaN(now)) return null;
    const far = this.far.get(frame);
    if (far !== undefined) return formatTime(far.seconds, far.nanoseconds);
    const whole = Math.floor(now / NANOSECONDS);
    return formatTime(this.base + whole, now - whole * NANOSECONDS);
  }

  /** Seconds since the first frame, rounded to nanoseconds; null for a frame without time. */
  sinceFirst(now: number): number | null {
    return Number.isNaN(now) ? null : secondsOf(now - this.first);
  }

  private keep(frame: number, seconds: number, nanoseconds: number): void {
    if (this.far.size < FAR_FRAMES_MAX) this.far.set(frame, { seconds, nanoseconds });
  }
}

/** Nanoseconds as seconds with at most nine decimals: the quotient prints as it should. */
export function secondsOf(nanoseconds: number): number {
  return Math.round(nanoseconds) / NANOSECONDS;
}

let lastSecond = Number.NaN;
let lastText = '';

function formatTime(seconds: number, nanoseconds: number): string {
  const fraction = String(nanoseconds).padStart(9, '0');
  if (seconds !== lastSecond) {
    const date = new Date(seconds * 1000);
    // A 64-bit pcapng time can lie beyond what a calendar date can be made from.
    lastText = Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, -5);
    lastSecond = seconds;
  }
  return lastText === '' ? `${seconds}.${fraction}` : `${lastText}.${fraction}Z`;
}
