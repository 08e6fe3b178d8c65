/** What a reader of one failover should know besides: who lived on, and whose claim it was. */
import type { ClaimEntry, FailoverEntry, ReplayResult } from '../analysis/result.ts';
import { absenceText, loweringText } from './cause-texts.ts';
import { isVirtual, type Naming } from './naming.ts';
import { lostOutage } from './outage-words.ts';
import { duration, offset } from './quantity.ts';

export function failoverRemarks(
  failover: FailoverEntry,
  result: ReplayResult,
  naming: Naming,
): string[] {
  const remarks: string[] = [];
  if (isFirstClaim(failover, result)) {
    const former = naming.short(failover.from);
    const isMaster = failover.evidence.lastAdvertFrame !== null;
    const was = isMaster ? 'was master by its adverts' : 'had answered for it';
    remarks.push(`${former} ${was}; its own claim is not in the capture`);
  }
  const lowering = loweringText(failover, naming);
  if (lowering !== null) remarks.push(lowering);
  const absence = naming.absence(failover);
  if (absence !== null) remarks.push(absenceText(absence, naming));
  const lost = lostOutage(result.failovers.indexOf(failover), result);
  if (lost !== undefined) {
    remarks.push(
      `what ${lost.client.ip} asked after t ${offset(lost.t)} s passed out of sight of this ` +
        'capture: nobody can tell from it when the first answer came',
    );
  }
  const blind = blindText(failover, naming);
  if (blind !== null) remarks.push(blind);
  const back = backText(failover, naming);
  if (back !== null) remarks.push(back);
  const claim = claimOf(failover, result);
  if (claim?.ethernetSource !== undefined && !isVirtual(claim.mac)) {
    const sender = naming.full({ mac: claim.ethernetSource, name: null });
    remarks.push(`frame ${claim.frame} names ${claim.mac} and was sent from ${sender}: forged?`);
  }
  return remarks;
}

/** Whether the capture began after the old holder's announcement. */
function isFirstClaim({ ip, vlan, frame, evidence }: FailoverEntry, result: ReplayResult): boolean {
  const havip = result.havips.find((one) => one.ip === ip && one.vlan === vlan);
  return evidence.firstClaimFrame === frame && havip?.timeline[0]?.frame === frame;
}

/** The capture point saw nothing while the address moved, as a host does whose link is down. */
function blindText({ blind, to, evidence }: FailoverEntry, naming: Naming): string | null {
  if (blind === undefined) return null;
  const { firstAdvertFrame: advert, firstClaimFrame: claim } = evidence;
  const firstSign = Math.min(advert ?? Infinity, claim ?? Infinity);
  return (
    `not one frame is in this capture for ${duration(blind.seconds)} from t ${offset(blind.t)} s ` +
    `on (was its link down?): ${naming.short(to)} took over meanwhile, and is first seen as ` +
    `master in frame ${firstSign}`
  );
}

function backText(failover: FailoverEntry, naming: Naming): string | null {
  const after = naming.returnAfter(failover);
  if (after === null) return null;
  return (
    `${naming.short(failover.from)} is master again ${duration(after)} later, so that its ` +
    'machine had not died: VRRP was started anew there, was paused, or was cut off'
  );
}

function claimOf({ ip, vlan, evidence }: FailoverEntry, result: ReplayResult) {
  const isIt = (claim: ClaimEntry): boolean =>
    claim.frame === evidence.firstClaimFrame && claim.ip === ip && claim.vlan === vlan;
  return result.claims.find(isIt);
}
