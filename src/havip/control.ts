/**
 * Changes of a running lab's HaVips, between two bursts: each is refused with its reason and then
 * changes nothing, or it is done and holds from the next frame on. It speaks the words of the lab
 * file; what it writes are the tables that the switch reads.
 */
import type { Switch } from '../dataplane/switch.ts';
import { canonicalAddress, parseWords } from './address-words.ts';
import { boundTo, faultOfHavip, faultOfMember, isSameMember, memberOf } from './admission.ts';
import type { CompiledTopology } from './compile.ts';
import type { LiveNetworks } from './live-networks.ts';
import { type Breach, quotaBreaches } from './quotas.ts';
import { membershipOf, type RuleSet } from './rule-set.ts';
import type { Havip, Topology } from './topology.ts';

/** A holder that lost its address to the change; the cause in a timeline is `unbind`. */
export interface ClearedHolder {
  readonly havip: string;
  readonly ip: string;
  readonly network: number;
  /** Of the address in the switch's book. */
  readonly id: number;
  readonly mac: number;
}

export interface Refusal {
  readonly refused: string;
}

export interface Done {
  readonly done: true;
  readonly cleared: readonly ClearedHolder[];
  /** What the vendor advises against in the network as it is now. */
  readonly advice: readonly string[];
}

export type ControlResult = Refusal | Done;

export interface ControlParts {
  readonly topology: Topology;
  readonly rules: RuleSet;
  readonly compiled: CompiledTopology;
  readonly networks: LiveNetworks;
  readonly owner: Switch;
}

const refuse = (refused: string): Refusal => ({ refused });

export class Control {
  private readonly parts: ControlParts;
  private present: Topology;
  /** What the provider minds of the network as it is; null where nobody has looked. */
  private known: Set<string> | null = null;

  /** Gives every HaVip of the topology its pinned entries, held by nobody. */
  constructor(parts: ControlParts) {
    this.parts = parts;
    this.present = parts.topology;
    for (const havip of this.present.havips) this.introduce(havip);
  }

  /** The network as it is after the changes so far. */
  get topology(): Topology {
    return this.present;
  }

  /** Binds an instance (`ecs-1`: all its ENIs in the subnet) or one ENI (`ecs-1/eth0`). */
  bind(name: string, text: string): ControlResult {
    const havip = this.find(name);
    if (havip === undefined) return refuse(this.noHavip(name));
    const member = memberOf(text);
    const fault = faultOfMember(this.present, this.parts.rules, havip, member);
    if (fault !== null) return refuse(fault);
    return this.replace(havip, { ...havip, members: [...havip.members, member] });
  }

  /** Takes a binding back; where it was the holder's, the address is nobody's from now on. */
  unbind(name: string, text: string): ControlResult {
    const havip = this.find(name);
    if (havip === undefined) return refuse(this.noHavip(name));
    const member = memberOf(text);
    const members = havip.members.filter((other) => !isSameMember(other, member));
    if (members.length === havip.members.length) {
      return refuse(`${text} is not bound to HaVip ${name}; ${boundTo(havip)}`);
    }
    return this.replace(havip, { ...havip, members }, false);
  }

  /** Takes every HaVip from an instance that holds it, as when it is started anew. */
  flushHolder(instance: string): ControlResult {
    const enis = this.present.enis.filter((eni) => eni.instance === instance);
    if (enis.length === 0) return refuse(`there is no instance ${instance}`);
    const macs = new Set(enis.map((eni) => eni.mac));
    const cleared = this.present.havips.flatMap((havip) =>
      this.clearHolders(havip, (mac) => macs.has(mac)),
    );
    return { done: true, cleared, advice: [] };
  }

  /** Creates a HaVip, with its address and members. */
  addHavip(havip: Havip): ControlResult {
    const fault = faultOfHavip(this.present, this.parts.rules, this.parts.compiled, havip);
    if (fault !== null) return refuse(fault);
    const breaches = this.breachesWith([...this.present.havips, havip]);
    const hard = breaches.find((breach) => !breach.advice);
    if (hard !== undefined) return refuse(textOf(hard));
    this.change([...this.present.havips, havip]);
    this.parts.compiled.setHavip(havip);
    this.introduce(havip);
    return { done: true, cleared: [], advice: breaches.map(textOf) };
  }

