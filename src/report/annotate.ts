/**
 * What an annotated capture says of its frames: for each frame that means something, comments in
 * words, from the result document alone. Wireshark shows them as `frame.comment`.
 */
import type {
  ClaimEntry,
  FailoverEntry,
  OutageEntry,
  ReplayResult,
  TimelineEntry,
} from '../analysis/result.ts';
import { leastOutage } from './beginning-words.ts';
import { causeClause, expectedDetection, outageCause, refusalReason } from './cause-texts.ts';
import { addressLabel, Naming } from './naming.ts';
import { duration } from './quantity.ts';

const PROGRAM = 'havip';

/** Comments by frame number, in the order in which they are to stand. */
export function commentsOf(result: ReplayResult): Map<number, string[]> {
  const notes = new Notes(result);
  for (const claim of result.claims) notes.claim(claim);
  for (const havip of result.havips) {
    for (const entry of havip.timeline) {
      notes.timeline(addressLabel(havip.ip, havip.vlan), entry);
    }
  }
  for (const failover of result.failovers) notes.failover(failover);
  for (const outage of result.outages) notes.outage(outage);
  for (const { frame, code, severity, message } of result.findings) {
    notes.add(frame, `${severity} ${code}: ${message}`);
  }
  return notes.byFrame;
}

/** Entries of the result's bounded lists that no comment could be made of. */
export function unmarked({ elided }: ReplayResult): number {
  return elided.claims + elided.timeline + elided.failovers + elided.outages + elided.findings;
}

class Notes {
  readonly byFrame = new Map<number, string[]>();
  readonly #naming: Naming;

  constructor(result: ReplayResult) {
    this.#naming = new Naming(result);
  }

  add(frame: number | null, text: string): void {
    if (frame === null) return;
    const comment = `${PROGRAM}: ${text}`;
    const known = this.byFrame.get(frame);
    if (known === undefined) this.byFrame.set(frame, [comment]);
    else if (!known.includes(comment)) known.push(comment);
  }

  claim(claim: ClaimEntry): void {
    const address = addressLabel(claim.ip, claim.vlan);
    const who = this.#naming.full(claim);
    if (claim.verdict === 'refused') {
      const why = `${claim.reason}: ${refusalReason(claim.reason)}`;
      this.add(claim.frame, `refused claim of ${address} by ${who} (${claim.form}), ${why}`);
      return;
    }
    this.add(claim.frame, `claim of ${address} by ${who} (${claim.form}) ${claim.verdict}`);
  }

  /** What no claim of its own shows. */
  timeline(address: string, entry: TimelineEntry): void {
    if (entry.cause !== 'resumed' && entry.cause !== 'station-move') return;
    this.add(entry.frame, `${address} with ${this.#naming.full(entry)}: ${entry.cause}`);
  }

  failover(failover: FailoverEntry): void {
    const { evidence, detectionSeconds, outageSeconds, blind } = failover;
    const address = addressLabel(failover.ip, failover.vlan);
    const from = this.#naming.full(failover.from);
    const to = this.#naming.full(failover.to);
    const parts = [`takeover of ${address} from ${from} by ${to}`];
    parts.push(causeClause(failover, this.#naming));
    if (detectionSeconds !== null && blind === undefined)
      parts.push(`detected in ${duration(detectionSeconds)}`);
    const expected = expectedDetection(failover);
    if (expected !== null) parts.push(`expected ${duration(expected)}`);
    const least = leastOutage(failover);
    if (least !== null) parts.push(`outage of at least ${duration(least.seconds)}`);
    else
      parts.push(outageSeconds === null ? 'outage unknown' : `outage ${duration(outageSeconds)}`);
    this.add(failover.frame, parts.join(', '));
    const before = `before the takeover in frame ${failover.frame}`;
    const after = `after the takeover in frame ${failover.frame}`;
    this.add(evidence.lastAdvertFrame, `last advert of ${from} ${before}`);
    this.add(evidence.lastServiceFrame, `last packet from ${address} ${before}`);
    this.add(evidence.firstAdvertFrame, `first advert of ${to} around frame ${failover.frame}`);
    this.add(evidence.firstServiceFrame, `first packet from ${address} ${after}`);
  }

  outage(outage: OutageEntry): void {
    const address = addressLabel(outage.ip, outage.vlan);
    const length = outage.seconds === null ? '' : ` of ${duration(outage.seconds)}`;
    const why = `${outage.unanswered} unanswered, caused by ${outageCause(outage.cause)}`;
    const what = `outage${length} of ${address} for ${outage.client.ip}`;
    this.add(outage.lastServiceFrame, `${what} begins after this answer (${why})`);
    this.add(outage.firstServiceFrame, `${what} ends with this answer (${why})`);
  }
}
