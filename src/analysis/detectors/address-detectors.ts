import { type Claim, isAnnouncement, isAnswer } from '../../arp/claim.ts';
import type { AddressBook } from '../../dataplane/address-book.ts';
import type { Site } from '../../dataplane/address-plan.ts';
import type { Classifier } from '../../dataplane/classifier.ts';
import { CLAIM_NOTED, CLAIM_REFUSED } from '../../dataplane/verdict.ts';
import { macFromHalves } from '../../wire/mac.ts';
import type { Clock } from '../clock.ts';
import type { Detector } from '../detectors.ts';
import type { FindingLog } from '../finding-log.ts';
import { FAILOVER, type Logs } from '../logs.ts';
import type { Track } from '../track.ts';
import type { Speaker } from '../virtual-router.ts';
import { AddressWatches } from './address-watch.ts';
import { AddressWords } from './address-words.ts';
import { Answerers } from './answerers.ts';
import { Conflicts } from './conflicts.ts';
import { Flapping } from './flapping.ts';
import { MasterClaims } from './master-claims.ts';
import { SiteFindings } from './site-findings.ts';
import { TakeoverFindings } from './takeover-findings.ts';

/**
 * The detectors of what goes wrong with addresses. Told of claims after they were judged, of
 * adverts after they were taken in, and of packets from followed addresses, it hands each to
 * those whom it concerns.
 */
export interface AddressDetectorParts {
  readonly clock: Clock;
  readonly log: FindingLog;
  readonly logs: Logs;
  readonly site: Site | null;
  readonly tracks: readonly (Track | undefined)[];
  readonly book: AddressBook;
  readonly speakers: readonly Speaker[];
  /** Whether silence in the capture means silence on the network; asked at the end. */
  seesAll(): boolean;
}

export class AddressDetectors implements Detector {
  private readonly clock: Clock;
  private readonly logs: Logs;
  private readonly tracks: readonly (Track | undefined)[];
  private readonly seesAll: () => boolean;
  private readonly watches = new AddressWatches();
  private readonly flapping: Flapping;
  private readonly masters: MasterClaims;
  private readonly answerers: Answerers;
  private readonly conflicts: Conflicts;
  private readonly takeovers: TakeoverFindings;
  private readonly inventory: SiteFindings;
  /** Changes of holder so far, of any address. */
  private changes = 0;

  constructor(parts: AddressDetectorParts) {
    const { clock, log, logs, site, tracks, book } = parts;
    const { watches } = this;
    const words = new AddressWords(log.entries);
    const isByIp = site?.isByIp === true;
    this.clock = clock;
    this.logs = logs;
    this.tracks = tracks;
    this.seesAll = parts.seesAll;
    this.flapping = new Flapping(clock, log, words, logs, tracks);
    const isPlainLan = site !== null && !site.plan.rules.enforces;
    this.masters = new MasterClaims({ clock, log, words, tracks, watches, book });
    this.answerers = new Answerers({ clock, log, words, watches, tracks, book, isByIp });
    const common = { clock, log, words, book, tracks, watches };
    this.conflicts = new Conflicts({ ...common, speakers: parts.speakers, isPlainLan });
    this.takeovers = new TakeoverFindings(log, words, logs, tracks);
    this.inventory = new SiteFindings(log, words, site);
  }

  /** Beside a running switch nothing has to wait for the end. */
  tellAtOnce(): void {
    this.masters.tellAtOnce();
  }

  /** Beside a running switch, some times a second. */
  poll(): void {
    this.answerers.poll();
  }

  /** Every claim of an address with an id, after ownership has taken it in. */
  onClaim(claim: Claim, id: number, verdict: number, reason: number): void {
    const track = this.tracks[id];
    if (track === undefined) return;
    const watch = this.watches.of(id);
    if (track.moved !== watch.moved) {
      watch.moved = track.moved;
      this.changes++;
      if (track.moved > 1) {
        this.flapping.onChange(watch, id, watch.holder, track.holder, this.clock);
        this.answerers.onChange(watch, watch.holder);
        this.conflicts.onChange(watch, track, watch.holder, track.holder);
        watch.former = watch.holder;
      }
      watch.holder = track.holder;
      watch.heldSince = this.clock.now;
    }
    const mac = macFromHalves(claim.macHigh, claim.macLow);
    if (verdict === CLAIM_REFUSED) watch.refusedMac = mac;
    if (track.isContested || verdict === CLAIM_REFUSED || watch.claimant === 0) {
      this.conflicts.onClaim(watch, track, mac, reason, claim.form);
    }
    if (isAnswer(claim.form)) this.conflicts.onAnswer(watch, track, mac);
    if (isAnnouncement(claim.form, claim.override)) {
      this.flapping.onAnnouncement(watch, id);
      this.answerers.onAnnouncement(watch, track, mac);
    } else if (verdict === CLAIM_NOTED) this.answerers.onNoted(watch, track, mac);
  }

  /** An advert of priority above 0, after it was taken in. */
  onAdvert(speaker: Speaker): void {
    this.masters.onAdvert(speaker, this.changes);
    this.answerers.onAdvert(speaker);
  }

  onPacketFrom(id: number, seen: Classifier): void {
    const track = this.tracks[id];
    if (track !== undefined) this.answerers.onPacket(this.watches.of(id), track, seen);
  }

  onSpoofed(view: DataView, seen: Classifier): void {
    this.inventory.onSpoofed(view, seen);
  }

  finish(): void {
    const seesAll = this.seesAll();
    this.tellOfAdvertFailovers();
    this.masters.finish(seesAll);
    this.answerers.finish(seesAll);
    this.conflicts.finish(seesAll);
    this.takeovers.finish(seesAll);
    this.inventory.finish();
  }

  /** Those without a claim, which are known at the end. */
  private tellOfAdvertFailovers(): void {
    const { failovers } = this.logs;
    for (const sequence of failovers.kept()) {
      const field = (index: number): number => failovers.get(sequence, index);
      if (field(FAILOVER.FIRST_CLAIM) !== 0) continue;
      const id = field(FAILOVER.ID);
      const [from, to] = [field(FAILOVER.FROM_MAC), field(FAILOVER.TO_MAC)];
      const [now, stamp] = [field(FAILOVER.NOW), field(FAILOVER.STAMP)];
      const at = { now, stamp, frame: field(FAILOVER.FRAME) };
      this.flapping.onChange(this.watches.of(id), id, from, to, at);
    }
  }
}
