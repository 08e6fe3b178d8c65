/**
 * A verdict: what becomes of a frame, as one integer. The low three bits say what, the rest carry
 * the egress port of a forward or the reason of a drop. Also the verdicts on a claim, which the
 * report prints by name.
 */
export const FORWARD = 0;
export const FLOOD = 1;
export const DROP = 2;
/** The switch itself has the answer: an ARP request or NS for an address it answers for. */
export const RESPOND = 3;
/** For the gateway: routed, or answered by it. */
export const DELIVER = 4;
/** Nothing is attached (replay): the frame was judged, learned and reported. */
export const OBSERVE = 5;

export function verdictOf(kind: number, detail: number): number {
  return kind | (detail << 3);
}

/** FORWARD, FLOOD, DROP, RESPOND, DELIVER or OBSERVE. */
export function verdictKind(verdict: number): number {
  return verdict & 7;
}

/** The egress port of a FORWARD, the drop reason of a DROP, else 0. */
export function verdictDetail(verdict: number): number {
  return verdict >>> 3;
}

export const CLAIM_MOVED = 0;
export const CLAIM_CONFIRMED = 1;
export const CLAIM_NOTED = 2;
export const CLAIM_REFUSED = 3;

export const CLAIM_VERDICT_NAMES = ['moved', 'confirmed', 'noted', 'refused'] as const;
