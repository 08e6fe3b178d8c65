import { Claim, claimFromArp, claimFromNeighbor } from '../arp/claim.ts';
import type { IpTable4, IpTable6 } from '../fdb/ip-table.ts';
import { MacTable } from '../fdb/mac-table.ts';
import { LINKTYPE_ETHERNET } from '../wire/link-type.ts';
import { isGroupMacHigh } from '../wire/mac.ts';
import { AddressBook } from './address-book.ts';
import type { AddressPlan } from './address-plan.ts';
import { AnnouncementWay } from './announcement-way.ts';
import type { ArpPolicer } from './arp-policer.ts';
import { ClaimGuard } from './claim-guard.ts';
import * as frame from './classifier.ts';
import { Classifier } from './classifier.ts';
import * as reason from './drop-reason.ts';
import type { Forwarding } from './forwarding.ts';
import { NeighborTable } from './neighbor-table.ts';
import type { SwitchObserver } from './observer.ts';
import { ServiceNotes } from './service-notes.ts';
import { type FrameSlices, ShortWay } from './short-way.ts';
import { SourceCensus } from './source-census.ts';
import * as verdict from './verdict.ts';

/**
 * The switch: one frame in, one verdict out. `ingress` is the frame's way, top to bottom, in the
 * order of policy: Ethernet check, reserved address, source guard, claim guard, learn, resolve.
 * A refused frame changes no table. The same object runs live and in replay; in replay no port is
 * attached, so it only observes: the guards count and report but hide no evidence from the
 * observer. It reads no clock, prints nothing and never throws on what a frame holds.
 */
export interface SwitchOptions {
  readonly observer: SwitchObserver;
  /** Null observes without refusing anything. */
  readonly plan: AddressPlan | null;
  /** Null where nothing is attached (replay). */
  readonly forwarding: Forwarding | null;
  readonly policer: ArpPolicer | null;
  readonly maximumStations?: number;
  readonly maximumAddresses?: number;
}

/** Stations, and addresses of each family, held at most where the options say nothing. */
const ENTRIES_MAX = 1 << 20;
/** An observer keeps what it knows of each for ever, so there are fewer. */
const OBSERVED_MAX = 1 << 16;
/** Ages are kept in milliseconds. */
const TICKS_PER_NANOSECOND = 1e-6;

export class Switch {
  readonly classifier = new Classifier();
  readonly stations: MacTable;
  readonly neighbors: NeighborTable;
  readonly addresses4: IpTable4;
  readonly addresses6: IpTable6;
  readonly book: AddressBook;
  /** Frames stopped, by drop reason. */
  readonly drops = new Float64Array(reason.DROP_REASON_NAMES.length);
  private readonly observer: SwitchObserver;
  private readonly plan: AddressPlan | null;
  private readonly guard: ClaimGuard | null;
  private readonly forwarding: Forwarding | null;
  private readonly policer: ArpPolicer | null;
  private readonly observes: boolean;
  /** Observes, and judges no IP sources: most packets then concern nobody. */
  readonly isTransparent: boolean;
  private readonly census: SourceCensus;
  /** Of packets that concern nobody; to be taken only where the switch is transparent. */
  readonly shortWay: ShortWay;
  private readonly announcements: AnnouncementWay;
  private readonly service: ServiceNotes;
  private readonly claim = new Claim();
  private now = 0;
  private tick = 0;

  constructor(options: SwitchOptions) {
    const plan = options.plan;
    this.observer = options.observer;
    this.plan = plan;
    this.book = plan === null ? new AddressBook() : plan.book;
    this.guard = plan === null ? null : new ClaimGuard(plan.rules, plan.enis, plan.book);
    this.forwarding = options.forwarding;
    this.policer = options.policer;
    this.observes = options.forwarding === null;
    this.isTransparent = this.observes && (plan === null || plan.sourceGuard === null);
    const usual = this.observes ? OBSERVED_MAX : ENTRIES_MAX;
    this.stations = new MacTable({ maximum: options.maximumStations ?? usual });
    this.census = new SourceCensus(this.stations);
    const maximum = options.maximumAddresses ?? usual;
    this.neighbors = new NeighborTable(this.book, plan, maximum, this.observes);
    this.shortWay = new ShortWay(this.neighbors, this.book, this.census);
    this.addresses4 = this.neighbors.addresses4;
    const { classifier, claim, observer, book, observes, addresses4: table } = this;
    const parts = { classifier, claim, observer, book, observes, table, plan };
    this.announcements = new AnnouncementWay(parts);
    this.service = new ServiceNotes(classifier, this.neighbors, observer);
    this.addresses6 = this.neighbors.addresses6;
  }

