/**
 * One entry of a Linux host's neighbor table (net/core/neighbour.c), as the frames that reach the
 * host move it: ARP by net/ipv4/arp.c arp_process, neighbor discovery by net/ipv6/ndisc.c.
 *
 * Limits: REACHABLE becomes STALE by a timer of 15 to 45 s that no frame shows, and a probe that
 * fails ends in silence; the entry then keeps its MAC here until the host asks anew. What an
 * administrator does is not seen either. arp_filter, arp_ignore and proxies are as installed (off).
 */

import {
  type Claim,
  FORM_ARP_REPLY,
  FORM_ARP_REQUEST,
  FORM_GRATUITOUS_REPLY,
  FORM_GRATUITOUS_REQUEST,
  FORM_NEIGHBOR_SOLICITATION,
  TARGET_SENDER,
} from './claim.ts';
import { LOCKTIME } from './receiver-profiles.ts';

/** An index into `STATE_NAMES`: the kernel's NUD states, FAILED counted as INCOMPLETE. */
export type State = number;
export const STATE_NONE = 0;
export const STATE_INCOMPLETE = 1;
export const STATE_STALE = 2;
export const STATE_DELAY = 3;
export const STATE_PROBE = 4;
export const STATE_REACHABLE = 5;
export const STATE_NAMES: readonly string[] = [
  'none',
  'incomplete',
  'stale',
  'delay',
  'probe',
  'reachable',
];

/** How a claim reached the host. */
export interface Hearing {
  /** Sent to its own MAC (PACKET_HOST), not to all or to a group. */
  isUnicast: boolean;
  /** It is asked by it: the target protocol address, or the solicitation's target, is its own. */
  isAsked: boolean;
  /** arp_accept lets unknown senders in: 1, or 2 for a sender in the interface's subnet. */
  acceptsNew: boolean;
}

export class LinuxNeighbor {
  state: State = STATE_NONE;
  /** Meaningful from `STATE_STALE` on. */
  mac = 0;
  /** When state or MAC changed last (`neigh->updated`), nanoseconds; the locktime runs from it. */
  updated = Number.NaN;

  get isValid(): boolean {
    return this.state >= STATE_STALE;
  }

  /** A claim that the host hears, at `now`. */
  hear(claim: Claim, mac: number, hearing: Hearing, now: number): void {
    if (claim.family === 4) this.hearArp(claim, mac, hearing, now);
    else this.hearNeighbor(claim, mac, hearing, now);
  }

  /** The host asks for the address: to all where it knows nothing, to the MAC where it doubts. */
  ask(isUnicast: boolean, now: number): void {
    if (isUnicast && this.isValid) this.become(STATE_PROBE, this.mac, now);
    else if (!isUnicast) this.become(STATE_INCOMPLETE, 0, now);
  }

  /** The host sends a packet to the address: `neigh_event_send` begins to doubt a STALE entry. */
  use(now: number): void {
    if (this.state === STATE_STALE) this.become(STATE_DELAY, this.mac, now);
  }

  /** An entry that only the host's packets tell of. */
  adopt(mac: number, now: number): void {
    this.become(STATE_STALE, mac, now);
  }

  private hearArp(claim: Claim, mac: number, hearing: Hearing, now: number): void {
    const { form } = claim;
    if (form === FORM_ARP_REQUEST && hearing.isAsked) {
      // neigh_event_ns: the one who asks me is noted, known or not, without locktime.
      this.update(mac, STATE_STALE, true, now);
      return;
    }
    const isReply = form === FORM_ARP_REPLY || form === FORM_GRATUITOUS_REPLY;
    const isGratuitous = isGratuitousToLinux(claim);
    if (this.state === STATE_NONE && !(hearing.acceptsNew && (isReply || isGratuitous))) return;
    const isOpen = !(now - this.updated <= LOCKTIME);
    // Requests, and replies to all, do not show that the sender can be reached.
    const state = isReply && hearing.isUnicast ? STATE_REACHABLE : STATE_STALE;
    this.update(mac, state, isGratuitous || isOpen, now);
  }

  private hearNeighbor(claim: Claim, mac: number, hearing: Hearing, now: number): void {
    if (claim.form === FORM_NEIGHBOR_SOLICITATION) {
      if (hearing.isAsked) this.update(mac, STATE_STALE, true, now);
      return;
    }
    if (this.state === STATE_NONE) return;
    if (claim.isImplied && !this.isValid) return;
    const state = claim.solicited ? STATE_REACHABLE : STATE_STALE;
    const told = claim.isImplied ? this.mac : mac;
    if (claim.override || !this.isValid || told === this.mac) {
      this.update(told, state, true, now);
    } else if (this.state === STATE_REACHABLE) {
      // NEIGH_UPDATE_F_WEAK_OVERRIDE: the MAC stays, and is doubted.
      this.become(STATE_STALE, this.mac, now);
    }
  }

  /** neigh_update: what is valid keeps its MAC unless overridden, and its state by a mere hint. */
  private update(mac: number, state: State, overrides: boolean, now: number): void {
    let next = state;
    if (this.isValid) {
      if (mac !== this.mac && !overrides) return;
      if (mac === this.mac && state === STATE_STALE) next = this.state;
    }
    this.become(next, mac, now);
  }

  private become(state: State, mac: number, now: number): void {
    if (state !== this.state || mac !== this.mac) this.updated = now;
    this.state = state;
    this.mac = mac;
  }
}

/** arp_is_garp: of replies only those whose target MAC is the sender's. */
function isGratuitousToLinux(claim: Claim): boolean {
  if (claim.form === FORM_GRATUITOUS_REQUEST) return true;
  return claim.form === FORM_GRATUITOUS_REPLY && claim.targetHardware === TARGET_SENDER;
}
