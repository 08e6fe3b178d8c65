import type { AddressBook } from '../dataplane/address-book.ts';
import type { Classifier } from '../dataplane/classifier.ts';
import { CARRIES_ND, CARRIES_VRRP } from '../dataplane/classifier.ts';
import { readIpv4Destination, readIpv4Source } from '../wire/ipv4.ts';
import { ipv6DestinationAt, ipv6SourceAt } from '../wire/ipv6.ts';
import { macFromHalves } from '../wire/mac.ts';
import { AnswerGaps } from './answer-gaps.ts';
import { CLIENT, Clients } from './clients.ts';
import type { Clock } from './clock.ts';
import type { Logs } from './logs.ts';
import { foreignCause, OutageLog } from './outage-log.ts';
import { ANSWER, Exchange, NO_EXCHANGE, REQUEST } from './service.ts';
import type { Track } from './track.ts';

/**
 * Outages as each client saw them: from the last answer before an unanswered request to the first
 * answer after it. An answer that comes late cancels the outage it fills.
 */
const SECOND = 1e9;
/** An answer may stand this long before its request in a file written by two processors. */
const EARLY_ANSWER = 10e6;
const SERVICES_MAX = 1 << 16;

export class Outages {
  readonly clients = new Clients();
  private readonly clock: Clock;
  private readonly book: AddressBook;
  private readonly tracks: readonly (Track | undefined)[];
  readonly log: OutageLog;
  readonly gaps: AnswerGaps;
  private readonly exchange = new Exchange();
  /** TCP services that have answered a client before: only they can go missing. */
  private readonly services = new Set<number>();
  onOutage: ((sequence: number) => void) | null = null;
  /** A client's echo sequence numbers jump: `missing` requests after time `since` are not here. */
  onMissing: ((client: number, missing: number, since: number) => void) | null = null;

  constructor(clock: Clock, logs: Logs, tracks: readonly (Track | undefined)[], book: AddressBook) {
    this.clock = clock;
    this.book = book;
    this.tracks = tracks;
    this.gaps = new AnswerGaps(clock, logs, this.clients);
    this.log = new OutageLog(this.clients, logs, tracks);
  }

  onPacketTo(id: number, view: DataView, seen: Classifier): void {
    const exchange = this.exchange;
    if (exchange.read(view, seen) !== REQUEST) return;
    const track = this.tracks[id];
    if (track === undefined) return;
    const link = seen.link;
    const hasBoth = link.hasSource && link.hasDestination;
    const mac = hasBoth ? macFromHalves(link.sourceHigh, link.sourceLow) : 0;
    track.noteRequest(mac, this.clock);
    const client = this.clientOf(id, view, seen, true, mac);
    if (client >= 0) this.request(client);
  }

  onPacketFrom(id: number, view: DataView, seen: Classifier): void {
    if (seen.carries === CARRIES_ND || seen.carries === CARRIES_VRRP) return;
    const track = this.tracks[id];
    if (track === undefined) return;
    const { sourceHigh, sourceLow } = seen.link;
    this.book.marks.note(id, sourceHigh, sourceLow | 0, this.clock.frame);
    if (this.exchange.read(view, seen) !== ANSWER) return;
    const link = seen.link;
    const server = macFromHalves(sourceHigh, sourceLow);
    track.noteAnswer(server, this.clock.now);
    const hasBoth = link.hasSource && link.hasDestination;
    const mac = hasBoth ? macFromHalves(link.destinationHigh, link.destinationLow) : 0;
    const client = this.clientOf(id, view, seen, false, mac);
    if (client < 0) return;
    this.gaps.onAnswer(track, client, this.exchange, server);
    this.answer(client, server);
  }

  /** At the end of the capture: what is pending becomes certain, what lasts stays open. */
  finish(lastTime: number): void {
    for (let client = 0; client < this.clients.size; client++) {
      this.closeGap(client);
      this.closeOpen(client, lastTime - SECOND);
    }
  }

  private clientOf(
    id: number,
    view: DataView,
    seen: Classifier,
    isSource: boolean,
    mac: number,
  ): number {
    const { clients } = this;
    const { packet } = seen;
    if (seen.family === 4) {
      return isSource
        ? clients.of(id, 0, 0, 0, readIpv4Source(view, packet), mac)
        : clients.answered(id, 0, 0, 0, readIpv4Destination(view, packet), mac);
    }
    const at = isSource ? ipv6SourceAt(packet) : ipv6DestinationAt(packet);
    const w0 = view.getUint32(at);
    const w1 = view.getUint32(at + 4);
    const w2 = view.getUint32(at + 8);
    const w3 = view.getUint32(at + 12);
    return isSource
      ? clients.of(id, w0, w1, w2, w3, mac)
      : clients.answered(id, w0, w1, w2, w3, mac);
  }

