/**
 * The codes that refusals are told in. `documented`: the vendor's own pages or its Terraform
 * provider have the code for this case; `ours`: no page says which code it is, and one was chosen,
 * mostly of the vendor's spelling. Codes that Terraform takes for a passing state and asks again
 * are used only where the vendor documents them.
 */
import type { Refusal, RefusalCode } from '../../havip/inventory/refusal.ts';
import { AlibabaError } from './alibaba-error.ts';

type CodeSource = 'documented' | 'ours';

/** HTTP status, code, source. */
type Row = readonly [number, string, CodeSource];

export const REFUSAL_CODES: Readonly<Record<RefusalCode, Row>> = {
  'havip-not-found': [404, 'InvalidHaVipId.NotFound', 'documented'],
  'vpc-not-found': [404, 'InvalidVpcId.NotFound', 'ours'],
  'subnet-not-found': [400, 'InvalidVSwitch.NotFound', 'documented'],
  'instance-not-found': [404, 'InvalidInstanceId.NotFound', 'documented'],
  'eni-not-found': [404, 'InvalidInstanceId.NotFound', 'ours'],
  'eip-not-found': [404, 'InvalidAllocationId.NotFound', 'documented'],
  'route-table-not-found': [404, 'InvalidRouteTableId.NotFound', 'documented'],
  'route-not-found': [404, 'InvalidRouteEntry.NotFound', 'ours'],
  'vpc-mismatch': [400, 'Mismatch.HaVipIdAndRouteTableId', 'documented'],
  'address-malformed': [400, 'InvalidIPAddress.Malformed', 'documented'],
  'address-outside': [400, 'InvalidIPAddress.OutOfRange', 'documented'],
  'address-reserved': [400, 'InvalidIPAddress.NotAvailable', 'documented'],
  'address-in-use': [400, 'InvalidIPAddress.AlreadyUsed', 'documented'],
  'no-free-address': [400, 'InvalidVSwitchId.IpNotEnough', 'ours'],
  'ipv6-not-offered': [400, 'InvalidIPAddress.Malformed', 'ours'],
  'name-malformed': [400, 'InvalidName.Malformed', 'ours'],
  'description-malformed': [400, 'InvalidDescription.Malformed', 'documented'],
  'tags-malformed': [400, 'InvalidTag.Malformed', 'ours'],
  'destination-malformed': [400, 'InvalidCIDRBlock.Malformed', 'ours'],
  'wrong-subnet': [400, 'NotBelongToSameVSwitch', 'documented'],
  'members-mixed': [400, 'InvalidInstanceType.Mismatch', 'ours'],
  'member-twice': [400, 'InvalidAssociation.Duplicated', 'ours'],
  'not-a-member': [400, 'ResourceNotAssociated', 'documented'],
  'eni-detached': [400, 'InvalidNetworkInterface.NotAttached', 'ours'],
  'instance-status': [400, 'IncorrectInstanceStatus', 'documented'],
  'too-many-members': [400, 'CountLimitExceeded.HaVipOnECSInstance', 'documented'],
  'too-many-havips-of-member': [400, 'CountLimitExceed.HaVipOnInstance', 'documented'],
  'too-many-havips-in-vpc': [400, 'QuotaExceeded.HaVip', 'ours'],
  'too-many-havips': [400, 'QuotaExceeded.HaVip', 'ours'],
  'too-many-routes': [400, 'QuotaExceeded.HaVipRouteEntry', 'documented'],
  'too-many-eips': [400, 'InvalidAssociation.Duplicated', 'documented'],
  'is-holder': [400, 'Forbidden.UnassociateMaster', 'documented'],
  'is-held': [400, 'IncorrectHaVipStatus', 'ours'],
  'has-members': [400, 'IncorrectStatus', 'documented'],
  'has-eip': [400, 'DependencyViolation.HaVipAssociatedWithEIP', 'documented'],
  'has-route': [400, 'DependencyViolation.HaVipReferedByRouteEntry', 'documented'],
  'eip-in-use': [400, 'IncorrectEipStatus', 'documented'],
  'eip-not-associated': [400, 'IncorrectEipStatus', 'documented'],
  'route-exists': [400, 'InvalidRouteEntry.Duplicate', 'documented'],
  'primary-eni': [400, 'UnsupportedOperation', 'ours'],
  'quota-fixed': [400, 'UnsupportedOperation', 'ours'],
  'token-reused': [400, 'IdempotentParameterMismatch', 'documented'],
  'not-offered': [400, 'UnsupportedOperation', 'ours'],
  dataplane: [500, 'InternalError', 'documented'],
};

export function refusalError({ code, message }: Refusal): AlibabaError {
  const [status, name] = REFUSAL_CODES[code];
  return new AlibabaError(status, name, sentence(message));
}

/** The vendor's messages are sentences. */
function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase();
  return first + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
}
