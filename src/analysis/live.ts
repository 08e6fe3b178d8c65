import type { Site } from '../dataplane/address-plan.ts';
import type { AddressWords } from '../dataplane/router.ts';
import type { Switch } from '../dataplane/switch.ts';
import { LINKTYPE_ETHERNET } from '../wire/link-type.ts';
import { Analysis } from './analysis.ts';
import { announce } from './listening.ts';
import { CAUSE_UNDECIDED, FAILOVER } from './logs.ts';
import { openGapAround } from './open-gaps.ts';
import type { FailoverEntry, ReplayListener } from './result.ts';
import { secondsOf } from './time-base.ts';

/**
 * The analysis of a switch that runs: the same analysers as in replay, fed with the frames that
 * the engine lets out, and told when time passes without any. A takeover is told when it is over:
 * at the first packet from the new holder, or two seconds after the claim.
 */
export interface Takeover extends FailoverEntry {
  /** From the claim's arrival to the first frame that left for the new holder. */
  repointMicroseconds: number | null;
}

export interface LiveListener extends Omit<ReplayListener, 'onFailover'> {
  onTakeover(takeover: Takeover): void;
}

export interface LiveOptions {
  /** Seconds since 1970 of the moment from which `now` counts nanoseconds. */
  readonly base: number;
  readonly allClaims: boolean;
  /** The switch reports what its guards refuse, and lets it pass. */
  readonly dryRun: boolean;
}

/** How long a takeover may wait for its first answer, in nanoseconds. */
const ANSWER_WAIT = 2e9;
/** Entries of each list that are kept; events have been told long before. */
const KEPT = 5000;
const TAKEOVERS_MAX = 4096;

interface Waiting {
  sequence: number;
  id: number;
  claimed: number;
  /** Microseconds; null until a frame went to the new holder. */
  repoint: number | null;
}

export class LiveAnalysis {
  private readonly analysis: Analysis;
  private readonly listener: LiveListener;
  private readonly waiting: Waiting[] = [];
  private failovers = 0;
  private refused = 0;

  constructor(site: Site, options: LiveOptions, listener: LiveListener) {
    const { dryRun } = options;
    this.analysis = new Analysis(site, KEPT, options.allClaims, { dryRun });
    this.analysis.times.nowOf(options.base, 0, 0);
    this.analysis.clock.start = 0;
    this.analysis.addressDetectors.tellAtOnce();
    this.listener = listener;
    const replayListener: ReplayListener = {
      onClaim: (claim) => listener.onClaim(claim),
      onTimeline: (ip, vlan, entry) => listener.onTimeline(ip, vlan, entry),
      onFailover: () => {},
      onOutage: (outage) => listener.onOutage(outage),
      onFinding: (finding) => listener.onFinding(finding),
    };
    announce(this.analysis, replayListener);
  }

  /** The switch of the analysis: what is bound or unbound live is to be told to it, too. */
  get owner(): Switch {
    return this.analysis.owner;
  }

  /** Number of the frame that came last. */
  get frame(): number {
    return this.analysis.clock.frame;
  }

  /** A frame that the engine let out, at `now`, and the reason for which it refused it. */
  onFrame(view: DataView, at: number, end: number, now: number, refused: number): void {
    const { analysis } = this;
    const { clock, logs } = analysis;
    clock.now = Math.max(now, clock.now);
    clock.frame++;
    analysis.owner.setNow(clock.now);
    analysis.owner.judge.given = refused;
    analysis.onFrame(view, at, end, LINKTYPE_ETHERNET);
    for (; this.failovers < logs.failovers.count; this.failovers++) this.await(this.failovers);
    if (this.waiting.length > 0) this.answer(clock.now);
  }

  /** The holder of an address was unbound, at `now`. */
  onUnbound(id: number, now: number): void {
    const { analysis } = this;
    analysis.clock.now = Math.max(now, analysis.clock.now);
    analysis.ownership.onUnbound(id);
  }

