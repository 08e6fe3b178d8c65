/** The words of a decision: what every rule is given, and what it returns. */
import type { RuleSet } from '../rule-set.ts';
import type { Decision, Outcome } from './operation.ts';
import type { Refusal, RefusalCode } from './refusal.ts';

export interface DecisionContext {
  readonly rules: RuleSet;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly newId: () => string;
  /** Whether anybody holds the HaVip of this id now. */
  readonly isHeld: (havip: string) => boolean;
}

export function accept(subject: string, parts: Partial<Omit<Decision, 'subject'>> = {}): Outcome {
  return { ok: true, subject, upserts: [], deletes: [], changes: [], advice: [], ...parts };
}

export function refuse(code: RefusalCode, message: string): { ok: false } & Refusal {
  return { ok: false, code, message };
}

/** A refusal where the rules of one step found a fault. */
export type Fault = ({ ok: false } & Refusal) | null;

/** The first fault that there is; later rules may count on what earlier ones made sure of. */
export function firstFault(...rules: (() => Fault)[]): Fault {
  for (const rule of rules) {
    const fault = rule();
    if (fault !== null) return fault;
  }
  return null;
}
