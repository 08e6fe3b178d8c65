import type { Lowering, Run, SpeakerObserver } from '../vrrp/observer.ts';
import { masterDownInterval } from '../vrrp/timers.ts';
import * as log from './logs.ts';
import type { Speaker } from './virtual-router.ts';

/**
 * Why the holder changed, read from the runs of adverts around the claim. The first that matches,
 * in the order of the contract: shutdown, split-brain, crash, preemption, announcement. Some
 * answers need adverts that are still to come: then it is CAUSE_UNDECIDED and asked again.
 * `claim` is the time of the first accepted claim of the new holder; `isFinal` is true at the end
 * of the capture, when nothing more will come.
 */
export function causeOf(
  claim: number,
  fromSpeaker: Speaker,
  toSpeaker: Speaker | null,
  now: number,
  isFinal: boolean,
): number {
  const from = fromSpeaker.observer;
  const fromRun = from.runBefore(claim);
  if (fromRun === null) return log.CAUSE_ANNOUNCEMENT;
  const to = toSpeaker === null ? null : toSpeaker.observer;
  const toRun = to === null ? null : to.runAround(claim);
  if (toSpeaker === null || to === null || toRun === null) {
    const interval = to === null ? from.interval : to.interval;
    const mayStillBegin = !isFinal && now <= claim + 2 * interval;
    return mayStillBegin ? log.CAUSE_UNDECIDED : log.CAUSE_ANNOUNCEMENT;
  }
  if (isShutdown(claim, from, fromRun, to)) return log.CAUSE_SHUTDOWN;
  if (toRun.start < fromRun.start || fromRun.previous > toRun.start) return log.CAUSE_SPLIT_BRAIN;
  const isOver = isFinal || from.newestFirst()[0] !== fromRun || from.endOf(fromRun) <= now;
  if (!isOver) return log.CAUSE_UNDECIDED;
  if (fromRun.last <= toRun.start - 2 * from.interval) return log.CAUSE_CRASH;
  const isHigher =
    toRun.priority > fromRun.priority ||
    (toRun.priority === fromRun.priority && hasHigherAddress(toSpeaker, fromSpeaker));
  return isHigher ? log.CAUSE_PREEMPTION : log.CAUSE_ANNOUNCEMENT;
}

/** Nanoseconds: the longest `preempt_delay` of keepalived.conf(5). */
const PREEMPT_DELAY_MAX = 1000e9;

/**
 * Why a master was preempted that had been the higher one: the advert by which it fell to the
 * newcomer's priority or below. One so long ago that no backup waits for it is not why.
 */
export function loweringBehind(
  claim: number,
  { observer: from }: Speaker,
  { observer: to }: Speaker,
): Lowering | null {
  const run = from.runBefore(claim);
  const rival = to.runAround(claim)?.firstPriority;
  if (run === null || rival === undefined) return null;
  const wait = masterDownInterval(to.version, rival, from.interval) + PREEMPT_DELAY_MAX;
  const crosses = ({ time, from: before, to: after }: Lowering): boolean =>
    time < claim && claim - time <= wait && before >= rival && after <= rival;
  return run.lowerings.find(crosses) ?? null;
}

/** The higher address wins a tie of priorities. */
function hasHigherAddress(a: Speaker, b: Speaker): boolean {
  for (let i = 0; i < 4; i++) {
    const difference = (a.words[i] as number) - (b.words[i] as number);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** A resignation that ended the run, at most the newcomer's skew and one interval before. */
function isShutdown(
  claim: number,
  from: SpeakerObserver,
  fromRun: Run,
  to: SpeakerObserver,
): boolean {
  const resigned = fromRun.resigned;
  if (Number.isNaN(resigned) || resigned > claim) return false;
  return claim - resigned <= to.skewTime(from.interval) + from.interval;
}
