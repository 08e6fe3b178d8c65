import type { Claim } from '../arp/claim.ts';
import { isHavipPolicy } from '../dataplane/address-book.ts';
import type { Site } from '../dataplane/address-plan.ts';
import { CARRIES_ARP, CARRIES_ND, type Classifier } from '../dataplane/classifier.ts';
import type { SwitchObserver } from '../dataplane/observer.ts';
import { Switch } from '../dataplane/switch.ts';
import { CLAIM_REFUSED } from '../dataplane/verdict.ts';
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from '../wire/ipv4.ts';
import { macFromHalves } from '../wire/mac.ts';
import { Absences } from './absences.ts';
import { AdvertFailovers } from './advert-failovers.ts';
import { Caches } from './caches.ts';
import { unseenOf } from './capture-facts.ts';
import { CaptureView } from './capture-view.ts';
import { ClaimLog } from './claim-log.ts';
import { Claimants } from './claimants.ts';
import { Clock, type Sighting } from './clock.ts';
import { letDepartedGo } from './departures.ts';
import { AddressDetectors } from './detectors/address-detectors.ts';
import { RouterDetectors } from './detectors/router-detectors.ts';
import { Detectors } from './detectors.ts';
import { entriesOf } from './document.ts';
import { EarlyEchoes } from './early-echoes.ts';
import type { Entries } from './entries.ts';
import { Failovers } from './failovers.ts';
import { FindingLog } from './finding-log.ts';
import { LaneCollector } from './lane-collector.ts';
import { Logs } from './logs.ts';
import { Outages } from './outages.ts';
import { Ownership } from './ownership.ts';
import { PassedOnRequests } from './passed-on.ts';
import { Receivers } from './receivers.ts';
import { Refusals } from './refusals.ts';
import { RewrittenView } from './rewritten-view.ts';
import { Stillness } from './stillness.ts';
import { TimeBase } from './time-base.ts';
import type { Track } from './track.ts';
import { VainQuestions } from './vain-questions.ts';
import { VirtualRouters } from './virtual-routers.ts';
import { WrappedSample } from './wrapped-frames.ts';

/**
 * The observer of a replay: it hands what the switch saw to the analysers. Claims go to ownership,
 * adverts to the virtual routers, packets of followed addresses to the outages. It decides nothing
 * itself and holds no text.
 */
const REFUSED_MACS_MAX = 65_536;

/** What an analysis does beyond the usual. */
export interface AnalysisExtras {
  /** The clients' neighbor tables are kept, too. */
  readonly keepsCaches?: boolean;
  /** Beside a switch that reports what its guards refuse, and lets it pass. */
  readonly dryRun?: boolean;
}

export class Analysis implements SwitchObserver {
  readonly clock = new Clock();
  readonly logs: Logs;
  readonly owner: Switch;
  readonly tracks: (Track | undefined)[] = [];
  readonly claimLog: ClaimLog;
  readonly failovers: Failovers;
  readonly receivers: Receivers;
  readonly ownership: Ownership;
  readonly routers: VirtualRouters;
  readonly outages: Outages;
  readonly view = new CaptureView(this.clock);
  readonly absences: Absences;
  readonly vainQuestions = new VainQuestions(this.clock);
  readonly earlyEchoes: EarlyEchoes;
  private readonly passedOn: PassedOnRequests;
  /** Where clients left the view together with an address; known at the end. */
  departed: Sighting | null = null;
  /** The clients' neighbor tables, where they are asked for. */
  readonly caches: Caches | null;
  readonly claimants = new Claimants();
  readonly advertFailovers: AdvertFailovers;
  readonly rewritten: RewrittenView;
  readonly times = new TimeBase();
  readonly stillness = new Stillness();
  readonly wrapped = new WrappedSample();
  readonly entries: Entries;
  readonly detectors: Detectors;
  readonly routerDetectors: RouterDetectors;
  readonly addressDetectors: AddressDetectors;
  readonly refusedFrames = new Map<number, number>();
  readonly refusals = new Refusals(this.clock);
  /** What a picture of the capture is made from; null where nobody asked for one. */
  lanes: LaneCollector | null = null;

  constructor(
    site: Site | null,
    limit: number,
    keepsAllClaims: boolean,
    { keepsCaches = false, dryRun = false }: AnalysisExtras = {},
  ) {
    const plan = site === null ? null : site.plan;
    this.logs = new Logs(limit);
    this.owner = new Switch({ observer: this, plan, forwarding: null, policer: null, dryRun });
    const { clock, logs, tracks } = this;
    this.routers = new VirtualRouters(
      clock,
      (network, family, w0, w1, w2, w3) => this.owner.follow(network, family, w0, w1, w2, w3),
      (id, router) => this.ownership.onListed(id, router),
    );
    const { speakers } = this.routers;
    this.claimLog = new ClaimLog(clock, logs, keepsAllClaims, limit);
    this.failovers = new Failovers(clock, logs, speakers, tracks, this.owner.book);
    this.receivers = new Receivers(clock, limit);
    this.ownership = new Ownership({
      ...{ clock, logs, speakers, tracks },
      claimLog: this.claimLog,
      claimants: this.claimants,
      failovers: this.failovers,
      receivers: this.receivers,
      refusals: this.refusals,
      isConfigured: (id) => plan !== null && isHavipPolicy(plan.book.policy(id)),
    });
    this.outages = new Outages(clock, logs, tracks, this.owner.book);
    this.advertFailovers = new AdvertFailovers({
      logs,
      tracks,
      speakers,
      masterships: this.routers.masterships,
      outageLog: this.outages.log,
      failovers: this.failovers,
      ownership: this.ownership,
    });
    this.rewritten = new RewrittenView({
      logs,
      tracks,
      clients: this.outages.clients,
      gaps: this.outages.gaps,
      claimants: this.claimants,
      gatewayMac: site === null ? 0 : site.gatewayMac,
    });
    this.absences = new Absences(clock, this.routers);
    this.earlyEchoes = new EarlyEchoes(clock, this.owner);
    this.outages.beginnings.early = this.earlyEchoes;
    this.passedOn = new PassedOnRequests(this.owner, this.outages.clients);
    this.caches = keepsCaches ? new Caches(clock, this.owner.book) : null;
    this.entries = entriesOf(this, this.times, site);
    this.detectors = new Detectors(new FindingLog(clock, this.entries, limit));
    const { log } = this.detectors;
    const seesAll = (): boolean => unseenOf(this) === null;
    const { owner, routers, stillness } = this;
    this.routerDetectors = this.detectors.add(
      new RouterDetectors({
        ...{ clock, log, logs, site, owner, routers, tracks, stillness, seesAll },
      }),
    );
    this.addressDetectors = this.detectors.add(
      new AddressDetectors({
        ...{ clock, log, logs, site, tracks, speakers, seesAll },
        book: owner.book,
      }),
    );
    this.outages.clientGaps.onMissing = (client, missing, since) =>
      this.onMissing(client, missing, since);
  }

