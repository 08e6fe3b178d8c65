/**
 * One request while it is answered: what was asked, by which project, and the way to the control
 * plane. Several operations of one call are carried out as one: what was done is undone where a
 * later one is refused.
 */
import type { Decision, Operation } from '../../havip/inventory/operation.ts';
import type { Caller, Plane } from '../../havip/inventory/plane.ts';
import type { ApiContext, ApiRequest } from '../dialect.ts';
import { type Family, faultOf } from './faults.ts';

/** An operation, and the one that takes it back once it is done. */
export interface Step {
  operation: Operation;
  /** `subject`: id of what the operation made or changed. Absent: nothing follows it. */
  undo?: (subject: string) => Operation;
}

export interface CallParts {
  readonly request: ApiRequest;
  readonly context: ApiContext;
  /** The vendor's name of the call: `NeutronUpdatePort`. */
  readonly name: string;
  readonly requestId: string;
  readonly project: string;
  /** Id in the path; '' where the path has none. */
  readonly id: string;
  /** `/v2.0`: OpenStack's own API. */
  readonly isNeutron: boolean;
}

export class Call {
  readonly request: ApiRequest;
  readonly context: ApiContext;
  readonly plane: Plane;
  readonly requestId: string;
  readonly project: string;
  readonly id: string;
  readonly isNeutron: boolean;
  /** What the vendor advises against, and what was asked for and is not kept here. */
  readonly advice: string[] = [];
  private readonly caller: Caller;

  constructor(parts: CallParts) {
    this.request = parts.request;
    this.context = parts.context;
    this.plane = parts.context.plane;
    this.requestId = parts.requestId;
    this.project = parts.project;
    this.id = parts.id;
    this.isNeutron = parts.isNeutron;
    this.caller = { dialect: 'huawei', call: parts.name, requestId: parts.requestId };
  }

  /** Throws the vendor's fault where the operation is refused. */
  async submit(operation: Operation, family: Family): Promise<Decision> {
    const outcome = await this.plane.submit(operation, this.caller);
    if (!outcome.ok) throw faultOf(outcome, family);
    this.advice.push(...outcome.advice);
    return outcome;
  }

  /** All steps or none. Throws the fault of the step that was refused. */
  async submitAll(steps: readonly Step[], family: Family): Promise<void> {
    const undos: Operation[] = [];
    for (const { operation, undo } of steps) {
      try {
        const { subject } = await this.submit(operation, family);
        if (undo !== undefined) undos.push(undo(subject));
      } catch (fault) {
        for (const back of undos.reverse()) await this.plane.submit(back, this.caller);
        throw fault;
      }
    }
  }
}
