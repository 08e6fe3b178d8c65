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
} from '../havip/cidr.ts';
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

export function draftSubnets(ports: DraftPort[]): DraftSubnet[] {
  let groups = ports.map((port) => [port]);
  for (;;) {
    const pair = firstPair(groups);
    if (pair === null) break;
    const [a, b] = pair;
    groups = [...groups.filter((group) => group !== a && group !== b), [...a, ...b]];
  }
  const ordered = groups.map((group) => ports.filter((port) => group.includes(port)));
  ordered.sort((a, b) => ports.indexOf(a[0]!) - ports.indexOf(b[0]!));
  return ordered.map((group) => ({ ports: group, blocks: blocksOf(group) }));
}

/** Two groups that belong together, or null. */
function firstPair(groups: DraftPort[][]): [DraftPort[], DraftPort[]] | null {
  const seen = groups.map((group) => ({
    addresses: new Set(group.flatMap(addressesOf).map(({ address }) => address.text)),
    blocks: blocksOf(group).map(({ cidr }) => parseCidr(cidr)!),
    hasAddresses: group.some((port) => addressesOf(port).length > 0),
  }));
  for (let i = 0; i < groups.length; i++) {
    for (let j = i + 1; j < groups.length; j++) {
      const a = seen[i]!;
      const b = seen[j]!;
      const isShared = [...a.addresses].some((address) => b.addresses.has(address));
      const isOverlap = a.blocks.some((one) => b.blocks.some((other) => overlap(one, other)));
      if (isShared || isOverlap) return [groups[i]!, groups[j]!];
    }
  }
  return null;
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
