/**
 * Which interfaces of a draft lie in one subnet, and which block it has: interfaces that share a
 * virtual address, name each other as peers, or lie in one block belong together.
 */
import {
  type Address,
  type Cidr,
  cidrContains,
  type Family,
  parseAddress,
  parseCidr,
} from '../../havip/cidr.ts';
import type { DraftAddress, HostDraft } from './lab-draft.ts';

/** An interface of a host. */
export interface DraftPort {
  host: HostDraft;
  device: string;
  /** Where the file names it; null where it does not. */
  where: string | null;
  own: DraftAddress[];
  peers: DraftAddress[];
  virtual: DraftAddress[];
}

export interface DraftSubnet {
  ports: DraftPort[];
  blocks: DraftBlock[];
}

export interface DraftBlock {
  cidr: string;
  family: Family;
  /** The address whose prefix it has; null: chosen. */
  from: DraftAddress | null;
}

/** What a subnet usually has where no prefix says. */
const USUAL_PREFIX: Record<Family, number> = { 4: 24, 6: 64 };
/** A prefix of a host says nothing of a subnet; the lab file takes none longer than these. */
const LONGEST_PREFIX: Record<Family, number> = { 4: 30, 6: 126 };
const SHORTEST_PREFIX: Record<Family, number> = { 4: 8, 6: 16 };

/** Ports that belong together, and what tells whether another does. */
interface Cluster {
  ports: DraftPort[];
  addresses: Set<string>;
  blocks: Cidr[];
}

export function draftSubnets(ports: DraftPort[]): DraftSubnet[] {
  let clusters: Cluster[] = [];
  for (const port of ports) {
    let cluster = clusterOf([port]);
    // Each merger may widen the block, so that it meets others.
    for (let near = neighborOf(cluster, clusters); near !== null; ) {
      const taken = near;
      clusters = clusters.filter((other) => other !== taken);
      cluster = clusterOf([...taken.ports, ...cluster.ports]);
      near = neighborOf(cluster, clusters);
    }
    clusters.push(cluster);
  }
  const order = new Map(ports.map((port, i) => [port, i]));
  const groups = clusters.map((cluster) =>
    [...cluster.ports].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0)),
  );
  groups.sort(([a], [b]) => (order.get(a!) ?? 0) - (order.get(b!) ?? 0));
  return groups.map((group) => ({ ports: group, blocks: blocksOf(group) }));
}

function clusterOf(ports: DraftPort[]): Cluster {
  const addresses = new Set(ports.flatMap(addressesOf).map(({ address }) => address.text));
  return { ports, addresses, blocks: blocksOf(ports).map(({ cidr }) => parseCidr(cidr)!) };
}

function neighborOf(cluster: Cluster, clusters: readonly Cluster[]): Cluster | null {
  const near = clusters.find(({ addresses, blocks }) => {
    if (cluster.blocks.some((one) => blocks.some((other) => overlap(one, other)))) return true;
    return [...cluster.addresses].some((address) => addresses.has(address));
  });
  return near ?? null;
}

function overlap(a: Cidr, b: Cidr): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

function addressesOf({ own, peers, virtual }: DraftPort): DraftAddress[] {
  return [...own, ...peers, ...virtual].filter(({ address }) => !isLinkLocal(address));
}

function blocksOf(ports: DraftPort[]): DraftBlock[] {
  const addresses = ports.flatMap(addressesOf);
  return ([4, 6] as const).flatMap((family) => {
    const own = addresses.filter(({ address }) => address.family === family);
    return own.length === 0 ? [] : [blockOf(own, family)];
  });
}

/** The widest prefix that is written, or the usual one; wider where an address lies outside. */
function blockOf(addresses: DraftAddress[], family: Family): DraftBlock {
  const written = addresses.filter(
    ({ prefix }) => prefix !== null && isSubnetPrefix(prefix, family),
  );
  written.sort((a, b) => (a.prefix ?? 0) - (b.prefix ?? 0));
  const from = written[0] ?? null;
  const first = addresses[0]!.address;
  const longest = from?.prefix ?? USUAL_PREFIX[family];
  for (let prefix = longest; prefix > SHORTEST_PREFIX[family]; prefix--) {
    const cidr = parseCidr(`${first.text}/${prefix}`)!;
    if (!addresses.every(({ address }) => cidrContains(cidr, address))) continue;
    return { cidr: cidr.text, family, from: prefix === longest ? from : null };
  }
  const cidr = parseCidr(`${first.text}/${longest}`)!;
  return { cidr: cidr.text, family, from };
}

function isSubnetPrefix(prefix: number, family: Family): boolean {
  return prefix <= LONGEST_PREFIX[family] && prefix >= SHORTEST_PREFIX[family];
}

/** RFC 4291 section 2.5.6. */
const LINK_LOCAL = parseCidr('fe80::/10')!;

export function isLinkLocal(address: Address): boolean {
  return cidrContains(LINK_LOCAL, address);
}

export function containsAddress({ blocks }: DraftSubnet, text: string): boolean {
  const address = parseAddress(text);
  return address !== null && blocks.some(({ cidr }) => cidrContains(parseCidr(cidr)!, address));
}
