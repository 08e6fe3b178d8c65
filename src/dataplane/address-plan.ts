import type { Claim } from '../arp/claim.ts';
import type { AddressBook } from './address-book.ts';
import type { EniTable, GuardRules } from './claim-guard.ts';
import type { AddressWords } from './router.ts';
import type { SourceGuard } from './source-guard.ts';

/**
 * What the control plane compiles for the dataplane: the rules, the ENIs, and for every address
 * the record of the book whose policy holds for it. Asked once an address, when it first appears.
 */
export interface AddressPlan {
  readonly rules: GuardRules;
  readonly enis: EniTable;
  readonly book: AddressBook;
  /** Null where IP sources are not judged. */
  readonly sourceGuard: SourceGuard | null;
  /** The MAC with which a cloud answers for its hosts (proxy ARP, RFC 1027); 0 where none does. */
  readonly proxyMac: number;
  /** Addresses of the HaVips; who only watches follows them before anybody claims them. */
  readonly havips: readonly { readonly family: 4 | 6; readonly words: AddressWords }[];
  /** Id of the book's record with the policy for the address that is claimed. */
  policyOf(claim: Claim): number;
}

/** The plan together with the words that reports use for it. */
export interface Site {
  readonly plan: AddressPlan;
  /** Name of the instance with this MAC; null where no lab file names one. */
  nameOf(mac: number): string | null;
  /** Name of the instance with this address of its own, which is not a HaVip; null as above. */
  nameAt(ip: string): string | null;
  /** Name of a subnet by the book's index + 1; null for 0. */
  subnetName(subnet: number): string | null;
  /** The configured HaVips. */
  readonly havips: readonly ConfiguredHavip[];
  /** MAC that the switch uses for the gateway; 0 where the rules name none. */
  readonly gatewayMac: number;
  /** The rule set's name; null without one. */
  readonly provider: string | null;
  /** Whether multicast and broadcast reach the other hosts of a subnet. */
  readonly carriesMulticast: boolean;
  /** Whether the provider forwards by IP; false without one. */
  readonly isByIp: boolean;
  /** What the provider would not take of the inventory itself. */
  readonly breaches: readonly SiteBreach[];
  /** Addresses of the ENI with this MAC, as text. */
  addressesOf(mac: number): readonly string[];
}

/** A quota or an address rule that the inventory breaks. */
export interface SiteBreach {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  /** True where the vendor only advises against it. */
  readonly advice: boolean;
}

export interface ConfiguredHavip {
  readonly ip: string;
  /** Null without a subnet (`--havip`). */
  readonly subnet: string | null;
  readonly members: readonly number[];
}
