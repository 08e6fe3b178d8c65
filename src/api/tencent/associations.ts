/**
 * AssociateHaVipInstance and DisassociateHaVipInstance: who may claim a HaVip whose CheckAssociate
 * is on. Of one request's entries all are carried out or none, step by step (`in-steps.ts`).
 */

import { type Inventory, memberKey } from '../../havip/inventory/inventory.ts';
import type { Operation } from '../../havip/inventory/operation.ts';
import type { MemberRef } from '../../havip/inventory/resources.ts';
import { allOrNone } from '../in-steps.ts';
import { type Call, type Handler, handler } from './call.ts';
import { refusalFault } from './codes.ts';
import { memberOf, type Named, readAssociations, tooMany } from './members.ts';
import { type Fault, fault, NOTHING, type Result } from './result.ts';

interface Pair {
  havip: string;
  member: MemberRef;
}

type Making = (pair: Pair) => Operation;

const bind: Making = (pair) => ({ kind: 'associate', ...pair });
/** There is no word for force in these calls, so the holder does not stay for want of it. */
const unbind: Making = (pair) => ({ kind: 'disassociate', ...pair, force: true });

export const associateHaVipInstance = setHandler(
  bind,
  unbind,
  'InvalidParameterValue.DuplicatedHaVipAssociations',
);

export const disassociateHaVipInstance = setHandler(
  unbind,
  bind,
  'InvalidParameterValue.Duplicate',
  strangersFirst,
);

function setHandler(
  make: Making,
  unmake: Making,
  twice: string,
  ordered: (pairs: Pair[], inventory: Inventory) => Pair[] = (pairs) => pairs,
): Handler {
  return handler(readAssociations, async (named, call): Promise<Result> => {
    const pairs = pairsOf(named, call, twice);
    if (!Array.isArray(pairs)) return pairs;
    const steps = ordered(pairs, call.plane.inventory).map((pair) => ({
      operation: make(pair),
      undo: () => unmake(pair),
    }));
    const outcomes = await allOrNone(steps, (operation) => call.submit(operation));
    return Array.isArray(outcomes) ? NOTHING : refusalFault(call.action, outcomes);
  });
}

/** Who cannot be taken back is refused before a holder loses its HaVip, which no undoing mends. */
function strangersFirst(pairs: Pair[], inventory: Inventory): Pair[] {
  const isMember = ({ havip, member }: Pair): boolean => {
    const members = inventory.havip(havip)?.members ?? [];
    return members.some((one) => memberKey(one) === memberKey(member));
  };
  return [...pairs.filter((pair) => !isMember(pair)), ...pairs.filter(isMember)];
}

function pairsOf(named: readonly Named[], { plane }: Call, twice: string): Pair[] | Fault {
  if (named.length === 0) return fault('MissingParameter', 'HaVipAssociationSet is missing');
  const wrong = tooMany(named.length);
  if (wrong !== null) return wrong;
  const seen = new Set<string>();
  const pairs: Pair[] = [];
  for (const one of named) {
    if (one.havip === null) {
      return fault('MissingParameter', `the entry for ${one.instance} has no HaVipId`);
    }
    const member = memberOf(plane.inventory, one, 'InvalidParameterValue.ParameterMismatch');
    if ('code' in member) return member;
    const key = `${one.havip} ${memberKey(member)}`;
    if (seen.has(key)) return fault(twice, `${one.instance} stands twice for ${one.havip}`);
    seen.add(key);
    pairs.push({ havip: one.havip, member });
  }
  return pairs;
}
