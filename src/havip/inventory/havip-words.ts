/** The account's resources in the words of a topology, which the dataplane speaks. */
import type { Havip as HavipOfTopology } from '../topology.ts';
import type { EniState } from './dataplane.ts';
import type { Inventory } from './inventory.ts';
import type { Eni, Havip, MemberRef } from './resources.ts';

type Member = HavipOfTopology['members'][number];

export function havipWords(inventory: Inventory, havip: Havip): HavipOfTopology {
  const { lane, subnet, address, members, checkAssociate } = havip;
  return {
    name: lane,
    subnet,
    address,
    members: members.map((member) => memberOf(inventory, member)),
    memberMacs: [],
    checkAssociate,
  };
}

/** `ecs-1` or `ecs-1/eth0`. */
export function memberWords(inventory: Inventory, member: MemberRef): string {
  const { instance, eni } = memberOf(inventory, member);
  return eni === null ? instance : `${instance}/${eni}`;
}

/** An ENI keeps the name of the instance that it came from. */
export function eniState({ home, name, instance, sourceDestCheck }: Eni): EniState {
  return { name: `${home}/${name}`, isThere: true, instance, sourceDestCheck };
}

function memberOf(inventory: Inventory, member: MemberRef): Member {
  if ('instance' in member) return { instance: member.instance, eni: null };
  const eni = inventory.eni(member.eni);
  // A member that is an ENI goes with the ENI.
  if (eni === undefined) throw new RangeError(`there is no ENI ${member.eni}`);
  return { instance: eni.home, eni: eni.name };
}
