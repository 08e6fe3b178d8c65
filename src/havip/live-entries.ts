/**
 * The entries of configured addresses in the switch's tables: one in each network that the address
 * lies in, pinned, with the policy of its record. It judges nothing; `Control` does.
 */
import type { Switch } from '../dataplane/switch.ts';
import { macHigh, macLow } from '../wire/mac.ts';
import { canonicalAddress, parseWords } from './address-words.ts';
import type { CompiledTopology } from './compile.ts';
import type { LiveNetworks } from './live-networks.ts';
import { membershipOf, type RuleSet } from './rule-set.ts';
import type { Eni, Havip } from './topology.ts';

/** A holder that lost its address to the change; the cause in a timeline is `unbind`. */
export interface ClearedHolder {
  readonly havip: string;
  readonly ip: string;
  readonly network: number;
  /** Of the address in the switch's book. */
  readonly id: number;
  readonly mac: number;
}

interface Entry {
  id: number;
  entry: number;
  network: number;
}

export interface EntriesParts {
  readonly rules: RuleSet;
  readonly compiled: CompiledTopology;
  readonly networks: LiveNetworks;
  readonly owner: Switch;
}

export class LiveEntries {
  private readonly parts: EntriesParts;

  constructor(parts: EntriesParts) {
    this.parts = parts;
  }

  /** Gives a HaVip its entries, with its present policy. */
  introduce(havip: Havip): void {
    const { owner, compiled } = this.parts;
    if (havip.address === null || havip.subnet === null) return;
    const record = compiled.recordOf(havip.subnet, havip.address);
    for (const { id, entry } of this.entriesOf(havip)) {
      owner.book.copyPolicy(record, id);
      owner.neighbors.tableOfId(id).setPinned(entry, true);
    }
  }

  /** Says anew who may claim a HaVip; whoever holds it and may not loses it. */
  admit(havip: Havip): ClearedHolder[] {
    this.parts.compiled.setHavip(havip);
    this.introduce(havip);
    return this.clearHolders(havip, (mac) => !this.mayHold(havip, mac));
  }

  remove(havip: Havip): ClearedHolder[] {
    const cleared = this.clearHolders(havip, () => true);
    for (const entry of this.entriesOf(havip)) this.release(entry, havip.address as string);
    this.parts.compiled.dropHavip(havip);
    return cleared;
  }

  /** MAC of the holder in the first network that has one; 0 for nobody. */
  holderOf(havip: Havip): number {
    const { neighbors } = this.parts.owner;
    const macs = this.entriesOf(havip).map(({ id, entry }) => neighbors.tableOfId(id).mac(entry));
    return macs.find((mac) => mac !== 0) ?? 0;
  }

  clearHolders(havip: Havip, isCleared: (mac: number) => boolean): ClearedHolder[] {
    const { owner } = this.parts;
    const cleared: ClearedHolder[] = [];
    for (const { id, entry, network } of this.entriesOf(havip)) {
      const table = owner.neighbors.tableOfId(id);
      const mac = table.mac(entry);
      if (mac === 0 || !isCleared(mac)) continue;
      table.setMac(entry, 0, 0);
      table.setPort(entry, 0);
      const ip = canonicalAddress(havip.address as string);
      cleared.push({ havip: havip.name, ip, network, id, mac });
    }
    return cleared;
  }

  /** An ENI holds its addresses from the start, where it is attached; it needs no ARP for it. */
  introduceEni(eni: Eni, port: number): void {
    for (const network of this.parts.networks.ofAddresses(eni)) {
      for (const address of eni.addresses) {
        const { id, entry } = this.follow(network, address);
        const table = this.parts.owner.neighbors.tableOfId(id);
        table.setPinned(entry, true);
        if (port < 0 || eni.mac === null) continue;
        table.repoint(entry, macHigh(eni.mac), macLow(eni.mac), port, 0);
      }
    }
  }

  removeEni(eni: Eni): void {
    for (const network of this.parts.networks.ofAddresses(eni)) {
      for (const address of eni.addresses) this.release(this.follow(network, address), address);
    }
  }

  private entriesOf(havip: Havip): Entry[] {
    const { subnet, address } = havip;
    if (address === null || subnet === null) return [];
    return this.parts.networks
      .ofSubnet(subnet)
      .map((network) => this.follow(network, address))
      .filter(({ entry }) => entry >= 0);
  }

  private follow(network: number, address: string): Entry {
    const { owner } = this.parts;
    const { family, words } = parseWords(address);
    const id = owner.follow(network, family, ...words);
    return { id, entry: id === 0 ? -1 : owner.neighbors.entryOf(id), network };
  }

  private mayHold(havip: Havip, mac: number): boolean {
    const { rules, compiled, owner } = this.parts;
    if (membershipOf(rules, havip) !== 'bound') return true;
    return owner.book.hasMember(
      compiled.recordOf(havip.subnet as string, havip.address as string),
      mac,
    );
  }

  /** An address is nobody's in a network: its entry and id are given back. */
  private release({ id, network }: Entry, address: string): void {
    const { owner } = this.parts;
    const { family, words } = parseWords(address);
    if (family === 4) owner.addresses4.remove(network, words[3]);
    else owner.addresses6.remove(network, ...words);
    owner.book.release(id);
  }
}
