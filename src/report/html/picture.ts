/**
 * What the picture of a page shows: lanes over time, in groups, one for each virtual address.
 * Plain data, made here and drawn by the code that runs in the page (browser/); the two share
 * these types and nothing else. Times are seconds since the first frame.
 */
import type { LaneMark } from '../../analysis/lanes.ts';
import type { ClaimEntry } from '../../analysis/result.ts';

/** An index into `Picture.hosts`; -1 is nobody known. */
export type HostIndex = number;

export interface Bar {
  from: number;
  to: number;
  host: HostIndex;
  /** Stands in the bar where there is room. */
  text: string;
  frame: number;
  /** Lines of the tooltip. */
  about: string[];
  /** How the bar ends: nothing to say, by a resignation, or silently. */
  end: 'open' | 'resigned' | 'silent';
}

export interface Ticks {
  host: HostIndex;
  /** What one tick is, in the singular: "advert". */
  what: string;
  marks: LaneMark[];
  /** Which part of the lane they stand in: a half, or the foot of a bar. */
  place: 'foot' | 'upper' | 'lower';
}

export interface ClaimMarks {
  host: HostIndex;
  verdict: ClaimEntry['verdict'];
  about: string;
  marks: LaneMark[];
}

export interface Lane {
  kind: 'holder' | 'claims' | 'traffic' | 'adverts';
  label: string;
  /** Whose lane it is; -1 where several share it. */
  host: HostIndex;
  bars: Bar[];
  ticks: Ticks[];
  claims: ClaimMarks[];
}

export interface OutageBand {
  from: number;
  to: number;
  text: string;
  frame: number;
  about: string[];
}

/** A moment that a badge names: a failover by its number. */
export interface Event {
  t: number;
  text: string;
  frame: number;
  about: string[];
}

export interface Group {
  label: string;
  lanes: Lane[];
  outages: OutageBand[];
  events: Event[];
}

export interface Picture {
  /** Milliseconds since 1970 of t = 0; null where no frame has a time. */
  start: number | null;
  duration: number;
  /** Names of hosts, in the order of their colours. */
  hosts: string[];
  groups: Group[];
}
