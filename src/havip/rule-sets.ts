/**
 * The six rule sets. A number is followed by where it stands: a manual fact (H1 to A13, listed in
 * docs/providers.md), a page of the vendor, or `ours` where no page says and we had to choose.
 * Dated where a vendor changed them: `alibaba` is today's page, `alibaba-2021` the manual of 2021.
 */
import type { Limit, QuotaName, RuleSet, RuleSetData } from './rule-set.ts';
import { completeRuleSet } from './rule-set.ts';
import type { ProviderName } from './topology.ts';

export type { RuleSet } from './rule-set.ts';

const ALIBABA_LIMITS = 'Alibaba Cloud, HaVip quotas (current page)';
const ALIBABA_RESERVED = 'Alibaba Cloud, CreateVSwitchCidrReservation (2026-01-07)';
const HUAWEI_IPV6 = 'Huawei Cloud, virtual IP address (current guide)';
const TENCENT_EIP = 'Tencent Cloud, HAVIP (current guide)';

function hard(name: QuotaName, most: number, source: string): Limit {
  return { name, most, advice: false, adjustable: false, source };
}

function adjustable(name: QuotaName, most: number, source: string): Limit {
  return { name, most, advice: false, adjustable: true, source };
}

function advice(name: QuotaName, most: number, source: string): Limit {
  return { name, most, advice: true, adjustable: false, source };
}

const alibaba: RuleSetData = {
  name: 'alibaba',
  title: 'Alibaba Cloud HaVip, today',
  membership: 'bound', // A2, A8
  ordinary: 'refuse', // A2 names HaVips as the one thing that ARP moves
  forwarding: 'by-ip', // the vendor: ARP ends at the sender, the platform maps IP to instance
  carriesMulticast: false, // A4
  ipv6Havip: 'no', // the vendor's guide: IPv4 only
  mixesInstancesAndEnis: false, // A2
  hostsCounted: 'members', // A2: two instances, or two ENIs
  limits: [
    hard('hostsPerHavip', 10, ALIBABA_LIMITS),
    hard('havipsPerInstance', 5, ALIBABA_LIMITS),
    hard('havipsPerVpc', 50, ALIBABA_LIMITS),
    hard('havipsPerAccount', 50, ALIBABA_LIMITS),
    hard('eipsPerHavip', 1, ALIBABA_LIMITS),
    adjustable('routesPerTable', 5, ALIBABA_LIMITS),
  ],
  gatewayMac: 0xeeffffffffff, // no vendor page found; not verified
  gatewayPlace: -3, // .253 of a /24, ALIBABA_RESERVED counts it among the reserved
  reserved: { 4: { first: 1, last: 3 }, 6: { first: 1, last: 9 } }, // ALIBABA_RESERVED
  sources: ['A1', 'A2', 'A4', 'A8', ALIBABA_LIMITS, ALIBABA_RESERVED],
};

const alibaba2021: RuleSetData = {
  ...alibaba,
  name: 'alibaba-2021',
  title: 'Alibaba Cloud HaVip, manual of 2021-02',
  limits: [
    hard('hostsPerHavip', 2, 'A3'),
    hard('havipsPerInstance', 5, 'A3'),
    adjustable('havipsPerVpc', 5, 'A3'),
    adjustable('havipsPerAccount', 5, 'A3'),
    hard('eipsPerHavip', 1, 'ours'), // A9 speaks of one, ALIBABA_LIMITS says one
    hard('routesPerVpc', 5, 'A3'),
  ],
  sources: ['A1', 'A2', 'A3', 'A4', 'A8', ALIBABA_RESERVED],
};

const tencent: RuleSetData = {
  name: 'tencent',
  title: 'Tencent Cloud HAVIP',
  membership: 'subnet', // T1, T3; `checkAssociate` narrows it (CreateHaVip, CheckAssociate)
  ordinary: 'refuse', // T2
  forwarding: 'by-ip', // T1: the announcement updates the IP → MAC relation of the platform
  carriesMulticast: false, // T6 prints unicast peers; ours as a rule
  ipv6Havip: 'no', // ours: the manual speaks of private IPv4 addresses only
  mixesInstancesAndEnis: true, // HaVipAssociationSet takes CVM and ENI entries side by side
  hostsCounted: 'members', // as HaVipAssociationSet does
  limits: [adjustable('havipsPerVpc', 10, 'T3'), hard('eipsPerHavip', 1, TENCENT_EIP)],
  gatewayMac: 0xfeee00000001, // ours
  gatewayPlace: 1, // as the subnet guide is commonly quoted: .1
  // IPv4: as its guide is quoted. IPv6, ours: router anycast (RFC 4291, 2.6.1) and gateway.
  reserved: { 4: { first: 2, last: 1 }, 6: { first: 2, last: 0 } },
  sources: ['T1', 'T2', 'T3', 'T6', TENCENT_EIP, 'ours'],
};

