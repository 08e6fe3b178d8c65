/**
 * What a cloud would refuse of a lab's inventory before a single frame is sent: too many HaVips or
 * hosts, addresses that the cloud keeps for itself, IPv6 where it offers none. Replay reports
 * these; the live lab and the HTTP API refuse those that are no mere advice.
 */
import { cidrContains, parseAddress, parseCidr } from './cidr.ts';
import type { HostsCounted, Limit, QuotaName, RuleSet } from './rule-set.ts';
import { membershipOf, QUOTA_NAMES } from './rule-set.ts';
import { ruleSet } from './rule-sets.ts';
import type { Eni, Havip, Subnet, Topology } from './topology.ts';

export interface Breach {
  code: 'quota-exceeded' | 'reserved-address' | 'ipv6-not-offered';
  /** `havip web`, `instance ecs-1`, `eni ecs-1/eth0`, `vpc default` or `account`. */
  subject: string;
  /** The address in question, else null. */
  address: string | null;
  message: string;
  remedy: string;
  /** True where the vendor only advises against it: worth a warning, no reason to refuse. */
  advice: boolean;
}

/** Everything that the topology's own provider would not take; empty without a provider. */
export function quotaBreaches(topology: Topology): Breach[] {
  if (topology.provider === null) return [];
  const rules = ruleSet(topology.provider);
  return [
    ...countBreaches(topology, rules),
    ...reservedBreaches(topology, rules),
    ...ipv6Breaches(topology, rules),
  ];
}

/** The provider's limits with the lab's own `quotas` over them. */
export function effectiveLimits(topology: Topology, rules: RuleSet): Limit[] {
  return QUOTA_NAMES.flatMap((name) => limitOf(rules, name, topology.quotas[name]) ?? []);
}

/** The limit that holds: the operator's `own` number, else the vendor's; null where none is. */
export function limitOf(rules: RuleSet, name: QuotaName, own: number | undefined): Limit | null {
  if (own === undefined) return rules.limits.find((limit) => limit.name === name) ?? null;
  return { name, most: own, advice: false, adjustable: true, source: 'quotas of the lab file' };
}

function countBreaches(topology: Topology, rules: RuleSet): Breach[] {
  const breaches: Breach[] = [];
  for (const limit of effectiveLimits(topology, rules)) {
    for (const [subject, count] of countsOf(limit.name, topology, rules)) {
      if (count > limit.most) breaches.push(countBreach(limit, subject, count, rules));
    }
  }
  return breaches;
}

/** What each limit counts, in the words of a sentence. */
export const COUNTED: Record<QuotaName, string> = {
  hostsPerHavip: 'bound hosts',
  havipsPerInstance: 'HaVips',
  havipsPerVpc: 'HaVips',
  havipsPerAccount: 'HaVips',
  eipsPerHavip: 'EIPs',
  routesPerVpc: 'routes to HaVips',
  routesPerTable: 'routes to HaVips',
};

function countBreach(limit: Limit, subject: string, count: number, rules: RuleSet): Breach {
  const verb = limit.advice ? 'advises at most' : 'allows';
  const has = `${subject} has ${count} ${COUNTED[limit.name]}`;
  const message = `${has}; ${rules.name} ${verb} ${limit.most}`;
  const less = `take ${count - limit.most} away`;
  const raise = `set quotas.${limit.name} in the lab file`;
  const remedy = limit.adjustable ? `${less}, or have the quota raised and ${raise}` : less;
  return {
    code: 'quota-exceeded',
    subject,
    address: null,
    message: `${message} (${limit.source})`,
    remedy,
    advice: limit.advice,
  };
}

/** How much of a quota each subject uses. EIPs and routes are not in a lab file yet. */
function countsOf(name: QuotaName, topology: Topology, rules: RuleSet): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (subject: string, n = 1) => counts.set(subject, (counts.get(subject) ?? 0) + n);
  const bound = (havip: Havip): Bound =>
    membershipOf(rules, havip) === 'subnet' ? NOBODY : boundOf(havip, topology);
  switch (name) {
    case 'hostsPerHavip':
      for (const havip of topology.havips)
        add('havip ' + havip.name, bound(havip)[rules.hostsCounted].size);
      break;
    case 'havipsPerAccount':
      add('account', topology.havips.length);
      break;
    case 'havipsPerVpc': {
      const vpcs = new Map(topology.subnets.map((subnet) => [subnet.name, subnet.vpc]));
      for (const { subnet } of topology.havips) {
        const vpc = subnet === null ? undefined : vpcs.get(subnet);
        if (vpc !== undefined) add('vpc ' + vpc);
      }
      break;
    }
    case 'havipsPerInstance':
      for (const havip of topology.havips) {
        for (const instance of bound(havip).instances) add('instance ' + instance);
      }
      break;
    case 'eipsPerHavip':
    case 'routesPerVpc':
    case 'routesPerTable':
  }
  return counts;
}

