/**
 * Changes of a running lab's HaVips, between two bursts: each is refused with its reason and then
 * changes nothing, or it is done and holds from the next frame on. It speaks the words of the lab
 * file; what it writes are the tables that the switch reads.
 */
import { boundTo, faultOfHavip, isSameMember, memberOf } from './admission.ts';
import type { DataplaneChange, EniState } from './inventory/dataplane.ts';
import { type ClearedHolder, type EntriesParts, LiveEntries } from './live-entries.ts';
import type { Eni, Havip, Topology } from './topology.ts';

export type { ClearedHolder } from './live-entries.ts';

export interface Refusal {
  readonly refused: string;
  /** True where the holder was to be spared, and it is the holder. */
  readonly isHolder?: true;
}

export interface Done {
  readonly done: true;
  readonly cleared: readonly ClearedHolder[];
}

export type ControlResult = Refusal | Done;

export interface ControlParts extends EntriesParts {
  readonly topology: Topology;
}

const refuse = (refused: string): Refusal => ({ refused });

export class Control {
  private readonly parts: ControlParts;
  private readonly entries: LiveEntries;
  private readonly havips = new Map<string, Havip>();
  private enis: Eni[];
  /** Made anew when it is asked for after a change. */
  private present: Topology | null = null;

  /** Gives every HaVip of the topology its pinned entries, held by nobody. */
  constructor(parts: ControlParts) {
    this.parts = parts;
    this.entries = new LiveEntries(parts);
    this.enis = parts.topology.enis;
    for (const havip of parts.topology.havips) {
      this.havips.set(havip.name, havip);
      this.entries.introduce(havip);
    }
  }

  /** The network as it is after the changes so far. */
  get topology(): Topology {
    const { enis } = this;
    this.present ??= { ...this.parts.topology, enis, havips: [...this.havips.values()] };
    return this.present;
  }

  /**
   * Makes a change of the control plane, which has judged it by the cloud's rules; refused is only
   * what the tables cannot hold, and to take a binding from the holder that is to be spared.
   */
  apply(change: DataplaneChange): ControlResult {
    switch (change.command) {
      case 'add-havip':
        return this.addHavip(change.havip);
      case 'remove-havip':
        return this.removeHavip(change.havip);
      case 'bind':
        return this.bind(change.havip, change.member);
      case 'unbind':
        return this.unbind(change.havip, change.member, change.spareHolder);
      case 'set-check-associate':
        return this.checkAssociate(change.havip, change.checkAssociate);
      case 'set-eni':
        return this.setEni(change.eni);
    }
  }

  /** All of them, or none where a holder that is to be spared stands in the way. */
  applyAll(changes: readonly DataplaneChange[]): ControlResult {
    for (const change of changes) {
      if (change.command !== 'unbind' || !change.spareHolder) continue;
      const havip = this.havips.get(change.havip);
      const refusal = havip === undefined ? null : this.spared(havip, change.member);
      if (refusal !== null) return refusal;
    }
    const cleared: ClearedHolder[] = [];
    const before = new Map(this.havips);
    for (const change of changes) {
      const result = this.apply(change);
      if ('refused' in result) {
        this.restore(before);
        return result;
      }
      cleared.push(...result.cleared);
    }
    return { done: true, cleared };
  }

  /**
   * Binds an instance (`ecs-1`: all its ENIs in the subnet) or one ENI (`ecs-1/eth0`); also one
   * that is detached, for a binding may be restored.
   */
  bind(name: string, text: string): ControlResult {
    const havip = this.havips.get(name);
    if (havip === undefined) return refuse(this.noHavip(name));
    return this.replace({ ...havip, members: [...havip.members, memberOf(text)] });
  }

  /** Takes a binding back; where it was the holder's, the address is nobody's from now on. */
  unbind(name: string, text: string, spareHolder = false): ControlResult {
    const havip = this.havips.get(name);
    if (havip === undefined) return refuse(this.noHavip(name));
    const member = memberOf(text);
    const members = havip.members.filter((other) => !isSameMember(other, member));
    if (members.length === havip.members.length) {
      return refuse(`${text} is not bound to HaVip ${name}; ${boundTo(havip)}`);
    }
    const refusal = spareHolder ? this.spared(havip, text) : null;
    return refusal ?? this.replace({ ...havip, members });
  }

