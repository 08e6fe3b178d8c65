/** The state of a lab without a state file: its history, as long as it runs. */
import type { Operation } from '../../havip/inventory/operation.ts';
import type { Accepted, Caller, HistoryQuery, Prepared } from '../../havip/inventory/plane.ts';
import { acceptedCall, refusedCall } from './calls.ts';
import {
  type CallEntry,
  HISTORY_MOST,
  type HistoryEntry,
  type HolderEntry,
  inOrder,
  type RefusalEntry,
  type StateStore,
} from './history.ts';
import { RefusalLog } from './refusal-log.ts';

/** Entries of each kind; a state file keeps more. */
const KEPT_HERE = 10_000;

export class MemoryStore implements StateStore {
  private readonly holders: HolderEntry[] = [];
  private readonly refusals: RefusalEntry[] = [];
  private readonly calls: CallEntry[] = [];
  private readonly refusalLog = new RefusalLog();

  prepare(accepted: Accepted): Prepared {
    const commit = (): void => keep(this.calls, acceptedCall(accepted));
    return { commit, rollback() {} };
  }

  refused(operation: Operation, code: string, caller: Caller, at: number): void {
    keep(this.calls, refusedCall(operation, code, caller, at));
  }

  holder(entry: HolderEntry): void {
    keep(this.holders, entry);
  }

  refusal(claim: Omit<RefusalEntry, 'until' | 'count'>): void {
    const { entry, isNew } = this.refusalLog.count(claim);
    if (isNew) keep(this.refusals, entry);
  }

  history({ havip, since, limit = HISTORY_MOST }: HistoryQuery): HistoryEntry[] {
    const entries: HistoryEntry[] = [
      ...this.holders.map((entry) => ({ kind: 'holder' as const, ...entry })),
      ...this.refusals.map((entry) => ({ kind: 'refused' as const, ...entry })),
      ...this.calls.map((entry) => ({ kind: 'call' as const, ...entry })),
    ];
    const isAsked = (entry: HistoryEntry): boolean =>
      (havip === null || entry.havip === havip) && (since === null || entry.time >= since);
    return inOrder(entries.filter(isAsked), limit);
  }

  close(): void {}
}

function keep<T>(entries: T[], entry: T): void {
  entries.push(entry);
  // Half at once, so that it costs nothing a call.
  if (entries.length >= 2 * KEPT_HERE) entries.splice(0, entries.length - KEPT_HERE);
}