  private request(client: number): void {
    const { exchange } = this;
    const { numbers, requests } = this.clients;
    const { now } = this.clock;
    const at = client * CLIENT.WIDTH;
    const count = numbers[at + CLIENT.COUNT] as number;
    if (count === 0) this.clients.noteAsker(client);
    if (requests.isCopy(client, count, exchange.key, now)) return;
    this.closeOldGap(client, now);
    if (exchange.service === 0 && count > 0) this.checkSequence(client, count, exchange.key);
    const isEarly =
      numbers[at + CLIENT.EARLY_KEY] === exchange.key &&
      Math.abs(now - (numbers[at + CLIENT.EARLY_TIME] as number)) <= EARLY_ANSWER;
    const waits = !isEarly && this.hasAnswered(client, exchange.service);
    requests.put(client, count, exchange.key, now);
    numbers[at + CLIENT.COUNT] = count + 1;
    numbers[at + CLIENT.SPACING] = now - (numbers[at + CLIENT.LAST_REQUEST] as number);
    numbers[at + CLIENT.LAST_REQUEST] = now;
    numbers[at + CLIENT.LAST_REQUEST_STAMP] = this.clock.stamp;
    numbers[at + CLIENT.LAST_REQUEST_FRAME] = this.clock.frame;
    if (!waits) return;
    requests.setWaiting(client, count, true);
    const outstanding = numbers[at + CLIENT.OUTSTANDING] as number;
    // Judged now: a rogue that goes on claiming would push the claim that counts out of memory.
    if (outstanding === 0) this.noteFirst(client, now);
    numbers[at + CLIENT.OUTSTANDING] = outstanding + 1;
  }

  /** Echo keys are (identifier << 16 | sequence number). */
  private checkSequence(client: number, count: number, key: number): void {
    const previous = this.clients.requests.key(client, count - 1);
    const missing = ((key - previous) & 0xffff) - 1;
    if (missing <= 0 || missing > 0x7fff || previous >>> 16 !== key >>> 16) return;
    const since = this.clients.numbers[client * CLIENT.WIDTH + CLIENT.LAST_REQUEST] as number;
    this.onMissing?.(client, missing, since);
  }

  private answer(client: number, server: number): void {
    const { exchange } = this;
    const { numbers, requests } = this.clients;
    const at = client * CLIENT.WIDTH;
    const { now } = this.clock;
    this.noteService(client, exchange.service);
    const count = numbers[at + CLIENT.COUNT] as number;
    const index = requests.find(client, count, exchange.key);
    if (index < 0) {
      numbers[at + CLIENT.EARLY_KEY] = exchange.key;
      numbers[at + CLIENT.EARLY_TIME] = now;
      return;
    }
    const waited = requests.isWaiting(client, index);
    requests.setWaiting(client, index, false);
    if (index < (numbers[at + CLIENT.ANSWERED] as number)) {
      if (waited) this.fillGap(client, index);
      return;
    }
    if (waited) this.settleUpTo(client, index, server);
    this.closeOldGap(client, now);
    numbers[at + CLIENT.LAST_ANSWER] = now;
    numbers[at + CLIENT.LAST_ANSWER_FRAME] = this.clock.frame;
    numbers[at + CLIENT.LAST_ANSWER_MAC] = server;
  }

  /** Request `index` is answered: those before it that still wait are a gap. */
  private settleUpTo(client: number, index: number, server: number): void {
    const { numbers, requests } = this.clients;
    const at = client * CLIENT.WIDTH;
    const count = numbers[at + CLIENT.COUNT] as number;
    const others = (numbers[at + CLIENT.OUTSTANDING] as number) - 1;
    const from = numbers[at + CLIENT.ANSWERED] as number;
    // Those that are forgotten were before it: then the later ones tell how many.
    const before =
      from >= requests.oldest(client, count)
        ? requests.waiting(client, from, index)
        : others - requests.waiting(client, index + 1, count);
    if (before > 0 && !Number.isNaN(numbers[at + CLIENT.LAST_ANSWER])) {
      this.openGap(client, index, before, server);
    }
    numbers[at + CLIENT.ANSWERED] = index + 1;
    numbers[at + CLIENT.OUTSTANDING] = others - before;
    if (others > before) this.noteFirst(client, requests.nextWaiting(client, index + 1, count));
  }

