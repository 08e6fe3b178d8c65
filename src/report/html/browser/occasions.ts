/** Failovers that happened together: what one button of the page shows. */
import type { Picture } from '../picture.ts';

export interface Occasion {
  from: number;
  to: number;
  /** Numbers of the failovers, in order of time. */
  names: string[];
  about: string[];
}

/** Failovers closer than this are one occasion, seconds. */
const TOGETHER = 0.5;

export function occasionsOf(picture: Picture): Occasion[] {
  const events = picture.groups.flatMap(({ events: of, outages }) =>
    of.map((event) => ({ event, outages })),
  );
  events.sort((a, b) => a.event.t - b.event.t);
  const occasions: Occasion[] = [];
  let latest = Number.NEGATIVE_INFINITY;
  for (const { event, outages } of events) {
    const outage = outages.find(({ from, to }) => from <= event.t && event.t <= to);
    const from = Math.min(outage?.from ?? event.t, event.t);
    const to = Math.max(outage?.to ?? event.t, event.t);
    const last = occasions.at(-1);
    const { text, t } = event;
    const about = event.about.join(', ');
    if (last === undefined || t - latest > TOGETHER) {
      occasions.push({ from, to, names: [text], about: [about] });
    } else {
      last.from = Math.min(last.from, from);
      last.to = Math.max(last.to, to);
      last.names.push(text);
      last.about.push(about);
    }
    latest = t;
  }
  return occasions;
}
