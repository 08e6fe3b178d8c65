/** How long a section of the text report may get before it is cut. */
export const ROWS_MAX = 20;

export interface Cut<T> {
  first: T[];
  last: T[];
  /** How many entries between the two are not shown, those that the result left out included. */
  hidden: number;
}

/**
 * The number, counted from 1, of an entry of a list that the result cut to as many from its start
 * as from its end: `index` is its place in what is left.
 */
export function numberOf(index: number, length: number, elided: number): number {
  return index < length / 2 ? index + 1 : index + 1 + elided;
}

/** The first and the last entries of a list of events, half of `rows` each; all where they fit. */
export function cut<T>(list: T[], elided: number, rows = ROWS_MAX): Cut<T> {
  if (list.length <= rows && elided === 0) return { first: list, last: [], hidden: 0 };
  const half = Math.min(rows / 2, Math.ceil(list.length / 2));
  const first = list.slice(0, half);
  const last = list.slice(Math.max(half, list.length - half));
  return { first, last, hidden: list.length - first.length - last.length + elided };
}
