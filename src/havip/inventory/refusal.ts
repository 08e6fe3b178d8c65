/**
 * Why an operation is refused, in words of our own that every dialect translates into its vendor's
 * error codes. The message is one sentence that names what is wrong and how to mend it.
 */
export type RefusalCode =
  | 'havip-not-found'
  | 'vpc-not-found'
  | 'subnet-not-found'
  | 'instance-not-found'
  | 'eni-not-found'
  | 'eip-not-found'
  | 'route-table-not-found'
  | 'route-not-found'
  /** The subnet lies in another VPC than the one that was named. */
  | 'vpc-mismatch'
  | 'address-malformed'
  | 'address-outside'
  | 'address-reserved'
  | 'address-in-use'
  | 'no-free-address'
  | 'ipv6-not-offered'
  | 'name-malformed'
  | 'description-malformed'
  | 'tags-malformed'
  | 'destination-malformed'
  | 'wrong-subnet'
  | 'members-mixed'
  | 'member-twice'
  | 'not-a-member'
  /** An ENI that is attached to no instance cannot be bound. */
  | 'eni-detached'
  | 'instance-status'
  | 'too-many-members'
  | 'too-many-havips-of-member'
  | 'too-many-havips-in-vpc'
  | 'too-many-havips'
  | 'too-many-routes'
  | 'too-many-eips'
  /** The member holds the HaVip, and nothing was forced. */
  | 'is-holder'
  /** Somebody holds the HaVip that is to be released (Tencent). */
  | 'is-held'
  | 'has-members'
  | 'has-eip'
  | 'has-route'
  | 'eip-in-use'
  | 'eip-not-associated'
  | 'route-exists'
  | 'primary-eni'
  | 'quota-fixed'
  | 'token-reused'
  /** The provider has no such operation. */
  | 'not-offered'
  /** The switch failed, or the state could not be written: told instead of hidden. */
  | 'dataplane';

export interface Refusal {
  code: RefusalCode;
  message: string;
}
