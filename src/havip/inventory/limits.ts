/** The numbers of an account: the vendor's limits with the operator's quotas over them. */
import { COUNTED, limitOf } from '../quotas.ts';
import type { QuotaName, RuleSet } from '../rule-set.ts';
import { accept, type Fault, refuse } from './decision.ts';
import type { Inventory } from './inventory.ts';
import type { Operation, Outcome } from './operation.ts';
import type { RefusalCode } from './refusal.ts';

const TOO_MANY: Record<QuotaName, RefusalCode> = {
  hostsPerHavip: 'too-many-members',
  havipsPerInstance: 'too-many-havips-of-member',
  havipsPerVpc: 'too-many-havips-in-vpc',
  havipsPerAccount: 'too-many-havips',
  eipsPerHavip: 'too-many-eips',
  routesPerVpc: 'too-many-routes',
  routesPerTable: 'too-many-routes',
};

/** Here a member may be an ENI, too. */
const COUNTED_HERE: Record<QuotaName, string> = { ...COUNTED, hostsPerHavip: 'members' };

export interface Count {
  name: QuotaName;
  /** What would have so many: `HaVip web`. */
  subject: string;
  /** How many there would be. */
  would: number;
}

/** Whether there would be too many. What is only advised against goes to `advice` instead. */
export function faultOfCount(
  inventory: Inventory,
  rules: RuleSet,
  { name, subject, would }: Count,
  advice: string[],
): Fault {
  const limit = limitOf(rules, name, inventory.quota(name)?.most);
  if (limit === null || would <= limit.most) return null;
  const many = `${subject} would have ${would} ${COUNTED_HERE[name]}`;
  if (limit.advice) {
    advice.push(`${many}; ${rules.name} advises at most ${limit.most} (${limit.source})`);
    return null;
  }
  const mend = limit.adjustable
    ? `take one away or have the quota ${name} raised`
    : 'take one away first';
  return refuse(TOO_MANY[name], `${many} and ${rules.name} allows ${limit.most}; ${mend}`);
}

export function setQuota(
  rules: RuleSet,
  { quota, most }: Extract<Operation, { kind: 'set-quota' }>,
): Outcome {
  const limit = limitOf(rules, quota, undefined);
  const isOpen = limit === null ? rules.membership === 'anyone' : limit.adjustable;
  if (!isOpen) {
    const why = limit === null ? 'has no such quota' : 'does not raise it';
    return refuse('quota-fixed', `the quota ${quota} stays as it is, as ${rules.name} ${why}`);
  }
  if (!Number.isSafeInteger(most) || most < 0) {
    return refuse('quota-fixed', `${most} is no quota; give a whole number from 0 on`);
  }
  return accept(quota, { upserts: [{ kind: 'quota', id: quota, most }] });
}