  /** The time of this breath, nanoseconds; frames of one breath share it. */
  setNow(now: number): void {
    this.now = now;
    this.tick = (now * TICKS_PER_NANOSECOND) | 0;
    this.shortWay.tick = this.tick;
  }

  /**
   * Judges the frame [at, end) of `view`, at the time last given to `setNow`. `port` is the
   * ingress port (0 in replay). The verdict is an integer, see verdict.ts.
   */
  ingress(view: DataView, at: number, end: number, linkType: number, port: number): number {
    const seen = this.classifier;
    if (linkType === LINKTYPE_ETHERNET && this.policer === null) {
      if (this.announcements.take(view, at, end, port, this.tick)) return this.announced(port);
    }
    if (this.isTransparent && linkType === LINKTYPE_ETHERNET && seen.isPlainIpv4(view, at, end)) {
      return this.passIpv4(view, at, end);
    }
    const carries = seen.classify(view, at, end, linkType);
    if (carries === frame.CARRIES_FAULT) return this.drop(reason.MALFORMED);
    const link = seen.link;
    const stop = link.hasEthernet ? this.checkEthernet() : reason.ALLOWED;
    if (stop !== reason.ALLOWED && !this.observes) return this.drop(stop);
    if (this.plan !== null && this.plan.sourceGuard !== null) {
      const spoofed = this.guardSource(view, port);
      if (spoofed !== reason.ALLOWED && !this.observes) return this.drop(spoofed);
    }
    if (carries === frame.CARRIES_ARP || carries === frame.CARRIES_ND) {
      const refused = this.judgeClaim(view, port);
      if (refused !== reason.ALLOWED) return this.drop(refused);
    }
    if (this.observes && seen.network === 0 && stop === reason.ALLOWED && link.hasEthernet) {
      this.census.count(link.sourceHigh, link.sourceLow | 0, this.tick);
    } else if (link.hasSource) {
      this.stations.learn(seen.network, link.sourceHigh, link.sourceLow, port, this.tick);
    }
    if (carries === frame.CARRIES_VRRP) this.observer.onAdvert(view, seen);
    if (seen.family !== 0) this.service.note(view);
    if (this.forwarding === null) return verdict.OBSERVE;
    const way = this.forwarding.resolve(this, view, port);
    return verdict.verdictKind(way) === verdict.DROP ? this.drop(verdict.verdictDetail(way)) : way;
  }

  /**
   * Gives an address an entry before anybody claimed it, so that its packets are noted; returns
   * its id, 0 where the table is full. IPv4 addresses are in `w3`.
   */
  follow(network: number, family: 4 | 6, w0: number, w1: number, w2: number, w3: number): number {
    const claim = this.claim;
    claim.network = network;
    claim.family = family;
    claim.address = family === 4 ? w3 : 0;
    claim.word0 = w0;
    claim.word1 = w1;
    claim.word2 = w2;
    claim.word3 = family === 4 ? 0 : w3;
    const known = this.neighbors.find(claim);
    const entry = known >= 0 ? known : this.neighbors.define(claim);
    return entry < 0 ? 0 : this.neighbors.tableOf(claim).tag(entry);
  }

  /**
   * When only watching: passes over the frames of a batch, from index `from`, of which nothing is
   * to be reported; returns the index of the first that is for `ingress`. `position` is the
   * observer's number of the frame before the batch.
   */
  passOver(slices: FrameSlices, from: number, position: number): number {
    if (!this.isTransparent) return from;
    const next = this.shortWay.pass(slices, from, position);
    this.classifier.passPlainIpv4(next - from);
    return next;
  }

  /** Brings the station table up to date; to be called before it is read. */
  flushCensus(): void {
    this.census.flush(this.tick);
  }

  /**
   * The short way of an untagged IPv4 packet without options when only watching: most concern no
   * address that is followed, and are counted and learned and nothing else.
   */
  private passIpv4(view: DataView, at: number, end: number): number {
    this.census.count(view.getUint16(at + 6), view.getInt32(at + 8), this.tick);
    const isTo = this.neighbors.filter.mayHold(view.getInt32(at + 30));
    const isFrom = this.neighbors.filter.mayHold(view.getInt32(at + 26));
    if (isTo || isFrom) {
      this.classifier.takePlainIpv4(view, at, end);
      if (isTo) this.service.noteTo4(view);
      if (isFrom) this.service.noteFrom4(view);
    } else {
      this.classifier.passPlainIpv4(1);
    }
    return verdict.OBSERVE;
  }

