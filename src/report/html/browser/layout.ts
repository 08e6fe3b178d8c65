/** Where each group and lane stands, in pixels below the top of the chart's grid. */
import type { Group, Lane, Picture } from '../picture.ts';

export interface LaneRow {
  lane: Lane;
  y: number;
  height: number;
  labelY: number;
}

export interface GroupRow {
  group: Group;
  y: number;
  height: number;
  /** The head carries badges and lengths of outages; the lanes begin below it. */
  headY: number;
  lanesY: number;
  lanes: LaneRow[];
}

export interface Layout {
  isNarrow: boolean;
  /** Margin for labels, left of the grid. */
  gutter: number;
  groups: GroupRow[];
  height: number;
}

const NARROW = 640;
const GUTTER = 178;
const GUTTER_NARROW = 6;
const HEAD = 36;
const LABEL = 17;
const GAP = 7;
const GROUP_GAP = 14;
const HEIGHTS: Record<Lane['kind'], number> = { holder: 28, claims: 22, traffic: 32, adverts: 24 };

export function layoutOf(picture: Picture, width: number): Layout {
  const isNarrow = width < NARROW;
  const label = isNarrow ? LABEL : 0;
  let y = 0;
  const groups = picture.groups.map((group): GroupRow => {
    const top = y;
    y += label + 2;
    const headY = y;
    y += HEAD;
    const lanesY = y;
    const lanes = group.lanes.map((lane): LaneRow => {
      const labelY = y;
      const height = HEIGHTS[lane.kind];
      y += label + height + GAP;
      return { lane, y: labelY + label, height, labelY };
    });
    const row = { group, y: top, height: y - top, headY, lanesY, lanes };
    y += GROUP_GAP;
    return row;
  });
  const gutter = isNarrow ? GUTTER_NARROW : GUTTER;
  return { isNarrow, gutter, groups, height: Math.max(0, y - GROUP_GAP) };
}