  /** Takes every HaVip from an instance that holds it, as when it is started anew. */
  flushHolder(instance: string): ControlResult {
    const enis = this.enis.filter((eni) => eni.instance === instance);
    if (enis.length === 0) return refuse(`there is no instance ${instance}`);
    const macs = new Set(enis.map((eni) => eni.mac));
    const cleared = [...this.havips.values()].flatMap((havip) =>
      this.entries.clearHolders(havip, (mac) => macs.has(mac)),
    );
    return { done: true, cleared };
  }

  /** Creates a HaVip, with its address and members. */
  addHavip(havip: Havip): ControlResult {
    const isKnown = this.havips.has(havip.name);
    const fault = isKnown
      ? `there is a HaVip ${havip.name} already`
      : faultOfHavip(this.parts.compiled, havip);
    if (fault !== null) return refuse(fault);
    this.change(() => this.havips.set(havip.name, havip));
    return { done: true, cleared: this.entries.admit(havip) };
  }

  /** Removes a HaVip; whoever is bound to it is unbound (U4). */
  removeHavip(name: string): ControlResult {
    const havip = this.havips.get(name);
    if (havip === undefined) return refuse(this.noHavip(name));
    const cleared = this.entries.remove(havip);
    this.change(() => this.havips.delete(name));
    return { done: true, cleared };
  }

  /** The MAC that holds a HaVip, in the first of its networks that has one; 0 for nobody. */
  holderOf(name: string): number {
    const havip = this.havips.get(name);
    return havip === undefined ? 0 : this.entries.holderOf(havip);
  }

  /** Tencent: whether only who is bound may claim it. */
  private checkAssociate(name: string, checkAssociate: boolean): ControlResult {
    const havip = this.havips.get(name);
    if (havip === undefined) return refuse(this.noHavip(name));
    return this.replace({ ...havip, checkAssociate });
  }

  /** Whatever is bound covers the ENI as it is now; the frames of one that is gone are dropped. */
  private setEni({ name: text, isThere, instance, sourceDestCheck }: EniState): ControlResult {
    const { topology, compiled } = this.parts;
    const { instance: home, eni: name } = memberOf(text);
    const index = topology.enis.findIndex((eni) => eni.instance === home && eni.name === name);
    const eni = topology.enis[index];
    if (eni === undefined) return refuse(`there is no ENI ${text}`);
    const { enis } = compiled;
    const wasThere = !enis.isGone(index);
    if (wasThere && !isThere) {
      this.entries.removeEni(eni);
      compiled.dropEni(index);
    } else if (!wasThere && isThere) {
      compiled.restoreEni(index);
      this.entries.introduceEni(eni, enis.port(index));
    }
    enis.setInstance(index, isThere ? instance : null);
    enis.setChecked(index, sourceDestCheck);
    this.change(() => {
      this.enis = topology.enis.filter((_, i) => !enis.isGone(i));
    });
    const havips = [...this.havips.values()].filter((havip) => havip.subnet === eni.subnet);
    const cleared = havips.flatMap((havip) => [
      ...this.entries.admit(havip),
      ...(isThere ? [] : this.entries.clearHolders(havip, (mac) => mac === eni.mac)),
    ]);
    return { done: true, cleared };
  }

  /** The HaVips as they were, but for holders that have lost theirs. */
  private restore(before: ReadonlyMap<string, Havip>): void {
    for (const name of [...this.havips.keys()]) if (!before.has(name)) this.removeHavip(name);
    for (const [name, havip] of before) if (this.havips.get(name) !== havip) this.replace(havip);
  }

  private replace(next: Havip): ControlResult {
    this.change(() => this.havips.set(next.name, next));
    return { done: true, cleared: this.entries.admit(next) };
  }

  private change(make: () => unknown): void {
    make();
    this.present = null;
  }

  /** Why the holder is to be spared, where it is this member; else null. */
  private spared(havip: Havip, text: string): Refusal | null {
    const mac = this.holderOf(havip.name);
    const { topology, compiled } = this.parts;
    const index = mac === 0 ? -1 : topology.enis.findIndex((eni) => eni.mac === mac);
    if (index < 0 || !compiled.enis.isOf(index, topology.enis[index] as Eni, memberOf(text))) {
      return null;
    }
    const why = `${text} holds HaVip ${havip.name} now; move it to another member, or force it`;
    return { refused: why, isHolder: true };
  }

  private noHavip(name: string): string {
    const names = [...this.havips.keys()].join(', ');
    return `there is no HaVip ${name}; there ${names === '' ? 'is none' : `are ${names}`}`;
  }
}
