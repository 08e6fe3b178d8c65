/** Outages beside the failovers that they belong to. */
import type { FailoverEntry, OutageEntry, ReplayResult } from '../analysis/result.ts';
import { numberOf } from './cut.ts';
import { isVirtual, type Naming } from './naming.ts';
import { vacancyText } from './other-master.ts';
import { duration, frameLabel } from './quantity.ts';

/** The cause's code, with the number of its failover as the reports count them. */
export function outageCode({ cause, failover }: OutageEntry, result: ReplayResult): string {
  if (failover === null) return cause;
  const { failovers, elided } = result;
  return `${cause} (failover ${numberOf(failover, failovers.length, elided.failovers)})`;
}

/** What is known of a cause beside its code: whose claim it is, or who resigned; or null. */
export function causeBehind(outage: OutageEntry, naming: Naming): string | null {
  const { cause, claim } = outage;
  if (claim !== undefined) return `${cause} by ${naming.full(claim)}, frame ${frameLabel(claim)}`;
  return resignationText(outage, naming);
}

/** Who resigned at its beginning, and who was master then; null where nobody did. */
export function resignationText(outage: OutageEntry, naming: Naming): string | null {
  const { resigned, successor } = outage;
  if (resigned === undefined || successor === undefined) {
    return resigned === undefined ? null : vacancyText(resigned, naming);
  }
  return (
    `${naming.full(resigned)} resigned in frame ${frameLabel(resigned)} and ` +
    `${naming.short(successor)} took over, by its adverts from frame ${frameLabel(successor)} on`
  );
}

/** How far the requests of an outage without failover came, where a second place shows that. */
export function passedOnText({ passedOn, unanswered, failover }: OutageEntry): string | null {
  if (passedOn === undefined || failover !== null) return null;
  const { seen, of } = passedOn;
  const whole = `${of < unanswered ? 'last ' : ''}${of} requests`;
  const where = 'at a second capture point';
  if (seen === 0) {
    const whose = of === 1 ? 'its request was not seen' : `none of its ${whole} was seen`;
    return `${whose} ${where}, as answered ones are: lost on the way, or nothing captured there`;
  }
  if (seen < of) return `${seen} of its ${whole} were seen ${where}, as answered ones are`;
  const all = of === 1 ? 'its request was' : `its ${whole} were`;
  return `${all} seen ${where}, too, and not answered`;
}

/** How long at least or exactly it lasted, for a table. */
export function lengthText({ seconds, firstServiceFrame }: OutageEntry): string {
  if (seconds === null) return 'unknown';
  return firstServiceFrame === null ? `> ${duration(seconds)}` : duration(seconds);
}

/** Who answered before it, and after it. */
export function answererText({ before, after, isLost }: OutageEntry, naming: Naming): string {
  const from = naming.short({ speaker: null, ...before });
  if (after === null) return `${from} → ${isLost === true ? 'out of sight' : 'nobody'}`;
  const to = naming.short({ speaker: null, ...after });
  return from === to ? from : `${from} → ${to}`;
}

/**
 * That it is unknown; and who did not announce the address, where somebody answers since, or is
 * master since, and claims of it are in the capture, none of them left out.
 */
export function unknownCause(outage: OutageEntry, result: ReplayResult, naming: Naming): string {
  const { ip, vlan, before, after } = outage;
  const resignation = resignationText(outage, naming);
  if (resignation !== null) return `since ${resignation}`;
  const havip = result.havips.find((one) => one.ip === ip && one.vlan === vlan);
  const master = after === null ? havip?.laterMaster : undefined;
  if (master !== undefined) {
    const since = `master by its adverts since frame ${frameLabel(master)}`;
    const isAll = !result.findings.some(({ code }) => code === 'capture-partial-view');
    return isAll
      ? `of unknown cause; ${naming.short(master)}, ${since}, did not announce it`
      : `of unknown cause; ${naming.short(master)} is ${since}`;
  }
  const isOther = after !== null && after.mac !== before.mac;
  if (isOther && isVirtual(havip?.holder ?? '') && naming.isWithoutVrrp) {
    const who = naming.short({ speaker: null, ...after });
    const why = "a virtual MAC is any node's, and no advert is in the capture";
    return `of unknown cause; ${who} answers since (${why})`;
  }
  const holders = result.havips.flatMap((havip) => (havip.ip === ip ? (havip.holder ?? []) : []));
  const isSeen = holders.length > 0 && !holders.some(isVirtual) && result.elided.claims === 0;
  const hasClaimed = result.claims.some((claim) => claim.ip === ip && claim.mac === after?.mac);
  if (!isOther || !isSeen || hasClaimed) {
    const isUnseen = outage.passedOn?.seen === 0;
    return `of unknown cause${isUnseen ? ' (requests did not come to the other capture)' : ''}`;
  }
  const who = naming.short({ speaker: null, ...after });
  return `of unknown cause; ${who}, who answers since, announced nothing`;
}

/** What stands for the frame of the first answer after it, where there is none. */
export function openEnd({ isLost }: OutageEntry): string {
  return isLost === true ? 'unseen' : 'end';
}

/** Of failovers without an outage: that nobody missed an answer, or that nobody was seen to ask. */
export function unmissed(failovers: readonly FailoverEntry[]): string {
  const unasked = failovers.filter(({ isUnasked }) => isUnasked).length;
  if (unasked === 0) return 'no client missed an answer';
  const none = 'no request is in the capture meanwhile (pings, new connections and DNS count)';
  if (unasked === failovers.length) return none;
  return `no client missed an answer, and in ${unasked} of them ${none}`;
}

/** Of failovers whose outage nobody can know. */
export function whyUnmeasured({ findings }: ReplayResult): string {
  return findings.some(({ code }) => code === 'capture-partial-view')
    ? 'what clients ask passes this capture point in part only'
    : 'the capture shows no client that is answered before and after';
}

/** The outage that a failover took out of sight of the capture, and whose length is its own. */
export function lostOutage(
  index: number,
  { failovers, outages }: ReplayResult,
): OutageEntry | undefined {
  const seconds = failovers[index]?.outageSeconds;
  return outages.find(
    (one) => one.isLost === true && one.failover === index && one.seconds === seconds,
  );
}

/** Seconds since the first frame. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Of the outages that the failover lies in, the longest; and the end of that which it ended. */
export function outageOf(
  failover: FailoverEntry,
  index: number,
  result: ReplayResult,
): { outage: Stretch | null; ends: number | undefined } {
  let outage: Stretch | null = null;
  let ends: number | undefined;
  for (const one of result.outages) {
    if (one.t === null || one.seconds === null || one.firstServiceFrame === null) continue;
    const isNamed = one.failover === index;
    if (!isNamed && !liesIn(failover, one)) continue;
    const start = one.t - one.seconds;
    if (isNamed) ends = Math.max(ends ?? one.t, one.t);
    if (outage === null || one.seconds > outage.end - outage.start) outage = { start, end: one.t };
  }
  return { outage, ends };
}

function liesIn({ ip, vlan, t }: FailoverEntry, outage: OutageEntry): boolean {
  if (outage.ip !== ip || outage.vlan !== vlan || t === null) return false;
  const end = outage.t ?? 0;
  return t <= end && t >= end - (outage.seconds ?? 0);
}
