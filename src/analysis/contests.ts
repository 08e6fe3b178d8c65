import { type Claim, isAnswer } from '../arp/claim.ts';
import { CLAIM_NOTED } from '../dataplane/verdict.ts';
import type { Claimants } from './claimants.ts';
import type { Track } from './track.ts';

/**
 * Addresses that two hosts claim. A switch that forwards by IP answers for all of its hosts, which
 * makes none of their addresses a virtual one; that it is such a switch may show only later.
 */

/** Every claim that was not refused: is it of another than the holder? */
export function contest(
  track: Track,
  claim: Claim,
  mac: number,
  outcome: number,
  claimants: Claimants,
): void {
  if (track.holder === 0 || mac === track.holder) return;
  const answers = outcome === CLAIM_NOTED && isAnswer(claim.form);
  if (!answers || claimants.isHost(mac)) track.isContested = true;
  else track.answerer = mac;
}

/** At the end: an announced one, for which somebody else answered who is no such switch. */
export function isContestedAfterAll(track: Track, claimants: Claimants): boolean {
  if (track.answerer === 0 || claimants.mayAnswerForOthers(track.answerer)) return false;
  track.isContested = true;
  return track.isAnnounced;
}
