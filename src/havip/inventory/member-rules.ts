/** Who may be bound to a HaVip: its own subnet, instances or ENIs, and how many of each. */
import { parseAddress } from '../cidr.ts';
import type { RuleSet } from '../rule-set.ts';
import { type Fault, refuse } from './decision.ts';
import type { Inventory } from './inventory.ts';
import { type Count, faultOfCount } from './limits.ts';
import { memberKey } from './relations.ts';
import type { Havip, MemberRef } from './resources.ts';

type Place = Pick<Havip, 'id' | 'subnet' | 'address'>;

export interface MemberChange {
  havip: Place;
  /** Bound already, and staying. */
  kept: readonly MemberRef[];
  added: readonly MemberRef[];
}

/** Why these members may not be added, or null; what is advised against goes to `advice`. */
export function faultOfMembers(
  inventory: Inventory,
  rules: RuleSet,
  { havip, kept, added }: MemberChange,
  advice: string[],
): Fault {
  const members = [...kept];
  for (const member of added) {
    const fault =
      faultOfMember(inventory, havip, member) ?? faultOfCompany(rules, havip, members, member);
    if (fault !== null) return fault;
    members.push(member);
  }
  if (added.length === 0) return null;
  const counted = rules.hostsCounted === 'members' ? members : instancesOf(inventory, members);
  const would = [...counted].length;
  const hosts: Count = { name: 'hostsPerHavip', subject: nameOf(havip), would };
  const nics = faultOfNics(inventory, rules, havip, members);
  const fault = nics ?? faultOfCount(inventory, rules, hosts, advice);
  if (fault !== null) return fault;
  for (const instance of instancesOf(inventory, added)) {
    const would = havipsOfInstance(inventory, instance).add(havip.id).size;
    const count: Count = { name: 'havipsPerInstance', subject: `instance ${instance}`, would };
    const many = faultOfCount(inventory, rules, count, advice);
    if (many !== null) return many;
  }
  return null;
}

export function isSameMember(a: MemberRef, b: MemberRef): boolean {
  return memberKey(a) === memberKey(b);
}

/** `ecs-1`, or the id of an ENI. */
export function memberText(member: MemberRef): string {
  return 'eni' in member ? `ENI ${member.eni}` : `instance ${member.instance}`;
}

/** Ids of the HaVips that an instance is bound to, as a whole or with one of its ENIs. */
export function havipsOfInstance(inventory: Inventory, instance: string): Set<string> {
  const ids = new Set(inventory.havipIdsOfMember({ instance }));
  for (const { id: eni } of inventory.enisOfInstance(instance)) {
    for (const id of inventory.havipIdsOfMember({ eni })) ids.add(id);
  }
  return ids;
}

/** An IPv6 HaVip of Huawei is bound to one NIC, however it is named. */
export function faultOfNics(
  inventory: Inventory,
  rules: RuleSet,
  havip: Place,
  members: readonly MemberRef[],
): Fault {
  if (rules.ipv6Havip !== 'one-nic' || parseAddress(havip.address)?.family !== 6) return null;
  const nics = new Set(members.flatMap((member) => nicsOf(inventory, havip.subnet, member)));
  if (nics.size <= 1) return null;
  const many = `${nameOf(havip)} is ${havip.address} and would have ${nics.size} NICs`;
  const why = `${many}; ${rules.name} binds an IPv6 address to one, so unbind the other first`;
  return refuse('too-many-members', why);
}

function faultOfMember(inventory: Inventory, { id, subnet }: Place, member: MemberRef): Fault {
  if ('eni' in member) {
    const eni = inventory.eni(member.eni);
    const there = `there is no ENI ${member.eni}; name one of the account`;
    if (eni === undefined) return refuse('eni-not-found', there);
    if (eni.instance === null) {
      const why = `ENI ${eni.id} is attached to no instance; attach it before it is bound`;
      return refuse('eni-detached', why);
    }
    if (eni.subnet === subnet) return null;
    const where = `ENI ${eni.id} is in subnet ${eni.subnet} and HaVip ${id} in ${subnet}`;
    return refuse('wrong-subnet', `${where}; bind an ENI of ${subnet}`);
  }
  const { instance } = member;
  const there = `there is no instance ${instance}; name one of the account`;
  if (inventory.instance(instance) === undefined) return refuse('instance-not-found', there);
  if (inventory.enisOfInstance(instance).some((eni) => eni.subnet === subnet)) return null;
  const where = `instance ${instance} has no ENI in subnet ${subnet}, where HaVip ${id} is`;
  return refuse('wrong-subnet', `${where}; bind one that has`);
}

function faultOfCompany(
  rules: RuleSet,
  havip: Place,
  others: readonly MemberRef[],
  member: MemberRef,
): Fault {
  const text = memberText(member);
  if (others.some((other) => isSameMember(other, member))) {
    return refuse('member-twice', `${text} is bound to ${nameOf(havip)} already; leave it out`);
  }
  const isMixed = others.some((other) => 'eni' in other !== 'eni' in member);
  if (!isMixed || rules.mixesInstancesAndEnis) return null;
  const bound = others.map(memberText).join(', ');
  const never = `${rules.name} never binds instances and ENIs to one HaVip`;
  return refuse('members-mixed', `${never}; ${text} cannot join ${bound}, unbind them first`);
}

function instancesOf(inventory: Inventory, members: readonly MemberRef[]): Set<string> {
  const instances = new Set<string>();
  for (const member of members) {
    const instance =
      'eni' in member ? (inventory.eni(member.eni)?.instance ?? null) : member.instance;
    if (instance !== null) instances.add(instance);
  }
  return instances;
}

function nicsOf(inventory: Inventory, subnet: string, member: MemberRef): string[] {
  if ('eni' in member) return [member.eni];
  const enis = inventory.enisOfInstance(member.instance);
  return enis.filter((eni) => eni.subnet === subnet).map(({ id }) => id);
}

function nameOf({ id }: Pick<Havip, 'id'>): string {
  return `HaVip ${id}`;
}
