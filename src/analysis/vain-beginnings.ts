import type { VainBeginning } from './asides.ts';
import { CLIENT, type Clients } from './clients.ts';
import type { Clock } from './clock.ts';
import { EARLY, type EarlyEchoes, PAUSE_MAX } from './early-echoes.ts';
import type { Entries } from './entries.ts';
import { FAILOVER, type Logs } from './logs.ts';
import { secondsOf } from './time-base.ts';
import type { Track } from './track.ts';

/**
 * Clients that ask in vain from the first request that the capture has of them to the first answer
 * that it has. It is no outage of the result, as no answer stands before it and nobody knows when
 * it began; but it lasted at least so long. Of an address, and of a failover, the longest counts.
 */
const UNANSWERED_MIN = 2;
/** What waited for the address to be resolved is sent at once, and some of it is lost. */
const LENGTH_MIN = 100e6;
/** In place of a count: what a client asked first says nothing. */
const VOID = -1;
/** In place of a service: what was found stays as it is. */
const KEPT = -2;

export class VainBeginnings {
  private readonly clock: Clock;
  private readonly clients: Clients;
  private readonly logs: Logs;
  private readonly tracks: readonly (Track | undefined)[];
  /** What was asked before the address was followed; null where nobody keeps that. */
  early: EarlyEchoes | null = null;
  /** Clients, by the address and by the failover that lies in their beginning. */
  private readonly byAddress = new Map<number, number>();
  private readonly byFailover = new Map<number, number>();

  constructor(clock: Clock, clients: Clients, logs: Logs, tracks: readonly (Track | undefined)[]) {
    this.clock = clock;
    this.clients = clients;
    this.logs = logs;
    this.tracks = tracks;
  }

  /** A request for a service, of a client that may have had no answer yet. */
  onRequest(client: number, service: number): void {
    const { numbers } = this.clients;
    const at = client * CLIENT.WIDTH;
    const count = numbers[at + CLIENT.VAIN_COUNT] as number;
    if (count === VOID || this.isOver(client)) return;
    const hasPaused = this.clock.now - (numbers[at + CLIENT.LAST_REQUEST] as number) > PAUSE_MAX;
    if (count === 0 || hasPaused) this.begin(client, service);
    if (numbers[at + CLIENT.VAIN_SERVICE] === service) numbers[at + CLIENT.VAIN_COUNT]!++;
  }

  private begin(client: number, service: number): void {
    const { numbers } = this.clients;
    const at = client * CLIENT.WIDTH;
    const early = service === 0 ? this.earlyOf(client) : -1;
    const of = this.early?.numbers;
    const { now, stamp, frame } = this.clock;
    numbers[at + CLIENT.VAIN_SERVICE] = service;
    numbers[at + CLIENT.VAIN_COUNT] = early < 0 ? 0 : of![early + EARLY.COUNT]!;
    numbers[at + CLIENT.VAIN_START] = early < 0 ? now : of![early + EARLY.START]!;
    numbers[at + CLIENT.VAIN_STAMP] = early < 0 ? stamp : of![early + EARLY.STAMP]!;
    numbers[at + CLIENT.VAIN_FRAME] = early < 0 ? frame : of![early + EARLY.FRAME]!;
  }

  private earlyOf(client: number): number {
    const { clients, early } = this;
    return early === null ? -1 : early.find(clients.addressId(client), clients.word(client, 3));
  }

  /**
   * An answer to request `index` of the client, -1 where that is not known. Another service than
   * the one first asked for may have been there all the time, and the one asked for may not exist.
   */
  onAnswer(client: number, service: number, index: number): void {
    const { numbers } = this.clients;
    const at = client * CLIENT.WIDTH;
    if (this.isOver(client)) return;
    const later = (numbers[at + CLIENT.COUNT] as number) - 1 - index;
    const isOther = index < 0 || numbers[at + CLIENT.VAIN_SERVICE] !== service;
    const count = numbers[at + CLIENT.VAIN_COUNT] as number;
    numbers[at + CLIENT.VAIN_COUNT] = isOther || count === VOID ? VOID : count - 1 - later;
    numbers[at + CLIENT.VAIN_END] = this.clock.now;
    numbers[at + CLIENT.VAIN_END_STAMP] = this.clock.stamp;
    numbers[at + CLIENT.VAIN_END_FRAME] = this.clock.frame;
  }

