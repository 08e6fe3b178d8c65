import { Claim } from '../arp/claim.ts';
import type { IpTable4, IpTable6 } from '../fdb/ip-table.ts';
import { MacTable } from '../fdb/mac-table.ts';
import { PROTOCOL_ICMP } from '../wire/ipv4.ts';
import { LINKTYPE_ETHERNET } from '../wire/link-type.ts';
import { isGroupMacHigh } from '../wire/mac.ts';
import { AddressBook } from './address-book.ts';
import type { AddressPlan } from './address-plan.ts';
import { AnnouncementWay } from './announcement-way.ts';
import type { ArpPolicer } from './arp-policer.ts';
import { ClaimJudge } from './claim-judge.ts';
import * as frame from './classifier.ts';
import * as reason from './drop-reason.ts';
import type { Forwarding } from './forwarding.ts';
import { Moves } from './moves.ts';
import { NeighborTable } from './neighbor-table.ts';
import type { SwitchObserver } from './observer.ts';
import { ServiceNotes } from './service-notes.ts';
import { ShortWay } from './short-way.ts';
import { SourceCensus } from './source-census.ts';
import { SourceCheck } from './source-check.ts';
import * as verdict from './verdict.ts';
import type { VlanPorts } from './vlan-ports.ts';

/**
 * The switch: one frame in, one verdict out. `ingress` is the frame's way, top to bottom, in the
 * order of policy: Ethernet check, reserved address, source guard, claim guard, learn, responder,
 * router, resolve (these three are the forwarding's). A refused frame changes no table. The same
 * object runs live and in replay; in replay no port is attached, so it only observes: the guards
 * count and report but hide no evidence from the observer. It reads no clock, prints nothing and
 * never throws on what a frame holds.
 */
export interface SwitchOptions {
  readonly observer: SwitchObserver;
  /** Null observes without refusing anything. */
  readonly plan: AddressPlan | null;
  /** Null where nothing is attached (replay). */
  readonly forwarding: Forwarding | null;
  readonly policer: ArpPolicer | null;
  /** Live: the networks of each port. Absent: a frame's network is its VID, on every port. */
  readonly vlans?: VlanPorts | null;
  /** Live: what the guards refuse is reported and let pass. */
  readonly dryRun?: boolean;
  readonly maximumStations?: number;
  /** Stations that one port may fill the table with; absent: no limit of its own. */
  readonly maximumStationsPerPort?: number;
  readonly maximumAddresses?: number;
  /** Of the tables' hashes; absent: one that is always the same, so that runs repeat exactly. */
  readonly seed?: number | undefined;
}

/** Stations, and addresses of each family, held at most where the options say nothing. */
const ENTRIES_MAX = 1 << 20;
/** An observer keeps what it knows of each for ever, so there are fewer. */
const OBSERVED_MAX = 1 << 16;
/** Ages are kept in milliseconds. */
const TICKS_PER_NANOSECOND = 1e-6;

export class Switch {
  readonly classifier = new frame.Classifier();
  readonly stations: MacTable;
  readonly neighbors: NeighborTable;
  readonly addresses4: IpTable4;
  readonly addresses6: IpTable6;
  readonly book: AddressBook;
  /** Frames stopped, by drop reason. */
  readonly drops = new Float64Array(reason.DROP_REASON_NAMES.length);
  /** In a dry run: frames that a guard would have stopped, by reason. */
  readonly passed = new Float64Array(reason.DROP_REASON_NAMES.length);
  readonly observer: SwitchObserver;
  readonly moves: Moves;
  readonly judge: ClaimJudge;
  /** The frame in hand: its first octet, the port that it came from, and when (`setNow`). */
  at = 0;
  port = 0;
  now = 0;
  private readonly forwarding: Forwarding | null;
  private readonly vlans: VlanPorts | null;
  private readonly sourceCheck: SourceCheck | null;
  readonly dryRun: boolean;
  private readonly policer: ArpPolicer | null;
  private readonly observes: boolean;
  /** Observes, and judges no IP sources: most packets then concern nobody. */
  readonly isTransparent: boolean;
  private readonly census: SourceCensus;
  /** Of packets that concern nobody; to be taken only where the switch is transparent. */
  readonly shortWay: ShortWay;
  private readonly announcements: AnnouncementWay;
  private readonly service: ServiceNotes;
  private tick = 0;