  /** Removes a HaVip; whoever is bound to it is unbound (U4). */
  removeHavip(name: string): ControlResult {
    const havip = this.find(name);
    if (havip === undefined) return refuse(this.noHavip(name));
    const cleared = this.clearHolders(havip, () => true);
    const { owner, compiled } = this.parts;
    for (const { id, network } of this.entries(havip)) {
      const { family, words } = parseWords(havip.address as string);
      if (family === 4) owner.addresses4.remove(network, words[3]);
      else owner.addresses6.remove(network, ...words);
      owner.book.release(id);
    }
    compiled.dropHavip(havip);
    this.change(this.present.havips.filter((other) => other !== havip));
    return { done: true, cleared, advice: [] };
  }

  /** The MAC that holds a HaVip, in the first of its networks that has one; 0 for nobody. */
  holderOf(name: string): number {
    const havip = this.find(name);
    if (havip === undefined) return 0;
    const { neighbors } = this.parts.owner;
    const macs = this.entries(havip).map(({ id, entry }) => neighbors.tableOfId(id).mac(entry));
    return macs.find((mac) => mac !== 0) ?? 0;
  }

  private replace(havip: Havip, next: Havip, isMore = true): ControlResult {
    const havips = this.present.havips.map((other) => (other === havip ? next : other));
    const breaches = isMore ? this.breachesWith(havips) : [];
    const hard = breaches.find((breach) => !breach.advice);
    if (hard !== undefined) return refuse(textOf(hard));
    this.change(havips);
    this.parts.compiled.setHavip(next);
    this.introduce(next);
    const cleared = this.clearHolders(next, (mac) => !this.mayHold(next, mac));
    return { done: true, cleared, advice: breaches.map(textOf) };
  }

  private change(havips: Havip[]): void {
    this.present = { ...this.present, havips };
    this.known = null;
  }

  /** Gives the HaVip an entry in each network of its subnet, pinned, with its present policy. */
  private introduce(havip: Havip): void {
    const { owner, compiled } = this.parts;
    if (havip.address === null || havip.subnet === null) return;
    const record = compiled.recordOf(havip.subnet, havip.address);
    for (const { id, entry } of this.entries(havip)) {
      owner.book.copyPolicy(record, id);
      owner.neighbors.tableOfId(id).setPinned(entry, true);
    }
  }

  private entries(havip: Havip): { id: number; entry: number; network: number }[] {
    const { owner, networks } = this.parts;
    if (havip.address === null || havip.subnet === null) return [];
    const { family, words } = parseWords(havip.address);
    return networks
      .ofSubnet(havip.subnet)
      .map((network) => {
        const id = owner.follow(network, family, ...words);
        return { id, entry: id === 0 ? -1 : owner.neighbors.entryOf(id), network };
      })
      .filter(({ entry }) => entry >= 0);
  }

  private clearHolders(havip: Havip, isCleared: (mac: number) => boolean): ClearedHolder[] {
    const { owner } = this.parts;
    const cleared: ClearedHolder[] = [];
    for (const { id, entry, network } of this.entries(havip)) {
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

  private mayHold(havip: Havip, mac: number): boolean {
    const { rules, compiled, owner } = this.parts;
    if (membershipOf(rules, havip) !== 'bound') return true;
    return owner.book.hasMember(
      compiled.recordOf(havip.subnet as string, havip.address as string),
      mac,
    );
  }

  /** What the provider minds of these HaVips that it does not mind now. */
  private breachesWith(havips: Havip[]): Breach[] {
    if (this.known === null) {
      this.known = new Set(quotaBreaches(this.present).map((breach) => breach.message));
    }
    const { known } = this;
    const breaches = quotaBreaches({ ...this.present, havips });
    return breaches.filter((breach) => !known.has(breach.message));
  }

  private find(name: string): Havip | undefined {
    return this.present.havips.find((havip) => havip.name === name);
  }

  private noHavip(name: string): string {
    const names = this.present.havips.map((havip) => havip.name).join(', ');
    return `there is no HaVip ${name}; there ${names === '' ? 'is none' : `are ${names}`}`;
  }
}

function textOf(breach: Breach): string {
  return `${breach.message}; ${breach.remedy}`;
}
