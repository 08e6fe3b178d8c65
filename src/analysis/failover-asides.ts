import { ADVERTS_MISSED_MAX } from '../vrrp/timers.ts';
import { blindTakeover, isByTime } from './blind-takeovers.ts';
import type { Entries, EntrySources } from './entries.ts';
import { CAUSE_CRASH, FAILOVER } from './logs.ts';
import type { FailoverEntry } from './result.ts';
import { secondsOf } from './time-base.ts';

/** Nanoseconds beyond its master-down interval that a backup needs to take over. */
const DELAYED = 0.5e9;

type Asides = Pick<FailoverEntry, 'blind' | 'lowering' | 'beginning' | 'isUnasked'>;

/** What is told of a failover beside the document: each part only where there is one. */
export function failoverAsides(sequence: number, from: EntrySources, entries: Entries): Asides {
  const beginning = from.beginnings.around(sequence, entries);
  return {
    ...blindStretch(sequence, from),
    ...unasked(sequence, from),
    ...loweringBehind(sequence, from, entries),
    ...(beginning === null ? {} : { beginning }),
  };
}

function blindStretch(sequence: number, { logs, stillness, times }: EntrySources): Asides {
  const still = blindTakeover(logs.failovers, sequence, stillness);
  if (still === null) return {};
  const seconds = secondsOf(still.end - still.start);
  return { blind: { t: times.sinceFirst(still.start), seconds } };
}

/**
 * Nobody asked the address while its master was silent, up to the claim of the new one. One that
 * crashed may have lived for an interval after its last advert.
 */
function unasked(sequence: number, { logs }: EntrySources): Asides {
  const field = (index: number): number => logs.failovers.get(sequence, index);
  const cause = field(FAILOVER.CAUSE);
  if (!isByTime(cause)) return {};
  const lived = cause === CAUSE_CRASH ? field(FAILOVER.MASTER_DOWN) / ADVERTS_MISSED_MAX : 0;
  const silentSince = field(FAILOVER.NOW) - field(FAILOVER.DETECTION) + lived;
  return field(FAILOVER.ASKED) < silentSince ? { isUnasked: true } : {};
}

function loweringBehind(sequence: number, { logs }: EntrySources, entries: Entries): Asides {
  const field = (index: number): number => logs.failovers.get(sequence, index);
  const frame = field(FAILOVER.LOWERED_FRAME);
  if (frame === 0) return {};
  const from = field(FAILOVER.LOWERED_FROM);
  const to = field(FAILOVER.LOWERED_TO);
  const waited = field(FAILOVER.NOW) - field(FAILOVER.LOWERED_NOW);
  const isDelayed = waited > field(FAILOVER.MASTER_DOWN) + DELAYED;
  return { lowering: { from, to, frame, isDelayed, ...entries.originOf(frame) } };
}
