/**
 * What a state store remembers beside the resources: who held a HaVip when, which claims were
 * refused, which calls came in; and how it is asked for. Times are milliseconds since 1970, with a
 * fraction down to the microsecond where one is known.
 */
import type { HistoryQuery, Journal } from '../../havip/inventory/plane.ts';

/** A change of holder. Ids of HaVips; holders by instance, or by MAC where nobody knows it. */
export interface HolderEntry {
  time: number;
  havip: string;
  ip: string;
  /** Null for nobody. */
  from: string | null;
  to: string | null;
  cause: string;
  detectionSeconds: number | null;
  outageSeconds: number | null;
}

/** A claim that was refused; the same ones within a minute are one entry. */
export interface RefusalEntry {
  time: number;
  /** Of the last of them. */
  until: number;
  /** Null where the address is no HaVip's. */
  havip: string | null;
  ip: string;
  mac: string;
  /** The instance of that MAC, where it is known. */
  name: string | null;
  reason: string;
  count: number;
}

export interface CallEntry {
  time: number;
  /** What the call was about, or made; null where nobody can say. */
  havip: string | null;
  dialect: string;
  call: string;
  /** What it named beside that: an instance, an ENI, several; null for nothing. */
  about: string | null;
  requestId: string;
  operation: string;
  /** `ok`, or the code of the refusal. */
  outcome: string;
}

export type HistoryEntry =
  | ({ kind: 'holder' } & HolderEntry)
  | ({ kind: 'refused' } & RefusalEntry)
  | ({ kind: 'call' } & CallEntry);

export interface HistorySink {
  holder(entry: HolderEntry): void;
  refusal(entry: Omit<RefusalEntry, 'until' | 'count'>): void;
}

/** Where the control plane keeps its resources and its history. */
export interface StateStore extends Journal, HistorySink {
  /** The newest entries that the query asks for, `HISTORY_MOST` at most, oldest first. */
  history(query: HistoryQuery): HistoryEntry[];
  close(): void;
}

/** Entries of each kind that are kept; the oldest go first. */
export const KEPT_MOST = 100_000;
/** Entries of one answer. */
export const HISTORY_MOST = 100_000;

/** In the order of time, the newest `limit`. */
export function inOrder(entries: HistoryEntry[], limit: number): HistoryEntry[] {
  entries.sort((a, b) => a.time - b.time);
  return entries.slice(Math.max(0, entries.length - limit));
}
