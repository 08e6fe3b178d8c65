/**
 * The report that follows a capture as it grows: one line for each thing as it becomes known.
 * Equal refusals in quick succession become one line a second with their number.
 */
import type {
  ClaimEntry,
  FailoverEntry,
  Finding,
  OutageEntry,
  ReplayListener,
  TimelineEntry,
} from '../analysis/result.ts';
import { outageCause, refusalReason } from './cause-texts.ts';
import { wrap } from './layout.ts';
import { addressLabel } from './naming.ts';
import { type Look, paint, printable, type Tone } from './page.ts';
import { clockTime, duration, frameLabel } from './quantity.ts';

/** Told each line with the moment it speaks of (seconds since the first frame, or null). */
export type LineSink = (line: string, t: number | null) => void;

const HANG = 4;
const QUIET_SECONDS = 1;
const QUIET_KINDS_MAX = 1000;

interface Quiet {
  since: number;
  count: number;
}

export class Follower implements ReplayListener {
  readonly #look: Look;
  readonly #sink: LineSink;
  readonly #quiet = new Map<string, Quiet>();

  constructor(look: Look, sink: LineSink) {
    this.#look = look;
    this.#sink = sink;
  }

  onClaim(claim: ClaimEntry): void {
    const who = party(claim);
    const address = addressLabel(claim.ip, claim.vlan);
    if (claim.verdict === 'refused') {
      this.#refusal(claim, `${address} refused to ${who}: ${refusalReason(claim.reason)}`);
      return;
    }
    const verb = claim.verdict === 'moved' ? '→' : claim.verdict;
    const tone = claim.verdict === 'moved' ? 'strong' : 'dim';
    this.#say(claim, `${address} ${verb} ${who} (${claim.form}, frame ${frameLabel(claim)})`, tone);
  }

  /** Changes that no claim of their own shows: the rest is told by the claim already. */
  onTimeline(ip: string, vlan: number | null, entry: TimelineEntry): void {
    const address = addressLabel(ip, vlan);
    if (entry.mac === null) this.#say(entry, `${address} has no holder any more`, 'warn');
    else if (entry.cause === 'station-move' || entry.cause === 'resumed') {
      const what = `${address} with ${party(entry)}: ${entry.cause}`;
      this.#say(entry, `${what} (frame ${frameLabel(entry)})`, 'plain');
    }
  }

  onFailover(failover: FailoverEntry): void {
    const { detectionSeconds, outageSeconds, blind } = failover;
    const parts = [`failover of ${addressLabel(failover.ip, failover.vlan)}`];
    parts.push(`from ${party(failover.from)} to ${party(failover.to)}: ${failover.cause}`);
    if (detectionSeconds !== null && blind === undefined)
      parts.push(`detected in ${duration(detectionSeconds)}`);
    // 0 is not final yet: an outage that ends later is told in a line of its own.
    if (outageSeconds) parts.push(`outage ${duration(outageSeconds)}`);
    this.#say(failover, `${parts[0]} ${parts.slice(1).join(', ')}`, 'bad');
  }

  onOutage(outage: OutageEntry): void {
    const length = outage.seconds === null ? '' : ` for ${duration(outage.seconds)}`;
    const end = outage.isLost ? ', whose requests pass out of sight' : ', and still does not';
    const open = outage.firstServiceFrame === null ? end : '';
    const address = addressLabel(outage.ip, outage.vlan);
    const what = `${address} did not answer ${outage.client.ip}${length}${open}`;
    this.#say(outage, `${what}: ${outageCause(outage.cause)}`, 'bad');
  }

  onFinding(finding: Finding): void {
    const tone = finding.severity === 'error' ? 'bad' : 'warn';
    this.#say(finding, `${finding.severity} ${finding.code}: ${finding.message}`, tone);
  }

  #refusal(claim: ClaimEntry, text: string): void {
    const key = `${claim.ip} ${claim.vlan} ${claim.mac} ${claim.reason}`;
    const quiet = this.#quiet.get(key);
    const t = claim.t ?? 0;
    if (quiet !== undefined && t - quiet.since < QUIET_SECONDS && t >= quiet.since) {
      quiet.count++;
      return;
    }
    if (this.#quiet.size >= QUIET_KINDS_MAX) this.#quiet.clear();
    this.#quiet.set(key, { since: t, count: 0 });
    const before = quiet === undefined || quiet.count === 0 ? '' : `, and ${quiet.count} before`;
    this.#say(claim, `${text} (${claim.form}, frame ${frameLabel(claim)}${before})`, 'bad');
  }

  #say(moment: { time: string | null; t: number | null }, text: string, tone: Tone): void {
    const safe = printable(`${clockTime(moment.time)}  ${text}`, this.#look);
    const { width } = this.#look;
    const [first = '', ...more] = wrap(safe, width);
    const rest = more.length === 0 ? [] : wrap(more.join(' '), width - HANG);
    const lines = [first, ...rest.map((line) => ' '.repeat(HANG) + line)];
    const painted = lines.map((line) => paint(line, tone, this.#look));
    this.#sink(painted.join('\n') + '\n', moment.t);
  }
}

function party(who: { mac: string | null; name: string | null; speaker?: string | null }): string {
  const name = who.name ?? who.speaker ?? null;
  return name === null || who.mac === null ? (who.mac ?? 'nobody') : `${name} (${who.mac})`;
}
