/** What the cloud and the lab say of whole hosts: names, interfaces, quotas, versions. */
import { effectiveLimits } from '../../havip/quotas.ts';
import type { Limit, QuotaName, RuleSet } from '../../havip/rule-set.ts';
import type { ProviderName } from '../../havip/topology.ts';
import { type Cluster, type Host, instancesOf, type Version } from '../cluster.ts';
import type { Report, Rule } from '../finding.ts';
import { setKeyword } from '../fixes.ts';
import type { Place } from '../notices.ts';

const hostNotInLab: Rule = {
  id: 'host-not-in-lab',
  severity: 'warning',
  title: 'a file that belongs to no host of the lab',
  source: 'docs/lab-file.md: run, instances',
  check({ hosts, topology }, report) {
    if (topology === null) return;
    const known = [...new Set(topology.enis.map(({ instance }) => instance))].join(', ');
    for (const { name, lab, conf } of hosts) {
      if (lab !== null) continue;
      const message =
        `${conf.file} is of none of the lab's hosts (${known}): neither its name, nor ` +
        'a run line, nor its unicast_src_ip says whose it is';
      const place = conf.instances[0]?.place ?? null;
      report({ host: name, place, message });
    }
  },
};

const interfaceNotInLab: Rule = {
  id: 'interface-not-in-lab',
  severity: 'error',
  title: 'an interface that the host does not have',
  source: 'keepalived -t: "interface eth9 for vrrp_instance doesn\'t exist"',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      const { config, host, lab, device } = one;
      if (lab === null || device === null || lab.eni(device) !== null) continue;
      const names = lab.enis.map(({ name }) => name);
      const message =
        `${lab.instance} has no interface ${device}, but ${names.join(', ')}: ` +
        'keepalived does not start';
      const [only] = names;
      const fix = only === undefined ? null : setKeyword(one, cluster.source, 'interface', only);
      report({ host, place: config.interface?.place ?? config.place, message, fix });
    }
    checkOtherDevices(cluster, report);
  },
};

/** `dev` of an address and lines of track_interface. */
function checkOtherDevices(cluster: Cluster, report: Report): void {
  for (const { config, host, lab, addresses, device } of instancesOf(cluster)) {
    if (lab === null) continue;
    const tracked = config.tracks.filter(({ kind }) => kind === 'interface');
    const named = [
      ...tracked.map(({ name, place }) => ({ name, place })),
      ...addresses.flatMap((one) =>
        one.device === null ? [] : [{ name: one.device.value, place: one.device.place }],
      ),
    ];
    for (const { name, place } of named) {
      if (name === device || lab.eni(name) !== null) continue;
      report({ host, place, message: `${lab.instance} has no interface ${name}` });
    }
  }
}

const tooManyHavips: Rule = {
  id: 'too-many-havips',
  severity: 'error',
  title: 'more HaVips or hosts than the quota',
  source: 'manuals (A3, T3, U3, H10), docs/providers.md; finding quota-exceeded',
  check(cluster, report) {
    const { rules, topology } = cluster;
    if (rules === null) return;
    const limits = topology === null ? rules.limits : effectiveLimits(topology, rules);
    for (const limit of limits) checkLimit(cluster, rules, limit, report);
  },
};

interface Counted {
  subject: string;
  host: string | null;
  /** The first that is too many. */
  place: Place | null;
  count: number;
}

function checkLimit(cluster: Cluster, rules: RuleSet, limit: Limit, report: Report): void {
  for (const { subject, host, place, count } of countsOf(cluster, limit)) {
    if (count <= limit.most) continue;
    const verb = limit.advice ? 'advises at most' : 'allows';
    const more = limit.adjustable ? '; the vendor raises it on request' : '';
    const message =
      `${subject}: ${count}, and ${rules.name} ${verb} ${limit.most} ` + `(${limit.source})${more}`;
    const severity = limit.advice ? 'warning' : 'error';
    report({ host, place, message, severity });
  }
}

function countsOf(cluster: Cluster, { name, most }: Limit): Counted[] {
  if (name === 'havipsPerInstance') {
    return cluster.hosts.map((host) => {
      const places = addressesOf([host]);
      const subject = `HaVips of ${host.name}`;
      const place = [...places.values()][most]?.place ?? null;
      return { subject, host: host.name, place, count: places.size };
    });
  }
  const all = addressesOf(cluster.hosts);
  if (name === 'hostsPerHavip') {
    return [...all].map(([address, { hosts, place }]) => {
      return { subject: `hosts of ${address}`, host: null, place, count: hosts.size };
    });
  }
  if (!(PER_NETWORK as readonly QuotaName[]).includes(name)) return [];
  const place = [...all.values()][most]?.place ?? null;
  return [{ subject: `HaVips (${name})`, host: null, place, count: all.size }];
}

const PER_NETWORK = ['havipsPerVpc', 'havipsPerAccount'] as const;

function addressesOf(hosts: readonly Host[]): Map<string, { hosts: Set<string>; place: Place }> {
  const found = new Map<string, { hosts: Set<string>; place: Place }>();
  for (const { name, instances } of hosts) {
    for (const { address, place } of instances.flatMap((one) => [...one.addresses])) {
      if (address.startsWith('fe80:')) continue;
      const known = found.get(address) ?? { hosts: new Set<string>(), place };
      known.hosts.add(name);
      found.set(address, known);
    }
  }
  return found;
}

/** What a vendor recommends; A12. */
const RECOMMENDED: Partial<Record<ProviderName, readonly number[]>> = {
  alibaba: [1, 2, 15],
  'alibaba-2021': [1, 2, 15],
};

const keepalivedOld: Rule = {
  id: 'keepalived-old',
  severity: 'warning',
  title: 'keepalived older than the cloud recommends',
  source: "Alibaba's manual (A12): keepalived 1.2.15 or newer",
  check({ hosts, keepalived, rules }, report) {
    const wanted = rules === null ? undefined : RECOMMENDED[rules.name];
    if (keepalived === null || wanted === undefined || !isOlder(keepalived, wanted)) return;
    for (const { name, conf } of hosts) {
      const message =
        `keepalived ${keepalived.text} is older than ${wanted.join('.')}, which ` +
        `${rules?.name} recommends`;
      report({ host: name, place: conf.instances[0]?.place ?? null, message });
    }
  },
};

function isOlder({ numbers }: Version, wanted: readonly number[]): boolean {
  for (const [i, number] of wanted.entries()) {
    const own = numbers[i] ?? 0;
    if (own !== number) return own < number;
  }
  return false;
}

const syncGroupMembers: Rule = {
  id: 'sync-group-members',
  severity: 'warning',
  title: 'a sync group of unknown or single instances',
  source: 'keepalived -t: "specified in sync group doesn\'t exist", "has only 1 virtual router"',
  check({ hosts }, report) {
    for (const { name: host, conf } of hosts) {
      for (const { name, members, place } of conf.syncGroups) {
        const known = members.filter(({ value }) =>
          conf.instances.some((instance) => instance.name === value),
        );
        for (const member of members.filter((one) => !known.includes(one))) {
          const message =
            `sync group ${name}: there is no vrrp_instance ${member.value}, and ` +
            'keepalived leaves it out';
          report({ host, place: member.place, message });
        }
        if (known.length > 1) continue;
        const message =
          `sync group ${name} has ${known.length} instance, so there is nothing to ` +
          'keep together';
        report({ host, place, message });
      }
    }
  },
};

export const HOST_RULES: readonly Rule[] = [
  hostNotInLab,
  interfaceNotInLab,
  tooManyHavips,
  keepalivedOld,
  syncGroupMembers,
];
