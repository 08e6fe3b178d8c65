/** Binding to a HaVip and unbinding from it. */
import { ACCOUNT_RULES } from '../account-rules.ts';
import type { RuleSet } from '../rule-set.ts';
import type { DataplaneChange } from './dataplane.ts';
import { accept, refuse } from './decision.ts';
import type { Inventory } from './inventory.ts';
import { faultOfMembers, isSameMember, memberText } from './member-rules.ts';
import { notFound } from './not-found.ts';
import type { Operation, Outcome } from './operation.ts';
import type { Havip, MemberRef } from './resources.ts';
import { memberWords } from './to-topology.ts';

type Association = Extract<Operation, { kind: 'associate' }>;
type Disassociation = Extract<Operation, { kind: 'disassociate' }>;
type Replacement = Extract<Operation, { kind: 'set-members' }>;

export function associate(inventory: Inventory, asked: Association, rules: RuleSet): Outcome {
  const havip = inventory.havip(asked.havip);
  if (havip === undefined) return notFound('HaVip', asked.havip);
  const { member } = asked;
  const advice: string[] = [];
  const change = { havip, kept: havip.members, added: [member] };
  const fault = faultOfMembers(inventory, rules, change, advice);
  if (fault !== null) return fault;
  const next: Havip = { ...havip, members: [...havip.members, member] };
  return accept(havip.id, { upserts: [next], changes: [bind(inventory, havip, member)], advice });
}

export function disassociate(
  inventory: Inventory,
  { havip: id, member, force }: Disassociation,
  rules: RuleSet,
): Outcome {
  const havip = inventory.havip(id);
  if (havip === undefined) return notFound('HaVip', id);
  const members = havip.members.filter((other) => !isSameMember(other, member));
  if (members.length === havip.members.length) {
    const bound = havip.members.map(memberText).join(', ') || 'nobody is';
    const why = `${memberText(member)} is not bound to HaVip ${id}; bound to it: ${bound}`;
    return refuse('not-a-member', why);
  }
  const spareHolder = ACCOUNT_RULES[rules.name].sparesHolder && !force;
  const changes = [unbind(inventory, havip, member, spareHolder)];
  return accept(id, { upserts: [{ ...havip, members }], changes });
}

/** Who stays is not asked again: an ENI that was detached since keeps its binding. */
export function setMembers(inventory: Inventory, asked: Replacement, rules: RuleSet): Outcome {
  const havip = inventory.havip(asked.havip);
  if (havip === undefined) return notFound('HaVip', asked.havip);
  const isIn = (list: readonly MemberRef[], member: MemberRef): boolean =>
    list.some((other) => isSameMember(other, member));
  const kept = havip.members.filter((member) => isIn(asked.members, member));
  const gone = havip.members.filter((member) => !isIn(asked.members, member));
  const known = new Set<MemberRef>();
  const added = asked.members.filter((member) => {
    const isFirst = !isIn([...known], member);
    known.add(member);
    return !isFirst || !isIn(kept, member);
  });
  const advice: string[] = [];
  const fault = faultOfMembers(inventory, rules, { havip, kept, added }, advice);
  if (fault !== null) return fault;
  const { sparesHolder } = ACCOUNT_RULES[rules.name];
  // Who comes is bound first: a holder that is bound before and after keeps the HaVip meanwhile.
  const changes = [
    ...added.map((member) => bind(inventory, havip, member)),
    ...gone.map((member) => unbind(inventory, havip, member, sparesHolder)),
  ];
  const next: Havip = { ...havip, members: [...asked.members] };
  return accept(havip.id, { upserts: [next], changes, advice });
}

function bind(inventory: Inventory, { lane }: Havip, member: MemberRef): DataplaneChange {
  return { command: 'bind', havip: lane, member: memberWords(member, inventory) };
}

/** A binding taken back. */
export function unbind(
  inventory: Inventory,
  { lane }: Havip,
  member: MemberRef,
  spareHolder: boolean,
): DataplaneChange {
  const words = memberWords(member, inventory);
  return { command: 'unbind', havip: lane, member: words, spareHolder };
}
