import {
  type CaptureReader,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  linkTypeName,
} from '../capture/index.ts';
import { TABLE_FULL } from '../dataplane/drop-reason.ts';
import type { Analysis } from './analysis.ts';
import { blindMaster } from './blind-takeovers.ts';
import type { Sighting } from './clock.ts';
import { countsOf, malformedOf } from './document.ts';
import type { FileEnds } from './file-ends.ts';
import type { CaptureFacts, Damage } from './findings.ts';
import type { CaptureSummary, Vantage } from './result.ts';
import { firstOf, rewrittenSpeaker } from './rewritten-speakers.ts';
import { secondsOf, type TimeBase } from './time-base.ts';
import { unheardMaster } from './unheard-masters.ts';

/**
 * What a replay knows of its capture when it has ended: the summary, and what the capture point
 * can have seen.
 */
export interface ReplayTally {
  readonly files: readonly string[];
  readonly capture: CaptureReader | null;
  readonly linkTypes: ReadonlySet<number>;
  /** Frames that were read, and those of them that were looked at. */
  readonly position: number;
  readonly ends: FileEnds;
  readonly frames: number;
  readonly bytes: number;
  readonly firstStamp: number;
  readonly firstFrame: number;
  readonly lastStamp: number;
  readonly lastFrame: number;
  readonly duplicates: number;
  readonly steppedBack: CaptureFacts['steppedBack'];
}

export function factsOf(analysis: Analysis, times: TimeBase, tally: ReplayTally): CaptureFacts {
  const counts = countsOf(analysis);
  const unseen = unseenOf(analysis);
  const isArpOnly = counts.arp > 0 && counts.ipv4 + counts.ipv6 === 0;
  const files = tally.capture?.files ?? [];
  return {
    summary: summaryOf(analysis, times, tally),
    counts,
    damages: damagesOf(tally),
    vantage: vantageOf(tally.linkTypes, isArpOnly, unseen !== null),
    unseen,
    isKept: rewrittenSpeaker(analysis) !== null,
    blind: blindOf(analysis, times),
    duplicates: tally.duplicates,
    dropped: files.reduce((sum, file) => sum + file.counts.dropped, 0),
    steppedBack: tally.steppedBack,
    untracked: analysis.outages.clients.overflow,
    unfollowed: analysis.owner.drops[TABLE_FULL] as number,
  };
}

/** The first master that became one unseen, and the first that may have ceased to be unseen. */
function blindOf(analysis: Analysis, times: TimeBase): CaptureFacts['blind'] {
  const became = blindMaster(analysis);
  const stood = analysis.routerDetectors.standstills.first;
  return [became, stood].flatMap((blind) => {
    if (blind === null) return [];
    const { frame, stamp, still, speaker } = blind;
    const master = analysis.entries.speakerIp(speaker.index) as string;
    const seconds = secondsOf(still.end - still.start);
    const t = times.sinceFirst(still.start);
    return { frame, stamp, t, seconds, master, wasMaster: blind !== became };
  });
}

/** A frame that shows that others passed elsewhere; null where nothing does. */
export function unseenOf(analysis: Analysis): Sighting | null {
  const { view, tracks, owner, routers, departed } = analysis;
  const relevant = new Set<string>();
  for (const track of tracks) {
    if (track === undefined || !track.isVirtual || owner.book.family(track.id) !== 4) continue;
    relevant.add(`${track.network}/${owner.book.word(track.id, 3)}`);
  }
  for (const { words, router } of routers.speakers) {
    if (router.family === 4) relevant.add(`${router.network}/${words[3]}`);
  }
  const isRelevant = (network: number, address: number): boolean =>
    relevant.has(`${network}/${address}`);
  const isOwned = (network: number, address: number): boolean => {
    const entry = owner.addresses4.find(network, address);
    return entry >= 0 && owner.addresses4.mac(entry) !== 0;
  };
  const elsewhere = view.answeredElsewhere(isRelevant, isOwned);
  const rewritten = rewrittenSpeaker(analysis);
  const kept = rewritten === null ? null : firstOf(rewritten);
  const unheard = unheardMaster(analysis) ?? departed ?? kept;
  const still = blindMaster(analysis) ?? analysis.routerDetectors.standstills.first;
  return view.missingEchoes ?? elsewhere ?? unheard ?? still;
}

function vantageOf(
  linkTypes: ReadonlySet<number>,
  isArpOnly: boolean,
  isPartial: boolean,
): Vantage {
  if (isArpOnly) return 'arp-only';
  if (linkTypes.has(LINKTYPE_LINUX_SLL) || linkTypes.has(LINKTYPE_LINUX_SLL2)) return 'any';
  return isPartial ? 'host' : 'switch';
}

/** Where files end before their end, in the order in which they were named. */
function damagesOf({ files, capture, ends }: ReplayTally): Damage[] {
  return (capture?.files ?? []).flatMap(({ damaged, truncated }, index) => {
    if (damaged === null) return [];
    const subject = files.length === 1 ? 'The capture' : (files[index] as string);
    return { ...damaged, subject, isTruncated: truncated, last: ends.of(index) };
  });
}

function summaryOf(analysis: Analysis, times: TimeBase, tally: ReplayTally): CaptureSummary {
  const files = tally.capture?.files ?? [];
  const damagedFile = files.find((file) => file.damaged !== null);
  const duration = tally.lastStamp - tally.firstStamp;
  const wrapped = analysis.wrapped.summary();
  return {
    files: [...tally.files],
    linkTypes: [...tally.linkTypes].map(linkTypeName),
    frames: tally.frames,
    bytes: tally.bytes,
    firstTime: times.format(tally.firstStamp, tally.firstFrame),
    lastTime: times.format(tally.lastStamp, tally.lastFrame),
    durationSeconds: Number.isNaN(duration) ? null : secondsOf(duration),
    truncated: files.some((file) => file.truncated),
    damaged: damagedFile?.damaged ?? null,
    malformed: malformedOf(analysis),
    ...(tally.frames === 0 && tally.position > 0 ? { isOutside: true } : {}),
    ...snapLengthOf(tally),
    ...(wrapped === null ? {} : { wrapped }),
  };
}

function snapLengthOf({ capture }: ReplayTally): Pick<CaptureSummary, 'snapLength'> {
  const interfaces = capture?.files.flatMap((file) => [...file.interfaces]) ?? [];
  const lengths = new Set(interfaces.map(({ snapLength }) => snapLength));
  const [only = 0] = lengths;
  return lengths.size === 1 && only > 0 ? { snapLength: only } : {};
}
