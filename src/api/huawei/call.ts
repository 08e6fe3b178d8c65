/**
 * One request while it is answered: what was asked, by which project, and the way to the control
 * plane.
 */
import type { Decision, Operation, Step } from '../../havip/inventory/operation.ts';
import type { Caller, Plane } from '../../havip/inventory/plane.ts';
import type { ApiContext, ApiRequest } from '../dialect.ts';
import { type Family, faultOf } from './faults.ts';

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
    if (steps.length > 0) await this.submit({ kind: 'all', steps: [...steps] }, family);
  }
}
