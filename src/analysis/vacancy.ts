import type { Run } from '../vrrp/observer.ts';
import type { Entries } from './entries.ts';
import { speakerWith } from './failovers.ts';
import type { HavipSummary } from './result.ts';
import type { Track } from './track.ts';
import type { Speaker } from './virtual-router.ts';

/** A successor waits for its skew, an interval at most, and is then heard within another. */
const INTERVALS = 2;

/**
 * The resignation of the holder, where nobody took the address over by `now`, the end of the
 * capture. The switch goes on sending to it, since no claim has come.
 */
export function vacancyOf(
  track: Track,
  now: number,
  speakers: readonly Speaker[],
  entries: Entries,
): Pick<HavipSummary, 'resigned'> {
  // Several speak from a virtual MAC: who announced the address with it is known by its adverts.
  const holder = speakers[track.holderSpeaker] ?? speakerWith(track, track.holder);
  if (holder === null) return {};
  const { interval, lastResignation, lastAdvertFrame: frame, isMaster } = holder.observer;
  if (isMaster || track.lastAnnouncement > lastResignation) return {};
  if (!(now - lastResignation > INTERVALS * interval)) return {};
  // Adverts may pass elsewhere, but whoever answers has the address.
  if (track.lastHeard - lastResignation > interval) return {};
  if (successorOf(track, holder, lastResignation, now) !== null) return {};
  return { resigned: entries.adverts(holder, frame, frame) };
}

/** Another than `former` who sent an advert of a master in this time, and its run. */
export interface Successor {
  readonly speaker: Speaker;
  readonly run: Run;
}

/** The first of them; null where there is none. */
export function successorOf(
  track: Track,
  former: Speaker,
  from: number,
  to: number,
): Successor | null {
  for (const speaker of track.routers.flatMap(({ speakers }) => speakers)) {
    if (speaker === former) continue;
    const runs = speaker.observer.newestFirst();
    const run = runs.find(({ start, last }) => last >= from && start <= to);
    if (run !== undefined) return { speaker, run };
  }
  return null;
}