  /** What is left to do for a frame that has gone the announcement's way. */
  private announced(port: number): number {
    const { sourceHigh, sourceLow } = this.classifier.link;
    if (this.observes) this.census.count(sourceHigh, sourceLow | 0, this.tick);
    else this.stations.learn(0, sourceHigh, sourceLow, port, this.tick);
    if (this.forwarding === null) return verdict.OBSERVE;
    const way = this.forwarding.announced;
    return verdict.verdictKind(way) === verdict.DROP ? this.drop(verdict.verdictDetail(way)) : way;
  }

  private drop(why: number): number {
    this.drops[why]!++;
    return verdict.verdictOf(verdict.DROP, why);
  }

  /** IEEE 802.1Q 8.6.3: 01-80-C2-00-00-00 to -0F stay here; a group or zero source is no source. */
  private checkEthernet(): number {
    const link = this.classifier.link;
    if (link.destinationHigh === 0x0180 && link.destinationLow >>> 4 === 0xc200000) {
      return reason.RESERVED_ADDRESS;
    }
    const isNone = link.sourceHigh === 0 && link.sourceLow === 0;
    return isNone || isGroupMacHigh(link.sourceHigh) ? reason.INVALID_SOURCE : reason.ALLOWED;
  }

  /** Counts by itself only where it observes; live, the caller drops and counts. */
  private guardSource(view: DataView, port: number): number {
    const plan = this.plan as AddressPlan;
    const seen = this.classifier;
    const link = seen.link;
    if (!link.hasSource) return reason.ALLOWED;
    const eni = plan.enis.find(link.sourceHigh, link.sourceLow);
    if (eni < 0 || (!this.observes && plan.enis.port(eni) !== port)) {
      return this.observes || !plan.rules.enforces ? reason.ALLOWED : reason.SOURCE_MAC;
    }
    if (seen.family === 0 || !plan.enis.isChecked(eni) || plan.sourceGuard === null) {
      return reason.ALLOWED;
    }
    const allowed =
      seen.family === 4
        ? plan.sourceGuard.allowsIpv4(eni, view, seen.packet)
        : plan.sourceGuard.allowsIpv6(eni, view, seen.packet);
    if (allowed) return reason.ALLOWED;
    if (this.observes) this.drops[reason.SOURCE_IP]!++;
    this.observer.onSpoofed(view, seen);
    return reason.SOURCE_IP;
  }

  /** The claim guard's step: ALLOWED where the frame claims nothing or may claim what it does. */
  private judgeClaim(view: DataView, port: number): number {
    const claim = this.claim;
    const seen = this.classifier;
    if (!this.readClaim(view, claim)) return reason.ALLOWED;
    const { neighbors } = this;
    const entry = neighbors.find(claim);
    const table = neighbors.tableOf(claim);
    const id = entry < 0 ? 0 : table.tag(entry);
    if (this.guard !== null && this.plan !== null) {
      const judged = id === 0 ? this.plan.policyOf(claim) : id;
      const holder = entry < 0 ? 0 : table.mac(entry);
      const where = this.observes ? -1 : port;
      const why = this.guard.authorize(claim, judged, where, seen.link.hasSource, holder);
      if (why !== reason.ALLOWED) return this.refuse(claim, id, why);
    }
    if (this.policer !== null && !this.policer.admits(port, this.now)) {
      return this.refuse(claim, id, reason.RATE_LIMITED);
    }
    const known = id === 0 ? neighbors.define(claim) : entry;
    if (known < 0) {
      this.drops[reason.TABLE_FULL]!++;
    } else {
      const outcome = neighbors.apply(claim, known, port, this.tick);
      this.announcements.grant(known);
      this.observer.onClaim(claim, table.tag(known), outcome, reason.ALLOWED);
    }
    return reason.ALLOWED;
  }

  private readClaim(view: DataView, claim: Claim): boolean {
    const seen = this.classifier;
    const link = seen.link;
    claim.network = seen.network;
    claim.sourceHigh = link.sourceHigh;
    claim.sourceLow = link.sourceLow;
    claim.destinationHigh = link.destinationHigh;
    claim.destinationLow = link.destinationLow;
    return seen.carries === frame.CARRIES_ARP
      ? claimFromArp(view, seen.packet, claim)
      : claimFromNeighbor(view, seen.packet, seen.upperAt, seen.upperEnd, claim);
  }

  /** Replay wants to know the address of a refused claim too; live, a refusal defines nothing. */
  private refuse(claim: Claim, id: number, why: number): number {
    let known = id;
    if (known === 0 && this.observes) {
      const entry = this.neighbors.define(claim);
      if (entry >= 0) known = this.neighbors.tableOf(claim).tag(entry);
    }
    this.observer.onClaim(claim, known, verdict.CLAIM_REFUSED, why);
    return why;
  }
}
