import { isHavipPolicy } from '../dataplane/address-book.ts';
import type { Site } from '../dataplane/address-plan.ts';
import { DROP_REASON_NAMES } from '../dataplane/drop-reason.ts';
import { FRAME_COUNT_NAMES } from '../dataplane/frame-counts.ts';
import { CHECKSUM_BAD, CHECKSUM_NAMES } from '../vrrp/checksum.ts';
import { FAULT_NAMES } from '../wire/fault.ts';
import { formatMac } from '../wire/mac.ts';
import type { Analysis } from './analysis.ts';
import type { AbsenceSummary } from './asides.ts';
import { askedOf } from './asked.ts';
import { Entries } from './entries.ts';
import { type CaptureFacts, findingsOf } from './findings.ts';
import { hostsOf } from './hosts.ts';
import { CLAIM, endsOf, FAILOVER, OUTAGE, TIMELINE } from './logs.ts';
import { laterMaster, onlyMaster } from './master-since.ts';
import type { RecordLog } from './record-log.ts';
import type {
  Elided,
  FrameCounts,
  HavipSummary,
  ReplayResult,
  TimelineEntry,
  VirtualRouterSummary,
} from './result.ts';
import { rewrittenSpeaker } from './rewritten-speakers.ts';
import { secondsOf, type TimeBase } from './time-base.ts';
import type { Track } from './track.ts';
import { vacancyOf } from './vacancy.ts';
import { ADVERT_FAULTS, type Router, type Speaker } from './virtual-router.ts';

/** The result document, made once from the numeric records when the replay has ended. */
const AUTH_TYPES = ['none', 'simple', 'ah'] as const;

export function entriesOf(analysis: Analysis, times: TimeBase, site: Site | null): Entries {
  return new Entries({
    logs: analysis.logs,
    times,
    book: analysis.owner.book,
    site,
    clients: analysis.outages.clients,
    beginnings: analysis.outages.beginnings,
    tracks: analysis.tracks,
    speakers: analysis.routers.speakers,
    receptions: analysis.receivers.log,
    stillness: analysis.stillness,
    vlanOf: (network) => analysis.owner.classifier.vlanOf(network),
  });
}

export function countsOf(analysis: Analysis): FrameCounts {
  const { counts } = analysis.owner.classifier;
  return Object.fromEntries(
    FRAME_COUNT_NAMES.map((name, index) => [name, counts[index]]),
  ) as unknown as FrameCounts;
}

/** Faults of frames by name, those that occurred. */
export function malformedOf(analysis: Analysis): Record<string, number> {
  return occurring(FAULT_NAMES, analysis.owner.classifier.faults);
}

export function documentOf(
  analysis: Analysis,
  site: Site | null,
  facts: CaptureFacts,
  limit: number,
): ReplayResult {
  const { logs, claimLog, entries, tracks } = analysis;
  const builder = new Builder(analysis, entries, site);
  const findings = findingsOf(analysis, facts, limit);
  const claims = builder.claims(limit);
  const timeline = endsOf(builder.timeline(), limit);
  const failovers = builder.failovers(limit);
  const outages = builder.outages(limit);
  const outagesOf = (track: Track | undefined): number =>
    track?.isListed === true ? track.outages : 0;
  const elided: Elided = {
    claims: logs.claims.count + claimLog.forgotten - claims.length,
    timeline: logs.timeline.count - timeline.length,
    failovers: logs.failovers.count - failovers.length,
    outages: tracks.reduce((sum, track) => sum + outagesOf(track), 0) - outages.length,
    findings: findings.count - findings.shown.length,
  };
  return {
    schema: 'havip/replay/1',
    capture: facts.summary,
    counts: facts.counts,
    hosts: builder.hosts(),
    virtualRouters: analysis.routers.routers
      .filter((router) => router.speakers.length > 0)
      .map((router) => builder.router(router)),
    havips: builder.havips(timeline),
    claims,
    failovers,
    outages,
    findings: findings.shown,
    elided,
    ...askedOf(analysis),
    ...cachesOf(analysis),
  };
}

