import type { AddressBook } from '../dataplane/address-book.ts';
import type { Classifier } from '../dataplane/classifier.ts';
import { CARRIES_ND, CARRIES_VRRP } from '../dataplane/classifier.ts';
import { PROTOCOL_TCP, readIpv4Destination, readIpv4Source } from '../wire/ipv4.ts';
import { ipv6DestinationAt, ipv6SourceAt } from '../wire/ipv6.ts';
import { macFromHalves } from '../wire/mac.ts';
import { readTcpPorts } from '../wire/tcp.ts';
import { AnswerGaps } from './answer-gaps.ts';
import { ClientGaps } from './client-gaps.ts';
import { ClientServices } from './client-services.ts';
import { CLIENT, Clients } from './clients.ts';
import type { Clock } from './clock.ts';
import type { Logs } from './logs.ts';
import { foreignCause, foreignClaim, OutageLog } from './outage-log.ts';
import { noteServed } from './passed-on.ts';
import { RefusedRuns } from './refused-connections.ts';
import { ANSWER, Exchange, REQUEST } from './service.ts';
import { Silences } from './silences.ts';
import type { Track } from './track.ts';
import { VainBeginnings } from './vain-beginnings.ts';

/**
 * Outages as each client saw them: from the last answer before an unanswered request to the first
 * answer after it. An answer that comes late cancels the outage it fills. Where a client has
 * nothing but established connections, what it repeats in them stands for requests.
 */
const SECOND = 1e9;
/** An answer may stand this long before its request in a file written by two processors. */
const EARLY_ANSWER = 10e6;

export class Outages {
  readonly clients = new Clients();
  private readonly clock: Clock;
  private readonly book: AddressBook;
  private readonly tracks: readonly (Track | undefined)[];
  readonly log: OutageLog;
  readonly gaps: AnswerGaps;
  readonly clientGaps: ClientGaps;
  readonly beginnings: VainBeginnings;
  readonly refusals: RefusedRuns;
  private readonly silences: Silences;
  private readonly exchange = new Exchange();
  private readonly services = new ClientServices();

  constructor(clock: Clock, logs: Logs, tracks: readonly (Track | undefined)[], book: AddressBook) {
    this.clock = clock;
    this.book = book;
    this.tracks = tracks;
    this.gaps = new AnswerGaps(clock, logs, this.clients);
    this.log = new OutageLog(this.clients, logs, tracks);
    this.clientGaps = new ClientGaps(clock, this.clients, this.log);
    this.beginnings = new VainBeginnings(clock, this.clients, logs, tracks);
    this.refusals = new RefusedRuns(clock);
    this.silences = new Silences(clock, this.clients);
  }

  onPacketTo(id: number, view: DataView, seen: Classifier): void {
    const { exchange, silences } = this;
    const isRequest = exchange.read(view, seen) === REQUEST;
    if (!isRequest && !silences.reads(view, seen)) return;
    const track = this.tracks[id];
    if (track === undefined) return;
    const link = seen.link;
    const hasBoth = link.hasSource && link.hasDestination;
    const mac = hasBoth ? macFromHalves(link.sourceHigh, link.sourceLow) : 0;
    if (isRequest) {
      const to = hasBoth ? macFromHalves(link.destinationHigh, link.destinationLow) : 0;
      track.noteRequest(mac, to, this.clock);
    }
    const client = this.clientOf(id, view, seen, true, mac);
    if (client < 0) return;
    this.clients.noteAsked(client);
    if (isRequest && seen.protocol === PROTOCOL_TCP) {
      silences.onHandshake(client, readTcpPorts(view, seen.upperAt));
    }
    if (isRequest) this.request(client);
    else this.sent(client);
  }

