import { RecordLog } from './record-log.ts';
import type { Cause, OutageCause } from './result.ts';

/**
 * The lists of the result while they are being made: bounded numeric logs, one record layout
 * each. Text is made of them once, at the end (or for a listener, as they become known).
 */
export const CAUSES: readonly Cause[] = [
  'initial',
  'resumed',
  'station-move',
  'shutdown',
  'split-brain',
  'crash',
  'preemption',
  'announcement',
  'unbind',
];
export const CAUSE_UNDECIDED = -1;
export const CAUSE_INITIAL = 0;
export const CAUSE_RESUMED = 1;
export const CAUSE_SHUTDOWN = 3;
export const CAUSE_SPLIT_BRAIN = 4;
export const CAUSE_CRASH = 5;
export const CAUSE_PREEMPTION = 6;
export const CAUSE_ANNOUNCEMENT = 7;
export const CAUSE_UNBIND = 8;

export const OUTAGE_CAUSES: readonly OutageCause[] = ['unknown', 'refused-claim', 'claim'];

/** Fields of a claim record. `SOURCE` is NaN where the Ethernet source is the asserted MAC. */
export const CLAIM = {
  ID: 0,
  STAMP: 1,
  FRAME: 2,
  MAC: 3,
  SOURCE: 4,
  FORM: 5,
  VERDICT: 6,
  REASON: 7,
  WIDTH: 8,
} as const;

export const TIMELINE = {
  ID: 0,
  STAMP: 1,
  FRAME: 2,
  MAC: 3,
  SPEAKER: 4,
  CAUSE: 5,
  /** Who was master while a holder that resumes was silent, -1 for nobody; its adverts. */
  OTHER: 6,
  OTHER_FRAME: 7,
  OTHER_LAST: 8,
  WIDTH: 9,
} as const;

/** Durations are nanoseconds, NaN for unknown; frames are 0 for none. */
export const FAILOVER = {
  ID: 0,
  STAMP: 1,
  FRAME: 2,
  FROM_MAC: 3,
  FROM_SPEAKER: 4,
  TO_MAC: 5,
  TO_SPEAKER: 6,
  CAUSE: 7,
  DETECTION: 8,
  OUTAGE: 9,
  MASTER_DOWN: 10,
  LAST_ADVERT: 11,
  LAST_SERVICE: 12,
  FIRST_CLAIM: 13,
  FIRST_ADVERT: 14,
  FIRST_SERVICE: 15,
  PREVIOUS: 16,
  NOW: 17,
  /** How long before its first claim the newcomer's run of adverts had begun. */
  AHEAD: 18,
  /** The advert by which the old holder fell below the new one, and its priorities; 0 for none. */
  LOWERED_FRAME: 19,
  LOWERED_FROM: 20,
  LOWERED_TO: 21,
  /** When its last advert before that one was. */
  LOWERED_NOW: 25,
  /** When the outage that `OUTAGE` is long ended: infinite where it did not. */
  OUTAGE_END: 22,
  /** When a client asked the address last, as of the claim: NaN for never. */
  ASKED: 23,
  /** Who had answered between the claim and that outage; 0 for nobody. */
  OUTAGE_BEFORE: 24,
  WIDTH: 26,
} as const;

export const OUTAGE = {
  ID: 0,
  CLIENT: 1,
  START: 2,
  END_STAMP: 3,
  END_FRAME: 4,
  UNANSWERED: 5,
  LAST_SERVICE: 6,
  FIRST_SERVICE: 7,
  BEFORE_MAC: 8,
  AFTER_MAC: 9,
  FAILOVER: 10,
  /** Index into OUTAGE_CAUSES, for an outage without failover. */
  CAUSE: 11,
  END: 12,
  /** The claim that the cause is; 0 for none. */
  CLAIM_MAC: 13,
  CLAIM_FRAME: 14,
  /** 1: the requests of the client passed out of sight. */
  LOST: 15,
  /** Of the unanswered requests: how many are remembered, and were seen on another interface. */
  REMEMBERED: 16,
  COPIED: 17,
  WIDTH: 18,
} as const;

/**
 * Records kept from the start and from the end of each list, at least: findings and causes are
 * read from them, and must not depend on how many a reader wants to see.
 */
const KEPT_MIN = 5000;

/** How many records to keep where a reader sees `limit` from either end of a list; 0 keeps all. */
export function keptFor(limit: number): number {
  return limit === 0 ? 0 : Math.max(limit, KEPT_MIN);
}

/** The first and the last `limit` of a list; all of it where that is 0. */
export function endsOf<T>(list: T[], limit: number): T[] {
  const isCut = limit > 0 && list.length > 2 * limit;
  return isCut ? [...list.slice(0, limit), ...list.slice(-limit)] : list;
}

export class Logs {
  readonly claims: RecordLog;
  readonly timeline: RecordLog;
  readonly failovers: RecordLog;
  readonly outages: RecordLog;

  /** `limit` records are kept from the start and from the end of each; 0 keeps all. */
  constructor(limit: number) {
    this.claims = new RecordLog(CLAIM.WIDTH, limit);
    this.timeline = new RecordLog(TIMELINE.WIDTH, limit);
    this.failovers = new RecordLog(FAILOVER.WIDTH, limit);
    this.outages = new RecordLog(OUTAGE.WIDTH, limit);
  }
}
