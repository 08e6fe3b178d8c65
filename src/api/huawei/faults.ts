/**
 * What goes wrong, in the vendor's codes and HTTP statuses. `documented` stands in the vendor's
 * error tables for this very call; `ours` marks a code of those tables that we had to choose
 * because the table names none for the case.
 */
import type { Refusal, RefusalCode } from '../../havip/inventory/refusal.ts';
import type { ServerRefusal } from '../dialect.ts';

/** Which call asks: the vendor's tables give the same case another code from one to the next. */
export type Family = 'read-port' | 'port' | 'subnet' | 'publicip' | 'routetable';

/** Thrown by whatever reads a request, caught where the answer is made. */
export class Fault extends Error {
  readonly status: number;
  readonly code: string;
  /** Of the NeutronError, which `/v2.0` answers beside the code. */
  readonly type: string;

  constructor(status: number, code: string, type: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.type = type;
  }
}

type Row = readonly [status: number, code: string, type: string];

const PARAMETER: Row = [400, 'VPC.2500', 'BadRequest']; // documented: "Param is invalid."
const IN_USE: Row = [409, 'VPC.2500', 'PortInUse']; // ours
const OVER: Row = [409, 'VPC.2500', 'OverQuota']; // ours
const NOT_FOUND: Row = [404, 'VPC.2500', 'PortNotFound']; // documented for delete
const ROUTE: Row = [400, 'VPC.2809', 'BadRequest']; // documented for a destination that overlaps

const ROWS: Readonly<Partial<Record<RefusalCode, Row>>> = {
  'havip-not-found': NOT_FOUND,
  'vpc-not-found': [404, 'VPC.0003', 'RouterNotFound'], // documented
  'subnet-not-found': [404, 'VPC.0202', 'NetworkNotFound'], // as the vendor's FAQ quotes it
  'eip-not-found': [404, 'VPC.0504', 'FloatingIPNotFound'], // documented
  'route-table-not-found': [404, 'VPC.2808', 'RouteTableNotFound'], // documented
  'route-not-found': ROUTE, // ours
  'address-malformed': [400, 'VPC.0705', 'InvalidIpForNetwork'], // documented for private IPs
  'address-outside': [400, 'VPC.0705', 'InvalidIpForSubnet'], // documented for private IPs
  'address-reserved': [400, 'VPC.0705', 'InvalidIpForSubnet'], // documented for private IPs
  'address-in-use': [409, 'VPC.0701', 'IpAddressInUse'], // documented
  'no-free-address': [409, 'VPC.0703', 'IpAddressGenerationFailure'], // documented: private IPs
  'destination-malformed': ROUTE, // ours
  'route-exists': ROUTE, // documented
  'too-many-routes': [409, 'VPC.2809', 'OverQuota'], // ours
  'too-many-members': OVER,
  'too-many-havips-of-member': OVER,
  'too-many-havips-in-vpc': OVER,
  'too-many-havips': OVER,
  'too-many-eips': [409, 'VPC.0511', 'FloatingIPPortAlreadyAssociated'], // documented
  'is-holder': IN_USE,
  'is-held': IN_USE,
  'has-members': IN_USE,
  'has-eip': IN_USE,
  'has-route': IN_USE,
  'eip-in-use': [409, 'VPC.0510', 'FloatingIPPortAlreadyAssociated'], // documented
  'eip-not-associated': [409, 'VPC.0512', 'FloatingIPNotAssociated'], // ours
  'not-offered': [403, 'VPC.2701', 'Forbidden'], // documented: not allowed
  dataplane: [500, 'VPC.2502', 'ServiceUnavailable'], // documented: system error
};

/** Where one call's table differs from the others'. */
const OF_FAMILY: Readonly<Partial<Record<Family, Partial<Record<RefusalCode, Row>>>>> = {
  'read-port': { 'havip-not-found': [404, 'VPC.2502', 'PortNotFound'] }, // documented
  publicip: {
    'havip-not-found': [404, 'VPC.0508', 'PortNotFound'], // the code documented, the status ours
    'address-malformed': [400, 'VPC.0501', 'BadRequest'], // documented: invalid parameters
    'address-outside': [409, 'VPC.0522', 'BadRequest'], // documented
    'address-reserved': [409, 'VPC.0522', 'BadRequest'], // documented
    'address-in-use': [409, 'VPC.0522', 'IpAddressInUse'], // documented
    'no-free-address': [409, 'VPC.0532', 'IpAddressGenerationFailure'], // documented
    'eip-in-use': [409, 'VPC.0510', 'FloatingIPPortAlreadyAssociated'], // documented
  },
  routetable: { 'havip-not-found': ROUTE }, // ours
};

export function faultOf({ code, message }: Refusal, family: Family): Fault {
  const row = OF_FAMILY[family]?.[code] ?? ROWS[code] ?? PARAMETER;
  return new Fault(...row, message);
}

/** A parameter that cannot be read, or that the vendor does not take. */
export function badParameter(message: string): Fault {
  return new Fault(...PARAMETER, message);
}

export function portNotFound(id: string, family: 'read-port' | 'port'): Fault {
  return faultOf({ code: 'havip-not-found', message: `Port ${id} not found` }, family);
}

/** Codes of the gateway in front of all services. */
export function noSuchApi(method: string, path: string): Fault {
  const message = `The API does not exist or has not been published: ${method} ${path}`;
  return new Fault(404, 'APIGW.0101', 'HTTPNotFound', message);
}

export function notAuthentic(why: string): Fault {
  const message = `Incorrect IAM authentication information: ${why}`;
  return new Fault(401, 'APIGW.0301', 'Unauthorized', message);
}

export function invalidToken(): Fault {
  return new Fault(401, 'VPC.0008', 'Unauthorized', 'Invalid token in the header.');
}

/** Throttling is the gateway's, documented; another cloud's lab has no code but "not allowed". */
export function refusedByServer({ why, message }: ServerRefusal): Fault {
  if (why === 'throttled') return new Fault(429, 'APIGW.0308', 'TooManyRequests', message);
  if (why === 'failed') return faultOf({ code: 'dataplane', message }, 'port');
  return new Fault(403, 'VPC.2701', 'Forbidden', message);
}

/**
 * All shapes at once, so that each client finds the one that it reads: `code` and `message` are
 * the documented ones, the vendor's own Node SDK reads `error_code` and `error_msg` only.
 */
export function faultBody(fault: Fault, isNeutron: boolean, requestId: string): object {
  const { code, type, message } = fault;
  const body = { code, message, error_code: code, error_msg: message, request_id: requestId };
  return isNeutron ? { ...body, NeutronError: { type, message, detail: '' } } : body;
}
