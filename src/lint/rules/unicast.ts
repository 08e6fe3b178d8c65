/** Where adverts go and what they come from. */
import type { Cluster } from '../cluster.ts';
import { instancesOf } from '../cluster.ts';
import type { Fix, Rule } from '../finding.ts';
import { addTo, dropKeyword, setKeyword } from '../fixes.ts';
import type { Running } from '../running.ts';

const multicastNotCarried: Rule = {
  id: 'multicast-not-carried',
  severity: 'error',
  title: 'multicast where the cloud carries none',
  source: 'manuals (A4, T6, U6); pcaps/05b: both are master',
  check(cluster, report) {
    const { rules } = cluster;
    if (rules === null || carriesMulticast(cluster)) return;
    for (const one of instancesOf(cluster)) {
      if (one.isUnicast) continue;
      const { config, host } = one;
      const message =
        `${one.title} sends its adverts by multicast, which ${rules.name} does not ` +
        'carry: every host becomes master';
      report({ host, place: config.place, message, fix: unicastFix(cluster, one) });
    }
  },
};

/** Without a cloud it is not known to be lost. */
export function carriesMulticast({ rules }: Cluster): boolean {
  return rules === null || rules.carriesMulticast;
}

/** The lines of unicast, with the addresses where the files or the lab say them. */
export function unicastFix(cluster: Cluster, one: Running): Fix {
  const peers = peersOf(cluster, one);
  const address = one.source ?? expectedSource(cluster, one);
  const isKnown = address !== null && peers.length > 0;
  const list = peers.length > 0 ? peers : ["<the other host's address>"];
  const source = `unicast_src_ip ${address ?? "<this host's address>"}`;
  const own = one.config.unicastSourceIp === null ? [source] : [];
  const write = [...own, 'unicast_peer {', ...list.map((peer) => `    ${peer}`), '}'];
  if (!isKnown || one.config.unicastPeerPlace !== null) return { edits: [], write };
  return addTo(one, cluster.source, write);
}

/** The one address that the others name as a peer and that no other file sends from. */
function expectedSource(cluster: Cluster, one: Running): string | null {
  const router = cluster.routers.find(({ members }) => members.includes(one));
  const others = (router?.members ?? []).filter((other) => other !== one);
  if (others.some(({ source }) => source === null)) return null;
  const taken = new Set(instancesOf(cluster).map(({ source }) => source));
  const named = others
    .flatMap(({ config }) => config.unicastPeers.map(({ address }) => address.text))
    .filter((text) => !taken.has(text) && !isVirtual(cluster, text));
  const [only, ...more] = new Set(named);
  return more.length === 0 ? (only ?? null) : null;
}

/** The sources of the others of the virtual router; without files of them, the lab's. */
function peersOf({ routers, topology }: Cluster, one: Running): string[] {
  const router = routers.find(({ members }) => members.includes(one));
  const others = (router?.members ?? []).filter((other) => other !== one);
  const known = others.flatMap(({ source }) => source ?? []);
  if (known.length > 0 || topology === null || one.lab === null) return known;
  const addresses = new Set(one.addresses.map(({ address }) => address));
  const bound = topology.havips
    .filter(({ address }) => address !== null && addresses.has(address))
    .flatMap(({ members }) => members.map(({ instance }) => instance))
    .filter((instance) => instance !== one.lab?.instance);
  const enis = topology.enis.filter(({ instance }) => bound.includes(instance));
  const texts = enis.flatMap((eni) => eni.addresses);
  return texts.filter((text) => text.includes(':') === (one.family === 6));
}

const unicastWithoutPeers: Rule = {
  id: 'unicast-without-peers',
  severity: 'warning',
  title: 'unicast keywords without a peer',
  source: 'keepalived -t: "without any unicast peers. Defaulting to multicast"',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      const { config, host, isUnicast } = one;
      const place = config.unicastSourceIp?.place ?? config.unicastPeerPlace;
      if (isUnicast || place === null) continue;
      const message =
        'a unicast keyword without a unicast_peer: keepalived falls back to multicast';
      report({ host, place, message, fix: unicastFix(cluster, one) });
    }
  },
};

const unicastTtlUnused: Rule = {
  id: 'unicast-ttl-unused',
  severity: 'warning',
  title: 'unicast_ttl without unicast',
  source: 'keepalived -t: "Cannot use unicast_ttl without unicast peers"',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      const { config, host, isUnicast } = one;
      if (isUnicast || config.unicastTtl === null) continue;
      const fix = dropKeyword(one, cluster.source, 'unicast_ttl');
      const message = 'keepalived ignores unicast_ttl, since there is no unicast_peer';
      report({ host, place: config.unicastTtl.place, message, fix });
    }
  },
};

