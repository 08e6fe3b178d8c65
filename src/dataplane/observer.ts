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
}
