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
/** For the gateway itself, which may answer it. */
export const DELIVER = 4;
/** Nothing is attached (replay): the frame was judged, learned and reported. */
export const OBSERVE = 5;
/** A forward from one subnet to another: as FORWARD, and the packet has one hop less to live. */
export const ROUTE = 6;
/** A drop of which the packet's sender is told by ICMP. */
export const REPORT = 7;

export function verdictOf(kind: number, detail: number): number {
  return kind | (detail << 3);
}

/** One of FORWARD to REPORT. */
export function verdictKind(verdict: number): number {
  return verdict & 7;
}

/** The egress port of a FORWARD or ROUTE, the drop reason of a DROP or REPORT, else 0. */
export function verdictDetail(verdict: number): number {
  return verdict >>> 3;
}

export const CLAIM_MOVED = 0;
export const CLAIM_CONFIRMED = 1;
export const CLAIM_NOTED = 2;
export const CLAIM_REFUSED = 3;

export const CLAIM_VERDICT_NAMES = ['moved', 'confirmed', 'noted', 'refused'] as const;
