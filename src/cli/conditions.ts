/** `--fail-on` and `--max-outage`: what was met while the replay ran, and what it comes to. */
import type { ClaimEntry, Finding, OutageEntry, ReplayResult } from '../analysis/result.ts';
import { longestBeginning } from '../report/beginning-words.ts';
import { counted, duration } from '../report/quantity.ts';
import { isUnmeasurable } from '../report/vain-words.ts';

/** A drill whose capture lacks its clients would pass every time. */
const NOTHING_ANSWERED = 'no answer of a HaVip is in the capture, which can show no outage';

export interface ConditionRequest {
  failOn: string[];
  maxOutageSeconds: number | null;
}

/**
 * Told each finding and outage as it becomes known, since the result's lists are bounded; told
 * the result's lists in the end, too, for what was known only then.
 */
export class Conditions {
  readonly #request: ConditionRequest;
  readonly #codes = new Set<string>();
  #longest = 0;
  /** Nobody saw its end: it lasted at least so long. */
  #isBound = false;

  constructor(request: ConditionRequest) {
    this.#request = request;
  }

  get areAsked(): boolean {
    return this.#request.failOn.length > 0 || this.#request.maxOutageSeconds !== null;
  }

  /** A refusal is a finding only when the replay has ended, and may then be left out. */
  onClaim(claim: ClaimEntry): void {
    if (claim.verdict === 'refused') this.#codes.add('claim-refused');
  }

  onFinding(finding: Finding): void {
    this.#codes.add(finding.code);
  }

  onOutage({ seconds, isLost, firstServiceFrame }: OutageEntry): void {
    if (seconds === null || seconds <= this.#longest) return;
    this.#longest = seconds;
    this.#isBound = isLost === true || firstServiceFrame === null;
  }

  /** A line for each condition that holds, and for what could not be measured. */
  judge(result: ReplayResult, unmeasured: number): { holds: boolean; lines: string[] } {
    for (const finding of result.findings) this.onFinding(finding);
    for (const outage of result.outages) this.onOutage(outage);
    const { failOn, maxOutageSeconds: limit } = this.#request;
    const met = [...new Set(failOn)].filter((code) => this.#codes.has(code));
    const lines = met.length > 0 ? [`--fail-on: found ${met.join(', ')}`] : [];
    if (limit === null) return { holds: met.length > 0, lines };
    // One whose beginning is not in the capture lasted at least so long, which may be enough.
    const least = longestBeginning(result)?.seconds ?? 0;
    const longest = Math.max(this.#longest, least);
    const isLonger = longest > limit;
    const parts: string[] = [];
    if (isLonger) {
      const bound = this.#isBound || longest > this.#longest ? 'at least ' : '';
      parts.push(`an outage of ${bound}${duration(longest)} is longer than ${duration(limit)}`);
    }
    if (unmeasured > 0) parts.push(`${counted(unmeasured, 'outage')} could not be measured`);
    if (parts.length === 0 && isUnmeasurable(result)) parts.push(NOTHING_ANSWERED);
    if (parts.length > 0) lines.push(`--max-outage: ${parts.join('; ')}`);
    return { holds: met.length > 0 || isLonger, lines };
  }
}