function cachesOf(analysis: Analysis): Pick<ReplayResult, 'caches'> {
  const { caches, tracks, entries, times } = analysis;
  return caches === null ? {} : { caches: caches.result(tracks, entries, times) };
}

class Builder {
  private readonly analysis: Analysis;
  private readonly entries: Entries;
  private readonly site: Site | null;
  private readonly failoverIndex = new Map<number, number>();

  constructor(analysis: Analysis, entries: Entries, site: Site | null) {
    this.analysis = analysis;
    this.entries = entries;
    this.site = site;
  }

  hosts(): ReplayResult['hosts'] {
    const { analysis, entries, site } = this;
    const { clients } = analysis.outages;
    return hostsOf({
      owner: analysis.owner,
      entries,
      tracks: analysis.tracks,
      clients,
      speakers: analysis.routers.speakers,
      refusedFrames: analysis.refusedFrames,
      gatewayMac: site?.gatewayMac || (rewrittenSpeaker(analysis)?.mac ?? 0),
      addressesOf: (mac) => (site === null ? [] : site.addressesOf(mac)),
      clientIp: (client) => entries.clientIp(client),
    });
  }

  router(router: Router): VirtualRouterSummary {
    const { network } = router;
    return {
      vrid: router.vrid,
      version: router.version,
      family: router.family,
      vlan: network === 0 ? null : this.analysis.owner.classifier.vlanOf(network),
      addresses: router.addresses.map((id) => this.entries.ip(id)),
      mode: router.unicast && router.multicast ? 'mixed' : router.unicast ? 'unicast' : 'multicast',
      authType: AUTH_TYPES[router.authType] ?? 'other',
      checksum: checksumName(router.conventions),
      advertIntervalSeconds: secondsOf(router.interval),
      speakers: router.speakers.map((speaker) => this.speaker(speaker)),
      ...(router.absences.length === 0 ? {} : { absences: this.absences(router) }),
    };
  }

  /** `timeline` is what is shown of all timelines. */
  havips(timeline: readonly number[]): HavipSummary[] {
    const timelines = this.timelines(timeline);
    const seen = new Set<string>();
    const summaries: HavipSummary[] = [];
    for (const track of this.analysis.tracks) {
      if (track === undefined || !track.isVirtual) continue;
      const summary = this.havip(track, timelines.get(track.id) ?? []);
      seen.add(`${summary.ip} ${summary.subnet}`);
      summaries.push(summary);
    }
    for (const havip of this.site?.havips ?? []) {
      if (seen.has(`${havip.ip} ${havip.subnet}`)) continue;
      summaries.push({
        ip: havip.ip,
        vlan: null,
        subnet: havip.subnet,
        enforced: this.site?.plan.rules.enforces === true,
        members: havip.members.map(formatMac),
        holder: null,
        claims: { moved: 0, confirmed: 0, noted: 0, refused: {} },
        timeline: [],
        isUnanswered: true,
      });
    }
    return summaries;
  }

  claims(limit: number): ReplayResult['claims'] {
    const order = inFrameOrder(this.analysis.logs.claims, CLAIM.FRAME);
    return endsOf(order, limit).map((sequence) => this.entries.claim(sequence));
  }

  failovers(limit: number): ReplayResult['failovers'] {
    const order = inFrameOrder(this.analysis.logs.failovers, FAILOVER.FRAME);
    return endsOf(order, limit).map((sequence, index) => {
      this.failoverIndex.set(sequence, index);
      return this.entries.failover(sequence);
    });
  }

  /** After `failovers`, whose places in the list it refers to. */
  outages(limit: number): ReplayResult['outages'] {
    const { outages } = this.analysis.logs;
    const listed = inFrameOrder(outages, OUTAGE.END_FRAME).filter(
      (sequence) => this.analysis.tracks[outages.get(sequence, OUTAGE.ID)]?.isListed === true,
    );
    return endsOf(listed, limit).map((sequence) =>
      this.entries.outage(sequence, (failover) => this.failoverIndex.get(failover) ?? null),
    );
  }

