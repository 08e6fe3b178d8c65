import { speakerWith } from './failovers.ts';
import { FAILOVER, type Logs } from './logs.ts';
import type { Track } from './track.ts';

/**
 * Clients whose requests have no order, as those of TCP, and who fell silent at a host's own
 * interface while the address was another's: they asked that one, out of sight. The address went
 * away after the last request and is back with whoever answered before, by claims, or by adverts
 * where the other's claims are not in view.
 */

/** By how much a request may come after the first advert or the claim that takes the next away. */
const SLACK = 0.1e9;

/** Whether it was so since `last`, the client's last request; `server` answered it before. */
export function wasAwayAndBack(track: Track, logs: Logs, server: number, last: number): boolean {
  if (track.holder !== server) return false;
  return wasClaimed(track, logs, last - SLACK) || wasMastered(track, last - SLACK);
}

/** Somebody else held it meanwhile: there was more than the failover that brought it back. */
function wasClaimed(track: Track, { failovers }: Logs, since: number): boolean {
  let moves = 0;
  let sequence = track.lastFailover;
  while (failovers.isKept(sequence) && failovers.get(sequence, FAILOVER.NOW) >= since) {
    if (++moves === 2) return true;
    sequence = failovers.get(sequence, FAILOVER.PREVIOUS);
  }
  return false;
}

/** Somebody else was its master meanwhile, for two adverts at least, and the holder is again. */
function wasMastered(track: Track, since: number): boolean {
  const holder = speakerWith(track, track.holder);
  const present = holder?.observer.newestFirst()[0];
  if (holder === null || present === undefined) return false;
  return holder.router.speakers.some(
    (other) =>
      other !== holder &&
      other.observer
        .newestFirst()
        .some(
          ({ start, previous }) =>
            start >= since && start < present.start && !Number.isNaN(previous),
        ),
  );
}
