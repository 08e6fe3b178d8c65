/** Refused claims that are alike but for their time, as the reports show them: one line a group. */
import type { ClaimEntry, ReplayResult } from '../analysis/result.ts';
import { counted } from './quantity.ts';

export interface RefusalGroup {
  readonly first: ClaimEntry;
  count: number;
  last: ClaimEntry;
}

/** In the order of their first claims. */
export function refusalGroups(result: ReplayResult): RefusalGroup[] {
  const groups = new Map<string, RefusalGroup>();
  for (const claim of result.claims) {
    if (claim.verdict !== 'refused') continue;
    const source = claim.ethernetSource ?? '';
    const key = [claim.ip, claim.vlan, claim.mac, source, claim.form, claim.reason].join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: claim, count: 1, last: claim });
    else {
      group.count++;
      group.last = claim;
    }
  }
  return [...groups.values()];
}

/** What to say beside the groups where the result does not hold every claim; else null. */
export function refusalsLeftOut({ elided }: ReplayResult): string | null {
  if (elided.claims === 0) return null;
  return `Counted over the claims kept; ${counted(elided.claims, 'claim')} left out.`;
}
