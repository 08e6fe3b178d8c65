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
  headHeight: number;
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
/** Where nothing stands in the head but the group's own label. */
const HEAD_EMPTY = 22;
const LABEL = 17;
const GAP = 7;
const GROUP_GAP = 14;
const HEIGHTS: Record<Lane['kind'], number> = { holder: 28, claims: 22, traffic: 32, adverts: 30 };

export function layoutOf(picture: Picture, width: number): Layout {
  const isNarrow = width < NARROW;
  const label = isNarrow ? LABEL : 0;
  let y = 0;
  const groups = picture.groups.map((group): GroupRow => {
    const top = y;
    y += label + 2;
    const headY = y;
    const isEmpty = group.events.length === 0 && group.outages.length === 0;
    const headHeight = isEmpty ? (isNarrow ? 4 : HEAD_EMPTY) : HEAD;
    y += headHeight;
    const lanesY = y;
    const lanes = group.lanes.map((lane): LaneRow => {
      const labelY = y;
      const height = HEIGHTS[lane.kind];
      y += label + height + GAP;
      return { lane, y: labelY + label, height, labelY };
    });
    const row = { group, y: top, height: y - top, headY, headHeight, lanesY, lanes };
    y += GROUP_GAP;
    return row;
  });
  const gutter = isNarrow ? GUTTER_NARROW : GUTTER;
  return { isNarrow, gutter, groups, height: Math.max(0, y - GROUP_GAP) };
}
