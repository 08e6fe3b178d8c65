import type { Run, SpeakerObserver } from '../vrrp/observer.ts';
import * as log from './logs.ts';

/**
 * Why the holder changed, read from the runs of adverts around the claim. The first that matches,
 * in the order of the contract: shutdown, split-brain, crash, preemption, announcement. Some
 * answers need adverts that are still to come: then it is CAUSE_UNDECIDED and asked again.
 */
export interface Change {
  /** Time of the first accepted claim of the new holder. */
  readonly claim: number;
  readonly from: SpeakerObserver | null;
  readonly to: SpeakerObserver | null;
  /** True where `to`'s address is the higher one: it wins a tie of priorities. */
  readonly isToHigher: boolean;
}

/** `isFinal` at the end of the capture, when nothing more will come. */
export function causeOf(change: Change, now: number, isFinal: boolean): number {
  const { claim, from, to } = change;
  const fromRun = from === null ? null : from.runBefore(claim);
  if (from === null || fromRun === null) return log.CAUSE_ANNOUNCEMENT;
  const toRun = to === null ? null : to.runAround(claim);
  if (to === null || toRun === null) {
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
    (toRun.priority === fromRun.priority && change.isToHigher);
  return isHigher ? log.CAUSE_PREEMPTION : log.CAUSE_ANNOUNCEMENT;
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