  private openGap(client: number, index: number, unanswered: number, server: number): void {
    this.closeGap(client);
    const numbers = this.clients.numbers;
    const at = client * CLIENT.WIDTH;
    numbers[at + CLIENT.GAP_START] = numbers[at + CLIENT.LAST_ANSWER] as number;
    numbers[at + CLIENT.GAP_END] = this.clock.now;
    numbers[at + CLIENT.GAP_END_STAMP] = this.clock.stamp;
    numbers[at + CLIENT.GAP_UNANSWERED] = unanswered;
    numbers[at + CLIENT.GAP_FROM] = numbers[at + CLIENT.ANSWERED] as number;
    numbers[at + CLIENT.GAP_TO] = index;
    numbers[at + CLIENT.GAP_LAST_FRAME] = numbers[at + CLIENT.LAST_ANSWER_FRAME] as number;
    numbers[at + CLIENT.GAP_FIRST_FRAME] = this.clock.frame;
    numbers[at + CLIENT.GAP_BEFORE] = numbers[at + CLIENT.LAST_ANSWER_MAC] as number;
    numbers[at + CLIENT.GAP_AFTER] = server;
    numbers[at + CLIENT.GAP_CAUSE] = numbers[at + CLIENT.CAUSE] as number;
  }

  /** A late answer: the request was not lost after all. */
  private fillGap(client: number, index: number): void {
    const numbers = this.clients.numbers;
    const at = client * CLIENT.WIDTH;
    const isInGap =
      index >= (numbers[at + CLIENT.GAP_FROM] as number) &&
      index < (numbers[at + CLIENT.GAP_TO] as number);
    if (Number.isNaN(numbers[at + CLIENT.GAP_START]) || !isInGap) return;
    const left = (numbers[at + CLIENT.GAP_UNANSWERED] as number) - 1;
    numbers[at + CLIENT.GAP_UNANSWERED] = left;
    if (left === 0) numbers[at + CLIENT.GAP_START] = Number.NaN;
  }

  private closeOldGap(client: number, now: number): void {
    const end = this.clients.numbers[client * CLIENT.WIDTH + CLIENT.GAP_END] as number;
    if (now - end > SECOND) this.closeGap(client);
  }

  private closeGap(client: number): void {
    const numbers = this.clients.numbers;
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
      lastFrame: numbers[at + CLIENT.GAP_LAST_FRAME] as number,
      firstFrame: numbers[at + CLIENT.GAP_FIRST_FRAME] as number,
      before: numbers[at + CLIENT.GAP_BEFORE] as number,
      after: numbers[at + CLIENT.GAP_AFTER] as number,
      cause: numbers[at + CLIENT.GAP_CAUSE] as number,
    });
    if (sequence >= 0) this.onOutage?.(sequence);
  }

  /** Requests after `cutoff` are no evidence; the earlier ones without answer are an outage. */
  private closeOpen(client: number, cutoff: number): void {
    const { numbers, requests } = this.clients;
    const at = client * CLIENT.WIDTH;
    const count = numbers[at + CLIENT.COUNT] as number;
    let unanswered = numbers[at + CLIENT.OUTSTANDING] as number;
    // More of them may be recent than are remembered.
    if ((numbers[at + CLIENT.FIRST_OUTSTANDING] as number) > cutoff) return;
    const oldest = Math.max(
      numbers[at + CLIENT.ANSWERED] as number,
      requests.oldest(client, count),
    );
    for (let i = count - 1; i >= oldest; i--) {
      if (requests.time(client, i) > cutoff && requests.isWaiting(client, i)) unanswered--;
    }
    const start = numbers[at + CLIENT.LAST_ANSWER] as number;
    if (unanswered <= 0 || Number.isNaN(start)) return;
    const sequence = this.log.record(client, {
      start,
      end: numbers[at + CLIENT.LAST_REQUEST] as number,
      endStamp: numbers[at + CLIENT.LAST_REQUEST_STAMP] as number,
      endFrame: numbers[at + CLIENT.LAST_REQUEST_FRAME] as number,
      unanswered,
      lastFrame: numbers[at + CLIENT.LAST_ANSWER_FRAME] as number,
      firstFrame: 0,
      before: numbers[at + CLIENT.LAST_ANSWER_MAC] as number,
      after: 0,
      cause: numbers[at + CLIENT.CAUSE] as number,
    });
    if (sequence >= 0) this.onOutage?.(sequence);
  }

  /** The first of the requests that are now outstanding came at `time`. */
  private noteFirst(client: number, time: number): void {
    const { clients } = this;
    const at = client * CLIENT.WIDTH;
    const track = this.tracks[clients.addressId(client)];
    clients.numbers[at + CLIENT.CAUSE] = track === undefined ? 0 : foreignCause(track, time);
    clients.numbers[at + CLIENT.FIRST_OUTSTANDING] = time;
  }

  private hasAnswered(client: number, service: number): boolean {
    return service === 0 || this.services.has(client * 65536 + service);
  }

  private noteService(client: number, service: number): void {
    if (service !== NO_EXCHANGE && this.services.size < SERVICES_MAX) {
      this.services.add(client * 65536 + service);
    }
  }
}
