/** The timeline of each HaVip: every change of holder, and how its claims were judged. */
import type { HavipSummary, ReplayResult, TimelineEntry } from '../analysis/result.ts';
import { cut, ROWS_MAX } from './cut.ts';
import { unheldText } from './held-at-end.ts';
import type { Column } from './layout.ts';
import { addressLabel, type Naming } from './naming.ts';
import { masterNotes } from './other-master.ts';
import type { Page } from './page.ts';
import { clockTime, counted, date, offset, placeInFile } from './quantity.ts';

const COLUMNS: Column[] = [
  { title: 'time (UTC)', optional: 2 },
  { title: 't', right: true, label: 't' },
  { title: 'frame', right: true, optional: 1, label: 'frame' },
  { title: 'in its file', optional: 3, label: 'in', isSparse: true },
  { title: 'holder' },
  { title: 'cause' },
];

export function writeTimelines(page: Page, result: ReplayResult, naming: Naming): void {
  const shown = result.havips.slice(0, ROWS_MAX);
  for (const havip of shown) writeTimeline(page, havip, naming);
  page.more(result.havips.length - shown.length, 0);
  if (result.elided.timeline > 0) {
    page.paragraph(`${counted(result.elided.timeline, 'entry', 'entries')} left out by --limit.`, {
      indent: 2,
      tone: 'dim',
    });
  }
}

function writeTimeline(page: Page, havip: HavipSummary, naming: Naming): void {
  const started = havip.timeline[0]?.time ?? null;
  const day = started === null ? '' : `, ${date(started)}`;
  page.title(`HaVip ${addressLabel(havip.ip, havip.vlan)}${day}`);
  const { moved, confirmed, noted, refused } = havip.claims;
  const refusals = Object.entries(refused).map(([reason, number]) => `${number} ${reason}`);
  const judged = havip.enforced ? `refused ${refusals.join(', ') || '0'}` : 'not guarded';
  const claims = `claims: ${moved} moved, ${confirmed} confirmed, ${noted} noted, ${judged}`;
  page.paragraph(claims, { indent: 2, tone: 'dim' });
  if (havip.members.length > 0) {
    const names = havip.members.map((mac) => naming.full({ mac, name: null }));
    page.paragraph(`bound: ${names.join(', ')}`, { indent: 2, hang: 4, tone: 'dim' });
  }
  if (havip.timeline.length === 0) {
    page.paragraph(unheldText(havip, naming), { indent: 2 });
    return;
  }
  const { first, last, hidden } = cut(havip.timeline, 0);
  page.table(COLUMNS, rows(first, naming, started));
  page.more(hidden);
  if (last.length > 0) page.table(COLUMNS, rows(last, naming, started));
  for (const note of masterNotes(havip, [...first, ...last], naming)) {
    page.paragraph(note, { indent: 2, hang: 4 });
  }
}

function rows(entries: TimelineEntry[], naming: Naming, started: string | null): string[][] {
  return entries.map((entry) => [
    moment(entry.time, started),
    offset(entry.t),
    String(entry.frame),
    placeInFile(entry),
    naming.full(entry),
    entry.cause,
  ]);
}

/** The time of day; with the date where it is another day than that of the heading. */
function moment(time: string | null, started: string | null): string {
  if (time === null || started === null || date(time) === date(started)) return clockTime(time);
  return `${date(time)} ${clockTime(time)}`;
}