const huawei: RuleSetData = {
  name: 'huawei',
  title: 'Huawei Cloud virtual IP',
  membership: 'bound', // H2
  ordinary: 'refuse-unless-unchecked', // H5: source/destination check
  forwarding: 'by-mac', // H5: LVS in DR mode works, so destination MACs count
  carriesMulticast: true, // ours, from H4: keepalived decides, no unicast is asked for
  ipv6Havip: 'one-nic', // HUAWEI_IPV6
  mixesInstancesAndEnis: true, // binding is by NIC address, whoever owns the NIC
  hostsCounted: 'instances', // H10
  limits: [
    advice('hostsPerHavip', 10, 'H10'),
    advice('havipsPerInstance', 8, 'H10'),
    hard('eipsPerHavip', 1, HUAWEI_IPV6),
  ],
  gatewayMac: 0xfa163e000001, // ours, in the prefix of OpenStack's ports
  gatewayPlace: 1, // as the subnet guide is commonly quoted: .1
  // IPv4: as the guide is commonly quoted. IPv6, ours: as for Tencent.
  reserved: { 4: { first: 2, last: 3 }, 6: { first: 2, last: 0 } },
  sources: ['H1', 'H2', 'H4', 'H5', 'H10', HUAWEI_IPV6, 'ours'],
};

const ucloud: RuleSetData = {
  name: 'ucloud',
  title: 'UCloud / UCloudStack HAVIP',
  membership: 'bound', // U3
  ordinary: 'refuse', // ours: U1 names the VIP as the address that an announcement moves
  forwarding: 'by-ip', // ours
  carriesMulticast: false, // U6 prints unicast peers; ours as a rule
  ipv6Havip: 'external', // U2
  mixesInstancesAndEnis: true, // ours: U3 knows VMs only
  hostsCounted: 'instances', // U3: VMs
  limits: [
    adjustable('hostsPerHavip', 3, 'U3'),
    hard('havipsPerInstance', 5, 'U3'),
    hard('eipsPerHavip', 1, 'ours'), // as everybody else
  ],
  gatewayMac: 0x525400000001, // ours, in the prefix of QEMU
  gatewayPlace: 1, // ours, as U6 leaves the low addresses free
  // Network and broadcast, and the gateway wherever it is. IPv6, ours: router anycast and gateway.
  reserved: { 4: { first: 1, last: 1 }, 6: { first: 1, last: 0 } },
  sources: ['U1', 'U2', 'U3', 'U6', 'ours'],
};

const classic: RuleSetData = {
  name: 'classic',
  title: 'Classic LAN',
  membership: 'anyone', // V1 to V3: hosts believe who speaks
  ordinary: 'learn', // V2
  forwarding: 'by-mac',
  carriesMulticast: true,
  ipv6Havip: 'yes',
  mixesInstancesAndEnis: true,
  hostsCounted: 'instances',
  limits: [],
  gatewayMac: 0x020000000001, // ours, locally administered
  gatewayPlace: 1, // ours, the usual habit
  // Network and broadcast (RFC 922), the router anycast of IPv6 (RFC 4291, 2.6.1).
  reserved: { 4: { first: 1, last: 1 }, 6: { first: 1, last: 0 } },
  sources: ['V1', 'V2', 'V3', 'ours'],
};

const RULE_SETS: Record<ProviderName, RuleSet> = {
  alibaba: completeRuleSet(alibaba),
  'alibaba-2021': completeRuleSet(alibaba2021),
  tencent: completeRuleSet(tencent),
  huawei: completeRuleSet(huawei),
  ucloud: completeRuleSet(ucloud),
  classic: completeRuleSet(classic),
};

export const RULE_SET_NAMES = Object.keys(RULE_SETS) as ProviderName[];

export function ruleSet(name: ProviderName): RuleSet {
  return RULE_SETS[name];
}

/** Whether a user's word names a rule set. */
export function isRuleSetName(text: string): text is ProviderName {
  return Object.hasOwn(RULE_SETS, text);
}
