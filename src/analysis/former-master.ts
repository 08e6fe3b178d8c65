import { isVirtualMac } from '../wire/mac.ts';
import type { Claimants } from './claimants.ts';
import { speakerWith } from './failovers.ts';
import type { Track } from './track.ts';
import type { Speaker } from './virtual-router.ts';

/** A claim this many intervals or less from a speaker's first advert is that of its takeover. */
export const TAKEOVER_INTERVALS = 2;

/** The first claim in view, at a takeover: the address was the old master's. */
export function inherit(track: Track, mac: number, speaker: Speaker | null, now: number): void {
  if (track.routers.length === 0) return;
  const former = formerMaster(track, speaker ?? speakerWith(track, mac), now);
  if (former === null) return;
  track.holder = speaker === null ? former.mac : mac;
  track.holderSpeaker = speaker === null ? -1 : former.index;
  track.speaker = former;
}

/**
 * The first claim in view of an address that another host has answered for: it was that host's,
 * where it was also the one that clients asked. A director of LVS in DR mode is asked, and sends
 * requests on to servers that answer in its stead; a switch that forwards by IP answers for hosts,
 * and neither announces nor asks, unless it passes a master's adverts on, which is that master
 * then; who has a virtual MAC may answer with its own.
 */
export function inheritService(track: Track, mac: number, claimants: Claimants): void {
  const { lastServer: server, lastAsked, lastAsker } = track;
  if (server === 0 || server === mac || server !== lastAsked || lastAsker === mac) return;
  if (!track.isVirtual || track.refused !== null || isVirtualMac(mac)) return;
  const isMaster = speakerWith(track, server) !== null;
  if (isMaster || claimants.isHost(server)) track.holder = server;
}

/** A virtual MAC that was claimed before any advert was in view: it was the old master's. */
export function identify(track: Track, speaker: Speaker, now: number): void {
  const former = formerMaster(track, speaker, now);
  if (former === null) return;
  track.holderSpeaker = former.index;
  track.speaker = former;
}

/**
 * Who was master of an address by its adverts when `to` made the first claim of it that the
 * capture holds, at `now`: a master announces at its takeover, and where that was before the
 * capture began, the address is its own all the same. Null where nobody was; where somebody
 * claimed the address and was refused, since it never had it then; and where `to` has been master
 * for longer, so that this claim is only a repetition and took nothing from anybody.
 */
function formerMaster(track: Track, to: Speaker | null, now: number): Speaker | null {
  if (to === null || track.refused !== null) return null;
  const run = to.observer.runBefore(now);
  if (run === null || now - run.start > TAKEOVER_INTERVALS * to.observer.interval) return null;
  let former: Speaker | null = null;
  for (const { speakers } of track.routers) {
    for (const speaker of speakers) {
      const before = speaker.observer.runBefore(run.start);
      if (before === null || speaker === to || speaker.mac === 0) continue;
      if (isSameNode(speaker, to)) continue;
      if (former === null || speaker.lastFrame > former.lastFrame) former = speaker;
    }
  }
  return former;
}

/** A node may speak as two routers, by version 2 and 3; those with a virtual MAC are told apart. */
function isSameNode(a: Speaker, b: Speaker): boolean {
  return a.mac === b.mac && !isVirtualMac(a.mac);
}