  onPacketFrom(id: number, view: DataView, seen: Classifier): void {
    if (seen.carries === CARRIES_ND || seen.carries === CARRIES_VRRP) return;
    const track = this.tracks[id];
    if (track === undefined) return;
    const { link } = seen;
    this.book.marks.note(id, link.sourceHigh, link.sourceLow | 0, this.clock.frame);
    const isAnswer = this.exchange.read(view, seen) === ANSWER;
    const isSegment = this.silences.reads(view, seen);
    if (!isAnswer && !isSegment) return;
    const server = macFromHalves(link.sourceHigh, link.sourceLow);
    const hasBoth = link.hasSource && link.hasDestination;
    const mac = hasBoth ? macFromHalves(link.destinationHigh, link.destinationLow) : 0;
    const client = this.clientOf(id, view, seen, false, mac);
    if (isAnswer) track.noteAnswer(server, this.clock.now);
    if (client < 0) return;
    if (isAnswer) {
      this.gaps.onAnswer(track, client, this.exchange, server);
      this.answer(client, server);
    }
    if (!isSegment || !this.silences.isAnswer(client)) return;
    track.noteHeard(this.clock.now);
    this.heard(client, server);
  }

  /** At the end of the capture: what is pending becomes certain, what lasts stays open. */
  finish(lastTime: number): void {
    for (let client = 0; client < this.clients.size; client++) {
      this.clientGaps.close(client);
      if (!this.closeOpen(client, lastTime - SECOND)) this.closeSilence(client, lastTime - SECOND);
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
    if (requests.isCopy(client, count, exchange.key, now)) return;
    this.clientGaps.closeOld(client);
    if (this.clientGaps.wasAway(client, count, exchange)) {
      this.beginnings.onAway(client);
      this.clientGaps.lose(client);
    }
    const isEarly =
      numbers[at + CLIENT.EARLY_KEY] === exchange.key &&
      Math.abs(now - (numbers[at + CLIENT.EARLY_TIME] as number)) <= EARLY_ANSWER;
    const waits = !isEarly && this.services.hasAnswered(client, exchange.service);
    requests.put(client, count, exchange.key, now);
    this.beginnings.onRequest(client, exchange.service);
    numbers[at + CLIENT.COUNT] = count + 1;
    numbers[at + CLIENT.SPACING] = now - (numbers[at + CLIENT.LAST_REQUEST] as number);
    numbers[at + CLIENT.LAST_REQUEST] = now;
    numbers[at + CLIENT.LAST_REQUEST_STAMP] = this.clock.stamp;
    numbers[at + CLIENT.LAST_REQUEST_FRAME] = this.clock.frame;
    numbers[at + CLIENT.LAST_SERVICE] = exchange.service;
    if (!waits) return;
    requests.setWaiting(client, count, true);
    const outstanding = numbers[at + CLIENT.OUTSTANDING] as number;
    // Judged now: a rogue that goes on claiming would push the claim that counts out of memory.
    if (outstanding === 0) this.noteFirst(client, now);
    numbers[at + CLIENT.OUTSTANDING] = outstanding + 1;
  }

  private answer(client: number, server: number): void {
    const { exchange } = this;
    const { numbers, requests } = this.clients;
    const at = client * CLIENT.WIDTH;
    const { now } = this.clock;
    this.services.note(client, exchange.service);
    const count = numbers[at + CLIENT.COUNT] as number;
    const index = requests.find(client, count, exchange.key);
    this.beginnings.onAnswer(client, exchange.service, index);
    if (index < 0) {
      numbers[at + CLIENT.EARLY_KEY] = exchange.key;
      numbers[at + CLIENT.EARLY_TIME] = now;
      return;
    }
    const waited = requests.isWaiting(client, index);
    requests.setWaiting(client, index, false);
    if (index < (numbers[at + CLIENT.ANSWERED] as number)) {
      if (waited) this.clientGaps.fill(client, index);
      if (waited) this.beginnings.onLateAnswer(client, index);
      return;
    }
    noteServed(this.clients, client, index);
    this.refusals.onAnswer(this.clients.addressId(client), exchange);
    const isGap = waited && this.settleUpTo(client, index, server);
    this.live(client, server, isGap);
  }

  /** A segment of a connection shows that what the client sent has arrived. */
  private heard(client: number, server: number): void {
    // While requests wait they say better how long nobody answered.
    const outstanding = this.clients.numbers[client * CLIENT.WIDTH + CLIENT.OUTSTANDING] as number;
    if (outstanding === 0) this.live(client, server, false);
  }

  /** The address answers the client; `isGap` where that has ended a gap already. */
  private live(client: number, server: number, isGap: boolean): void {
    const { numbers } = this.clients;
    const at = client * CLIENT.WIDTH;
    const inVain = this.silences.end(client);
    if (!isGap && inVain > 0) {
      this.clientGaps.open(client, numbers[at + CLIENT.ANSWERED] as number, inVain, server);
    }
    this.clientGaps.closeOld(client);
    numbers[at + CLIENT.LAST_ANSWER] = this.clock.now;
    numbers[at + CLIENT.LAST_ANSWER_FRAME] = this.clock.frame;
    numbers[at + CLIENT.LAST_ANSWER_MAC] = server;
  }

  /** A segment of a connection, to the address. */
  private sent(client: number): void {
    const since = this.silences.onSent(client);
    const outstanding = this.clients.numbers[client * CLIENT.WIDTH + CLIENT.OUTSTANDING] as number;
    if (!Number.isNaN(since) && outstanding === 0) this.noteCause(client, since);
  }

  private closeSilence(client: number, cutoff: number): void {
    const unanswered = this.silences.unended(client, cutoff);
    if (unanswered === 0) return;
    const { numbers } = this.clients;
    const at = client * CLIENT.WIDTH;
    this.clientGaps.leaveOpen(client, unanswered, {
      now: numbers[at + CLIENT.REPEATED] as number,
      stamp: numbers[at + CLIENT.REPEATED_STAMP] as number,
      frame: numbers[at + CLIENT.REPEATED_FRAME] as number,
    });
  }

  /** Request `index` is answered: those before it that still wait are a gap, which it says. */
  private settleUpTo(client: number, index: number, server: number): boolean {
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
    if (before > 0) this.clientGaps.open(client, index, before, server);
    numbers[at + CLIENT.ANSWERED] = index + 1;
    numbers[at + CLIENT.OUTSTANDING] = others - before;
    if (others > before) this.noteFirst(client, requests.nextWaiting(client, index + 1, count));
    return before > 0;
  }

  /**
   * Requests after `cutoff` are no evidence; the earlier ones without answer are an outage: false
   * where there are none.
   */
  private closeOpen(client: number, cutoff: number): boolean {
    const { numbers, requests } = this.clients;
    const at = client * CLIENT.WIDTH;
    const count = numbers[at + CLIENT.COUNT] as number;
    let unanswered = numbers[at + CLIENT.OUTSTANDING] as number;
    // More of them may be recent than are remembered.
    if ((numbers[at + CLIENT.FIRST_OUTSTANDING] as number) > cutoff) return false;
    const oldest = Math.max(
      numbers[at + CLIENT.ANSWERED] as number,
      requests.oldest(client, count),
    );
    for (let i = count - 1; i >= oldest; i--) {
      if (requests.time(client, i) > cutoff && requests.isWaiting(client, i)) unanswered--;
    }
    if (unanswered <= 0) return false;
    this.clientGaps.leaveOpen(client, unanswered, this.clientGaps.lastRequest(client));
    return true;
  }

  /** The first of the requests that are now outstanding came at `time`. */
  private noteFirst(client: number, time: number): void {
    this.noteCause(client, time);
    this.clients.numbers[client * CLIENT.WIDTH + CLIENT.FIRST_OUTSTANDING] = time;
  }

  private noteCause(client: number, time: number): void {
    const { numbers } = this.clients;
    const track = this.tracks[this.clients.addressId(client)];
    const claim = track === undefined ? null : foreignClaim(track, time);
    const at = client * CLIENT.WIDTH;
    numbers[at + CLIENT.CAUSE] = foreignCause(claim);
    numbers[at + CLIENT.CAUSE_MAC] = claim === null ? 0 : claim.mac;
    numbers[at + CLIENT.CAUSE_FRAME] = claim === null ? 0 : claim.frame;
  }
}