const sourceMissing: Rule = {
  id: 'unicast-source-missing',
  severity: 'info',
  title: 'unicast without unicast_src_ip',
  source: "Alibaba's manual (A12); keepalived.conf(5), unicast_src_ip",
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      const { config, host, isUnicast } = one;
      if (!isUnicast || config.unicastSourceIp !== null) continue;
      const source = one.source ?? expectedSource(cluster, one);
      const message =
        'without unicast_src_ip keepalived takes the first address of the interface, ' +
        'whatever it is when it starts';
      const line = `unicast_src_ip ${source ?? "<this host's address>"}`;
      const fix =
        source === null ? { edits: [], write: [line] } : addTo(one, cluster.source, [line]);
      report({ host, place: config.unicastPeerPlace ?? config.place, message, fix });
    }
  },
};

const sourceForeign: Rule = {
  id: 'unicast-source-foreign',
  severity: 'error',
  title: 'adverts from an address that the host does not have',
  source: "Alibaba's manual (A12); keepalived.conf(5), unicast_src_ip",
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      const { config, host, lab, device } = one;
      const named = config.unicastSourceIp;
      if (named === null || lab === null || lab.eni(device) === null) continue;
      const own = lab.addresses(device);
      if (own.includes(named.value.text) || isVirtual(cluster, named.value.text)) continue;
      const message =
        `${named.value.text} is no address of ${device} of ${lab.instance} ` +
        `(${own.join(', ')}): its adverts never leave`;
      const fix = sourceFix(cluster, one);
      report({ host, place: named.place, message, fix });
    }
  },
};

const sourceNotPrimary: Rule = {
  id: 'unicast-source-not-primary',
  severity: 'warning',
  title: "adverts from another than the interface's first address",
  source: "Alibaba's manual (A12): the private address of the instance",
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      const { config, host, lab, device, family } = one;
      const named = config.unicastSourceIp?.value.text;
      const primary = lab?.primaryAddress(device, family) ?? null;
      if (named === undefined || primary === null || named === primary) continue;
      if (!lab?.addresses(device).includes(named)) continue;
      const message = `${named} is not the first address of ${device}, which is ${primary}`;
      const place = config.unicastSourceIp?.place ?? config.place;
      report({ host, place, message, fix: sourceFix(cluster, one) });
    }
  },
};

const sourceShared: Rule = {
  id: 'unicast-source-shared',
  severity: 'error',
  title: 'two hosts that send from one address',
  source: 'ours: one of the files was copied',
  check(cluster, report) {
    const seen = new Map<string, Running>();
    for (const one of instancesOf(cluster)) {
      const named = one.config.unicastSourceIp;
      if (named === null) continue;
      const first = seen.get(named.value.text);
      if (first === undefined) seen.set(named.value.text, one);
      if (first === undefined || first.host === one.host) continue;
      const message =
        `${one.host} and ${first.host} both send from ${named.value.text}: one of the ` +
        'files was copied and not changed';
      const place = first.config.unicastSourceIp?.place ?? first.config.place;
      report({
        host: one.host,
        place: named.place,
        message,
        fix: sourceFix(cluster, one),
        related: [{ place, message: `the file of ${first.host}` }],
      });
    }
  },
};

const heartbeatFromHavip: Rule = {
  id: 'heartbeat-from-havip',
  severity: 'error',
  title: 'adverts from the address that moves',
  source: "Alibaba's manual (A12): the private address, not the HaVip",
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      const { config, host } = one;
      const named = config.unicastSourceIp ?? config.multicastSourceIp;
      if (named === null || !isVirtual(cluster, named.value.text)) continue;
      const message = `${named.value.text} is a HaVip: who does not hold it cannot send from it`;
      report({ host, place: named.place, message, fix: sourceFix(cluster, one) });
    }
  },
};

function sourceFix(cluster: Cluster, one: Running): Fix {
  const { config, lab, device, family } = one;
  const keyword = config.unicastSourceIp === null ? 'mcast_src_ip' : 'unicast_src_ip';
  const primary = lab?.primaryAddress(device, family) ?? null;
  if (primary === null) {
    return { edits: [], write: [`${keyword} <this host's own address>`] };
  }
  return setKeyword(one, cluster.source, keyword, primary);
}

/** An address that moves: of a file, or a HaVip of the lab. */
export function isVirtual({ virtualAddresses }: Cluster, text: string): boolean {
  return virtualAddresses.has(text);
}

export const UNICAST_RULES: readonly Rule[] = [
  multicastNotCarried,
  unicastWithoutPeers,
  unicastTtlUnused,
  sourceMissing,
  sourceForeign,
  sourceNotPrimary,
  sourceShared,
  heartbeatFromHavip,
];