  constructor(options: SwitchOptions) {
    const { plan, observer, forwarding, policer, seed } = options;
    this.observer = observer;
    this.book = plan === null ? new AddressBook() : plan.book;
    this.forwarding = forwarding;
    this.vlans = options.vlans ?? null;
    this.policer = policer;
    this.dryRun = options.dryRun ?? false;
    this.observes = forwarding === null;
    this.isTransparent = this.observes && (plan === null || plan.sourceGuard === null);
    const usual = this.observes ? OBSERVED_MAX : ENTRIES_MAX;
    const { maximumStations = usual, maximumStationsPerPort: perPort } = options;
    this.stations = new MacTable({ maximum: maximumStations, perPort, seed });
    this.census = new SourceCensus(this.stations);
    const size = { maximum: options.maximumAddresses ?? usual, seed };
    this.neighbors = new NeighborTable(this.book, plan, size, this.observes);
    this.shortWay = new ShortWay(this.neighbors, this.book, this.census);
    ({ addresses4: this.addresses4, addresses6: this.addresses6 } = this.neighbors);
    this.moves = new Moves(observer, this.book, this.neighbors);
    const { classifier, book, neighbors, observes, dryRun, drops, addresses4: table } = this;
    const told = observes ? observer : this.moves;
    const common = {
      classifier,
      claim: new Claim(classifier.link),
      observer: told,
      plan,
      observes,
    };
    const announcements = new AnnouncementWay({ ...common, book, table });
    this.announcements = announcements;
    this.judge = new ClaimJudge({ ...common, neighbors, policer, announcements, drops, dryRun });
    const guards = plan !== null && plan.sourceGuard !== null;
    this.sourceCheck = guards ? new SourceCheck(plan, classifier, observer, observes) : null;
    this.service = new ServiceNotes(classifier, neighbors, this.judge, observer);
  }

  /** The time of this breath, nanoseconds; frames of one breath share it. */
  setNow(now: number): void {
    this.now = now;
    this.moves.setNow(now);
    this.tick = (now * TICKS_PER_NANOSECOND) | 0;
    this.shortWay.tick = this.tick;
  }

  /**
   * Judges the frame [at, end) of `view`, at the time last given to `setNow`. `port` is the
   * ingress port (0 in replay). The verdict is an integer, see verdict.ts.
   */
  ingress(view: DataView, at: number, end: number, linkType: number, port: number): number {
    const seen = this.classifier;
    this.at = at;
    this.port = port;
    const isFree = this.policer === null && this.judge.given === reason.ALLOWED;
    if (linkType === LINKTYPE_ETHERNET && isFree) {
      if (this.takeAnnouncement(view, at, end, port)) return this.announced(port);
    }
    if (this.isTransparent && linkType === LINKTYPE_ETHERNET && seen.isPlainIpv4(view, at, end)) {
      return this.passIpv4(view, at, end);
    }
    const carries = seen.classify(view, at, end, linkType);
    if (carries === frame.CARRIES_FAULT) return this.drop(reason.MALFORMED);
    const link = seen.link;
    const stop = link.hasEthernet ? this.checkEthernet(view, at, port) : reason.ALLOWED;
    if (stop !== reason.ALLOWED && !this.observes) return this.drop(stop);
    if (this.sourceCheck !== null) {
      const spoofed = this.sourceCheck.check(view, port);
      if (spoofed !== reason.ALLOWED && this.isRefused(spoofed, view)) {
        return this.drop(this.reasonOf(spoofed, carries, view));
      }
    }
    if (isResolution(carries)) {
      this.judge.isHeard = stop === reason.ALLOWED;
      const refused = this.judge.judge(view, port, this.now, this.tick);
      if (refused !== reason.ALLOWED) {
        if (!this.dryRun || refused === reason.RATE_LIMITED) return this.drop(refused);
        this.pass(refused, view);
      }
    }
    // The engine beside which this one watches has stopped the frame: nobody heard it.
    if (this.judge.given !== reason.ALLOWED && !this.dryRun) return this.drop(this.judge.given);
    if (this.observes && seen.network === 0 && stop === reason.ALLOWED && link.hasEthernet) {
      this.census.count(link.sourceHigh, link.sourceLow | 0, this.tick);
    } else if (link.hasSource) {
      this.learn(port);
    }
    if (carries === frame.CARRIES_VRRP) this.observer.onAdvert(view, seen);
    if (seen.family !== 0) this.service.note(view);
    if (this.forwarding === null) return verdict.OBSERVE;
    return this.settle(this.forwarding.resolve(this, view, port));
  }

  /**
   * Gives an address an entry before anybody claimed it, so that its packets are noted; returns
   * its id, 0 where the table is full. IPv4 addresses are in `w3`.
   */
  follow(network: number, family: 4 | 6, w0: number, w1: number, w2: number, w3: number): number {
    const entry = this.judge.define(network, family, w0, w1, w2, w3);
    const { addresses4, addresses6 } = this;
    return entry < 0 ? 0 : (family === 4 ? addresses4 : addresses6).tag(entry);
  }

