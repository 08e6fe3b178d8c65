import type { Entries } from './entries.ts';
import { speakerWith } from './failovers.ts';
import type { HavipSummary } from './result.ts';
import type { Track } from './track.ts';
import type { Speaker } from './virtual-router.ts';

/**
 * Who has become master of an address, by its adverts, since its holder announced it last: it did
 * not announce the address, or did so out of sight. A single advert makes no master, and nobody is
 * master of what it does not list.
 */
export function masterSince(track: Track, holder: Speaker | null): Speaker | undefined {
  const speakers = track.routers.flatMap((router) => router.speakers);
  return speakers.find((speaker) => {
    const run = speaker.observer.newestFirst()[0];
    if (speaker.mac === track.holder || speaker === holder || run === undefined) return false;
    if (!speaker.addresses.includes(track.id)) return false;
    return run.start > track.lastAnnouncement && !Number.isNaN(run.previous);
  });
}

/** The only master of what nobody claimed in view: it did so before the capture, or elsewhere. */
export function onlyMaster(
  track: Track,
  now: number,
  entries: Entries,
): Pick<HavipSummary, 'onlyMaster'> {
  if (track.holder !== 0 || track.refused !== null || track.lastFailover >= 0) return {};
  const speakers = track.routers.flatMap((router) => router.speakers);
  const [master] = speakers;
  if (master === undefined || speakers.length > 1 || !master.addresses.includes(track.id))
    return {};
  const { observer } = master;
  const run = observer.newestFirst()[0];
  if (run === undefined || !Number.isNaN(run.resigned)) return {};
  if (now - observer.lastAdvert >= observer.masterDownInterval()) return {};
  return { onlyMaster: entries.adverts(master, run.startFrame, observer.lastAdvertFrame) };
}

/** Such a master at the end of the capture, where the holder speaks VRRP and has not since. */
export function laterMaster(track: Track, entries: Entries): Pick<HavipSummary, 'laterMaster'> {
  const holder = speakerWith(track, track.holder);
  const master = holder === null ? undefined : masterSince(track, holder);
  const run = master?.observer.newestFirst()[0];
  if (holder === null || master === undefined || run === undefined) return {};
  if (holder.observer.lastAdvert > run.start) return {};
  return { laterMaster: entries.adverts(master, run.startFrame, master.observer.lastAdvertFrame) };
}