  /**
   * Requests of the client passed elsewhere, where some were answered for all that is known: what
   * it asked in vain before counts up to an answer that is in view, and no further.
   */
  onAway(client: number): void {
    const { numbers } = this.clients;
    const at = client * CLIENT.WIDTH;
    if (this.isOne(client)) numbers[at + CLIENT.VAIN_SERVICE] = KEPT;
    else if (numbers[at + CLIENT.VAIN_COUNT] !== VOID) numbers[at + CLIENT.VAIN_COUNT] = 0;
  }

  /** A request from before the first answer is answered late. */
  onLateAnswer(client: number, index: number): void {
    const { numbers } = this.clients;
    const at = client * CLIENT.WIDTH;
    const count = numbers[at + CLIENT.VAIN_COUNT] as number;
    const end = numbers[at + CLIENT.VAIN_END] as number;
    const isBefore = this.clients.requests.time(client, index) < end;
    if (count > 0 && isBefore) numbers[at + CLIENT.VAIN_COUNT] = count - 1;
  }

  /** At the end of the capture, when every failover is known. */
  finish(): void {
    for (let client = 0; client < this.clients.size; client++) {
      const track = this.tracks[this.clients.addressId(client)];
      if (track?.isVirtual !== true || !this.isOne(client)) continue;
      this.keepLonger(this.byAddress, track.id, client);
      this.placeIn(track, client);
    }
  }

  /** Whether a failover lies in one. */
  has(failover: number): boolean {
    return this.byFailover.has(failover);
  }

  /** The longest that a failover lies in, as an entry of the result; null for none. */
  around(failover: number, entries: Entries): VainBeginning | null {
    const client = this.byFailover.get(failover);
    return client === undefined ? null : this.entry(client, entries);
  }

  /** The longest of each address. */
  entries(entries: Entries): VainBeginning[] {
    return [...this.byAddress.values()].map((client) => this.entry(client, entries));
  }

  private isOne(client: number): boolean {
    const { numbers } = this.clients;
    const at = client * CLIENT.WIDTH;
    // Without time, two moments are no stretch of it.
    if (Number.isNaN(numbers[at + CLIENT.VAIN_STAMP] as number)) return false;
    const unanswered = numbers[at + CLIENT.VAIN_COUNT] as number;
    return unanswered >= UNANSWERED_MIN && this.length(client) >= LENGTH_MIN;
  }

  /** Its first answer is in view, or another of before. */
  private isOver(client: number): boolean {
    const { numbers } = this.clients;
    const at = client * CLIENT.WIDTH;
    if (numbers[at + CLIENT.VAIN_SERVICE] === KEPT) return true;
    return !Number.isNaN(numbers[at + CLIENT.LAST_ANSWER] as number);
  }

  private placeIn(track: Track, client: number): void {
    const { failovers } = this.logs;
    const at = client * CLIENT.WIDTH;
    const start = this.clients.numbers[at + CLIENT.VAIN_START] as number;
    const end = this.clients.numbers[at + CLIENT.VAIN_END] as number;
    let sequence = track.lastFailover;
    while (failovers.isKept(sequence) && failovers.get(sequence, FAILOVER.NOW) >= start) {
      const isWithin = failovers.get(sequence, FAILOVER.NOW) <= end;
      if (isWithin) this.keepLonger(this.byFailover, sequence, client);
      sequence = failovers.get(sequence, FAILOVER.PREVIOUS);
    }
  }

  private keepLonger(by: Map<number, number>, key: number, client: number): void {
    const known = by.get(key);
    if (known === undefined || this.length(client) > this.length(known)) by.set(key, client);
  }

  private length(client: number): number {
    const { numbers } = this.clients;
    const at = client * CLIENT.WIDTH;
    return (numbers[at + CLIENT.VAIN_END] as number) - (numbers[at + CLIENT.VAIN_START] as number);
  }

  private entry(client: number, entries: Entries): VainBeginning {
    const { numbers } = this.clients;
    const id = this.clients.addressId(client);
    const at = client * CLIENT.WIDTH;
    const field = (column: number): number => numbers[at + column] as number;
    return {
      ip: entries.ip(id),
      vlan: entries.vlan(id),
      client: entries.clientIp(client),
      seconds: secondsOf(this.length(client)),
      unanswered: field(CLIENT.VAIN_COUNT),
      from: entries.moment(field(CLIENT.VAIN_STAMP), field(CLIENT.VAIN_FRAME)),
      until: entries.moment(field(CLIENT.VAIN_END_STAMP), field(CLIENT.VAIN_END_FRAME)),
    };
  }
}
