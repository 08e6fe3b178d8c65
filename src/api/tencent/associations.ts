/**
 * AssociateHaVipInstance and DisassociateHaVipInstance: who may claim a HaVip whose CheckAssociate
 * is on. Of one request's entries all are carried out or none.
 */
import type { Step } from '../../havip/inventory/operation.ts';
import { memberKey } from '../../havip/inventory/relations.ts';
import type { MemberRef } from '../../havip/inventory/resources.ts';
import { type Call, type Handler, handler } from './call.ts';
import { refusalFault } from './codes.ts';
import { memberOf, type Named, readAssociations, tooMany } from './members.ts';
import { type Fault, fault, NOTHING, type Result } from './result.ts';

interface Pair {
  havip: string;
  member: MemberRef;
}

type Making = (pair: Pair) => Step;

const bind: Making = (pair) => ({ kind: 'associate', ...pair });
/** There is no word for force in these calls, so the holder does not stay for want of it. */
const unbind: Making = (pair) => ({ kind: 'disassociate', ...pair, force: true });

export const associateHaVipInstance = setHandler(
  bind,
  'InvalidParameterValue.DuplicatedHaVipAssociations',
);

export const disassociateHaVipInstance = setHandler(unbind, 'InvalidParameterValue.Duplicate');

function setHandler(make: Making, twice: string): Handler {
  return handler(readAssociations, async (named, call): Promise<Result> => {
    const pairs = pairsOf(named, call, twice);
    if (!Array.isArray(pairs)) return pairs;
    const outcome = await call.submit({ kind: 'all', steps: pairs.map(make) });
    return outcome.ok ? NOTHING : refusalFault(call.action, outcome);
  });
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
