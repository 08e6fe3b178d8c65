/**
 * What a cloud's subnet switch does, as data: the shape that each rule set fills in. The six of
 * them, with the source of each number, are in `rule-sets.ts`.
 */
import { addressAt, blockOf } from './cidr.ts';
import type { Havip, ProviderName } from './topology.ts';

/** Who may claim a HaVip: who is bound to it, any ENI of its subnet, anyone at all. */
export type Membership = 'bound' | 'subnet' | 'anyone';

/** What becomes of a claim on an address that belongs to another ENI. */
export type OrdinaryClaims = 'refuse' | 'refuse-unless-unchecked' | 'learn';

/** By IP: destination MACs are not consulted, ARP ends at the switch. By MAC: a learning switch. */
export type Forwarding = 'by-ip' | 'by-mac';

/** `external`: only on an external VIP. `one-nic`: bound to one NIC at most. */
export type Ipv6Havip = 'no' | 'external' | 'one-nic' | 'yes';

export type HostsCounted = 'members' | 'instances';

/** The keys of `quotas` in a lab file. */
export const QUOTA_NAMES = [
  'hostsPerHavip',
  'havipsPerInstance',
  'havipsPerVpc',
  'havipsPerAccount',
  'eipsPerHavip',
  'routesPerVpc',
  'routesPerTable',
] as const;

export type QuotaName = (typeof QUOTA_NAMES)[number];

export interface Limit {
  name: QuotaName;
  most: number;
  /** True where the vendor only advises: warned about, never refused. */
  advice: boolean;
  /** True where the vendor raises it on request. */
  adjustable: boolean;
  /** Manual fact (`A3`) or vendor page. */
  source: string;
}

/** How many addresses at either end of a block nobody may use. */
export interface ReservedEnds {
  first: number;
  last: number;
}

export interface RuleSet {
  name: ProviderName;
  title: string;
  membership: Membership;
  ordinary: OrdinaryClaims;
  forwarding: Forwarding;
  carriesMulticast: boolean;
  ipv6Havip: Ipv6Havip;
  /** Whether one HaVip may be bound to instances and to single ENIs at once. */
  mixesInstancesAndEnis: boolean;
  /** What a limit of hosts counts: each instance and ENI that is bound, or whole instances. */
  hostsCounted: HostsCounted;
  limits: readonly Limit[];
  /** The MAC that the switch answers for the gateway with and, by IP, sends from. */
  gatewayMac: number;
  /** Place of the default gateway in a block: 1 is the first after the base, -3 the third-last. */
  gatewayPlace: number;
  reserved: { 4: ReservedEnds; 6: ReservedEnds };
  /** The gateway's address in a block where the lab names none. Throws on text that is no CIDR. */
  gatewayDefault(cidr: string): string;
  /** Addresses of a block that no ENI or HaVip may have. Throws on text that is no CIDR. */
  reservedAddresses(cidr: string): string[];
  /** Manual facts (`A2`) and vendor pages behind the row; `ours` where nobody says. */
  sources: readonly string[];
}

/** A rule set without its functions, which all follow from its data. */
export type RuleSetData = Omit<RuleSet, 'gatewayDefault' | 'reservedAddresses'>;

export function completeRuleSet(data: RuleSetData): RuleSet {
  return Object.freeze({
    ...data,
    gatewayDefault: (cidr: string) => addressAt(blockOf(cidr), data.gatewayPlace),
    reservedAddresses: (cidr: string) => reservedIn(cidr, data.reserved),
  });
}

/** Who may claim this HaVip: Tencent's `checkAssociate` narrows the subnet to who is bound. */
export function membershipOf(rules: RuleSet, havip: Pick<Havip, 'checkAssociate'>): Membership {
  return rules.membership === 'subnet' && havip.checkAssociate ? 'bound' : rules.membership;
}

function reservedIn(text: string, reserved: RuleSet['reserved']): string[] {
  const cidr = blockOf(text);
  const ends = reserved[cidr.family];
  const places: number[] = [];
  for (let place = 0; place < ends.first; place++) places.push(place);
  for (let place = -ends.last; place < 0; place++) places.push(place);
  const size = cidr.last - cidr.first + 1n;
  const lawful = places.filter((place) => BigInt(place < 0 ? -place : place + 1) <= size);
  // In the smallest blocks both ends overlap.
  return [...new Set(lawful.map((place) => addressAt(cidr, place)))];
}
