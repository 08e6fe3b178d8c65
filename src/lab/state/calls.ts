/**
 * Calls of the API and of the command line, as the history has them: of several steps at once the
 * HaVip of the first.
 */
import type { Operation, Step } from '../../havip/inventory/operation.ts';
import type { Accepted, Caller } from '../../havip/inventory/plane.ts';
import { memberId } from '../../havip/inventory/resources.ts';
import type { CallEntry } from './history.ts';

/** A caller may be anybody: what it says of itself is cut. */
const WORD_MOST = 128;

export function acceptedCall({ operation, decision, caller, at }: Accepted): CallEntry {
  return callOf(operation, caller, at, 'ok', decision.subject);
}

export function refusedCall(
  operation: Operation,
  code: string,
  caller: Caller,
  at: number,
): CallEntry {
  return callOf(operation, caller, at, code, null);
}

function callOf(
  operation: Operation,
  caller: Caller,
  time: number,
  outcome: string,
  subject: string | null,
): CallEntry {
  const steps = operation.kind === 'all' ? operation.steps : [operation];
  const [first] = steps;
  const named = first !== undefined && 'havip' in first ? (first.havip ?? null) : null;
  const made = first?.kind === 'create-havip' ? subject : null;
  return {
    time,
    havip: cut(named ?? made),
    dialect: cut(caller.dialect) ?? '',
    call: cut(caller.call) ?? '',
    about: cut(first === undefined ? null : aboutOf(first)),
    requestId: cut(caller.requestId) ?? '',
    operation: [...new Set(steps.map(({ kind }) => kind))].join('+'),
    outcome,
  };
}

/** What an operation names beside the HaVip. */
function aboutOf(step: Step): string | null {
  if ('member' in step) return memberId(step.member);
  if ('members' in step && step.members !== undefined) {
    return step.members.map(memberId).join(' ') || null;
  }
  if ('eni' in step) return step.eni;
  if ('instance' in step) return step.instance;
  if ('eip' in step) return step.eip;
  return 'route' in step ? step.route : null;
}

function cut(text: string | null): string | null {
  return text === null ? null : text.slice(0, WORD_MOST);
}
