/**
 * When a master announces its addresses, as keepalived does: `repeat` times at once, as often
 * again after `delay`, and from then on `refreshRepeat` times each `refresh`. Nanoseconds; a time
 * of 0 leaves that set out.
 */
export interface AnnouncementTimes {
  readonly repeat: number;
  readonly delay: number;
  readonly refresh: number;
  readonly refreshRepeat: number;
}

export class AnnouncementSchedule {
  /** When `poll` has something to say next; Infinity while nothing is due. */
  deadline = Number.POSITIVE_INFINITY;
  private readonly times: AnnouncementTimes;
  private secondAt = Number.POSITIVE_INFINITY;
  private refreshAt = Number.POSITIVE_INFINITY;

  constructor(times: AnnouncementTimes) {
    this.times = times;
  }

  /** Begins with a mastership, or anew; gives how often each address is announced at once. */
  start(now: number): number {
    const { repeat, delay, refresh } = this.times;
    this.secondAt = delay > 0 ? now + delay : Number.POSITIVE_INFINITY;
    this.refreshAt = refresh > 0 ? now + refresh : Number.POSITIVE_INFINITY;
    this.deadline = Math.min(this.secondAt, this.refreshAt);
    return repeat;
  }

  stop(): void {
    this.secondAt = Number.POSITIVE_INFINITY;
    this.refreshAt = Number.POSITIVE_INFINITY;
    this.deadline = Number.POSITIVE_INFINITY;
  }

  /** How often each address is to be announced now; 0 where nothing is due. */
  poll(now: number): number {
    let count = 0;
    if (now >= this.secondAt) {
      this.secondAt = Number.POSITIVE_INFINITY;
      count = this.times.repeat;
    }
    if (now >= this.refreshAt) {
      // From now on: whoever slept does not make up for what nobody missed.
      this.refreshAt = now + this.times.refresh;
      count = Math.max(count, this.times.refreshRepeat);
    }
    this.deadline = Math.min(this.secondAt, this.refreshAt);
    return count;
  }
}
