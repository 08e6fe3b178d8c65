/**
 * HaVips of the control plane in the words of the dataplane: by lane, with members as `ecs-1` or
 * `ecs-1/eth0`.
 */
import type { Topology } from '../topology.ts';
import type { DataplaneChange, EniState } from './dataplane.ts';
import { eniId } from './from-topology.ts';
import type { Inventory } from './inventory.ts';
import type { Eni, Havip, MemberRef } from './resources.ts';

type Wired = Topology['havips'][number];

/** A HaVip as a topology has it. */
export function wiredHavip(havip: Havip, inventory: Inventory): Wired {
  const { lane, subnet, address, members, checkAssociate } = havip;
  return {
    name: lane,
    subnet,
    address,
    members: members.flatMap((member) => wiredMember(member, inventory) ?? []),
    memberMacs: [],
    checkAssociate,
  };
}

/** All of them, in the order in which they were made. */
export function wiredHavips(inventory: Inventory): Wired[] {
  return inventory.all('havip').map((havip) => wiredHavip(havip, inventory));
}

/** `ecs-1` or `ecs-1/eth0`. */
export function memberWords(member: MemberRef, inventory: Inventory): string {
  const wired = wiredMember(member, inventory);
  // A binding of an ENI goes with the ENI.
  if (wired === null) throw new RangeError(`nobody knows ${JSON.stringify(member)}`);
  return wired.eni === null ? wired.instance : `${wired.instance}/${wired.eni}`;
}

/** An ENI keeps the name of the instance that it came from. */
export function eniState({ home, name, instance, sourceDestCheck }: Eni): EniState {
  return { name: `${home}/${name}`, isThere: true, instance, sourceDestCheck };
}

/**
 * What a switch that was made of the lab file has to be told of its ENIs, where they were moved or
 * deleted since. To be told before anything else.
 */
export function eniChanges(topology: Topology, inventory: Inventory): DataplaneChange[] {
  return topology.enis.flatMap(({ instance, name, sourceDestCheck }): DataplaneChange[] => {
    const was = { name: `${instance}/${name}`, isThere: true, instance, sourceDestCheck };
    const record = inventory.eni(eniId(instance, name));
    const eni: EniState =
      record === undefined ? { ...was, isThere: false, instance: null } : eniState(record);
    const isSame =
      eni.isThere && eni.instance === instance && eni.sourceDestCheck === sourceDestCheck;
    return isSame ? [] : [{ command: 'set-eni', eni }];
  });
}

/** Null for an ENI that nobody knows. */
function wiredMember(member: MemberRef, inventory: Inventory): Wired['members'][number] | null {
  if ('instance' in member) return { instance: member.instance, eni: null };
  const eni = inventory.eni(member.eni);
  return eni === undefined ? null : { instance: eni.home, eni: eni.name };
}
