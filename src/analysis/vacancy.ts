import type { Entries } from './entries.ts';
import { speakerWith } from './failovers.ts';
import type { HavipSummary } from './result.ts';
import type { Track } from './track.ts';

/** A successor waits for its skew, an interval at most, and is then heard within another. */
const INTERVALS = 2;

/**
 * The resignation of the holder, where nobody took the address over by `now`, the end of the
 * capture. The switch goes on sending to it, since no claim has come.
 */
export function vacancyOf(
  track: Track,
  now: number,
  entries: Entries,
): Pick<HavipSummary, 'resigned'> {
  const holder = speakerWith(track, track.holder);
  if (holder === null) return {};
  const { interval, lastResignation, lastAdvertFrame: frame, isMaster } = holder.observer;
  if (isMaster || track.lastAnnouncement > lastResignation) return {};
  if (!(now - lastResignation > INTERVALS * interval)) return {};
  // Adverts may pass elsewhere, but whoever answers has the address.
  if (track.lastHeard - lastResignation > interval) return {};
  const isLed = track.routers.some(({ speakers }) =>
    speakers.some(({ observer }) =>
      observer.newestFirst().some((run) => run.last > lastResignation),
    ),
  );
  if (isLed) return {};
  return { resigned: entries.adverts(holder, frame, frame) };
}
