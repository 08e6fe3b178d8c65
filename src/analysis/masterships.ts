import type { Run } from '../vrrp/observer.ts';
import { causeOf } from './causes.ts';
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
  WIDTH: 11,
} as const;

export class Masterships {
  /** At most CHANGES_MAX: what comes after them is not recorded. */
  readonly changes = new RecordLog(CHANGE.WIDTH, 0);
  private readonly clock: Clock;
  /** By speaker: time and frame of the master's last advert when the speaker's run began. */
  private heard = new Float64Array(2 * 64);

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** An advert of `speaker`, which its observer has taken in. */
  onAdvert(router: Router, speaker: Speaker): void {
    const { master } = router;
    if (speaker === master) return;
    const run = speaker.observer.newestFirst()[0];
    const { now } = this.clock;
    if (run === undefined || speaker.observer.endOf(run) <= now) return;
    if (Number.isNaN(run.previous)) {
      this.noteHeard(speaker, master);
    } else if (master === null || isOver(master, now)) {
      for (const other of router.speakers) {
        if (other !== speaker && !isOver(other, now)) return;
      }
      this.change(router, speaker, run);
    }
  }

  private noteHeard(speaker: Speaker, master: Speaker | null): void {
    const at = speaker.index * 2;
    if (at + 2 > this.heard.length) {
      let length = this.heard.length;
      while (length < at + 2) length *= 2;
      const larger = new Float64Array(length);
      larger.set(this.heard);
      this.heard = larger;
    }
    this.heard[at] = master === null ? Number.NaN : master.observer.lastAdvert;
    this.heard[at + 1] = master === null ? 0 : master.observer.lastAdvertFrame;
  }

  private change(router: Router, to: Speaker, run: Run): void {
    const from = router.master;
    router.master = to;
    const { changes } = this;
    if (changes.count === CHANGES_MAX) return;
    const { now } = this.clock;
    const cause = from === null ? log.CAUSE_INITIAL : causeOf(run.start, from, to, now, true);
    changes.append();
    changes.put(CHANGE.FROM, from === null ? -1 : from.index);
    changes.put(CHANGE.TO, to.index);
    changes.put(CHANGE.FROM_MAC, from === null ? 0 : from.mac);
    changes.put(CHANGE.TO_MAC, to.mac);
    changes.put(CHANGE.NOW, run.start);
    changes.put(CHANGE.STAMP, this.clock.isTimed ? run.start : Number.NaN);
    changes.put(CHANGE.FRAME, run.startFrame);
    changes.put(CHANGE.CAUSE, cause);
    changes.put(CHANGE.DETECTION, run.start - (this.heard[to.index * 2] as number));
    changes.put(CHANGE.LAST_ADVERT, this.heard[to.index * 2 + 1] as number);
    changes.put(CHANGE.MASTER_DOWN, from === null ? Number.NaN : expected(cause, from, to));
  }
}

/** What the newcomer had to wait for, by its own priority and the old master's interval. */
function expected(cause: number, from: Speaker, to: Speaker): number {
  const { interval } = from.observer;
  const skew = to.observer.skewTime(interval);
  return cause === log.CAUSE_SHUTDOWN ? skew : 3 * interval + skew;
}

function isOver(speaker: Speaker, now: number): boolean {
  const run = speaker.observer.newestFirst()[0];
  return run === undefined || speaker.observer.endOf(run) <= now;
}
