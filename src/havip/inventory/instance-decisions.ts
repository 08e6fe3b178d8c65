/** Instances and their ENIs: what becomes of bindings when they go, move or come. */
import { ACCOUNT_RULES } from '../account-rules.ts';
import type { RuleSet } from '../rule-set.ts';
import type { DataplaneChange, EniState } from './dataplane.ts';
import { accept, type Fault, refuse } from './decision.ts';
import type { Inventory } from './inventory.ts';
import { faultOfCount } from './limits.ts';
import { unbind } from './member-decisions.ts';
import { faultOfNics, havipsOfInstance } from './member-rules.ts';
import { notFound } from './not-found.ts';
import type { Operation, Outcome } from './operation.ts';
import { memberKey } from './relations.ts';
import type { Eni, Havip, MemberRef, ResourceKey } from './resources.ts';
import { eniState } from './to-topology.ts';

type Of<K extends Operation['kind']> = Extract<Operation, { kind: K }>;

/** Its first ENI goes with it, the others stay and are attached to nobody. Bindings go (A7). */
export function deleteInstance(inventory: Inventory, asked: Of<'delete-instance'>): Outcome {
  const { instance } = asked;
  if (inventory.instance(instance) === undefined) return notFound('instance', instance);
  const enis = inventory.enisOfInstance(instance);
  const gone = enis.filter(({ isPrimary }) => isPrimary);
  const left = enis.filter(({ isPrimary }) => !isPrimary);
  const members = [{ instance }, ...gone.map(({ id }) => ({ eni: id }))];
  const { upserts, changes } = withoutMembers(inventory, members);
  return accept(instance, {
    upserts: [...upserts, ...left.map((eni): Eni => ({ ...eni, instance: null }))],
    deletes: [{ kind: 'instance', id: instance }, ...gone.map(keyOf)],
    changes: [
      ...changes,
      ...left.map((eni) => changed(eni, { instance: null })),
      ...gone.map((eni) => changed(eni, { instance: null, isThere: false })),
    ],
  });
}

export function setInstanceStatus(inventory: Inventory, asked: Of<'set-instance-status'>): Outcome {
  const instance = inventory.instance(asked.instance);
  if (instance === undefined) return notFound('instance', asked.instance);
  return accept(instance.id, { upserts: [{ ...instance, status: asked.status }] });
}

/** Its bindings go with it (A7). */
export function deleteEni(inventory: Inventory, asked: Of<'delete-eni'>): Outcome {
  const eni = inventory.eni(asked.eni);
  if (eni === undefined) return notFound('ENI', asked.eni);
  if (eni.isPrimary) return refuse('primary-eni', primary(eni, 'deleted'));
  const { upserts, changes } = withoutMembers(inventory, [{ eni: eni.id }]);
  return accept(eni.id, {
    upserts,
    deletes: [keyOf(eni)],
    changes: [...changes, changed(eni, { instance: null, isThere: false })],
  });
}

/** Its own bindings stay (A7); those of the instance cover it no longer. */
export function detachEni(inventory: Inventory, asked: Of<'detach-eni'>): Outcome {
  const eni = inventory.eni(asked.eni);
  if (eni === undefined) return notFound('ENI', asked.eni);
  if (eni.isPrimary) return refuse('primary-eni', primary(eni, 'detached'));
  if (eni.instance === null) {
    const why = `ENI ${eni.id} is attached to no instance; there is nothing to detach`;
    return refuse('eni-detached', why);
  }
  return accept(eni.id, {
    upserts: [{ ...eni, instance: null }],
    changes: [changed(eni, { instance: null })],
  });
}

export function attachEni(inventory: Inventory, asked: Of<'attach-eni'>, rules: RuleSet): Outcome {
  const eni = inventory.eni(asked.eni);
  if (eni === undefined) return notFound('ENI', asked.eni);
  if (inventory.instance(asked.instance) === undefined) return notFound('instance', asked.instance);
  if (eni.instance !== null) {
    const why = `ENI ${eni.id} is attached to instance ${eni.instance}; detach it first`;
    return refuse('not-offered', why);
  }
  const advice: string[] = [];
  const fault = faultOfAttachment(inventory, rules, eni, asked.instance, advice);
  if (fault !== null) return fault;
  const changes = [changed(eni, { instance: asked.instance })];
  return accept(eni.id, { upserts: [{ ...eni, instance: asked.instance }], changes, advice });
}

export function setSourceDestCheck(
  inventory: Inventory,
  asked: Of<'set-source-dest-check'>,
  rules: RuleSet,
): Outcome {
  const eni = inventory.eni(asked.eni);
  if (eni === undefined) return notFound('ENI', asked.eni);
  if (!ACCOUNT_RULES[rules.name].switchesSourceCheck) {
    const why = `${rules.name} has no source/destination check to switch; leave it as it is`;
    return refuse('not-offered', why);
  }
  const { on } = asked;
  const changes = [changed(eni, { sourceDestCheck: on })];
  return accept(eni.id, { upserts: [{ ...eni, sourceDestCheck: on }], changes });
}

/** It may bring its own HaVips to the instance, and comes under those of the instance. */
function faultOfAttachment(
  inventory: Inventory,
  rules: RuleSet,
  eni: Eni,
  instance: string,
  advice: string[],
): Fault {
  const vpc = inventory.subnet(eni.subnet)?.vpc;
  const others = inventory.enisOfInstance(instance);
  const home = others.map(({ subnet }) => inventory.subnet(subnet)?.vpc).find((id) => id !== vpc);
  if (home !== undefined) {
    const where = `ENI ${eni.id} lies in VPC ${vpc}, instance ${instance} in ${home}`;
    return refuse('vpc-mismatch', `${where}; take an instance of the ENI's VPC`);
  }
  const own = inventory.havipsOfMember({ eni: eni.id }).map(({ id }) => id);
  const would = new Set([...havipsOfInstance(inventory, instance), ...own]).size;
  const subject = `instance ${instance}`;
  const count = { name: 'havipsPerInstance', subject, would } as const;
  const many = own.length === 0 ? null : faultOfCount(inventory, rules, count, advice);
  if (many !== null) return many;
  for (const havip of inventory.havipsOfMember({ instance })) {
    if (havip.subnet !== eni.subnet) continue;
    const fault = faultOfNics(inventory, rules, havip, [...havip.members, { eni: eni.id }]);
    if (fault !== null) return fault;
  }
  return null;
}

/** Every HaVip that these are bound to, without them. */
function withoutMembers(
  inventory: Inventory,
  members: readonly MemberRef[],
): { upserts: Havip[]; changes: DataplaneChange[] } {
  const keys = new Set(members.map(memberKey));
  const havips = new Map<string, Havip>();
  for (const member of members) {
    for (const havip of inventory.havipsOfMember(member)) havips.set(havip.id, havip);
  }
  const changes = [...havips.values()].flatMap((havip) =>
    havip.members
      .filter((member) => keys.has(memberKey(member)))
      .map((member) => unbind(inventory, havip, member, false)),
  );
  const upserts = [...havips.values()].map((havip) => ({
    ...havip,
    members: havip.members.filter((member) => !keys.has(memberKey(member))),
  }));
  return { upserts, changes };
}

function changed(eni: Eni, more: Partial<EniState>): DataplaneChange {
  return { command: 'set-eni', eni: { ...eniState(eni), ...more } };
}

function keyOf({ id }: Eni): ResourceKey {
  return { kind: 'eni', id };
}

function primary({ id, instance }: Eni, what: string): string {
  const is = `ENI ${id} is the first of instance ${instance}`;
  return `${is} and cannot be ${what}; delete the instance`;
}
