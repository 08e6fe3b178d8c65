import { CLIENT, type Clients } from './clients.ts';
import type { Clock } from './clock.ts';
import type { OutageLog } from './outage-log.ts';
import type { Exchange } from './service.ts';

/**
 * The gap of a client: a stretch without answers that has ended. It becomes an outage when answers
 * may no longer come late, a second after its end.
 */
const LATE = 1e9;
/** Requests that are missing for less are no sign that others were answered elsewhere. */
const AWAY_MIN = 1e9;

export class ClientGaps {
  onOutage: ((sequence: number) => void) | null = null;
  /** `missing` echo requests after time `since` are not here: true where they passed elsewhere. */
  onMissing: ((client: number, missing: number, since: number) => boolean) | null = null;
  private readonly clock: Clock;
  private readonly clients: Clients;
  private readonly log: OutageLog;

  constructor(clock: Clock, clients: Clients, log: OutageLog) {
    this.clock = clock;
    this.clients = clients;
    this.log = log;
  }

  /**
   * It ends now, with an answer from MAC `server`; nothing where the client never had an answer
   * before. The requests from the first that is not answered up to number `to` wait in vain, and
   * `unanswered` says how many a report counts.
   */
  open(client: number, to: number, unanswered: number, server: number): void {
    const { numbers, requests } = this.clients;
    const at = client * CLIENT.WIDTH;
    if (Number.isNaN(numbers[at + CLIENT.LAST_ANSWER])) return;
    this.close(client);
    numbers[at + CLIENT.GAP_START] = numbers[at + CLIENT.LAST_ANSWER] as number;
    numbers[at + CLIENT.GAP_END] = this.clock.now;
    numbers[at + CLIENT.GAP_END_STAMP] = this.clock.stamp;
    numbers[at + CLIENT.GAP_UNANSWERED] = unanswered;
    numbers[at + CLIENT.GAP_FROM] = numbers[at + CLIENT.ANSWERED] as number;
    numbers[at + CLIENT.GAP_TO] = to;
    const from = this.firstRemembered(client);
    numbers[at + CLIENT.GAP_REMEMBERED] = requests.waiting(client, from, to);
    numbers[at + CLIENT.GAP_COPIED] = requests.copiedOf(client, from, to);
    numbers[at + CLIENT.GAP_LAST_FRAME] = numbers[at + CLIENT.LAST_ANSWER_FRAME] as number;
    numbers[at + CLIENT.GAP_FIRST_FRAME] = this.clock.frame;
    numbers[at + CLIENT.GAP_BEFORE] = numbers[at + CLIENT.LAST_ANSWER_MAC] as number;
    numbers[at + CLIENT.GAP_AFTER] = server;
    numbers[at + CLIENT.GAP_CAUSE] = numbers[at + CLIENT.CAUSE] as number;
    numbers[at + CLIENT.GAP_CAUSE_MAC] = numbers[at + CLIENT.CAUSE_MAC] as number;
    numbers[at + CLIENT.GAP_CAUSE_FRAME] = numbers[at + CLIENT.CAUSE_FRAME] as number;
  }

  /** A late answer to request `index`: it was not lost after all. */
  fill(client: number, index: number): void {
    const { numbers } = this.clients;
    const at = client * CLIENT.WIDTH;
    const isInGap =
      index >= (numbers[at + CLIENT.GAP_FROM] as number) &&
      index < (numbers[at + CLIENT.GAP_TO] as number);
    if (Number.isNaN(numbers[at + CLIENT.GAP_START]) || !isInGap) return;
    const left = (numbers[at + CLIENT.GAP_UNANSWERED] as number) - 1;
    numbers[at + CLIENT.GAP_UNANSWERED] = left;
    numbers[at + CLIENT.GAP_REMEMBERED]!--;
    if (this.clients.requests.isCopied(client, index)) numbers[at + CLIENT.GAP_COPIED]!--;
    if (left === 0) numbers[at + CLIENT.GAP_START] = Number.NaN;
  }

  /** Closes a gap that late answers no longer fill. */
  closeOld(client: number): void {
    const end = this.clients.numbers[client * CLIENT.WIDTH + CLIENT.GAP_END] as number;
    if (this.clock.now - end > LATE) this.close(client);
  }

  /** What is open is an outage. */
  close(client: number): void {
    const { numbers } = this.clients;
    const at = client * CLIENT.WIDTH;
    const start = numbers[at + CLIENT.GAP_START] as number;
    if (Number.isNaN(start)) return;
    numbers[at + CLIENT.GAP_START] = Number.NaN;
    const sequence = this.log.record(client, {
      start,
      end: numbers[at + CLIENT.GAP_END] as number,
      endStamp: numbers[at + CLIENT.GAP_END_STAMP] as number,
      endFrame: numbers[at + CLIENT.GAP_FIRST_FRAME] as number,
      unanswered: numbers[at + CLIENT.GAP_UNANSWERED] as number,
      remembered: numbers[at + CLIENT.GAP_REMEMBERED] as number,
      copied: numbers[at + CLIENT.GAP_COPIED] as number,
      lastFrame: numbers[at + CLIENT.GAP_LAST_FRAME] as number,
      firstFrame: numbers[at + CLIENT.GAP_FIRST_FRAME] as number,
      isLost: false,
      before: numbers[at + CLIENT.GAP_BEFORE] as number,
      after: numbers[at + CLIENT.GAP_AFTER] as number,
      cause: numbers[at + CLIENT.GAP_CAUSE] as number,
      claimMac: numbers[at + CLIENT.GAP_CAUSE_MAC] as number,
      claimFrame: numbers[at + CLIENT.GAP_CAUSE_FRAME] as number,
    });
    if (sequence >= 0) this.onOutage?.(sequence);
  }

