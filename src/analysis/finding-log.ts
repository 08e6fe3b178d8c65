import type { Clock } from './clock.ts';
import type { Entries } from './entries.ts';
import type { Finding, Severity } from './result.ts';

/**
 * The findings that detectors raise while frames pass: each with its evidence frame, the moment
 * and the address, in words for the operator. A detector raises a finding once for each subject
 * and counts the rest itself, so making text here costs no frame anything. Bounded: the first and
 * the last `limit` are kept, the count stays exact.
 */
export interface Discovery {
  readonly code: string;
  readonly severity: Severity;
  /** Id of the address that it is about; 0 for none. */
  readonly id: number;
  /** The evidence: its number, 0 for none, and its time, NaN for none. */
  readonly frame: number;
  readonly stamp: number;
  readonly message: string;
  readonly advice: string;
}

export class FindingLog {
  onFinding: ((finding: Finding) => void) | null = null;
  /** How addresses, names and times are written. */
  readonly entries: Entries;
  private readonly clock: Clock;
  private readonly limit: number;
  private readonly first: Finding[] = [];
  private readonly last: Finding[] = [];
  /** Findings ever raised. */
  count = 0;

  constructor(clock: Clock, entries: Entries, limit: number) {
    this.clock = clock;
    this.entries = entries;
    this.limit = limit;
  }

  /** Raises a finding whose evidence is the present frame. */
  raiseNow(discovery: Omit<Discovery, 'frame' | 'stamp'>): Finding {
    const { frame, stamp } = this.clock;
    return this.raise({ ...discovery, frame, stamp });
  }

  /** Gives the finding, whose words may still be completed until the document is made. */
  raise(discovery: Discovery): Finding {
    const { code, severity, id, frame, stamp, message, advice } = discovery;
    const { entries } = this;
    const finding: Finding = {
      code,
      severity,
      ...entries.moment(stamp, frame),
      frame: frame === 0 ? null : frame,
      vlan: id === 0 ? null : entries.vlan(id),
      ip: id === 0 ? null : entries.ip(id),
      message,
      advice,
    };
    this.count++;
    if (this.limit === 0 || this.first.length < this.limit) this.first.push(finding);
    else this.last.push(finding);
    if (this.limit > 0 && this.last.length > this.limit) this.last.shift();
    this.onFinding?.(finding);
    return finding;
  }

  /** Those kept, in the order in which they were raised. */
  kept(): Finding[] {
    return [...this.first, ...this.last];
  }
}
