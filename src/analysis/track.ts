import type { Clock } from './clock.ts';
import type { Router, Speaker } from './virtual-router.ts';

/**
 * What the analysis knows of one address: who holds it by the claims that stood, whether it is
 * virtual, and where its last service was seen. One object an address, plain numbers inside.
 */
const FOREIGN_KEPT = 4;

const NO_ROUTERS: readonly Router[] = [];

export class Track {
  readonly id: number;
  readonly network: number;
  /** 48-bit MAC of the holder; 0 before the first claim. */
  holder = 0;
  /** Speaker index of the holder where the MAC is virtual; -1 where unknown or not virtual. */
  holderSpeaker = -1;
  isVirtual = false;
  /** A HaVip by lab file or `--havip`. */
  isConfigured = false;
  /** Somebody announced it (gratuitous ARP, or an unsolicited NA that overrides). */
  isAnnounced = false;
  /** More than one MAC claimed it. */
  isContested = false;
  /** Who answered for it beside its holder, and is not known to be a host; 0 for nobody. */
  answerer = 0;
  confirmed = 0;
  noted = 0;
  moved = 0;
  refused: number[] | null = null;
  /** Outages of it, whoever of its clients had them. */
  outages = 0;
  /** Last announcement of the present holder; NaN before one. */
  lastAnnouncement = Number.NaN;
  /** The first claim, kept until the address turns out to be virtual. */
  firstNow = Number.NaN;
  firstStamp = Number.NaN;
  firstFrame = 0;
  firstSource = Number.NaN;
  firstForm = 0;
  /** When the first answer from it to what was asked came; NaN before one. */
  firstAnswer = Number.NaN;
  /** These, or what shows that it received what a client sent; and the last of them. */
  isHeard = false;
  lastHeard = Number.NaN;
  /** All answers carry the MAC of a switch that forwards by IP; known at the end. */
  isRewritten = false;
  /** Where they do: requests to it are in the capture, too. */
  isAsked = false;
  /** Before anybody claims it: who asked last and whom, by MAC, and who answered; 0 for nobody. */
  lastAsker = 0;
  lastAsked = 0;
  lastServer = 0;
  /** The last request to it, and the last answer that its holder gave; NaN before one. */
  lastRequest = Number.NaN;
  lastAnswer = Number.NaN;
  /** Requests that its holder sent on to another host, as a director of LVS in DR mode does. */
  relayed = 0;
  relayedFrame = 0;
  relayedStamp = Number.NaN;
  /** Live: its holder was unbound, and nobody has claimed it since. */
  isReleased = false;
  /** Sequence number of the last failover, -1 before one. */
  lastFailover = -1;
  /** Failovers of it whose cause is not certain yet, and the queue in which they wait. */
  waiting = 0;
  queue = -1;
  routers: readonly Router[] = NO_ROUTERS;
  /** Where none lists it: the one whose masters it moved between last. */
  companions: readonly Router[] = NO_ROUTERS;
  /** The speaker that the holder is, as far as adverts told when `speakersKnown` of them were. */
  speaker: Speaker | null = null;
  speakersKnown = -1;
  private foreign: Foreign | null = null;

  constructor(id: number, network: number) {
    this.id = id;
    this.network = network;
  }

  /** Whether the result tells of it: virtual, or claimed by somebody who may not. */
  get isListed(): boolean {
    return this.isVirtual || this.refused !== null;
  }

  /** A request to it, from one MAC to another; 0 where the link does not say. */
  noteRequest(mac: number, to: number, clock: Clock): void {
    this.lastRequest = clock.now;
    if (this.holder === 0) {
      this.lastAsker = mac;
      this.lastAsked = to;
    }
    if (mac === 0 || mac !== this.holder || this.relayed++ > 0) return;
    this.relayedFrame = clock.frame;
    this.relayedStamp = clock.stamp;
  }

  noteAnswer(server: number, now: number): void {
    if (this.holder === 0) this.lastServer = server;
    if (Number.isNaN(this.firstAnswer)) this.firstAnswer = now;
    this.noteHeard(now);
    if (server === this.holder) this.lastAnswer = now;
  }

  noteHeard(now: number): void {
    this.isHeard = true;
    this.lastHeard = now;
  }

  noteForeign(mac: number, clock: Clock, isRefused: boolean): void {
    this.foreign ??= new Foreign();
    this.foreign.note(mac, clock, isRefused);
  }

  /** The latest claim of another MAC in (from, to]; null for none that is remembered. */
  foreignWithin(from: number, to: number): ForeignClaim | null {
    return this.foreign === null ? null : this.foreign.within(from, to);
  }
}

/** A claim by another than the holder. */
export interface ForeignClaim {
  readonly mac: number;
  readonly frame: number;
  readonly isRefused: boolean;
}

/** The last of them. */
class Foreign {
  private readonly times = new Float64Array(FOREIGN_KEPT).fill(Number.NaN);
  private readonly macs = new Float64Array(FOREIGN_KEPT);
  private readonly frames = new Float64Array(FOREIGN_KEPT);
  private readonly refused = new Uint8Array(FOREIGN_KEPT);
  private next = 0;

  note(mac: number, { now, frame }: Clock, isRefused: boolean): void {
    this.times[this.next] = now;
    this.macs[this.next] = mac;
    this.frames[this.next] = frame;
    this.refused[this.next] = isRefused ? 1 : 0;
    this.next = (this.next + 1) % FOREIGN_KEPT;
  }

  within(from: number, to: number): ForeignClaim | null {
    for (let back = 1; back <= FOREIGN_KEPT; back++) {
      const slot = (this.next + FOREIGN_KEPT - back) % FOREIGN_KEPT;
      const time = this.times[slot] as number;
      if (!(time > from && time <= to)) continue;
      const mac = this.macs[slot] as number;
      return { mac, frame: this.frames[slot] as number, isRefused: this.refused[slot] === 1 };
    }
    return null;
  }
}
