import { type Claim, claimFromArp, claimFromNeighbor } from '../arp/claim.ts';
import { macFromHalves } from '../wire/mac.ts';
import { isHavipPolicy } from './address-book.ts';
import type { AddressPlan } from './address-plan.ts';
import type { AnnouncementWay } from './announcement-way.ts';
import type { ArpPolicer } from './arp-policer.ts';
import { ClaimGuard } from './claim-guard.ts';
import type { Classifier } from './classifier.ts';
import * as frame from './classifier.ts';
import * as reason from './drop-reason.ts';
import type { NeighborTable } from './neighbor-table.ts';
import type { ClaimObserver } from './observer.ts';
import * as verdict from './verdict.ts';

/**
 * The claim guard's step of a frame's way: what does it assert, may it, and then be it so. A claim
 * that is refused changes no table.
 */
export interface ClaimParts {
  readonly classifier: Classifier;
  /** The claim in hand, written for each frame. */
  readonly claim: Claim;
  readonly neighbors: NeighborTable;
  readonly plan: AddressPlan | null;
  readonly policer: ArpPolicer | null;
  readonly observer: ClaimObserver;
  readonly announcements: AnnouncementWay;
  readonly drops: Float64Array;
  /** Whether ports are unknown. */
  readonly observes: boolean;
  /** Whether a refused claim is reported and let stand. */
  readonly dryRun: boolean;
}

export class ClaimJudge {
  private readonly classifier: Classifier;
  private readonly neighbors: NeighborTable;
  private readonly plan: AddressPlan | null;
  private readonly guard: ClaimGuard | null;
  private readonly policer: ArpPolicer | null;
  private readonly observer: ClaimObserver;
  private readonly announcements: AnnouncementWay;
  private readonly drops: Float64Array;
  private readonly observes: boolean;
  private readonly dryRun: boolean;
  private readonly claim: Claim;
  /**
   * When only watching: why the engine that saw the frame in hand refused it, for it knows ports
   * and rates; ALLOWED where it did not, or there is none.
   */
  given: number = reason.ALLOWED;

  /** False where every switch drops the frame in hand: what it claims then changes nothing. */
  isHeard = true;

  constructor(parts: ClaimParts) {
    const { plan } = parts;
    this.classifier = parts.classifier;
    this.claim = parts.claim;
    this.neighbors = parts.neighbors;
    this.plan = plan;
    this.guard = plan === null ? null : new ClaimGuard(plan.rules, plan.enis, plan.book);
    this.policer = parts.policer;
    this.observer = parts.observer;
    this.announcements = parts.announcements;
    this.drops = parts.drops;
    this.observes = parts.observes;
    this.dryRun = parts.dryRun;
  }

  /**
   * ALLOWED where the frame that was just classified claims nothing or may claim what it does;
   * else the reason of the refusal, which in a dry run changes nothing.
   */
  judge(view: DataView, port: number, now: number, tick: number): number {
    const { claim, neighbors } = this;
    if (!this.read(view)) return reason.ALLOWED;
    const entry = neighbors.find(claim);
    const id = entry < 0 ? 0 : neighbors.tableOf(claim).tag(entry);
    const { given } = this;
    const why = given === reason.ALLOWED ? this.authorize(entry, id, port) : given;
    if (why !== reason.ALLOWED) {
      if (given === reason.ALLOWED && this.isProxyAnswer()) return reason.ALLOWED;
      this.refuse(id, why);
      if (!this.dryRun) return why;
    } else if (this.policer !== null && !this.policer.admits(port, now)) {
      this.refuse(id, reason.RATE_LIMITED);
      return reason.RATE_LIMITED;
    }
    if (!this.isHeard) return why;
    const known = id === 0 ? neighbors.define(claim) : entry;
    if (known < 0) {
      this.drops[reason.TABLE_FULL]!++;
    } else {
      const outcome = neighbors.apply(claim, known, port, tick);
      if (why === reason.ALLOWED) this.announcements.grant(known);
      this.observer.onClaim(claim, neighbors.tableOf(claim).tag(known), outcome, reason.ALLOWED);
    }
    return why;
  }

