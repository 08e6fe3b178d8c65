/** What every instance needs, and no two of a host may share. */
import { VRID_MAX } from '../../vrrp/advert.ts';
import type { Cluster, Host } from '../cluster.ts';
import { instancesOf } from '../cluster.ts';
import type { Report, Rule } from '../finding.ts';
import { addTo, drop, setKeyword } from '../fixes.ts';
import type { Running } from '../running.ts';
import { meantNumber } from '../settings.ts';
import { lastOf } from '../statements.ts';

const instanceMissing: Rule = {
  id: 'instance-missing',
  severity: 'warning',
  title: 'a file without a vrrp_instance',
  source: 'ours: there is nothing to judge, and keepalived moves no address',
  check(cluster, report) {
    for (const { name: host, conf, instances } of cluster.hosts) {
      if (instances.length > 0) continue;
      const place = conf.statements[0]?.keyword.place ?? { file: conf.file, line: 1, column: 1 };
      const message = `${host} has no vrrp_instance, so that keepalived moves no address here`;
      report({ host, place, message });
    }
  },
};

const vridMissing: Rule = {
  id: 'vrid-missing',
  severity: 'error',
  title: 'no virtual_router_id that can be read',
  source: 'keepalived -t: "the virtual router id must be set"',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      if (one.vrid !== null) continue;
      const { config, host } = one;
      const statement = lastOf(config.statement, 'virtual_router_id');
      const place = statement?.values[0]?.place ?? config.place;
      const written = statement?.values[0]?.text ?? '';
      const meant = meantNumber(written, { least: 1, most: VRID_MAX });
      const vrid = meant ?? String(peerVrid(cluster, one) ?? freeVrid(cluster));
      const fix = setKeyword(one, cluster.source, 'virtual_router_id', vrid);
      const message = 'without a virtual_router_id of 1 to 255 keepalived leaves the instance out';
      report({ host, place, message, fix });
    }
  },
};

function peerVrid({ routers }: Cluster, one: Running): number | null {
  const router = routers.find(({ members }) => members.includes(one));
  return router?.members.find(({ vrid }) => vrid !== null)?.vrid ?? null;
}

/** The first from 51, keepalived's own example, that no file uses. */
function freeVrid(cluster: Pick<Cluster, 'hosts'>): number {
  const taken = new Set(instancesOf(cluster).map(({ vrid }) => vrid));
  for (let vrid = 51; vrid <= VRID_MAX; vrid++) if (!taken.has(vrid)) return vrid;
  return 1;
}

const vridTwice: Rule = {
  id: 'vrid-twice',
  severity: 'error',
  title: 'one VRID in two instances of an interface, or in two clusters',
  source: 'keepalived.conf(5), virtual_router_id; keepalived -t',
  check(cluster, report) {
    for (const host of cluster.hosts) checkTwice(cluster, host, report);
    checkClusters(cluster, report);
  },
};

function checkTwice(cluster: Cluster, { name, instances }: Host, report: Report): void {
  for (const [i, one] of instances.entries()) {
    const twin = instances.slice(0, i).find((other) => doClash(one, other));
    if (twin === undefined) continue;
    const message =
      `${one.config.name} and ${twin.config.name} both use VRID ${one.vrid} on ` +
      `${one.device}: each takes the other's adverts for those of its peer`;
    const related = [
      {
        place: twin.config.virtualRouterId?.place ?? twin.config.place,
        message: `${twin.config.name} has it too`,
      },
    ];
    const fix = setKeyword(one, cluster.source, 'virtual_router_id', String(freeVrid(cluster)));
    const place = one.config.virtualRouterId?.place ?? one.config.place;
    report({ host: name, place, message, fix, related });
  }
}

/** Virtual routers of several hosts each, of which every host hears the other's adverts. */
function checkClusters(cluster: Cluster, report: Report): void {
  const routers = cluster.routers.filter(({ members }) => members.length > 1);
  const free = String(freeVrid(cluster));
  for (const [i, { members }] of routers.entries()) {
    const twin = routers.slice(0, i).find((other) => doMeet(members, other.members))?.members[0];
    if (twin === undefined) continue;
    for (const one of members) {
      const message =
        `${one.host} has VRID ${one.vrid} and other addresses than ${twin.host}: where their ` +
        "network is one, each discards the other's adverts, and both become master";
      const place = one.config.virtualRouterId?.place ?? one.config.place;
      const there = twin.config.virtualRouterId?.place ?? twin.config.place;
      const related = [{ place: there, message: `${twin.title} has it too` }];
      const fix = setKeyword(one, cluster.source, 'virtual_router_id', free);
      report({ host: one.host, place, message, fix, related });
    }
  }
}

