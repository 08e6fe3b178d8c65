/**
 * Numbers as a person reads them: durations, moments, counts, octets. Digits are cut or rounded
 * for reading only; the JSON document has them all.
 */
import type { FrameOrigin } from '../analysis/result.ts';

/** A duration: milliseconds below one second, minutes from two minutes on. */
export function duration(seconds: number): string {
  const size = Math.abs(seconds);
  if (size === 0) return '0 s';
  if (size < 0.000_999_5) return `${Math.round(seconds * 1e6)} µs`;
  if (size < 0.009_95) return `${(seconds * 1e3).toFixed(1)} ms`;
  if (size < 0.999_5) return `${Math.round(seconds * 1e3)} ms`;
  if (size < 120) return `${seconds.toFixed(3)} s`;
  const tenths = Math.round(size * 10);
  const minutes = Math.floor(tenths / 600);
  const rest = ((tenths - minutes * 600) / 10).toFixed(1);
  return `${seconds < 0 ? '-' : ''}${minutes} min ${rest} s`;
}

/** A difference, with its sign. */
export function difference(seconds: number): string {
  return (seconds < 0 ? '' : '+') + duration(seconds);
}

/**
 * `hh:mm:ss.mmm` of an RFC 3339 time, cut, not rounded; a dash where there is none. A time that no
 * calendar has is seconds alone, which are given whole.
 */
export function clockTime(time: string | null): string {
  if (time === null) return '-';
  const day = time.indexOf('T');
  return day < 0 ? time : time.slice(day + 1, day + 13);
}

/** `yyyy-mm-dd` of an RFC 3339 time; seconds that no calendar has are given whole. */
export function date(time: string): string {
  const day = time.indexOf('T');
  return day < 0 ? time : time.slice(0, day);
}

/** `yyyy-mm-dd, hh:mm:ss UTC`, or seconds that no calendar has. */
export function dayAndTime(time: string): string {
  return time.includes('T') ? `${date(time)}, ${clockTime(time).slice(0, 8)} UTC` : `${time} s`;
}

/** Seconds since the first frame with three decimals. */
export function offset(t: number | null): string {
  return t === null ? '-' : t.toFixed(3);
}

/** `once`, `3 times`. */
export function again(times: number): string {
  return times === 1 ? 'once' : `${times} times`;
}

/** `120`; of several merged captures `120 (b.pcap 45)`. */
export function frameLabel(entry: Partial<FrameOrigin> & { frame: number | null }): string {
  const place = placeInFile(entry);
  const number = String(entry.frame ?? '-');
  return place === '' ? number : `${number} (${place})`;
}

/** `b.pcap 45`; nothing where there is one capture only. */
export function placeInFile({ file, fileFrame }: Partial<FrameOrigin>): string {
  return file === undefined ? '' : `${file} ${fileFrame}`;
}

/** Thousands set apart: 1,234,567. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 frame`, `2 frames`; irregular plurals are given. */
export function counted(value: number, noun: string, plural = noun + 's'): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** Octets in decimal units, as capture tools print them. */
export function octets(value: number): string {
  if (value < 1000) return `${value} B`;
  if (value < 999_950) return `${(value / 1e3).toFixed(1)} kB`;
  if (value < 999_950_000) return `${(value / 1e6).toFixed(1)} MB`;
  return `${(value / 1e9).toFixed(1)} GB`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
