/**
 * What a lab drops, second by second, as a person wants to hear of it: at once where a reason is
 * new, added up and once a minute where it goes on, since a host that is cut, or adverts that a
 * cloud does not carry, would otherwise fill the terminal.
 */
import type { DropsEvent } from '../analysis/live-events.ts';
import { clockTime, count, listed } from './quantity.ts';

/** Milliseconds for which a reason that was dropped before is no news. */
const NEWS_AFTER = 60_000;

/** Which of the drops are told now. */
export class SteadyDrops {
  /** When each reason was dropped last, milliseconds since 1970. */
  private readonly last = new Map<string, number>();
  private untold = new Map<string, number>();
  private told: string | null = null;

  /** Words for these drops and those that waited; null where they wait, too. */
  words(drops: DropsEvent): string | null {
    const now = Date.parse(drops.time);
    const waited = this.untold.size > 0;
    const isNews = reasonsOf(drops).some(([reason]) => {
      return now - (this.last.get(reason) ?? Number.NEGATIVE_INFINITY) > NEWS_AFTER;
    });
    for (const [reason, frames] of reasonsOf(drops)) {
      this.last.set(reason, now);
      this.untold.set(reason, (this.untold.get(reason) ?? 0) + frames);
    }
    const { told } = this;
    if (!isNews && told !== null && now - Date.parse(told) < NEWS_AFTER) return null;
    const all = { ...drops, ...Object.fromEntries(this.untold) };
    this.untold = new Map();
    this.told = drops.time;
    return dropWords(all, waited ? told : null);
  }
}

/** `2 no-holder and 3 source-ip`, and since when. */
function dropWords(drops: DropsEvent, since: string | null): string {
  const list = reasonsOf(drops).map(([reason, frames]) => `${count(frames)} ${reason}`);
  const span = since === null ? 'in the last second' : `since ${clockTime(since).slice(0, 8)}`;
  return `dropped ${span}: ${listed(list)}`;
}

function reasonsOf({ event: _, time: __, ...reasons }: DropsEvent): [string, number][] {
  return Object.entries(reasons).map(([reason, frames]) => [reason, Number(frames)]);
}