  /**
   * When only watching: the cloud itself answers, with its own MAC for its hosts'. An engine knows
   * its answers from those that a host has forged.
   */
  private isProxyAnswer(): boolean {
    const { claim, proxyMac } = this;
    if (!this.observes || proxyMac === 0) return false;
    return macFromHalves(claim.macHigh, claim.macLow) === proxyMac;
  }

  /** MAC of a switch that forwards by IP, by its provider's rules; 0 where none is known. */
  get proxyMac(): number {
    return this.plan === null ? 0 : this.plan.proxyMac;
  }

  /**
   * Of a frame that the source guard stopped: why the claim in it would have been refused, which
   * the observer is told; `stopped` where it would not, or there is none. It changes no table.
   */
  refusal(view: DataView, port: number, stopped: number): number {
    if (!this.read(view)) return stopped;
    const { claim, neighbors } = this;
    const entry = neighbors.find(claim);
    const id = entry < 0 ? 0 : neighbors.tableOf(claim).tag(entry);
    const refused = this.authorize(entry, id, port);
    const why = refused === reason.ALLOWED ? stopped : refused;
    this.refuse(id, why);
    return why;
  }

  /**
   * Gives an address an entry before anybody claimed it; returns it, -1 where the table is full.
   * IPv4 addresses are in `w3`.
   */
  define(network: number, family: 4 | 6, w0: number, w1: number, w2: number, w3: number): number {
    const { claim, neighbors } = this;
    this.describe(network, family, w0, w1, w2, w3);
    const known = neighbors.find(claim);
    return known >= 0 ? known : neighbors.define(claim);
  }

  /** The same for a configured HaVip of that network; -1 where the address is none. */
  defineHavip(network: number, family: 4 | 6, w0: number, w1: number, w2: number, w3: number) {
    const { claim, plan } = this;
    this.describe(network, family, w0, w1, w2, w3);
    const isHavip = plan !== null && isHavipPolicy(plan.book.policy(plan.policyOf(claim)));
    return isHavip ? this.neighbors.define(claim) : -1;
  }

  private authorize(entry: number, id: number, port: number): number {
    const { claim, plan, guard } = this;
    if (guard === null || plan === null) return reason.ALLOWED;
    const judged = id === 0 ? plan.policyOf(claim) : id;
    const holder = entry < 0 ? 0 : this.neighbors.tableOf(claim).mac(entry);
    const where = this.observes ? -1 : port;
    return guard.authorize(claim, judged, where, this.classifier.link.hasSource, holder);
  }

  private describe(network: number, family: 4 | 6, w0: number, w1: number, w2: number, w3: number) {
    const { claim } = this;
    claim.network = network;
    claim.family = family;
    claim.address = family === 4 ? w3 : 0;
    claim.word0 = w0;
    claim.word1 = w1;
    claim.word2 = w2;
    claim.word3 = family === 4 ? 0 : w3;
  }

  private read(view: DataView): boolean {
    const { claim, classifier: seen } = this;
    claim.network = seen.network;
    return seen.carries === frame.CARRIES_ARP
      ? claimFromArp(view, seen.packet, claim)
      : claimFromNeighbor(view, seen.packet, seen.upperAt, seen.upperEnd, claim);
  }

  /** Replay wants to know the address of a refused claim too; live, a refusal defines nothing. */
  private refuse(id: number, why: number): void {
    const { claim, neighbors } = this;
    let known = id;
    if (known === 0 && this.observes) {
      const entry = neighbors.define(claim);
      if (entry >= 0) known = neighbors.tableOf(claim).tag(entry);
    }
    this.observer.onClaim(claim, known, verdict.CLAIM_REFUSED, why);
  }
}
