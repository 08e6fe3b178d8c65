import type { Analysis } from './analysis.ts';
import { unseenOf } from './capture-facts.ts';
import { CLIENT, type Clients } from './clients.ts';
import type { Sighting } from './clock.ts';
import { speakerWith } from './failovers.ts';
import { FAILOVER } from './logs.ts';
import { masterSince } from './master-since.ts';
import type { Track } from './track.ts';

/**
 * Clients that are in view no more: their numbered echo requests end with the claim that moves the
 * address away, or with the first advert of a new master whose claim is not in view, and the
 * capture goes on. They ask the new holder, where this capture does not look: it is the old one's
 * own interface. What they asked last may well have been answered. Requests of TCP and DNS have no
 * numbers; but who waits for an answer to one asks again, which is not in view either. As a client
 * may also give up, that alone does not make a capture one that does not see all.
 */

/** Requests in a row that make a series. */
const SERIES = 6;
/** Spacings by which the last of them may lie before the claim, or behind it. */
const BEFORE_MAX = 1.25;
const AFTER_MAX = 0.5;
/** Nobody asks any more for so many spacings, and for a second at least. */
const SILENCE_SPACINGS = 10;
const SILENCE_MIN = 1e9;
/** A SYN is sent again after a second by some kernels, after three by others (RFC 6298, 2.1). */
const RETRY = 3e9;
/** By how much such a request may come after the move. */
const SLACK = 0.1e9;

/**
 * Lets go of them, at the end of the capture and before outages become certain. Returns the first
 * frame with which one left; null where none did.
 */
export function letDepartedGo(analysis: Analysis): Sighting | null {
  const { clients, clientGaps } = analysis.outages;
  let first: Sighting | null = null;
  const isPartial = unseenOf(analysis) !== null;
  for (let client = 0; client < clients.size; client++) {
    const track = analysis.tracks[clients.addressId(client)];
    if (track === undefined) continue;
    const moves = movesOf(analysis, track);
    const left = moves.find(({ now }) => hasLeft(analysis, client, track, now));
    const isGone = isPartial && moves.some(({ now }) => asksNoMore(analysis, client, track, now));
    if (left === undefined && !isGone) continue;
    if (left !== undefined && (first === null || left.frame < first.frame)) first = left;
    clientGaps.close(client);
    clientGaps.lose(client);
  }
  return first;
}

/** When the address moved away last: by a claim, and by the adverts of a master since. */
function movesOf({ logs }: Analysis, track: Track): (Sighting & { now: number })[] {
  const moves = [];
  if (track.lastFailover >= 0) {
    const field = (index: number): number => logs.failovers.get(track.lastFailover, index);
    const [now, stamp] = [field(FAILOVER.NOW), field(FAILOVER.STAMP)];
    moves.push({ now, stamp, frame: field(FAILOVER.FRAME) });
  }
  const since = masterSince(track, speakerWith(track, track.holder))?.observer.newestFirst()[0];
  if (since !== undefined) {
    moves.push({ now: since.start, stamp: since.start, frame: since.startFrame });
  }
  return moves;
}

function hasLeft(
  { outages, clock }: Analysis,
  client: number,
  track: Track,
  moved: number,
): boolean {
  const last = outages.clients.numbers[client * CLIENT.WIDTH + CLIENT.LAST_REQUEST]!;
  const spacing = spacingOf(outages.clients, client);
  // Were the new holder in view, others would ask it here, or it would answer.
  if (track.lastAnswer > moved) return false;
  if (!(track.lastRequest - moved <= spacing * AFTER_MAX)) return false;
  if (!(moved - last <= spacing * BEFORE_MAX)) return false;
  return clock.now - moved >= Math.max(SILENCE_MIN, spacing * SILENCE_SPACINGS);
}

/** A client of TCP or DNS waits for an answer, and did not ask again after the move. */
function asksNoMore(
  { outages, clock }: Analysis,
  client: number,
  track: Track,
  moved: number,
): boolean {
  const { numbers } = outages.clients;
  const at = client * CLIENT.WIDTH;
  if (numbers[at + CLIENT.LAST_SERVICE] === 0 || numbers[at + CLIENT.OUTSTANDING] === 0)
    return false;
  if (track.lastAnswer > moved || track.lastRequest - moved > SLACK) return false;
  const last = numbers[at + CLIENT.LAST_REQUEST]!;
  return moved - last <= RETRY && clock.now - moved >= RETRY;
}

/**
 * Nanoseconds between the last requests of a series; NaN where they are none. Echo keys are
 * (identifier << 16 | sequence number), those of other requests have no order.
 */
function spacingOf({ requests, numbers }: Clients, client: number): number {
  const count = numbers[client * CLIENT.WIDTH + CLIENT.COUNT]!;
  if (count < SERIES) return Number.NaN;
  for (let i = count - SERIES + 1; i < count; i++) {
    if (requests.key(client, i) !== requests.key(client, i - 1) + 1) return Number.NaN;
  }
  const from = requests.time(client, count - SERIES);
  return (requests.time(client, count - 1) - from) / (SERIES - 1);
}
