/** Creating, editing and deleting a HaVip. */
import { ACCOUNT_RULES, type DeletionStop } from '../account-rules.ts';
import { canonicalText } from '../cidr.ts';
import type { RuleSet } from '../rule-set.ts';
import { faultOfAddress, firstFree } from './address-allocation.ts';
import type { DataplaneChange } from './dataplane.ts';
import { accept, type DecisionContext, type Fault, firstFault, refuse } from './decision.ts';
import type { Inventory } from './inventory.ts';
import { type Count, faultOfCount } from './limits.ts';
import { faultOfMembers, memberText } from './member-rules.ts';
import { idOf } from './new-id.ts';
import { notFound } from './not-found.ts';
import type { Operation, Outcome } from './operation.ts';
import type { Eip, Havip, ResourceKey, Subnet } from './resources.ts';
import { faultOfTexts } from './text-rules.ts';
import { wiredHavip } from './to-topology.ts';

type Creation = Extract<Operation, { kind: 'create-havip' }>;
type Edit = Extract<Operation, { kind: 'edit-havip' }>;
type Deletion = Extract<Operation, { kind: 'delete-havip' }>;

export function createHavip(
  inventory: Inventory,
  asked: Creation,
  { rules, at, newId }: DecisionContext,
): Outcome {
  const subnet = inventory.subnet(asked.subnet);
  if (subnet === undefined) return notFound('subnet', asked.subnet);
  const advice: string[] = [];
  const { address: given } = asked;
  const fault = firstFault(
    () => faultOfVpc(inventory, subnet, asked.vpc),
    () => faultOfTexts(rules, asked),
    () => (given === null ? null : faultOfAddress(inventory, rules, subnet, given)),
    () => faultOfNumber(inventory, rules, subnet, advice),
  );
  if (fault !== null) return fault;
  const address = given === null ? firstFree(inventory, rules, subnet) : canonicalText(given);
  if (address === null) {
    const why = `subnet ${subnet.id} has no free IPv4 address; take another subnet`;
    return refuse('no-free-address', why);
  }
  const id = freshId(inventory, rules, newId);
  const members = asked.members ?? [];
  const havip: Havip = {
    kind: 'havip',
    id,
    lane: id,
    name: asked.name ?? '',
    description: asked.description ?? '',
    subnet: subnet.id,
    address,
    members,
    checkAssociate: asked.checkAssociate ?? false,
    tags: asked.tags ?? [],
    group: asked.group ?? '',
    createdAt: at,
  };
  const wrong = faultOfMembers(inventory, rules, { havip, kept: [], added: members }, advice);
  if (wrong !== null) return wrong;
  const change: DataplaneChange = { command: 'add-havip', havip: wiredHavip(havip, inventory) };
  return accept(id, { upserts: [havip], changes: [change], advice });
}

export function editHavip(inventory: Inventory, asked: Edit, rules: RuleSet): Outcome {
  const havip = inventory.havip(asked.havip);
  if (havip === undefined) return notFound('HaVip', asked.havip);
  const fault = faultOfTexts(rules, asked);
  if (fault !== null) return fault;
  const next: Havip = {
    ...havip,
    name: asked.name ?? havip.name,
    description: asked.description ?? havip.description,
    group: asked.group ?? havip.group,
    tags: asked.tags ?? havip.tags,
    checkAssociate: asked.checkAssociate ?? havip.checkAssociate,
  };
  const { lane, checkAssociate } = next;
  const changes: DataplaneChange[] =
    checkAssociate === havip.checkAssociate
      ? []
      : [{ command: 'set-check-associate', havip: lane, checkAssociate }];
  return accept(havip.id, { upserts: [next], changes });
}

export function deleteHavip(
  inventory: Inventory,
  asked: Deletion,
  { rules, isHeld }: DecisionContext,
): Outcome {
  const havip = inventory.havip(asked.havip);
  if (havip === undefined) return notFound('HaVip', asked.havip);
  for (const stop of ACCOUNT_RULES[rules.name].deletionStops) {
    const fault = faultOfDeletion(inventory, havip, stop, isHeld);
    if (fault !== null) return fault;
  }
  const { id, lane } = havip;
  const freed = inventory.eipsOfHavip(id).map((eip): Eip => ({ ...eip, havip: null }));
  const routes = inventory.routesOfHavip(id);
  const deletes: ResourceKey[] = [
    { kind: 'havip', id },
    ...routes.map((route): ResourceKey => ({ kind: 'route', id: route.id })),
  ];
  const changes: DataplaneChange[] = [{ command: 'remove-havip', havip: lane }];
  return accept(id, { upserts: freed, deletes, changes });
}

function faultOfVpc(inventory: Inventory, subnet: Subnet, vpc: string | undefined): Fault {
  if (vpc === undefined) return null;
  if (inventory.vpc(vpc) === undefined) return notFound('VPC', vpc);
  if (vpc === subnet.vpc) return null;
  const why = `subnet ${subnet.id} lies in VPC ${subnet.vpc}, not in ${vpc}; name one of both`;
  return refuse('vpc-mismatch', why);
}

function faultOfNumber(
  inventory: Inventory,
  rules: RuleSet,
  { vpc }: Subnet,
  advice: string[],
): Fault {
  const inVpc: Count = {
    name: 'havipsPerVpc',
    subject: `VPC ${vpc}`,
    would: inventory.countHavipsOfVpc(vpc) + 1,
  };
  const inAccount: Count = {
    name: 'havipsPerAccount',
    subject: 'the account',
    would: inventory.count('havip') + 1,
  };
  return (
    faultOfCount(inventory, rules, inVpc, advice) ??
    faultOfCount(inventory, rules, inAccount, advice)
  );
}

function faultOfDeletion(
  inventory: Inventory,
  { id, members }: Havip,
  stop: DeletionStop,
  isHeld: (havip: string) => boolean,
): Fault {
  switch (stop) {
    case 'holder':
      if (!isHeld(id)) return null;
      return refuse('is-held', `somebody holds HaVip ${id}; take it down on the host first`);
    case 'members': {
      if (members.length === 0) return null;
      const bound = members.map(memberText).join(', ');
      return refuse('has-members', `HaVip ${id} is bound to ${bound}; unbind it first`);
    }
    case 'eip': {
      const eips = inventory.eipsOfHavip(id).map((eip) => eip.id);
      if (eips.length === 0) return null;
      return refuse('has-eip', `HaVip ${id} has EIP ${eips.join(', ')}; disassociate it first`);
    }
    case 'route': {
      const routes = inventory.routesOfHavip(id).map((route) => route.id);
      if (routes.length === 0) return null;
      const why = `HaVip ${id} is the next hop of route ${routes.join(', ')}; delete it first`;
      return refuse('has-route', why);
    }
  }
}

/** The lab file may have named a HaVip like this one. */
function freshId(inventory: Inventory, rules: RuleSet, newId: () => string): string {
  let id = idOf(rules, 'havip', newId);
  while (inventory.havip(id) !== undefined) id = idOf(rules, 'havip', newId);
  return id;
}