  /** A frame left for the new holder of an address, `elapsed` nanoseconds after its claim. */
  onRepointed(network: number, ip: string, elapsed: number): void {
    const { entries, owner } = this.analysis;
    for (const one of this.waiting) {
      if (one.repoint !== null || owner.book.network(one.id) !== network) continue;
      if (entries.ip(one.id) === ip) {
        one.repoint = Math.round(elapsed / 10) / 100;
      }
    }
  }

  /** Id of an address, 0 where it has none; IPv4 addresses are in the last word. */
  idOf(network: number, family: number, words: AddressWords): number {
    const { addresses4, addresses6 } = this.analysis.owner;
    const table = family === 4 ? addresses4 : addresses6;
    const entry =
      family === 4 ? addresses4.find(network, words[3]) : addresses6.find(network, ...words);
    return entry < 0 ? 0 : table.tag(entry);
  }

  /** How long an address went unanswered around a moment; null where nothing tells. */
  outageAround(id: number, now: number): number | null {
    const gap = openGapAround(this.analysis.outages.clients, id, now);
    return Number.isNaN(gap) ? null : secondsOf(gap);
  }

  /** Time has passed; to be called some times a second. */
  poll(now: number): void {
    const { clock, failovers } = this.analysis;
    clock.now = Math.max(now, clock.now);
    failovers.settle();
    this.answer(clock.now);
    this.analysis.addressDetectors.poll();
    this.tellRefusals();
  }

  /** The end: whatever waits is told, and what only the whole view shows. */
  finish(now: number): void {
    this.poll(now);
    this.answer(Number.POSITIVE_INFINITY);
    this.analysis.finish();
  }

  private await(sequence: number): void {
    const { failovers } = this.analysis.logs;
    if (this.waiting.length >= TAKEOVERS_MAX) this.answer(Number.POSITIVE_INFINITY);
    const id = failovers.get(sequence, FAILOVER.ID);
    const claimed = failovers.get(sequence, FAILOVER.NOW);
    this.waiting.push({ sequence, id, claimed, repoint: null });
  }

  /** Tells the takeovers that are over; those that were overtaken by another one are over, too. */
  private answer(now: number): void {
    const { logs, entries, owner, tracks } = this.analysis;
    const { waiting } = this;
    for (let i = 0; i < waiting.length; ) {
      const { sequence, id, claimed, repoint } = waiting[i] as Waiting;
      const isLate = now - claimed >= ANSWER_WAIT;
      const isOvertaken = tracks[id]?.lastFailover !== sequence;
      const isAnswered = !isOvertaken && (owner.book.marks.first[id] ?? 0) > 0;
      if (isLate || isOvertaken) this.analysis.failovers.settle(claimed);
      else if (!isAnswered || logs.failovers.get(sequence, FAILOVER.CAUSE) === CAUSE_UNDECIDED) {
        i++;
        continue;
      }
      waiting.splice(i, 1);
      const entry = entries.failover(sequence);
      const gap = openGapAround(this.analysis.outages.clients, id, claimed);
      const ended = Number.isNaN(gap) ? entry.outageSeconds : secondsOf(gap);
      // Answers alone do not tell how long somebody asked in vain.
      const isAsked = !Number.isNaN(tracks[id]?.lastRequest ?? Number.NaN);
      const outageSeconds = isAnswered && isAsked ? ended : null;
      const takeover = { ...entry, outageSeconds, repointMicroseconds: repoint };
      if (logs.failovers.isKept(sequence)) this.listener.onTakeover(takeover);
    }
  }

  /** The finding of a refusal is told once for each address, claimant and reason. */
  private tellRefusals(): void {
    const { refusals, entries } = this.analysis;
    if (refusals.size === this.refused) return;
    const fresh = refusals.findings(entries, this.refused);
    this.refused = refusals.size;
    for (const finding of fresh) this.listener.onFinding(finding);
  }
}
