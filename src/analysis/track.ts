import type { Router, Speaker } from './virtual-router.ts';

/**
 * What the analysis knows of one address: who holds it by the claims that stood, whether it is
 * virtual, and where its last service was seen. One object an address, plain numbers inside.
 */
export const FOREIGN_KEPT = 4;

export class Track {
  readonly id: number;
  readonly network: number;
  /** 48-bit MAC of the holder; 0 before the first claim. */
  holder = 0;
  /** Speaker index of the holder where the MAC is virtual; -1 where unknown or not virtual. */
  holderSpeaker = -1;
  isVirtual = false;
  /** Somebody announced it (gratuitous ARP, or an unsolicited NA that overrides). */
  isAnnounced = false;
  /** More than one MAC claimed it. */
  isContested = false;
  confirmed = 0;
  noted = 0;
  moved = 0;
  refused: number[] | null = null;
  /** Last announcement of the present holder; NaN before one. */
  lastAnnouncement = Number.NaN;
  /** The first claim, kept until the address turns out to be virtual. */
  firstNow = Number.NaN;
  firstStamp = Number.NaN;
  firstFrame = 0;
  firstSource = Number.NaN;
  firstForm = 0;
  /** Requests to it or answers from it are in the capture. */
  hasTraffic = false;
  /** The last packet from the address, of any protocol. */
  lastServiceFrame = 0;
  /** Sequence number of the last failover, -1 before one; it waits for its first service. */
  lastFailover = -1;
  awaitsService = false;
  readonly routers: Router[] = [];
  /** The speaker that the holder is, as far as adverts told when `speakersKnown` of them were. */
  speaker: Speaker | null = null;
  speakersKnown = -1;
  /** The last claims by others than the holder: times, and whether they were refused. */
  private readonly foreignTimes: number[] = [Number.NaN, Number.NaN, Number.NaN, Number.NaN];
  private readonly foreignRefused: boolean[] = [false, false, false, false];
  private foreignNext = 0;

  constructor(id: number, network: number) {
    this.id = id;
    this.network = network;
  }

  get refusedCount(): number {
    return this.refused === null ? 0 : this.refused.reduce((sum, n) => sum + n, 0);
  }

  noteForeign(now: number, isRefused: boolean): void {
    const slot = this.foreignNext;
    this.foreignTimes[slot] = now;
    this.foreignRefused[slot] = isRefused;
    this.foreignNext = (slot + 1) % FOREIGN_KEPT;
  }

  /** 'refused', 'claimed' or null: what another MAC did in (from, to], the latest of it. */
  foreignWithin(from: number, to: number): 'refused' | 'claimed' | null {
    for (let back = 1; back <= FOREIGN_KEPT; back++) {
      const slot = (this.foreignNext + FOREIGN_KEPT - back) % FOREIGN_KEPT;
      const time = this.foreignTimes[slot] as number;
      if (time > from && time <= to) return this.foreignRefused[slot] ? 'refused' : 'claimed';
    }
    return null;
  }
}
