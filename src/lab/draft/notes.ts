/** What a drafted lab leaves to its user: one line each, with the place and what to do. */
import type { RuleSet } from '../../havip/rule-set.ts';
import type { DraftAddress, HostDraft } from './lab-draft.ts';
import { type DraftBlock, type DraftPort, type DraftSubnet, isLinkLocal } from './subnets.ts';

export class DraftNotes {
  readonly #lines = new Set<string>();

  get list(): string[] {
    return [...this.#lines];
  }

  /** `where` is `FILE:LINE`, or a file. Said once, however often it is found. */
  add(where: string, what: string, remedy: string): void {
    this.#lines.add(`${where}: ${what}; ${remedy}`);
  }
}

/** Where a subnet's block was chosen, since no prefix says it. */
export function noteBlock(notes: DraftNotes, block: DraftBlock, named: DraftAddress[]): void {
  const { cidr, family, from } = block;
  if (from !== null) return;
  const first = named.find(({ address }) => address.family === family);
  if (first === undefined) return;
  const { prefix, address, where } = first;
  const what = prefix === null ? 'has no prefix' : `has the prefix /${prefix}, that of no subnet`;
  const remedy = `${cidr} is taken; write the subnet's own block if it is another`;
  notes.add(where, `${address.text} ${what}`, remedy);
}

/** Addresses that the cloud gives to nobody. */
export function noteReserved(notes: DraftNotes, draft: DraftSubnet, rules: RuleSet): void {
  const reserved = new Set(draft.blocks.flatMap(({ cidr }) => rules.reservedAddresses(cidr)));
  for (const { own, virtual } of draft.ports) {
    for (const { address, where } of [...own, ...virtual]) {
      if (!reserved.delete(address.text)) continue;
      const what = `${address.text} is reserved by ${rules.name} in this subnet`;
      notes.add(where, what, 'choose another address, or write a wider block');
    }
  }
}

/** What each host's file means for the lab as a whole. */
export function noteHosts(
  notes: DraftNotes,
  hosts: readonly HostDraft[],
  ports: DraftPort[],
  rules: RuleSet,
): void {
  const owned = new Set(ports.flatMap(({ own }) => own).map(({ address }) => address.text));
  const isWhole = ports.every(({ own }) => own.length > 0);
  for (const { peers } of ports) {
    for (const { address, where } of peers) {
      if (owned.has(address.text) || !isWhole) continue;
      const what = `the peer ${address.text} is none of these hosts`;
      notes.add(where, what, 'name its keepalived.conf too');
    }
  }
  for (const { name, file, routers } of hosts) {
    if (routers.length > 0) continue;
    const what = `no vrrp_instance, so ${name} is left out`;
    notes.add(file, what, 'name the file that keepalived is started with');
  }
  for (const { routers } of hosts) {
    for (const { name, where, peers, addresses } of routers) {
      if (peers.length === 0 && !rules.carriesMulticast) {
        const what = `${name} sends by multicast, which ${rules.name} does not carry`;
        notes.add(where, what, 'add unicast_src_ip and unicast_peer, or every host is master');
      }
      if (addresses.length === 0) {
        const remedy = 'give it a virtual_ipaddress, or there is nothing to move';
        notes.add(where, `${name} has no virtual address`, remedy);
      }
      const ipv6 = addresses.find(({ address }) => address.family === 6 && !isLinkLocal(address));
      if (ipv6 !== undefined && rules.ipv6Havip === 'no') {
        const what = `${rules.name} has no IPv6 HaVip (${ipv6.address.text})`;
        notes.add(ipv6.where, what, 'it is written down, and will be refused');
      }
    }
  }
  const [only, ...others] = hosts;
  if (only === undefined || others.length > 0) return;
  const remedy = "name the other hosts' files too";
  notes.add(only.file, `${only.name} is alone, so nothing can fail over`, remedy);
}
