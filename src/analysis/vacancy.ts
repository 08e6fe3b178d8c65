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
  if (hasSuccessor(track, holder, lastResignation, now)) return {};
  return { resigned: entries.adverts(holder, frame, frame) };
}

/** Whether another than `former` sent an advert of a master in this time. */
export function hasSuccessor(track: Track, former: Speaker, from: number, to: number): boolean {
  return track.routers.some(({ speakers }) =>
    speakers.some(
      (one) =>
        one !== former &&
        one.observer.newestFirst().some(({ start, last }) => last >= from && start <= to),
    ),
  );
}
