/**
 * Whether an operation is accepted, by the rules of the cloud, and what it then changes: pure
 * functions of the inventory as it is.
 */
import type { RuleSet } from '../rule-set.ts';
import type { Inventory } from './inventory.ts';
import type { Operation, Outcome } from './operation.ts';

export interface DecisionContext {
  readonly rules: RuleSet;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly newId: () => string;
  /** Whether anybody holds the HaVip of this id now. */
  readonly isHeld: (havip: string) => boolean;
}

export function decide(
  _inventory: Inventory,
  operation: Operation,
  _context: DecisionContext,
): Outcome {
  return { ok: false, code: 'not-offered', message: `there is no ${operation.kind} yet` };
}