  /** Whether it was answered elsewhere before this request, for all that is known. */
  wasAway(client: number, count: number, { service, key }: Exchange): boolean {
    if (count === 0) return false;
    return service === 0 ? this.isMissing(client, count, key) : this.isBack(client);
  }

  /** So many numbers are missing. Echo keys are (identifier << 16 | sequence number). */
  private isMissing(client: number, count: number, key: number): boolean {
    const previous = this.clients.requests.key(client, count - 1);
    const missing = ((key - previous) & 0xffff) - 1;
    if (missing <= 0 || missing > 0x7fff || previous >>> 16 !== key >>> 16) return false;
    const before = (key & 0xffff) === 0 ? key + 0xffff : key - 1;
    if (this.clients.hasTwin(client, before)) return false;
    const since = this.clients.numbers[client * CLIENT.WIDTH + CLIENT.LAST_REQUEST] as number;
    return this.onMissing?.(client, missing, since) === true && this.clock.now - since > AWAY_MIN;
  }

  /** It waits for an answer, was silent, and the address was another's meanwhile. */
  private isBack(client: number): boolean {
    const { numbers } = this.clients;
    const at = client * CLIENT.WIDTH;
    const last = numbers[at + CLIENT.LAST_REQUEST] as number;
    if (numbers[at + CLIENT.OUTSTANDING] === 0 || this.clock.now - last <= AWAY_MIN) return false;
    return this.log.wasAwayAndBack(client, numbers[at + CLIENT.LAST_ANSWER_MAC] as number, last);
  }

  /**
   * Its requests pass out of sight of the capture: nobody knows when those that wait would have
   * been answered, nor which was the last answer before the next request in view.
   */
  lose(client: number): void {
    const { numbers } = this.clients;
    const at = client * CLIENT.WIDTH;
    const unanswered = numbers[at + CLIENT.OUTSTANDING] as number;
    if (unanswered > 0) this.leaveOpen(client, unanswered, this.lastRequest(client), true);
    numbers[at + CLIENT.OUTSTANDING] = 0;
    numbers[at + CLIENT.ANSWERED] = numbers[at + CLIENT.COUNT] as number;
    numbers[at + CLIENT.LAST_ANSWER] = Number.NaN;
  }

  lastRequest(client: number): Last {
    const { numbers } = this.clients;
    const at = client * CLIENT.WIDTH;
    return {
      now: numbers[at + CLIENT.LAST_REQUEST] as number,
      stamp: numbers[at + CLIENT.LAST_REQUEST_STAMP] as number,
      frame: numbers[at + CLIENT.LAST_REQUEST_FRAME] as number,
    };
  }

  /** No answer came since, `unanswered` requests later: to the end of the capture, or in view. */
  leaveOpen(client: number, unanswered: number, last: Last, isLost = false): void {
    const { numbers, requests } = this.clients;
    const at = client * CLIENT.WIDTH;
    const start = numbers[at + CLIENT.LAST_ANSWER] as number;
    if (Number.isNaN(start)) return;
    const from = this.firstRemembered(client);
    const count = numbers[at + CLIENT.COUNT] as number;
    const sequence = this.log.record(client, {
      start,
      end: last.now,
      endStamp: last.stamp,
      endFrame: last.frame,
      unanswered,
      remembered: requests.waiting(client, from, count),
      copied: requests.copiedOf(client, from, count),
      lastFrame: numbers[at + CLIENT.LAST_ANSWER_FRAME] as number,
      firstFrame: 0,
      isLost,
      before: numbers[at + CLIENT.LAST_ANSWER_MAC] as number,
      after: 0,
      cause: numbers[at + CLIENT.CAUSE] as number,
      claimMac: numbers[at + CLIENT.CAUSE_MAC] as number,
      claimFrame: numbers[at + CLIENT.CAUSE_FRAME] as number,
    });
    if (sequence >= 0) this.onOutage?.(sequence);
  }

  /** Index of the first request that is remembered, and neither answered nor given up. */
  private firstRemembered(client: number): number {
    const { numbers, requests } = this.clients;
    const at = client * CLIENT.WIDTH;
    const oldest = requests.oldest(client, numbers[at + CLIENT.COUNT] as number);
    return Math.max(numbers[at + CLIENT.ANSWERED] as number, oldest);
  }
}

/** The last that was asked. */
export interface Last {
  readonly now: number;
  readonly stamp: number;
  readonly frame: number;
}
