/**
 * HaVips of the control plane in the words of the dataplane: by lane, with members as `ecs-1` or
 * `ecs-1/eth0`.
 */
import type { Topology } from '../topology.ts';
import type { Inventory } from './inventory.ts';
import type { Havip, MemberRef } from './resources.ts';

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

/** Null for an ENI that nobody knows. */
function wiredMember(member: MemberRef, inventory: Inventory): Wired['members'][number] | null {
  if ('instance' in member) return { instance: member.instance, eni: null };
  const eni = inventory.eni(member.eni);
  return eni === undefined ? null : { instance: eni.home, eni: eni.name };
}
