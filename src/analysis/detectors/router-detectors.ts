import { type Claim, FORM_GRATUITOUS_REPLY, isAnnouncement } from '../../arp/claim.ts';
import type { Site } from '../../dataplane/address-plan.ts';
import type { Classifier } from '../../dataplane/classifier.ts';
import { ALLOWED, VIRTUAL_MAC } from '../../dataplane/drop-reason.ts';
import type { Switch } from '../../dataplane/switch.ts';
import { CLAIM_CONFIRMED } from '../../dataplane/verdict.ts';
import { AUTH_IP_AH, readAuthType, readPriority } from '../../vrrp/advert.ts';
import { isVirtualMacHalves, macFromHalves } from '../../wire/mac.ts';
import type { Clock } from '../clock.ts';
import type { Detector } from '../detectors.ts';
import type { FindingLog } from '../finding-log.ts';
import type { Logs } from '../logs.ts';
import type { Stillness } from '../stillness.ts';
import type { Track } from '../track.ts';
import type { Speaker } from '../virtual-router.ts';
import type { VirtualRouters } from '../virtual-routers.ts';
import { AdvertFaults } from './advert-faults.ts';
import { AdvertGaps } from './advert-gaps.ts';
import { Agreement } from './agreement.ts';
import { CloudAdverts } from './cloud-adverts.ts';
import { DrawnBack } from './drawn-back.ts';
import { SETTLED_INTERVALS, SETTLED_MIN } from './master-claims.ts';
import { RivalMasters } from './rival-masters.ts';
import { RouterWords } from './router-words.ts';
import { type SpeakerWatch, SpeakerWatches } from './speaker-watch.ts';
import { Standstills } from './standstills.ts';
import { Unclaimed } from './unclaimed.ts';

/**
 * The detectors of what goes wrong with virtual routers. Told of every advert after it was taken
 * in, and of every claim after it was judged, it hands each to those whom it concerns.
 */
export interface RouterDetectorParts {
  readonly clock: Clock;
  readonly log: FindingLog;
  readonly logs: Logs;
  readonly site: Site | null;
  readonly owner: Switch;
  readonly routers: VirtualRouters;
  readonly tracks: readonly (Track | undefined)[];
  readonly stillness: Stillness;
  /** Whether silence in the capture means silence on the network; asked at the end. */
  seesAll(): boolean;
}

export class RouterDetectors implements Detector {
  readonly standstills: Standstills;
  private readonly clock: Clock;
  private readonly tracks: readonly (Track | undefined)[];
  private readonly seesAll: () => boolean;
  private readonly watches = new SpeakerWatches();
  private readonly faults: AdvertFaults;
  private readonly agreement: Agreement;
  private readonly rivals: RivalMasters;
  private readonly gaps: AdvertGaps;
  private readonly unclaimed: Unclaimed;
  private readonly cloud: CloudAdverts;
  private readonly drawnBack: DrawnBack;

  constructor(parts: RouterDetectorParts) {
    const { clock, log, tracks, owner, routers } = parts;
    const { watches } = this;
    const words = new RouterWords(log.entries);
    this.clock = clock;
    this.tracks = tracks;
    this.seesAll = parts.seesAll;
    this.faults = new AdvertFaults(log, words, watches);
    this.agreement = new Agreement(clock, log, words, watches);
    this.rivals = new RivalMasters(clock, log, words, watches, routers);
    this.gaps = new AdvertGaps(clock, log, words);
    this.standstills = new Standstills(clock, parts.stillness);
    this.unclaimed = new Unclaimed({ clock, log, words, tracks, classifier: owner.classifier });
    const { speakers } = routers;
    this.cloud = new CloudAdverts({ clock, log, words, site: parts.site, owner, tracks, speakers });
    this.drawnBack = new DrawnBack(clock, log, words, parts.logs, routers.speakers);
  }

