import * as log from './logs.ts';
import { FAILOVER } from './logs.ts';
import type { RecordLog } from './record-log.ts';
import type { Stillness, Stretch } from './stillness.ts';

/** Nanoseconds: a takeover that is so much later than expected is a slow one, or was not seen. */
const LATE = 0.5e9;
/** Who takes over announces it with its first advert; an announcement so much later is another. */
const REPEATED = 0.25e9;

/**
 * The stretch without a frame at the time when the backup was due, where it is in view as master
 * before it announces: it took over in that stretch. Null for any other failover.
 */
export function blindTakeover(
  failovers: RecordLog,
  sequence: number,
  stillness: Stillness,
): Stretch | null {
  const field = (index: number): number => failovers.get(sequence, index);
  const cause = field(FAILOVER.CAUSE);
  if (cause !== log.CAUSE_CRASH && cause !== log.CAUSE_SHUTDOWN) return null;
  const due = field(FAILOVER.NOW) - field(FAILOVER.DETECTION) + field(FAILOVER.MASTER_DOWN);
  const isLate = field(FAILOVER.NOW) - due > LATE;
  if (!isLate || !(field(FAILOVER.AHEAD) > REPEATED)) return null;
  const still = stillness.around(due);
  const seen = field(FAILOVER.NOW) - field(FAILOVER.AHEAD);
  return still === null || still.end > seen ? null : still;
}
