/**
 * Which RetCode says a refusal. The vendor publishes a common set, and none for VIPs; its sister
 * product UCloudStack publishes some that fit. The rest, from 64000, are ours.
 */
import type { Refusal, RefusalCode } from '../../havip/inventory/refusal.ts';
import type { ParameterFault } from '../parameter-reader.ts';

export interface Fault {
  retCode: number;
  message: string;
}

export function fault(retCode: number, message: string): Fault {
  return { retCode, message };
}

/** The vendor's common set. */
export const THROTTLED = 153;
export const NO_ACTION = 160;
export const UNKNOWN_ACTION = 161;
export const NO_SIGNATURE = 170;
export const BAD_SIGNATURE = 171;
export const NO_USER = 172;

/** Neither is in the published common set: 230 is seen in tests of its clients, 220 is ours. */
export const MISSING_PARAMETER = 220;
export const BAD_PARAMETER = 230;

/** Ours. */
export const OTHER_PROVIDER = 64000;
const NO_SUCH_VIP = 64001;

interface Translation {
  retCode: number;
  source: 'seen' | 'ucloudstack' | 'ours';
}

function seen(retCode: number): Translation {
  return { retCode, source: 'seen' };
}

function sister(retCode: number): Translation {
  return { retCode, source: 'ucloudstack' };
}

function ours(retCode: number): Translation {
  return { retCode, source: 'ours' };
}

const CODES: Readonly<Record<RefusalCode, Translation>> = {
  'havip-not-found': ours(NO_SUCH_VIP),
  'vpc-not-found': ours(64002),
  'subnet-not-found': ours(64003),
  'instance-not-found': ours(64004),
  'eni-not-found': ours(64004),
  'eip-not-found': ours(64005),
  'route-table-not-found': ours(64006),
  'route-not-found': ours(64006),
  'vpc-mismatch': ours(64007),
  'address-malformed': sister(2024),
  'address-outside': ours(64010),
  'address-reserved': ours(64011),
  'address-in-use': sister(2022),
  'no-free-address': sister(2010),
  'ipv6-not-offered': ours(64012),
  'name-malformed': seen(BAD_PARAMETER),
  'description-malformed': seen(BAD_PARAMETER),
  'tags-malformed': seen(BAD_PARAMETER),
  'destination-malformed': seen(BAD_PARAMETER),
  'wrong-subnet': ours(64020),
  'members-mixed': ours(64021),
  'member-twice': ours(64022),
  'not-a-member': ours(64023),
  'eni-detached': ours(64024),
  'instance-status': ours(64025),
  'too-many-members': sister(55004),
  'too-many-havips-of-member': sister(57006),
  'too-many-havips-in-vpc': ours(64030),
  'too-many-havips': ours(64030),
  'too-many-routes': ours(64030),
  'too-many-eips': ours(64030),
  'is-holder': ours(64040),
  'is-held': ours(64041),
  'has-members': ours(64042),
  'has-eip': ours(64043),
  'has-route': ours(64044),
  'eip-in-use': ours(64045),
  'eip-not-associated': ours(64046),
  'route-exists': ours(64047),
  'primary-eni': ours(64048),
  'quota-fixed': ours(64049),
  'token-reused': ours(64050),
  'not-offered': ours(64051),
  dataplane: ours(64099),
};

export function refusalFault({ code, message }: Refusal): Fault {
  return fault(CODES[code].retCode, message);
}

/** In the vendor's words, as its services answer: `Params [VIPId] not available`. */
export function parameterFault({ kind, name, wanted }: ParameterFault): Fault {
  return kind === 'missing'
    ? fault(MISSING_PARAMETER, `Missing params [${name}]`)
    : fault(BAD_PARAMETER, `Params [${name}] not available; it is ${wanted}`);
}
