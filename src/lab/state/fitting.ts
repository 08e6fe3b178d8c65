/**
 * What becomes of a resource of a state file where the lab file has changed since: it is taken as
 * it is, as far as it still can be, or not at all. Each gives the resource itself where nothing
 * had to be changed.
 */
import {
  blockContains,
  canonicalAddress,
  parseBlock,
  parseWords,
} from '../../havip/address-words.ts';
import type { Inventory } from '../../havip/inventory/inventory.ts';
import { type Eni, type Havip, type Instance, memberId } from '../../havip/inventory/resources.ts';
import type { Topology } from '../../havip/topology.ts';
import { LabError } from '../lab-error.ts';

/** Instances that the lab itself runs. */
export function attachedHosts(file: Topology): ReadonlySet<string> {
  return new Set(file.enis.flatMap(({ attach, instance }) => (attach ? [instance] : [])));
}

/** `havip` null: of none, which is well. */
export function isLeft(inventory: Inventory, havip: string | null): boolean {
  return havip === null || inventory.havip(havip) !== undefined;
}

/** A host that the lab attaches is started with it, whatever it was before. */
export function fittedInstance(
  stored: Instance,
  inventory: Inventory,
  hosts: ReadonlySet<string>,
): Instance | null {
  if (inventory.instance(stored.id) === undefined) return null;
  const isStarted = hosts.has(stored.id) && stored.status !== 'running';
  return isStarted ? { ...stored, status: 'running' } : stored;
}

/** Where it is attached and its check are the state's, all else is the lab file's. */
export function fittedEni(stored: Eni, inventory: Inventory): Eni | null {
  const named = inventory.eni(stored.id);
  if (named === undefined) return null;
  const isThere = stored.instance !== null && inventory.instance(stored.instance) !== undefined;
  const instance = isThere ? stored.instance : null;
  const { sourceDestCheck } = stored;
  const fitted = { ...named, instance, sourceDestCheck };
  return JSON.stringify(fitted) === JSON.stringify(stored) ? stored : fitted;
}

/**
 * Throws LabError where its place is gone; members that are gone are unbound. An older havip kept
 * IPv6 addresses as they were typed.
 */
export function fittedHavip(stored: Havip, inventory: Inventory, notes: string[]): Havip {
  refuseIfHomeless(stored, inventory);
  const members = stored.members.filter((member) => {
    const isThere =
      'eni' in member
        ? inventory.eni(member.eni) !== undefined
        : inventory.instance(member.instance) !== undefined;
    if (!isThere) notes.push(`${memberId(member)} is gone, and unbound from HaVip ${stored.id}`);
    return isThere;
  });
  const address = canonicalAddress(stored.address);
  const isSame = members.length === stored.members.length && address === stored.address;
  return isSame ? stored : { ...stored, members, address };
}

function refuseIfHomeless(havip: Havip, inventory: Inventory): void {
  const { id, address } = havip;
  const mend = 'put it back into the lab file, or start with another --state';
  const subnet = inventory.subnet(havip.subnet);
  if (subnet === undefined) {
    throw new LabError(`subnet ${havip.subnet} is gone, and HaVip ${id} is in it`, mend);
  }
  const { family, words } = parseWords(address);
  const isInside = subnet.cidrs.some((cidr) => blockContains(parseBlock(cidr), family, words));
  if (!isInside) {
    const what = `HaVip ${id} has ${address}, which is not in subnet ${subnet.id} any more`;
    throw new LabError(what, mend);
  }
  const owner = inventory.ownerOf(subnet.id, address);
  if (owner === undefined || owner.kind !== 'eni') return;
  const what = `${owner.id} has ${address}, which HaVip ${id} of the state has`;
  throw new LabError(what, 'give the ENI another ip in the lab file');
}
