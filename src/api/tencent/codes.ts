/**
 * Which of Tencent's error codes says a refusal. The vendor publishes which codes a call may
 * return, not for what: `vendor` marks a code that is in the list of the call and whose name or
 * text says just this, `ours` one that we chose. `common` are those of every Tencent API.
 */
import type { Refusal, RefusalCode } from '../../havip/inventory/refusal.ts';
import type { ParameterFault } from '../parameter-reader.ts';
import { type Fault, fault } from './result.ts';

interface Translation {
  code: string;
  source: 'vendor' | 'common' | 'ours';
}

function vendor(code: string): Translation {
  return { code, source: 'vendor' };
}

function ours(code: string): Translation {
  return { code, source: 'ours' };
}

const NOT_FOUND = vendor('ResourceNotFound');
const LIMIT = vendor('LimitExceeded');
const MALFORMED = vendor('InvalidParameterValue.Malformed');
const MISMATCH = ours('InvalidParameterValue.ParameterMismatch');

const CODES: Readonly<Record<RefusalCode, Translation>> = {
  'havip-not-found': NOT_FOUND,
  'vpc-not-found': NOT_FOUND,
  'subnet-not-found': vendor('UnsupportedOperation.SubnetNotExists'),
  'instance-not-found': NOT_FOUND,
  'eni-not-found': NOT_FOUND,
  'eip-not-found': NOT_FOUND,
  'route-table-not-found': NOT_FOUND,
  'route-not-found': NOT_FOUND,
  'vpc-mismatch': ours('InvalidParameterValue'),
  'address-malformed': MALFORMED,
  'address-outside': vendor('InvalidParameterValue.Range'),
  'address-reserved': vendor('InvalidParameterValue.Reserved'),
  'address-in-use': ours('ResourceInUse'),
  'no-free-address': vendor('ResourceInsufficient'),
  'ipv6-not-offered': ours('UnsupportedOperation'),
  'name-malformed': vendor('InvalidParameterValue.TooLong'),
  'description-malformed': ours('InvalidParameterValue.TooLong'),
  'tags-malformed': ours('InvalidParameterValue.Malformed'),
  'destination-malformed': MALFORMED,
  'wrong-subnet': ours('InvalidParameterValue'),
  'members-mixed': ours('InvalidParameterValue'),
  'member-twice': vendor('InvalidParameterValue.Duplicate'),
  'not-a-member': ours('ResourceNotFound'),
  'eni-detached': ours('InvalidParameterValue'),
  'instance-status': ours('UnsupportedOperation'),
  'too-many-members': LIMIT,
  'too-many-havips-of-member': LIMIT,
  'too-many-havips-in-vpc': LIMIT,
  'too-many-havips': LIMIT,
  'too-many-routes': LIMIT,
  'too-many-eips': vendor('UnsupportedOperation.BindEIP'),
  'is-holder': ours('UnsupportedOperation'),
  'is-held': vendor('UnsupportedOperation'),
  'has-members': ours('UnsupportedOperation'),
  'has-eip': vendor('UnsupportedOperation'),
  'has-route': ours('UnsupportedOperation'),
  'eip-in-use': vendor('UnsupportedOperation.BindEIP'),
  'eip-not-associated': vendor('UnsupportedOperation.UnbindEIP'),
  'route-exists': ours('InvalidParameterValue.Duplicate'),
  'primary-eni': ours('UnsupportedOperation'),
  'quota-fixed': ours('UnsupportedOperation'),
  'token-reused': ours('InvalidParameterValue'),
  'not-offered': ours('UnsupportedOperation'),
  dataplane: { code: 'InternalError', source: 'common' },
};

/** Where the list of a call has no such code, or one that says it better. */
const CODES_OF_CALL: Readonly<Record<string, Readonly<Partial<Record<RefusalCode, Translation>>>>> =
  {
    AssociateHaVipInstance: {
      'wrong-subnet': MISMATCH,
      'members-mixed': MISMATCH,
      'eni-detached': MISMATCH,
      'instance-status': MISMATCH,
      'member-twice': vendor('InvalidParameterValue.DuplicatedHaVipAssociations'),
    },
  };

/** A refusal of the control plane, as the call says it. */
export function refusalFault(call: string, { code, message }: Refusal): Fault {
  const translation = CODES_OF_CALL[call]?.[code] ?? CODES[code];
  return fault(translation.code, message);
}

/** Common codes, each with its meaning in the vendor's own list. */
export function parameterFault({ kind, name, wanted }: ParameterFault): Fault {
  switch (kind) {
    case 'missing':
      return fault('MissingParameter', `${name} is missing; the call cannot do without it`);
    case 'unknown':
      return fault('UnknownParameter', `${name} is no parameter that is known here`);
    case 'wrong-type':
      return fault('InvalidParameter', `${name} has the wrong type; it is ${wanted}`);
  }
}