  /** One frame at the time and number that `clock` says. */
  onFrame(view: DataView, at: number, end: number, linkType: number): void {
    if (this.clock.isTimed) this.stillness.onFrame(this.clock.now);
    this.wrapped.onFrame(view, at, end, linkType);
    this.owner.ingress(view, at, end, linkType, 0);
    const { carries, protocol } = this.owner.classifier;
    if (carries === CARRIES_ARP || carries === CARRIES_ND) {
      this.view.onResolution(view, this.owner.classifier);
      this.vainQuestions.onResolution(view, this.owner.classifier);
      this.caches?.onResolution(view, this.owner.classifier);
    } else if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) {
      this.absences.onIcmp(view, this.owner.classifier);
      this.earlyEchoes.onIcmp(view, this.owner.classifier);
    }
  }

  /** A frame that another interface has shown already: counted, and otherwise no event. */
  onCopy(view: DataView, at: number, end: number, linkType: number): void {
    const { classifier } = this.owner;
    classifier.classify(view, at, end, linkType);
    this.passedOn.onCopy(view, classifier);
  }

  collectLanes(): LaneCollector {
    return (this.lanes = new LaneCollector(this));
  }

  finish(): void {
    this.ownership.finish();
    this.failovers.finish();
    this.departed = letDepartedGo(this);
    this.outages.finish(this.clock.now);
    this.advertFailovers.finish();
    this.rewritten.finish();
    this.outages.beginnings.finish();
    this.detectors.finish();
  }

  onClaim(claim: Claim, id: number, verdict: number, reason: number): void {
    if (verdict === CLAIM_REFUSED) this.countRefused(claim);
    this.claimants.note(claim, id, verdict);
    if (id === 0) return;
    this.ownership.onClaim(claim, id, verdict, reason);
    this.routerDetectors.onClaim(claim, id, verdict, reason);
    this.addressDetectors.onClaim(claim, id, verdict, reason);
    if (this.caches !== null && verdict !== CLAIM_REFUSED) this.caches.onClaim(claim, id);
    if (this.lanes !== null) this.lanes.onClaim(claim, id, verdict);
  }

  onAdvert(view: DataView, seen: Classifier): void {
    const speaker = this.routers.onAdvert(view, seen);
    if (speaker !== null) {
      this.routerDetectors.onAdvert(speaker, view, seen);
      if (speaker.observer.isMaster) this.addressDetectors.onAdvert(speaker);
    }
    if (this.lanes !== null && speaker !== null) this.lanes.onAdvert(speaker, view, seen);
    if (speaker !== null) this.failovers.onAdvert(speaker);
  }

  onPacketTo(id: number, view: DataView, seen: Classifier): void {
    this.ownership.trackOf(id, seen.network);
    this.outages.onPacketTo(id, view, seen);
    this.caches?.onPacketTo(id, view, seen);
    if (this.lanes !== null) this.lanes.onPacketTo(id, seen);
  }

  onPacketFrom(id: number, view: DataView, seen: Classifier): void {
    this.ownership.trackOf(id, seen.network);
    this.outages.onPacketFrom(id, view, seen);
    this.addressDetectors.onPacketFrom(id, seen);
    if (this.lanes !== null) this.lanes.onPacketFrom(id, seen);
  }

  onSpoofed(view: DataView, seen: Classifier): void {
    this.addressDetectors.onSpoofed(view, seen);
  }

  /** A refused frame is not learned, but it was sent by somebody. */
  private countRefused(claim: Claim): void {
    const mac = macFromHalves(claim.link.sourceHigh, claim.link.sourceLow);
    const frames = this.refusedFrames.get(mac) ?? 0;
    if (mac === 0 || (frames === 0 && this.refusedFrames.size >= REFUSED_MACS_MAX)) return;
    this.refusedFrames.set(mac, frames + 1);
  }

  private onMissing(client: number, missing: number, since: number): boolean {
    const { clients } = this.outages;
    const { book } = this.owner;
    const id = clients.addressId(client);
    const word = (index: number): number => clients.word(client, index);
    const isIpv4 = book.family(id) === 4;
    const from = isIpv4 ? String(word(3)) : [word(0), word(1), word(2), word(3)].join();
    const to = isIpv4
      ? String(book.word(id, 3))
      : [book.word(id, 0), book.word(id, 1), book.word(id, 2), book.word(id, 3)].join();
    return this.view.onMissingEchoes(from, to, missing, since);
  }
}