/** Who is bound, as a limit of hosts may count it. A MAC that is no ENI's is a host of its own. */
type Bound = Record<HostsCounted, Set<string>>;

const NOBODY: Bound = { members: new Set(), instances: new Set() };

function boundOf(havip: Havip, topology: Topology): Bound {
  const members = new Set<string>();
  const instances = new Set<string>();
  for (const { instance, eni } of havip.members) {
    members.add(eni === null ? instance : `${instance}/${eni}`);
    instances.add(instance);
  }
  for (const mac of havip.memberMacs) {
    const eni = topology.enis.find((candidate) => candidate.mac === mac);
    const host = 'mac ' + mac;
    if (eni === undefined) members.add(host);
    else if (!members.has(eni.instance)) members.add(`${eni.instance}/${eni.name}`);
    instances.add(eni?.instance ?? host);
  }
  return { members, instances };
}

function reservedBreaches(topology: Topology, rules: RuleSet): Breach[] {
  const breaches: Breach[] = [];
  const reserved = new Map<string, Set<string>>();
  for (const subnet of topology.subnets) reserved.set(subnet.name, reservedOf(subnet, rules));
  const subnets = new Map(topology.subnets.map((subnet) => [subnet.name, subnet]));
  for (const { subject, subnet: name, text } of addressesOf(topology)) {
    const subnet = subnets.get(name);
    const address = parseAddress(text)?.text;
    if (subnet === undefined || address === undefined) continue;
    if (!reserved.get(name)?.has(address)) continue;
    const keeper = `which ${rules.name} keeps for itself in`;
    const all = [...(reserved.get(name) ?? [])].join(', ');
    breaches.push({
      code: 'reserved-address',
      subject,
      address,
      message: `${subject} has ${address}, ${keeper} ${cidrOf(subnet, address)}`,
      remedy: `choose another address; reserved there: ${all}`,
      advice: false,
    });
  }
  return breaches;
}

/** The ends of each block; the gateway too, except on a plain LAN, where it is a host. */
function reservedOf(subnet: Subnet, rules: RuleSet): Set<string> {
  const reserved = new Set(subnet.cidrs.flatMap((cidr) => rules.reservedAddresses(cidr)));
  const gateways = rules.membership === 'anyone' ? [] : subnet.gateways;
  for (const gateway of gateways) reserved.add(parseAddress(gateway)?.text ?? gateway);
  return reserved;
}

function cidrOf(subnet: Subnet, text: string): string {
  const address = parseAddress(text);
  const holds = (cidr: string) => {
    const block = parseCidr(cidr);
    return block !== null && address !== null && cidrContains(block, address);
  };
  return subnet.cidrs.find(holds) ?? subnet.name;
}

function addressesOf(topology: Topology): { subject: string; subnet: string; text: string }[] {
  const ofEni = (eni: Eni) =>
    eni.addresses.map((text) => {
      return { subject: `eni ${eni.instance}/${eni.name}`, subnet: eni.subnet, text };
    });
  const ofHavip = (havip: Havip) => {
    const { name, subnet, address: text } = havip;
    return subnet === null || text === null ? [] : [{ subject: 'havip ' + name, subnet, text }];
  };
  return [...topology.enis.flatMap(ofEni), ...topology.havips.flatMap(ofHavip)];
}

function ipv6Breaches(topology: Topology, rules: RuleSet): Breach[] {
  const breaches: Breach[] = [];
  for (const havip of topology.havips) {
    if (havip.address === null || parseAddress(havip.address)?.family !== 6) continue;
    const subject = 'havip ' + havip.name;
    const base = { code: 'ipv6-not-offered' as const, subject, address: havip.address };
    const nics = boundNics(havip, topology);
    if (rules.ipv6Havip === 'no') {
      const message = `${subject} is ${havip.address}; ${rules.name} offers no IPv6 HaVip`;
      const remedy = 'use an IPv4 address, or another provider';
      breaches.push({ ...base, message, remedy, advice: false });
    } else if (rules.ipv6Havip === 'one-nic' && nics > 1) {
      const bound = `${subject} is ${havip.address} and bound to ${nics} NICs`;
      const message = `${bound}; ${rules.name} binds an IPv6 address to one`;
      const remedy = 'bind one NIC only, or use an IPv4 address';
      breaches.push({ ...base, message, remedy, advice: false });
    }
  }
  return breaches;
}

function boundNics(havip: Havip, topology: Topology): number {
  const nics = new Set<string>(havip.memberMacs.map((mac) => 'mac ' + mac));
  for (const eni of topology.enis) {
    const isBound = havip.members.some(
      (member) =>
        member.instance === eni.instance &&
        (member.eni === null ? eni.subnet === havip.subnet : member.eni === eni.name),
    );
    if (!isBound) continue;
    nics.delete('mac ' + eni.mac);
    nics.add(`${eni.instance}/${eni.name}`);
  }
  return nics.size;
}
