import type { Analysis } from './analysis.ts';
import type { Sighting } from './clock.ts';
import * as log from './logs.ts';
import { FAILOVER } from './logs.ts';
import { CHANGE } from './masterships.ts';
import type { RecordLog } from './record-log.ts';
import type { Stillness, Stretch } from './stillness.ts';
import type { Speaker } from './virtual-router.ts';

/** Nanoseconds: a takeover that is so much later than expected is a slow one, or was not seen. */
const LATE = 0.5e9;
/**
 * Who takes over announces it with its first advert. An announcement that is so much later is
 * another, or the first was lost.
 */
export const ANNOUNCED_LATE = 0.25e9;
/** A master back in view is heard within an interval, of which a backup waits for three. */
const SOON = 1 / 3;

/**
 * The stretch without a frame at the time when the backup was due, where it took over in that
 * stretch: it is in view as master before it announces, or announces soon after the stretch without
 * an advert ahead, as who repeats its announcements does. Null for any other failover.
 */
export function blindTakeover(
  failovers: RecordLog,
  sequence: number,
  stillness: Stillness,
): Stretch | null {
  const field = (index: number): number => failovers.get(sequence, index);
  if (!isByTime(field(FAILOVER.CAUSE))) return null;
  const claim = field(FAILOVER.NOW);
  const wait = field(FAILOVER.MASTER_DOWN);
  const due = claim - field(FAILOVER.DETECTION) + wait;
  const ahead = field(FAILOVER.AHEAD);
  // Many addresses are announced one after the other: the first advert says when it took over.
  const seen = ahead > 0 ? claim - ahead : claim;
  if (!(seen - due > LATE) || (ahead >= 0 && ahead <= ANNOUNCED_LATE)) return null;
  const still = stillness.around(due);
  if (still === null || !isHole(still, wait)) return null;
  if (ahead > ANNOUNCED_LATE) return still.end > seen ? null : still;
  return ahead < 0 && isSoonAfter(still, claim, wait) ? still : null;
}

/** A master that became one while the capture saw nothing. */
export interface BlindMaster extends Sighting {
  readonly still: Stretch;
  readonly speaker: Speaker;
}

/** The first of them; null where there is none. */
export function blindMaster({ routers, stillness, logs }: Analysis): BlindMaster | null {
  const { changes } = routers.masterships;
  let inView: Set<number> | null = null;
  for (const sequence of changes.kept()) {
    const field = (index: number): number => changes.get(sequence, index);
    const speaker = routers.speakers[field(CHANGE.TO)];
    if (speaker === undefined || field(CHANGE.FROM) < 0 || !isByTime(field(CHANGE.CAUSE))) continue;
    const now = field(CHANGE.NOW);
    const wait = field(CHANGE.MASTER_DOWN);
    const due = now - field(CHANGE.DETECTION) + wait;
    const still = now - due > LATE ? stillness.around(due) : null;
    if (!isSoonAfter(still, now, wait)) continue;
    inView ??= firstAdverts(logs.failovers, stillness);
    const frame = field(CHANGE.FRAME);
    if (!inView.has(frame)) return { frame, stamp: field(CHANGE.STAMP), still, speaker };
  }
  return null;
}

/** The frames of the first adverts of masters that took over in view. */
function firstAdverts(failovers: RecordLog, stillness: Stillness): Set<number> {
  const frames = new Set<number>();
  for (const sequence of failovers.kept()) {
    if (blindTakeover(failovers, sequence, stillness) !== null) continue;
    frames.add(failovers.get(sequence, FAILOVER.FIRST_ADVERT));
  }
  return frames;
}

/** Whether somebody took over since another was silent. */
export function isByTime(cause: number): boolean {
  return cause === log.CAUSE_CRASH || cause === log.CAUSE_SHUTDOWN;
}

/** Another frame must have ended the stretch: who ends it itself was perhaps late. */
function isSoonAfter(still: Stretch | null, time: number, wait: number): still is Stretch {
  if (still === null || !isHole(still, wait)) return false;
  return still.end < time && time - still.end <= wait * SOON;
}

/** Longer than any two adverts of a master are apart: a quiet network has shorter ones. */
function isHole({ start, end }: Stretch, wait: number): boolean {
  return end - start > wait * SOON + LATE;
}