/** A host of both clusters is judged for itself. */
function doMeet(a: readonly Running[], b: readonly Running[]): boolean {
  if (a.some(({ host }) => b.some((other) => other.host === host))) return false;
  return a.some((one) => b.some((other) => doClash(one, other) && !areApart(one, other)));
}

/** In two subnets of the lab. */
function areApart(a: Running, b: Running): boolean {
  const [one, other] = [a, b].map(({ lab, device }) => lab?.subnet(device)?.name);
  return one !== undefined && other !== undefined && one !== other;
}

/** Unicast peers that do not overlap, or multicast groups of their own, keep adverts apart. */
function doClash(a: Running, b: Running): boolean {
  if (a.vrid === null || a.vrid !== b.vrid || a.family !== b.family) return false;
  if (a.device === null || a.device !== b.device || a.isUnicast !== b.isUnicast) return false;
  if (!a.isUnicast) {
    const group = ({ config }: Running) => config.multicastDestinationIp?.value.text;
    return group(a) === group(b);
  }
  const peers = new Set(a.config.unicastPeers.map(({ address }) => address.text));
  return b.config.unicastPeers.some(({ address }) => peers.has(address.text));
}

const interfaceMissing: Rule = {
  id: 'interface-missing',
  severity: 'error',
  title: 'an instance without an interface',
  source: 'keepalived -t: "Unknown interface!"',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      const { config, host } = one;
      if (one.device !== null || config.unicastSourceIp !== null) continue;
      const device = one.lab?.enis[0]?.name ?? 'eth0';
      const fix = addTo(one, cluster.source, [`interface ${device}`]);
      const message = 'keepalived does not know which interface to speak on, and ends the instance';
      report({ host, place: config.place, message, fix });
    }
  },
};

const addressMissing: Rule = {
  id: 'address-missing',
  severity: 'error',
  title: 'an instance that moves no address',
  source: 'keepalived -t: "No VIP specified"; pcaps/03b: adverts, and no claim',
  check(cluster, report) {
    for (const { config, host, addresses } of instancesOf(cluster)) {
      if (config.addresses.length > 0) continue;
      const isLone = addresses.length === 0;
      const message = isLone
        ? `${config.name} has no virtual_ipaddress: it elects a master that claims nothing`
        : `${config.name} has excluded addresses only: its adverts do not say which they are`;
      const write = ['virtual_ipaddress {', '    <the HaVip>/32', '}'];
      const severity = isLone ? 'error' : 'warning';
      report({ host, place: config.place, message, fix: { edits: [], write }, severity });
    }
  },
};

const familyMixed: Rule = {
  id: 'family-mixed',
  severity: 'error',
  title: 'IPv4 and IPv6 in one instance',
  source: 'keepalived -t: "address family must match VRRP instance"',
  check(cluster, report) {
    for (const { config, host, family } of instancesOf(cluster)) {
      for (const { address, place, family: own } of config.addresses) {
        if (own === family) continue;
        const message =
          `keepalived leaves ${address} out, since the instance is IPv${family}: move ` +
          'it to virtual_ipaddress_excluded or to an instance of its own';
        const line = lastOf(config.statement, 'virtual_ipaddress')?.block?.find(
          ({ keyword }) => keyword.place === place,
        );
        const fix = line === undefined ? null : drop(cluster.source, line);
        report({ host, place, message, fix });
      }
      for (const { address, place } of config.unicastPeers) {
        if (address.family === family) continue;
        const message =
          `keepalived leaves the peer ${address.text} out, since the instance is ` + `IPv${family}`;
        report({ host, place, message });
      }
    }
  },
};

export const INSTANCE_RULES: readonly Rule[] = [
  instanceMissing,
  vridMissing,
  vridTwice,
  interfaceMissing,
  addressMissing,
  familyMixed,
];
