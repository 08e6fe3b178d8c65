import { wasAwayAndBack } from './away-and-back.ts';
import { CLIENT, type Clients } from './clients.ts';
import { FAILOVER, type Logs, OUTAGE } from './logs.ts';
import type { ForeignClaim, Track } from './track.ts';

/**
 * The list of outages, and which failover lies in each: decided by time alone. An outage without
 * failover has the cause that another MAC claimed the address just before it, if one did.
 */
const SECOND = 1e9;

/** A stretch in which requests of a client went unanswered; times are nanoseconds. */
export interface Gap {
  start: number;
  end: number;
  endStamp: number;
  endFrame: number;
  unanswered: number;
  /** How many of them are remembered, and of these were seen on another interface, too. */
  remembered: number;
  copied: number;
  lastFrame: number;
  /** 0 where no answer came any more. */
  firstFrame: number;
  /** The requests passed out of sight, so that `end` is only the last one in view. */
  isLost: boolean;
  before: number;
  after: number;
  /** Index into OUTAGE_CAUSES: what another MAC did just before the first unanswered request. */
  cause: number;
  /** Who that was, and the frame; 0 where nobody did. */
  claimMac: number;
  claimFrame: number;
}

/** What of a gap says which failovers lie in it, and whom they left without an answer. */
type Span = Pick<Gap, 'start' | 'end' | 'firstFrame' | 'isLost' | 'before'>;

export class OutageLog {
  private readonly clients: Clients;
  private readonly logs: Logs;
  private readonly tracks: readonly (Track | undefined)[];

  constructor(clients: Clients, logs: Logs, tracks: readonly (Track | undefined)[]) {
    this.clients = clients;
    this.logs = logs;
    this.tracks = tracks;
  }

  /** Returns the record's sequence number, or -1 where the address is of no interest. */
  record(client: number, gap: Gap): number {
    const track = this.tracks[this.clients.addressId(client)];
    if (track === undefined) return -1;
    if (!track.isVirtual && !track.isAnnounced && track.refused === null) return -1;
    const { outages } = this.logs;
    const failover = this.failoverIn(track, client, gap);
    const sequence = outages.append();
    track.outages++;
    outages.put(OUTAGE.ID, track.id);
    outages.put(OUTAGE.CLIENT, client);
    outages.put(OUTAGE.START, gap.start);
    outages.put(OUTAGE.END, gap.end);
    outages.put(OUTAGE.END_STAMP, gap.endStamp);
    outages.put(OUTAGE.END_FRAME, gap.endFrame);
    outages.put(OUTAGE.UNANSWERED, gap.unanswered);
    outages.put(OUTAGE.LAST_SERVICE, gap.lastFrame);
    outages.put(OUTAGE.FIRST_SERVICE, gap.firstFrame);
    outages.put(OUTAGE.BEFORE_MAC, gap.before);
    outages.put(OUTAGE.AFTER_MAC, gap.after);
    outages.put(OUTAGE.FAILOVER, failover);
    outages.put(OUTAGE.CAUSE, gap.cause);
    outages.put(OUTAGE.CLAIM_MAC, gap.claimMac);
    outages.put(OUTAGE.CLAIM_FRAME, gap.claimFrame);
    outages.put(OUTAGE.LOST, gap.isLost ? 1 : 0);
    outages.put(OUTAGE.REMEMBERED, gap.remembered);
    outages.put(OUTAGE.COPIED, gap.copied);
    return sequence;
  }

  /** Whether the client's address was another's since `last`, and is `server`'s again. */
  wasAwayAndBack(client: number, server: number, last: number): boolean {
    const track = this.tracks[this.clients.addressId(client)];
    return track !== undefined && wasAwayAndBack(track, this.logs, server, last);
  }

  /**
   * The last failover of the address between one request spacing before the gap and its end; all
   * that are learn how long the gap is.
   */
  failoverIn(track: Track, client: number, gap: Span): number {
    const { failovers } = this.logs;
    const spacing = this.clients.numbers[client * CLIENT.WIDTH + CLIENT.SPACING] as number;
    const from = gap.start - (Number.isNaN(spacing) ? 0 : spacing);
    const to = gap.isLost ? this.lossOf(track, from, gap.end) : endOf(gap);
    let found = -1;
    let sequence = track.lastFailover;
    while (failovers.isKept(sequence)) {
      const time = failovers.get(sequence, FAILOVER.NOW);
      if (time < from) break;
      if (time <= to) {
        if (found < 0) found = sequence;
        const longest = failovers.get(sequence, FAILOVER.OUTAGE);
        const seconds = gap.end - gap.start;
        if (Number.isNaN(longest) || seconds > longest) {
          failovers.set(sequence, FAILOVER.OUTAGE, seconds);
          failovers.set(sequence, FAILOVER.OUTAGE_END, endOf(gap));
          failovers.set(sequence, FAILOVER.OUTAGE_BEFORE, gap.start > time ? gap.before : 0);
        }
      }
      sequence = failovers.get(sequence, FAILOVER.PREVIOUS);
    }
    return found;
  }

  /**
   * When requests that pass out of sight after `last` may have been answered again: at the failover
   * that took them there, the first after it where none lies in the gap before.
   */
  private lossOf(track: Track, from: number, last: number): number {
    const { failovers } = this.logs;
    let loss = last;
    let sequence = track.lastFailover;
    while (failovers.isKept(sequence)) {
      const time = failovers.get(sequence, FAILOVER.NOW);
      if (time < from) break;
      if (time <= last) return last;
      loss = time;
      sequence = failovers.get(sequence, FAILOVER.PREVIOUS);
    }
    return loss;
  }
}

function endOf({ end, firstFrame }: Span): number {
  return firstFrame === 0 ? Number.POSITIVE_INFINITY : end;
}

/** What another MAC did in the second before. */
export function foreignClaim(track: Track, firstUnanswered: number): ForeignClaim | null {
  return track.foreignWithin(firstUnanswered - SECOND, firstUnanswered);
}

/** As an index into OUTAGE_CAUSES. */
export function foreignCause(claim: ForeignClaim | null): number {
  if (claim === null) return 0;
  return claim.isRefused ? 1 : 2;
}
