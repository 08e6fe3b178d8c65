/**
 * What stands in the lanes, one item for each thing that can be pointed at: flat lists, because
 * the chart draws by index and asks by index what it is that the pointer is on.
 */
import type { Bar, ClaimMarks, Event, OutageBand } from '../picture.ts';
import type { GroupRow, LaneRow, Layout } from './layout.ts';

export interface Item {
  from: number;
  to: number;
  frame: number;
  about: string[];
}

export interface BandItem extends Item {
  row: GroupRow;
  band: OutageBand;
}

export interface BarItem extends Item {
  row: LaneRow;
  bar: Bar;
}

export interface TickItem extends Item {
  row: LaneRow;
  host: number;
  place: 'foot' | 'upper' | 'lower';
  /** 0 to 1: how many are in this mark, against the fullest of the lane. */
  weight: number;
}

export interface ClaimItem extends Item {
  row: LaneRow;
  claim: ClaimMarks;
}

export interface EventItem extends Item {
  row: GroupRow;
  event: Event;
}

export interface Items {
  bands: BandItem[];
  bars: BarItem[];
  ticks: TickItem[];
  claims: ClaimItem[];
  events: EventItem[];
}

export function itemsOf(layout: Layout): Items {
  const items: Items = { bands: [], bars: [], ticks: [], claims: [], events: [] };
  for (const row of layout.groups) {
    for (const band of row.group.outages) items.bands.push({ ...band, row, band });
    for (const event of row.group.events) {
      items.events.push({ ...event, from: event.t, to: event.t, row, event });
    }
    for (const lane of row.lanes) addLane(items, lane);
  }
  // The longest first: where words have no room, theirs stay.
  items.bands.sort((a, b) => b.to - b.from - (a.to - a.from));
  return items;
}

function addLane(items: Items, row: LaneRow): void {
  for (const bar of row.lane.bars) items.bars.push({ ...bar, row, bar });
  for (const { host, what, marks, place } of row.lane.ticks) {
    const fullest = marks.reduce((most, [, , , count]) => Math.max(most, count), 1);
    for (const [from, to, frame, count] of marks) {
      const about = [count === 1 ? what : `${count} × ${what}`];
      const weight = Math.log1p(count) / Math.log1p(fullest);
      items.ticks.push({ from, to, frame, about, row, host, place, weight });
    }
  }
  for (const claim of row.lane.claims) {
    for (const [from, to, frame, count] of claim.marks) {
      const about = [count === 1 ? claim.about : `${count} × ${claim.about}`];
      items.claims.push({ from, to, frame, about, row, claim });
    }
  }
}
