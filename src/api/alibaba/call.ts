/** What each of the calls is given, and how it puts an operation to the control plane. */
import { decide } from '../../havip/inventory/decide.ts';
import type { Operation } from '../../havip/inventory/operation.ts';
import type { Plane } from '../../havip/inventory/plane.ts';
import type { ApiContext } from '../dialect.ts';
import { AlibabaError, invalid } from './alibaba-error.ts';
import { refusalError } from './codes.ts';
import type { Parameters } from './parameters.ts';

export interface Call {
  /** `CreateHaVip`. */
  readonly action: string;
  readonly parameters: Parameters;
  readonly context: ApiContext;
  readonly plane: Plane;
  readonly requestId: string;
}

/** What an answer says besides its RequestId. Refusals are thrown, as AlibabaError. */
export type Answer = Record<string, unknown>;

export type Action = (call: Call) => Answer | Promise<Answer>;

/** Of printable ASCII characters; the vendor's pages say 64. */
const CLIENT_TOKEN = /^[\x21-\x7e]{1,64}$/;

/** Carries an operation out; gives the id of what was made or changed. */
export async function submit(call: Call, operation: Operation): Promise<string> {
  const { action, parameters, plane, requestId } = call;
  const token = parameters.text('ClientToken') ?? null;
  if (token !== null && !CLIENT_TOKEN.test(token)) {
    throw invalid('ClientToken', 'it must have 1 to 64 printable ASCII characters');
  }
  const caller = { dialect: 'alibaba', call: action, requestId };
  const outcome = await plane.submit(operation, caller, token);
  if (!outcome.ok) throw refusalError(outcome);
  return outcome.subject;
}

/** With DryRun an operation is judged and not carried out, and even success is told as an error. */
export async function submitUnlessDry(call: Call, operation: Operation): Promise<string> {
  if (!call.parameters.flag('DryRun')) return submit(call, operation);
  const { plane, context } = call;
  const outcome = decide(plane.inventory, operation, {
    rules: plane.rules,
    at: context.now(),
    newId: () => 'dryrun00',
    isHeld: (havip) => plane.holderOf(havip) !== null,
  });
  if (!outcome.ok) throw refusalError(outcome);
  const message = 'Request validation has been passed with DryRun flag set.';
  throw new AlibabaError(400, 'DryRunOperation', message);
}

export interface Page {
  /** From 1. */
  readonly PageNumber: number;
  readonly PageSize: number;
}

/** Numbers of the page that is asked for. */
export function pageOf({ parameters }: Call, sizeMax: number): Page {
  return {
    PageNumber: parameters.count('PageNumber', 1, 1_000_000),
    PageSize: parameters.count('PageSize', 10, sizeMax),
  };
}

/** Where a list is gone on with, of which the tokens are places. */
export function placeOf({ parameters }: Call): number {
  const token = parameters.text('NextToken');
  if (token === undefined) return 0;
  if (!/^[0-9]{1,9}$/.test(token)) throw invalid('NextToken', 'it is none that was given out here');
  return Number(token);
}

export function slice<T>(items: readonly T[], { PageNumber, PageSize }: Page): T[] {
  return items.slice((PageNumber - 1) * PageSize, PageNumber * PageSize);
}
