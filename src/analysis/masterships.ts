import type { Run } from '../vrrp/observer.ts';
import { masterDownInterval } from '../vrrp/timers.ts';
import { causeOf, loweringBehind } from './causes.ts';
import type { Clock } from './clock.ts';
import * as log from './logs.ts';
import { RecordLog } from './record-log.ts';
import type { Router, Speaker } from './virtual-router.ts';

/**
 * Who is master of each virtual router by its adverts alone: the speaker whose run goes on while
 * no other's does. Two masters at once are no change until one of them ends; a run of a single
 * advert is none either. What the switch believes is another matter: it goes by claims.
 */
const CHANGES_MAX = 1 << 16;

/** Fields of a change of mastership. `FROM` is -1 for a router's first master. */
export const CHANGE = {
  FROM: 0,
  TO: 1,
  FROM_MAC: 2,
  TO_MAC: 3,
  /** The newcomer's first advert. */
  NOW: 4,
  STAMP: 5,
  FRAME: 6,
  CAUSE: 7,
  /** Nanoseconds since the last advert of the old master, and its frame. */
  DETECTION: 8,
  LAST_ADVERT: 9,
  MASTER_DOWN: 10,
  /** As of a failover. */
  LOWERED_FRAME: 11,
  LOWERED_FROM: 12,
  LOWERED_TO: 13,
  LOWERED_NOW: 14,
  WIDTH: 15,
} as const;

/** Times are nanoseconds; the master's last advert is NaN without a master. */
const RIVAL = {
  SINCE: 0,
  SINCE_FRAME: 1,
  HEARD: 2,
  HEARD_FRAME: 3,
  /** What it had to wait for, by its own priority and the master's interval. */
  MASTER_DOWN: 4,
  WIDTH: 5,
} as const;

export class Masterships {
  /** At most CHANGES_MAX: what comes after them is not recorded. */
  readonly changes = new RecordLog(CHANGE.WIDTH, 0);
  private readonly clock: Clock;
  /** By speaker: when it began to speak while the master had, at last, been heard before. */
  private rivals = new Float64Array(RIVAL.WIDTH * 64);

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** An advert of `speaker`, which its observer has taken in. */
  onAdvert(router: Router, speaker: Speaker): void {
    const { master } = router;
    if (speaker === master) return;
    const run = speaker.observer.newestFirst()[0];
    const { now } = this.clock;
    if (run === undefined || !speaker.observer.isSpeaking(now)) return;
    if (Number.isNaN(run.previous)) {
      this.noteRival(speaker, master, run);
    } else if (master === null || !master.observer.isSpeaking(now)) {
      for (const other of router.speakers) {
        if (other !== speaker && other.observer.isSpeaking(now)) return;
      }
      this.change(router, speaker);
    }
  }

  /** A run begins. One that was interrupted while the master was silent is the same attempt. */
  private noteRival(speaker: Speaker, master: Speaker | null, run: Run): void {
    const at = speaker.index * RIVAL.WIDTH;
    if (at + RIVAL.WIDTH > this.rivals.length) this.grow(at + RIVAL.WIDTH);
    const { rivals } = this;
    const heard = master === null ? Number.NaN : master.observer.lastAdvert;
    const before = speaker.observer.newestFirst()[1];
    const hasResigned = before === undefined || !Number.isNaN(before.resigned);
    if (!hasResigned && rivals[at + RIVAL.HEARD] === heard) return;
    rivals[at + RIVAL.SINCE] = run.start;
    rivals[at + RIVAL.SINCE_FRAME] = run.startFrame;
    rivals[at + RIVAL.HEARD] = heard;
    rivals[at + RIVAL.HEARD_FRAME] = master === null ? 0 : master.observer.lastAdvertFrame;
    rivals[at + RIVAL.MASTER_DOWN] = master === null ? Number.NaN : waitOf(speaker, master);
  }

  private grow(least: number): void {
    let { length } = this.rivals;
    while (length < least) length *= 2;
    const larger = new Float64Array(length);
    larger.set(this.rivals);
    this.rivals = larger;
  }

  private change(router: Router, to: Speaker): void {
    const from = router.master;
    router.master = to;
    const { changes } = this;
    if (changes.count === CHANGES_MAX) return;
    const at = to.index * RIVAL.WIDTH;
    const since = this.rivals[at + RIVAL.SINCE] as number;
    const { now } = this.clock;
    const cause = from === null ? log.CAUSE_INITIAL : causeOf(since, from, to, now, true);
    changes.append();
    changes.put(CHANGE.FROM, from === null ? -1 : from.index);
    changes.put(CHANGE.TO, to.index);
    changes.put(CHANGE.FROM_MAC, from === null ? 0 : from.mac);
    changes.put(CHANGE.TO_MAC, to.mac);
    changes.put(CHANGE.NOW, since);
    changes.put(CHANGE.STAMP, this.clock.isTimed ? since : Number.NaN);
    changes.put(CHANGE.FRAME, this.rivals[at + RIVAL.SINCE_FRAME] as number);
    changes.put(CHANGE.CAUSE, cause);
    changes.put(CHANGE.DETECTION, since - (this.rivals[at + RIVAL.HEARD] as number));
    changes.put(CHANGE.LAST_ADVERT, this.rivals[at + RIVAL.HEARD_FRAME] as number);
    changes.put(CHANGE.MASTER_DOWN, this.rivals[at + RIVAL.MASTER_DOWN] as number);
    const isPreempted = from !== null && cause === log.CAUSE_PREEMPTION;
    const lowering = isPreempted ? loweringBehind(since, from, to) : null;
    changes.put(CHANGE.LOWERED_FRAME, lowering?.frame ?? 0);
    changes.put(CHANGE.LOWERED_FROM, lowering?.from ?? 0);
    changes.put(CHANGE.LOWERED_TO, lowering?.to ?? 0);
    changes.put(CHANGE.LOWERED_NOW, lowering?.time ?? Number.NaN);
  }
}

/** How long a speaker as backup waits for this master. */
export function waitOf({ observer }: Speaker, master: Speaker): number {
  const { announcedInterval, advertsAwaited } = master.observer;
  return masterDownInterval(observer.version, observer.priority, announcedInterval, advertsAwaited);
}
