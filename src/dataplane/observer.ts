import type { Claim } from '../arp/claim.ts';
import type { Classifier } from './classifier.ts';

/**
 * Whoever wants to know what the switch saw. Replay's analysis is one; live, a ring of events is
 * another. The arguments are reused by the next frame: copy what you keep.
 */
export interface SwitchObserver {
  /** `verdict` is one of CLAIM_*, `reason` a drop reason where it was refused. */
  onClaim(claim: Claim, id: number, verdict: number, reason: number): void;
  /** An advert: `seen.upperAt` is the VRRP message. */
  onAdvert(view: DataView, seen: Classifier): void;
  /** A packet to an address that has been claimed or configured. */
  onPacketTo(id: number, view: DataView, seen: Classifier): void;
  /** A packet from such an address. */
  onPacketFrom(id: number, view: DataView, seen: Classifier): void;
  /** The source guard refused the packet's IP source. */
  onSpoofed(view: DataView, seen: Classifier): void;
  /**
   * Live: a frame was dropped, by the switch or on its way out. `port` is the ingress port where
   * the switch refused it, else the egress port.
   */
  onDrop?(reason: number, view: DataView, at: number, end: number, port: number): void;
  /** Live, in a dry run: what a guard would have dropped, and why. */
  onPassed?(reason: number, view: DataView, at: number, end: number, port: number): void;
  /** Live: a known station turned up behind another port. */
  onStationMove?(network: number, high: number, low: number, from: number, to: number): void;
  /**
   * Live, by MAC: an address went with the virtual MAC that holds it to another port; its cause is
   * `station-move`.
   */
  onAddressPort?(id: number, from: number, to: number): void;
  /** Live: the first unicast frame to an address went to its new holder since the address moved. */
  onRepointed?(id: number, port: number, now: number): void;
}

/** Whoever wants to know of claims alone. */
export type ClaimObserver = Pick<SwitchObserver, 'onClaim'>;
