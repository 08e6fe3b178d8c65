/** Causes and reasons of the result document, in a person's words. */
import type { AbsenceSummary } from '../analysis/asides.ts';
import type { FailoverEntry, OutageCause } from '../analysis/result.ts';
import type { Naming } from './naming.ts';
import { duration, frameLabel, listed } from './quantity.ts';

const UNSEEN = 'not visible from here: ';

/** What made the address move, as the end of a sentence. */
export function causeClause(failover: FailoverEntry, naming: Naming): string {
  const cause = failoverCause(failover, naming);
  return cause.startsWith(UNSEEN) ? `cause ${cause}` : `caused by ${cause}`;
}

/** What made the address move, as the end of "the cause is ...". */
export function failoverCause(failover: FailoverEntry, naming: Naming): string {
  const from = naming.short(failover.from);
  const to = naming.short(failover.to);
  switch (failover.cause) {
    case 'crash':
      return crash(failover, naming);
    case 'shutdown':
      return shutdown(failover, naming);
    case 'preemption':
      if (failover.lowering !== undefined) return `${from} lowering its priority`;
      return `a preemption by ${to}`;
    case 'split-brain':
      return `two masters at once, ${from} and ${to}`;
    case 'station-move':
      return `the virtual MAC moving to ${to}`;
    default:
      return announcement(failover, naming);
  }
}

/** One that is master again at once had not died: its adverts stopped, and nothing else. */
function crash(failover: FailoverEntry, naming: Naming): string {
  const after = naming.returnAfter(failover);
  if (after === null) return `a crash of ${naming.ended(failover)}`;
  const { detectionSeconds } = failover;
  const silence = detectionSeconds === null ? '' : ` for ${duration(detectionSeconds + after)}`;
  const who = naming.short(failover.from);
  return `VRRP of ${who} falling silent${silence} and coming back (its machine had not died)`;
}

/** A resignation says that it gives way; only where its process has ended that is known. */
function shutdown(failover: FailoverEntry, naming: Naming): string {
  if (naming.absence(failover) === null) return `a resignation of ${naming.short(failover.from)}`;
  return `an orderly shutdown of ${naming.ended(failover)}`;
}

function announcement(failover: FailoverEntry, naming: Naming): string {
  const to = naming.short(failover.to);
  if (naming.speaksNoVrrp(failover, failover.to)) {
    return `an announcement by ${to}, which speaks no VRRP`;
  }
  if (naming.speaksNoVrrp(failover, failover.from)) {
    return `${to} taking it back from ${naming.short(failover.from)}, which speaks no VRRP`;
  }
  if (naming.isConflict(failover)) {
    const both = `${naming.short(failover.from)} and ${to}`;
    return `${both} both using ${failover.ip}, which no advert lists`;
  }
  const unseen = unseenAdverts(failover, naming);
  if (unseen !== null) return UNSEEN + unseen;
  const what = `an announcement by ${to}`;
  if (!naming.isWithoutVrrp) return `${what} that no advert explains`;
  const seesAll = failover.evidence.vantage === 'switch';
  const why =
    ': a script or a hand moved it, adverts are unicast elsewhere, or a filter left them out';
  return `${what} (no VRRP in this capture${seesAll ? why : ''})`;
}

/** Which adverts may have told why, had they passed here; null where all would have. */
function unseenAdverts(failover: FailoverEntry, naming: Naming): string | null {
  const { isPartial, missing } = naming.advertsOf(failover);
  if (!isPartial) return null;
  if (failover.evidence.vantage === 'arp-only') return 'only ARP is in this capture';
  if (naming.isWithoutVrrp) return 'no advert reaches this capture point';
  if (missing.length === 0) return 'not all adverts reach this capture point';
  const whose = listed(missing.map((who) => naming.short(who)));
  return `adverts of ${whose} do not reach this capture point`;
}

/** Why a master was preempted that had been the higher one; null where it had not. */
export function loweringText(failover: FailoverEntry, naming: Naming): string | null {
  const { lowering, from, to } = failover;
  if (lowering === undefined) return null;
  const step = `from ${lowering.from} to ${lowering.to} in frame ${frameLabel(lowering)}`;
  const late = lowering.isDelayed ? ' after a delay (preempt_delay, or it was down till then)' : '';
  return (
    `${naming.short(from)} lowered its priority ${step} (a failed check, or a reload?), so ` +
    `${naming.short(to)} took over${late}`
  );
}

/** How anybody knows that no keepalived ran on a host, and from when to when. */
export function absenceText(absence: AbsenceSummary, naming: Naming): string {
  const { mac, name, ip, answers, first, last } = absence;
  const what = answers === 1 ? 'an advert' : `${answers} adverts`;
  const until = answers === 1 ? '' : ` to ${frameLabel(last)}`;
  return (
    `no VRRP on ${naming.short({ mac, name, speaker: ip })}: its host answered ${what} with ` +
    `"protocol unreachable", frame ${frameLabel(first)}${until}`
  );
}

/**
 * What the new master had to wait for; null where it did not wait for the old one to be silent, so
 * that its timer says nothing of how long the detection should take.
 */
export function expectedDetection(failover: FailoverEntry): number | null {
  const { cause, masterDownIntervalSeconds } = failover;
  return cause === 'crash' || cause === 'shutdown' ? masterDownIntervalSeconds : null;
}

const OUTAGE_CAUSES: Partial<Record<OutageCause, string>> = {
  crash: 'a crash',
  shutdown: 'a resignation',
  preemption: 'a preemption',
  'split-brain': 'two masters at once',
  'station-move': 'a moving virtual MAC',
  announcement: 'an announcement',
  claim: 'another MAC claiming the address',
  'refused-claim': 'a claim that the rules refuse',
};

/** Why clients had no answer, where no failover of the list says it. */
export function outageCause(cause: OutageCause): string {
  return OUTAGE_CAUSES[cause] ?? 'an unknown cause';
}

const REFUSALS: Record<string, string> = {
  'wrong-subnet': 'the address is not in the subnet of its sender',
  'virtual-mac': 'it names a virtual MAC (use_vmac), which is bound to nothing here',
  'sender-mac-mismatch': 'the Ethernet source is not the MAC that it asserts',
  'wrong-port': 'it came in through a port that is not that of the MAC',
  'not-member': 'the sender is not bound to this HaVip',
  'ordinary-address': 'an ordinary address, and not this host’s',
  'rate-limited': 'more claims than the policer lets pass',
  'source-ip': 'its IP source is no address of the sender',
};

/** Why a claim is refused, as a sentence; an unknown reason is its own text. */
export function refusalReason(reason: string | null): string {
  return reason === null ? 'no reason given' : (REFUSALS[reason] ?? reason);
}