  onAdvert(speaker: Speaker, view: DataView, seen: Classifier): void {
    const watch = this.watches.of(speaker);
    if (!this.faults.onAdvert(watch, view, seen)) return;
    const at = seen.upperAt;
    const priority = readPriority(view, at);
    if (priority === 0) {
      watch.lastAdvert = Number.NaN;
      return;
    }
    this.gaps.onAdvert(watch);
    this.standstills.onAdvert(watch);
    watch.lastAdvert = this.clock.now;
    this.rivals.onAdvert(watch);
    const run = speaker.observer.newestFirst()[0];
    if (run === undefined) return;
    const isStart = run.startFrame === this.clock.frame;
    if (isStart) {
      this.cloud.onRunStart(speaker, priority);
      this.unclaimed.onRunStart(watch);
    }
    if (isStart || hasChanged(watch)) this.compare(watch, view, seen);
    if (run.startFrame === watch.settledFrame) return;
    const age = this.clock.now - run.start;
    if (age < SETTLED_MIN || age < SETTLED_INTERVALS * speaker.observer.interval) return;
    watch.settledFrame = run.startFrame;
    this.rivals.onSettled(watch);
    this.standstills.onSettled(watch);
    this.unclaimed.onSettled(watch, view, at);
  }

  /** Every claim of an address with an id, after ownership has taken it in. */
  onClaim(claim: Claim, id: number, verdict: number, reason: number): void {
    if (!isAnnouncement(claim.form, claim.override)) {
      if (reason === VIRTUAL_MAC) this.onVirtual(claim, id);
      return;
    }
    const track = this.tracks[id];
    if (track === undefined) return;
    if (verdict === CLAIM_CONFIRMED && track.speaker !== null && track.routers.length === 1) {
      this.watches.of(track.speaker).announced = this.clock.now;
    } else if (track.routers.length > 0) {
      this.noteAnnouncement(claim, track);
    }
    if (reason === VIRTUAL_MAC) this.onVirtual(claim, id);
    if (claim.form !== FORM_GRATUITOUS_REPLY || reason !== ALLOWED) return;
    if (isVirtualMacHalves(claim.macHigh, claim.macLow)) {
      this.drawnBack.onReply(claim, macFromHalves(claim.macHigh, claim.macLow), track);
    }
  }

  finish(): void {
    const seesAll = this.seesAll();
    this.faults.finish();
    this.rivals.finish();
    this.cloud.finish();
    this.gaps.finish(seesAll);
    this.unclaimed.finish(seesAll);
  }

  private compare(watch: SpeakerWatch, view: DataView, seen: Classifier): void {
    const { speaker } = watch;
    watch.comparedInterval = watch.interval;
    watch.addressDigest = speaker.addressDigest;
    watch.authDigest = speaker.authDigest;
    watch.authType = seen.authenticated ? AUTH_IP_AH : readAuthType(view, seen.upperAt);
    this.agreement.compare(watch);
  }

  private onVirtual(claim: Claim, id: number): void {
    const source = macFromHalves(claim.link.sourceHigh, claim.link.sourceLow);
    this.cloud.onRefusedVirtual(id, macFromHalves(claim.macHigh, claim.macLow), source);
  }

  /** By its MAC, or, where that tells nothing (use_vmac, a bond), by who sent the last advert. */
  private noteAnnouncement(claim: Claim, track: Track): void {
    const low = claim.macLow | 0;
    const { now } = this.clock;
    for (const router of track.routers) {
      let announcer = router.lastSpeaker;
      for (const speaker of router.speakers) if (speaker.macLow === low) announcer = speaker;
      if (isVirtualMacHalves(claim.macHigh, claim.macLow)) announcer = router.lastSpeaker;
      if (announcer !== null) this.watches.of(announcer).announced = now;
    }
  }
}

function hasChanged(watch: SpeakerWatch): boolean {
  const { speaker } = watch;
  if (watch.interval !== watch.comparedInterval) return true;
  return speaker.addressDigest !== watch.addressDigest || speaker.authDigest !== watch.authDigest;
}
