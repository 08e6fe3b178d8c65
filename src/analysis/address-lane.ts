import { isVirtualMac } from '../wire/mac.ts';
import { Marks } from './marks.ts';

/**
 * What happened around one address over time: packets to it and, by the MAC they came from,
 * packets of it; claims by MAC and verdict; and for each change of holder the first packets to
 * and from the new one. Everything is bounded: what comes beyond is not drawn.
 */
const SOURCES_MAX = 4;
const CLAIM_LANES_MAX = 16;
const HANDOVERS_MAX = 512;
/** Announcements of a shared virtual MAC closer than this belong to one takeover. */
const BURST = 1e9;

export interface ClaimLane {
  readonly mac: number;
  readonly verdict: number;
  readonly marks: Marks;
}

/** Frames are 0 and times NaN until the packet has come. */
export interface Handover {
  readonly mac: number;
  readonly frame: number;
  readonly now: number;
  requestFrame: number;
  requestAt: number;
  answerFrame: number;
  answerAt: number;
}

export class AddressLane {
  readonly id: number;
  readonly to = new Marks();
  readonly from: { mac: number; marks: Marks }[] = [];
  readonly claims: ClaimLane[] = [];
  readonly handovers: Handover[] = [];
  private pending: Handover | null = null;

  constructor(id: number) {
    this.id = id;
  }

  onClaim(mac: number, verdict: number, moves: boolean, now: number, frame: number): void {
    this.claimLane(mac, verdict)?.marks.add(now, frame);
    if (moves || (this.pending?.mac === mac && this.isNewTakeover(mac, now))) {
      this.await(mac, now, frame);
    }
  }

  onPacketTo(mac: number, now: number, frame: number): void {
    this.to.add(now, frame);
    const { pending } = this;
    if (pending === null || pending.requestFrame !== 0 || pending.mac !== mac) return;
    pending.requestFrame = frame;
    pending.requestAt = now;
  }

  onPacketFrom(mac: number, now: number, frame: number): void {
    this.source(mac)?.add(now, frame);
    const { pending } = this;
    if (pending === null || pending.answerFrame !== 0) return;
    if (pending.mac !== mac && !isVirtualMac(pending.mac)) return;
    pending.answerFrame = frame;
    pending.answerAt = now;
  }

  /** Two routers share a virtual MAC: a takeover then shows as a burst of announcements only. */
  private isNewTakeover(mac: number, now: number): boolean {
    return isVirtualMac(mac) && now - (this.pending as Handover).now > BURST;
  }

  private await(mac: number, now: number, frame: number): void {
    this.pending = null;
    if (this.handovers.length === HANDOVERS_MAX) return;
    const none = { requestFrame: 0, requestAt: Number.NaN, answerFrame: 0, answerAt: Number.NaN };
    this.pending = { mac, frame, now, ...none };
    this.handovers.push(this.pending);
  }

  private source(mac: number): Marks | null {
    for (const known of this.from) if (known.mac === mac) return known.marks;
    if (this.from.length === SOURCES_MAX) return null;
    const marks = new Marks();
    this.from.push({ mac, marks });
    return marks;
  }

  private claimLane(mac: number, verdict: number): ClaimLane | null {
    for (const known of this.claims) {
      if (known.mac === mac && known.verdict === verdict) return known;
    }
    if (this.claims.length === CLAIM_LANES_MAX) return null;
    const lane = { mac, verdict, marks: new Marks() };
    this.claims.push(lane);
    return lane;
  }
}