  /** Brings the station table up to date; to be called before it is read. */
  flushCensus(): void {
    this.census.flush(this.tick);
  }

  /**
   * The short way of an untagged IPv4 packet without options when only watching: most concern no
   * address that is followed and are only counted and learned; ICMP is left for others to look at.
   */
  private passIpv4(view: DataView, at: number, end: number): number {
    this.census.count(view.getUint16(at + 6), view.getInt32(at + 8), this.tick);
    const isTo = this.neighbors.filter.mayHold(view.getInt32(at + 30));
    const isFrom = this.neighbors.filter.mayHold(view.getInt32(at + 26));
    if (isTo || isFrom || view.getUint8(at + 23) === PROTOCOL_ICMP) {
      this.classifier.takePlainIpv4(view, at, end);
      if (isTo) this.service.noteTo4(view);
      if (isFrom) this.service.noteFrom4(view);
    } else {
      this.classifier.passPlainIpv4(1);
    }
    return verdict.OBSERVE;
  }

  /** The announcement's short way; a port that takes no untagged frames has none. */
  private takeAnnouncement(view: DataView, at: number, end: number, port: number): boolean {
    const { announcements, vlans } = this;
    if (vlans !== null) {
      const network = vlans.untaggedOf(port);
      if (network < 0) return false;
      announcements.network = network;
    }
    return announcements.take(view, at, end, port, this.tick);
  }

  /** What is left to do for a frame that has gone the announcement's way. */
  private announced(port: number): number {
    const { sourceHigh, sourceLow } = this.classifier.link;
    if (this.observes) this.census.count(sourceHigh, sourceLow | 0, this.tick);
    else this.learn(port);
    return this.forwarding === null ? verdict.OBSERVE : this.settle(this.forwarding.announced);
  }

  private learn(port: number): void {
    const { stations, classifier: seen } = this;
    const { sourceHigh: high, sourceLow: low } = seen.link;
    stations.learn(seen.network, high, low, port, this.tick);
    if (stations.lastMoved && !this.observes) {
      this.moves.station(seen.network, high, low, stations.lastMovedFrom, port);
    }
  }

  /** Counts what the forwarding drops. */
  private settle(way: number): number {
    const kind = verdict.verdictKind(way);
    if (kind === verdict.DROP || kind === verdict.REPORT) this.drops[verdict.verdictDetail(way)]!++;
    return way;
  }

  private drop(why: number): number {
    this.drops[why]!++;
    return verdict.verdictOf(verdict.DROP, why);
  }

  /**
   * What a refusal by the source guard means: replay counts a spoofed source and goes on, a dry
   * run goes on, too.
   */
  private isRefused(why: number, view: DataView): boolean {
    if (this.observes) this.drops[why]!++;
    else if (this.dryRun) this.pass(why, view);
    return !this.observes && !this.dryRun;
  }

  /** A claim is refused for its own reason, whatever the source guard said, and told. */
  private reasonOf(spoofed: number, carries: number, view: DataView): number {
    return isResolution(carries) ? this.judge.refusal(view, this.port, spoofed) : spoofed;
  }

  private pass(why: number, view: DataView): void {
    this.passed[why]!++;
    this.observer.onPassed?.(why, view, this.at, this.classifier.frameEnd, this.port);
  }

  /**
   * IEEE 802.1Q 8.6.3: 01-80-C2-00-00-00 to -0F stay here; a group or zero source is no source.
   * Live, the port says which network the frame belongs to.
   */
  private checkEthernet(view: DataView, at: number, port: number): number {
    const { link } = this.classifier;
    if (link.destinationHigh === 0x0180 && link.destinationLow >>> 4 === 0xc200000) {
      return reason.RESERVED_ADDRESS;
    }
    const isNone = link.sourceHigh === 0 && link.sourceLow === 0;
    if (isNone || isGroupMacHigh(link.sourceHigh)) return reason.INVALID_SOURCE;
    const { vlans } = this;
    if (vlans === null) return reason.ALLOWED;
    const network = vlans.networkOf(port, link, view, at);
    if (network < 0) return reason.VLAN;
    this.classifier.network = network;
    if (link.tags !== 0 && link.vlan === 0) vlans.retag(view, at, network);
    return reason.ALLOWED;
  }
}

/** Whether a frame may hold a claim. */
function isResolution(carries: number): boolean {
  return carries === frame.CARRIES_ARP || carries === frame.CARRIES_ND;
}
