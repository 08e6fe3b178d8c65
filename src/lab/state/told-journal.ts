/** A journal that tells of each operation which it has accepted, once that is there to stay. */
import type { Operation } from '../../havip/inventory/operation.ts';
import type { Accepted, Caller, Journal, Prepared } from '../../havip/inventory/plane.ts';
import { acceptedCall } from './calls.ts';
import type { CallEntry } from './history.ts';

export class ToldJournal implements Journal {
  private readonly journal: Journal;
  private readonly onCall: (entry: CallEntry) => void;

  constructor(journal: Journal, onCall: (entry: CallEntry) => void) {
    this.journal = journal;
    this.onCall = onCall;
  }

  prepare(accepted: Accepted): Prepared {
    const prepared = this.journal.prepare(accepted);
    const commit = (): void => {
      prepared.commit();
      this.onCall(acceptedCall(accepted));
    };
    return { commit, rollback: () => prepared.rollback() };
  }

  refused(operation: Operation, code: string, caller: Caller, at: number): void {
    this.journal.refused(operation, code, caller, at);
  }
}
