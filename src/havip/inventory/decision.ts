/** The words of a decision: what every rule returns. */
import type { Decision, Outcome } from './operation.ts';
import type { Refusal, RefusalCode } from './refusal.ts';

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
