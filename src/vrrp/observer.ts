/**
 * Following other routers' state machines by their adverts. A speaker's run is its adverts of
 * priority above 0, each less than 2.5 intervals after the one before; an advert of priority 0
 * ends it. The runs tell who was master when, which is what the cause of a failover is read from.
 * The last few runs of a speaker are kept. Times are nanoseconds.
 */
import { ADVERTS_MISSED_MAX, masterDownInterval, skewTime } from './timers.ts';

const RUNS_KEPT = 4;
const LOWERINGS_KEPT = 4;
const DEFAULT_INTERVAL = 1e9;
/** Adverts further apart than this many intervals belong to different runs. */
const RUN_GAP_INTERVALS = 2.5;

/** An advert of a lower priority than the one before: a check that weighs it has failed, say. */
export interface Lowering {
  readonly time: number;
  readonly frame: number;
  readonly from: number;
  readonly to: number;
}

export interface Run {
  /** First and last advert of the run; `previous` is the one before the last, NaN if none. */
  start: number;
  startFrame: number;
  last: number;
  previous: number;
  /** Time of the priority-0 advert that ended it, or NaN, and its frame. */
  resigned: number;
  resignedFrame: number;
  /** Of its first advert, and of its last. */
  firstPriority: number;
  priority: number;
  /** The last few, the newest first. */
  readonly lowerings: Lowering[];
}

export class SpeakerObserver {
  readonly version: 2 | 3;
  private readonly runs: Run[] = [];
  /** Advert interval in nanoseconds, as last announced; 1 s where it announces 0. */
  interval = DEFAULT_INTERVAL;
  /** What its last advert announced, 0 included; NaN before the first. */
  announcedInterval = Number.NaN;
  /** The last priority that is not 0. */
  priority = 0;
  lastAdvert = Number.NaN;
  lastAdvertFrame = 0;
  lastResignation = Number.NaN;
  /** Its last silence of masterDownInterval: from the advert before, if any, to the one after. */
  silentSince = Number.NaN;
  silentUntil = Number.NaN;

  constructor(version: 2 | 3) {
    this.version = version;
  }

  onAdvert(priority: number, interval: number, now: number, frame: number): void {
    this.announcedInterval = interval;
    if (interval > 0) this.interval = interval;
    if (priority === 0) this.resign(now, frame);
    else this.extend(priority, now, frame);
    this.lastAdvert = now;
    this.lastAdvertFrame = frame;
  }

  /** Runs, the newest first. */
  newestFirst(): readonly Run[] {
    return this.runs;
  }

  /** The last run that began before `time`. */
  runBefore(time: number): Run | null {
    for (const run of this.runs) if (run.start < time) return run;
    return null;
  }

  /** The run that holds `time`, or else the first that begins within two intervals after it. */
  runAround(time: number): Run | null {
    let following: Run | null = null;
    for (const run of this.runs) {
      if (run.start > time) {
        if (run.start <= time + 2 * this.interval) following = run;
      } else if (this.endOf(run) >= time) {
        return run;
      }
    }
    return following;
  }

  /** When a run is certainly over: at its resignation, else 2.5 intervals after its last advert. */
  endOf(run: Run): number {
    if (!Number.isNaN(run.resigned)) return run.resigned;
    return run.last + RUN_GAP_INTERVALS * this.interval;
  }

  /** Whether its last advert was one of a master, not a resignation. */
  get isMaster(): boolean {
    return this.lastAdvert !== this.lastResignation;
  }

  /** How many of its adverts a backup must miss: none after one of priority 0. */
  get advertsAwaited(): number {
    return this.isMaster ? ADVERTS_MISSED_MAX : 0;
  }

  /** Whether its last run goes on at `now`, the time of the last frame or later. */
  isSpeaking(now: number): boolean {
    const run = this.runs[0];
    return run !== undefined && this.endOf(run) > now;
  }

  masterDownInterval(): number {
    return masterDownInterval(this.version, this.priority, this.interval);
  }

  skewTime(interval: number): number {
    return skewTime(this.version, this.priority, interval);
  }

  private resign(now: number, frame: number): void {
    const run = this.runs[0];
    if (run !== undefined && Number.isNaN(run.resigned) && this.endOf(run) > now) {
      run.resigned = now;
      run.resignedFrame = frame;
    }
    this.lastResignation = now;
  }

  private extend(priority: number, now: number, frame: number): void {
    this.priority = priority;
    const run = this.runs[0];
    if (run !== undefined && Number.isNaN(run.resigned) && now < this.endOf(run)) {
      run.previous = run.last;
      run.last = now;
      if (priority < run.priority) noteLowering(run, priority, frame);
      run.priority = priority;
      return;
    }
    this.noteSilence(now);
    if (this.runs.length === RUNS_KEPT) this.runs.pop();
    const start = now;
    this.runs.unshift({
      start,
      startFrame: frame,
      last: now,
      previous: Number.NaN,
      resigned: Number.NaN,
      resignedFrame: 0,
      firstPriority: priority,
      priority,
      lowerings: [],
    });
  }

  private noteSilence(now: number): void {
    const { lastAdvert } = this;
    if (now - lastAdvert < this.masterDownInterval()) return;
    this.silentSince = Number.isNaN(lastAdvert) ? Number.NEGATIVE_INFINITY : lastAdvert;
    this.silentUntil = now;
  }
}

function noteLowering({ lowerings, last, priority }: Run, to: number, frame: number): void {
  if (lowerings.length === LOWERINGS_KEPT) lowerings.pop();
  lowerings.unshift({ time: last, frame, from: priority, to });
}
