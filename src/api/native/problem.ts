/**
 * How the native API refuses: problem details (RFC 9457), with the refusal's code beside them. The
 * choice of statuses is ours.
 */
import { STATUS_CODES } from 'node:http';
import type { RefusalCode } from '../../havip/inventory/refusal.ts';
import type { ApiAnswer } from '../dialect.ts';

/** Refusals that are not the control plane's. */
export type NativeCode =
  | RefusalCode
  | 'not-found'
  | 'method-not-allowed'
  | 'not-json'
  | 'malformed'
  | 'unauthorized'
  | 'no-history'
  | 'throttled';

const NOT_FOUND = 404;
const MALFORMED = 422;
const CONFLICT = 409;
/** A limit of the account: asking again later does not help, which 429 would promise. */
const FORBIDDEN = 403;

const STATUSES: Readonly<Record<NativeCode, number>> = {
  'havip-not-found': NOT_FOUND,
  'vpc-not-found': NOT_FOUND,
  'subnet-not-found': NOT_FOUND,
  'instance-not-found': NOT_FOUND,
  'eni-not-found': NOT_FOUND,
  'eip-not-found': NOT_FOUND,
  'route-table-not-found': NOT_FOUND,
  'route-not-found': NOT_FOUND,
  'not-found': NOT_FOUND,
  'no-history': NOT_FOUND,
  'vpc-mismatch': MALFORMED,
  'address-malformed': MALFORMED,
  'address-outside': MALFORMED,
  'address-reserved': MALFORMED,
  'ipv6-not-offered': MALFORMED,
  'name-malformed': MALFORMED,
  'description-malformed': MALFORMED,
  'tags-malformed': MALFORMED,
  'destination-malformed': MALFORMED,
  'wrong-subnet': MALFORMED,
  'members-mixed': MALFORMED,
  'token-reused': MALFORMED,
  malformed: MALFORMED,
  'address-in-use': CONFLICT,
  'no-free-address': CONFLICT,
  'member-twice': CONFLICT,
  'not-a-member': CONFLICT,
  'eni-detached': CONFLICT,
  'instance-status': CONFLICT,
  'is-holder': CONFLICT,
  'is-held': CONFLICT,
  'has-members': CONFLICT,
  'has-eip': CONFLICT,
  'has-route': CONFLICT,
  'eip-in-use': CONFLICT,
  'eip-not-associated': CONFLICT,
  'route-exists': CONFLICT,
  'primary-eni': CONFLICT,
  'too-many-members': FORBIDDEN,
  'too-many-havips-of-member': FORBIDDEN,
  'too-many-havips-in-vpc': FORBIDDEN,
  'too-many-havips': FORBIDDEN,
  'too-many-routes': FORBIDDEN,
  'too-many-eips': FORBIDDEN,
  'quota-fixed': FORBIDDEN,
  'not-offered': FORBIDDEN,
  unauthorized: 401,
  'not-json': 400,
  'method-not-allowed': 405,
  throttled: 429,
  dataplane: 500,
};

/** Where in the request something is wrong. */
export interface Fault {
  /** `body.members.0`, `query.limit`. */
  field: string;
  message: string;
}

/** Thrown by what answers a route; it becomes the answer. */
export class Problem extends Error {
  override name = 'Problem';
  readonly code: NativeCode;
  readonly faults: readonly Fault[];

  constructor(code: NativeCode, message: string, faults: readonly Fault[] = []) {
    super(message);
    this.code = code;
    this.faults = faults;
  }
}

export function statusOf(code: NativeCode): number {
  return STATUSES[code];
}

export function problemAnswer(
  { code, message, faults }: Pick<Problem, 'code' | 'message' | 'faults'>,
  headers: Readonly<Record<string, string>> = {},
): ApiAnswer {
  const status = statusOf(code);
  const title = STATUS_CODES[status] ?? 'Refused';
  const details = { type: 'about:blank', title, status, detail: message, code };
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: faults.length === 0 ? details : { ...details, faults },
  };
}
