/**
 * How much of a capture a picture holds: a page that nobody can open shows nothing. The bounds are
 * shared among its lanes. Marks beyond them are merged with their neighbours, so that none is
 * lost; of bars, bands and badges the first and the last are drawn, and the rest is counted.
 */
import type { LaneMark, Lanes } from '../../analysis/lanes.ts';

/** Marks of all lanes together; a browser draws so many in half a second. */
const MARKS_MAX = 6000;
const MARKS_OF_LANE_MIN = 48;
const ENTRIES_MAX = 1600;
const ENTRIES_OF_LANE_MIN = 40;

export class PictureBudget {
  /** Bars, bands and badges that are not drawn. */
  leftOut = 0;
  private readonly marks: number;
  private readonly entriesOfLane: number;

  /** `lanes` are those that will be drawn. */
  constructor(lanes: Lanes) {
    const sizes = sizesOf(lanes);
    this.marks = Math.max(MARKS_OF_LANE_MIN, shareOf(sizes, MARKS_MAX));
    const drawn = lanes.adverts.length + 3 * lanes.addresses.length;
    const share = Math.floor(ENTRIES_MAX / Math.max(1, drawn));
    this.entriesOfLane = Math.max(ENTRIES_OF_LANE_MIN, share);
  }

  /** The marks of one lane, neighbours merged until they are few enough. */
  thin(marks: readonly LaneMark[]): LaneMark[] {
    if (marks.length <= this.marks) return [...marks];
    const first = marks[0]?.[0] ?? 0;
    const width = ((marks.at(-1)?.[0] ?? 0) - first) / this.marks || 1;
    const merged: LaneMark[] = [];
    let bucket = -1;
    for (const mark of marks) {
      const of = Math.min(this.marks - 1, Math.floor((mark[0] - first) / width));
      const last = merged.at(-1);
      if (of !== bucket || last === undefined) merged.push(mark);
      else
        merged[merged.length - 1] = [
          last[0],
          Math.max(last[1], mark[1]),
          last[2],
          last[3] + mark[3],
        ];
      bucket = of;
    }
    return merged;
  }

  /** The first and the last of a list. */
  ends<T>(list: readonly T[]): T[] {
    const { entriesOfLane } = this;
    if (list.length <= entriesOfLane) return [...list];
    this.leftOut += list.length - entriesOfLane;
    const half = entriesOfLane / 2;
    return [...list.slice(0, Math.ceil(half)), ...list.slice(list.length - Math.floor(half))];
  }
}

function sizesOf({ adverts, addresses }: Lanes): number[] {
  const ofAddresses = addresses.flatMap(({ to, from, claims }) => [
    to.length,
    ...[...from, ...claims].map(({ marks }) => marks.length),
  ]);
  return [...adverts.map(({ marks }) => marks.length), ...ofAddresses];
}

/** The size that no lane may exceed, so that all together keep within `total`. */
function shareOf(sizes: number[], total: number): number {
  const ascending = [...sizes].sort((a, b) => a - b);
  let left = total;
  for (const [index, size] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - index));
    if (size > share) return share;
    left -= size;
  }
  return Number.POSITIVE_INFINITY;
}
