/** Whom each host names as a peer, and whether that one names it. */
import type { Cluster, Router } from '../cluster.ts';
import { instancesOf } from '../cluster.ts';
import type { Fix, Report, Rule } from '../finding.ts';
import { addToList, drop, replaceWord } from '../fixes.ts';
import type { Place } from '../notices.ts';
import type { Running } from '../running.ts';
import { lastOf } from '../statements.ts';
import { carriesMulticast, isVirtual, unicastFix } from './unicast.ts';

const peerNotMutual: Rule = {
  id: 'peer-not-mutual',
  severity: 'error',
  title: 'a host that does not name its peer',
  source: 'keepalived.conf(5), unicast_peer: adverts go to who is listed, and to nobody else',
  check(cluster, report) {
    for (const router of cluster.routers) {
      for (const one of router.members) checkMutual(cluster, router, one, report);
    }
  },
};

function checkMutual(cluster: Cluster, router: Router, one: Running, report: Report): void {
  const { config, host, isUnicast } = one;
  // Then multicast-not-carried says all of it.
  if (!isUnicast && !carriesMulticast(cluster)) return;
  const missing = missingPeers(router, one);
  for (const other of missing) {
    const strangers = strangersOf(cluster, one);
    const [stranger] = strangers;
    const isMistyped = missing.length === 1 && strangers.length === 1;
    const wrong = isMistyped ? stranger : undefined;
    const hears = `${other.host} never hears it`;
    const named = wrong === undefined ? '' : ` but ${wrong.address}, which nobody has`;
    const message = isUnicast
      ? `${one.title} does not name ${other.source} of ${other.host} as a peer${named}: ${hears}`
      : `${one.title} sends by multicast and ${other.host} by unicast: neither hears the other`;
    const place = wrong?.place ?? config.unicastPeerPlace ?? config.place;
    report({ host, place, message, fix: mutualFix(cluster, one, other, wrong?.place) });
  }
}

function missingPeers({ members }: Router, one: Running): Running[] {
  const peers = one.config.unicastPeers.map(({ address }) => address.text);
  return members.filter((other) => {
    if (other === one || other.source === null || other.source === one.source) return false;
    const isExpected = one.isUnicast || other.isUnicast;
    return isExpected && !peers.includes(other.source);
  });
}

function mutualFix(cluster: Cluster, one: Running, other: Running, wrong?: Place): Fix {
  const { source } = cluster;
  const to = other.source ?? '';
  const line = lastOf(one.config.statement, 'unicast_peer')?.block?.find(
    ({ keyword }) => keyword.place === wrong,
  );
  if (line !== undefined) return replaceWord(source, line.keyword, to);
  if (one.isUnicast) return addToList(one, source, 'unicast_peer', [to]);
  return unicastFix(cluster, one);
}

interface Stranger {
  address: string;
  place: Place;
}

/** Peers that no file and no host of the lab has. */
function strangersOf(cluster: Cluster, one: Running): Stranger[] {
  const known = new Set(instancesOf(cluster).map(({ source }) => source));
  for (const { addresses } of cluster.topology?.enis ?? []) {
    for (const address of addresses) known.add(address);
  }
  return one.config.unicastPeers
    .map(({ address, place }) => ({ address: address.text, place }))
    .filter(({ address }) => !known.has(address) && !isVirtual(cluster, address));
}

const peerUnknown: Rule = {
  id: 'peer-unknown',
  severity: 'warning',
  title: 'a peer that nobody is',
  source: 'ours: none of the files sends from it, and no host of the lab has it',
  check(cluster, report) {
    for (const router of cluster.routers) {
      for (const one of router.members) {
        const isWhole = router.members.length > 1 && router.members.every(({ source }) => source);
        if (!isWhole && cluster.topology === null) continue;
        // Then the other rule names it, with the address that is meant.
        if (missingPeers(router, one).length > 0) continue;
        for (const { address, place } of strangersOf(cluster, one)) {
          report({ host: one.host, place, ...strangerRemark(cluster, one, address, place) });
        }
      }
    }
  },
};

/** Without a lab the peer may be a host whose file was not named: nothing is removed then. */
function strangerRemark(cluster: Cluster, one: Running, address: string, place: Place) {
  const message = `no host that is known here has the address ${address} of this peer`;
  if (cluster.topology !== null) return { message, fix: peerDropped(cluster, one, place) };
  const fix: Fix = { edits: [], write: ["<the other host's address>"] };
  return { message: `${message}: correct it, or name the file of that host too`, fix };
}

/** An error about one peer at a time; the judge says what is wrong with it, or null. */
function ofPeer(
  rule: Pick<Rule, 'id' | 'title' | 'source'>,
  judge: (address: string, one: Running, cluster: Cluster) => string | null,
): Rule {
  const check = (cluster: Cluster, report: Report) => {
    for (const one of instancesOf(cluster)) {
      for (const { address, place } of one.config.unicastPeers) {
        const message = judge(address.text, one, cluster);
        if (message === null) continue;
        report({ host: one.host, place, message, fix: peerDropped(cluster, one, place) });
      }
    }
  };
  return { ...rule, severity: 'error', check };
}

const peerSelf = ofPeer(
  {
    id: 'peer-self',
    title: 'a host that names itself as a peer',
    source: 'keepalived.conf(5), unicast_peer: the addresses of the others',
  },
  (address, one) =>
    address === one.source
      ? `${address} is the host's own address, so its adverts come back to it`
      : null,
);

const peerHavip = ofPeer(
  {
    id: 'peer-havip',
    title: 'a peer that is a HaVip',
    source: "Alibaba's manual (A12): hosts speak to each other by their own addresses",
  },
  (address, _one, cluster) =>
    isVirtual(cluster, address)
      ? `the peer ${address} is an address that moves, so the master would speak to itself`
      : null,
);

/** Only where another peer is left: with none keepalived falls back to multicast. */
function peerDropped({ source }: Cluster, { config }: Running, place: Place): Fix {
  const write = ["<the other host's address>"];
  const lines = lastOf(config.statement, 'unicast_peer')?.block ?? [];
  const line = lines.find(({ keyword }) => keyword.place === place);
  if (line === undefined || lines.length < 2) return { edits: [], write };
  return drop(source, line);
}

export const PEER_RULES: readonly Rule[] = [peerNotMutual, peerUnknown, peerSelf, peerHavip];