  /** The kept entries of all timelines, by frame. */
  timeline(): number[] {
    return inFrameOrder(this.analysis.logs.timeline, TIMELINE.FRAME);
  }

  private havip(track: Track, timeline: TimelineEntry[]): HavipSummary {
    const { owner, clock, routers } = this.analysis;
    const { book } = owner;
    const policy = this.site === null ? 0 : book.policy(track.id);
    const isConfigured = isHavipPolicy(policy);
    const holder = track.holder || (this.analysis.advertFailovers.masters.get(track.id) ?? 0);
    return {
      ip: this.entries.ip(track.id),
      vlan: this.entries.vlan(track.id),
      subnet: this.site === null ? null : this.site.subnetName(book.subnet(track.id)),
      enforced: isConfigured && this.site?.plan.rules.enforces === true,
      members: this.site === null ? [] : book.membersOf(track.id).map(formatMac),
      holder: holder === 0 ? null : formatMac(holder),
      claims: {
        moved: track.moved,
        confirmed: track.confirmed,
        noted: track.noted,
        refused: occurring(DROP_REASON_NAMES, track.refused ?? []),
      },
      timeline,
      ...laterMaster(track, this.entries),
      ...onlyMaster(track, clock.now, this.entries),
      ...vacancyOf(track, clock.now, routers.speakers, this.entries),
      ...(track.isHeard ? {} : { isUnanswered: true }),
    };
  }

  private timelines(shown: readonly number[]): Map<number, TimelineEntry[]> {
    const { timeline } = this.analysis.logs;
    const byAddress = new Map<number, TimelineEntry[]>();
    for (const sequence of shown) {
      const id = timeline.get(sequence, TIMELINE.ID);
      const entry = this.entries.timeline(sequence);
      const entries = byAddress.get(id);
      if (entries === undefined) byAddress.set(id, [entry]);
      else entries.push(entry);
    }
    return byAddress;
  }

  private absences({ absences, family }: Router): AbsenceSummary[] {
    const { entries } = this;
    return absences.map((absence) => ({
      ip: entries.ipOf(family, absence.words),
      mac: absence.mac === 0 ? null : formatMac(absence.mac),
      name: entries.name(absence.mac),
      answers: absence.answers,
      first: entries.moment(absence.firstStamp, absence.firstFrame),
      last: entries.moment(absence.lastStamp, absence.lastFrame),
    }));
  }

  private speaker(speaker: Speaker): VirtualRouterSummary['speakers'][number] {
    return {
      ip: this.entries.speakerIp(speaker.index) as string,
      mac: speaker.mac === 0 ? null : formatMac(speaker.mac),
      priority: speaker.observer.priority,
      adverts: speaker.adverts,
      firstFrame: speaker.firstFrame,
      lastFrame: speaker.lastFrame,
      faults: occurring(ADVERT_FAULTS, speaker.faults),
    };
  }
}

function checksumName(conventions: number): VirtualRouterSummary['checksum'] {
  if (conventions === 0) return null;
  const good = [0, 1, 2].filter((convention) => (conventions & (1 << convention)) !== 0);
  if (good.length > 1) return 'mixed';
  const only = good[0] ?? CHECKSUM_BAD;
  return CHECKSUM_NAMES[only] as VirtualRouterSummary['checksum'];
}

function occurring(names: readonly string[], counts: ArrayLike<number>): Record<string, number> {
  const found: Record<string, number> = {};
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] as number;
    if (count > 0) found[names[i] as string] = count;
  }
  return found;
}

/** The kept records, in the log's order but for those of an address that became virtual late. */
function inFrameOrder(log: RecordLog, field: number): number[] {
  const frameOf = (sequence: number): number => log.get(sequence, field);
  return [...log.kept()].sort((a, b) => frameOf(a) - frameOf(b) || a - b);
}
