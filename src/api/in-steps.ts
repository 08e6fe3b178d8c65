/**
 * A request that asks for several things at once, of which the control plane does one at a time:
 * what was done is undone where a later one is refused. Between the steps others may see those
 * that are done; an end of the process between them leaves them done and unanswered.
 */
import type { Operation, Outcome } from '../havip/inventory/operation.ts';

export interface Step {
  operation: Operation;
  /** What takes it back; `subject` is the id of what was made or changed. */
  undo: (subject: string) => Operation;
}

export type Accepted = Extract<Outcome, { ok: true }>;
export type Refused = Extract<Outcome, { ok: false }>;

/** The outcomes in their order, or the refusal that nothing is left of. */
export async function allOrNone(
  steps: readonly Step[],
  submit: (operation: Operation) => Promise<Outcome>,
): Promise<Accepted[] | Refused> {
  const done: Accepted[] = [];
  const undoing: Operation[] = [];
  for (const { operation, undo } of steps) {
    const outcome = await submit(operation);
    if (!outcome.ok) {
      for (const back of undoing.reverse()) await submit(back);
      return outcome;
    }
    done.push(outcome);
    undoing.push(undo(outcome.subject));
  }
  return done;
}
