import { CLAIM_VERDICT_NAMES } from '../dataplane/verdict.ts';
import { formatMac } from '../wire/mac.ts';
import type { AddressLane, Handover } from './address-lane.ts';
import type { AdvertLane, StretchEnd } from './advert-lane.ts';
import type { Analysis } from './analysis.ts';
import type { LaneCollector } from './lane-collector.ts';
import type { Marks } from './marks.ts';
import type { ClaimEntry } from './result.ts';

/**
 * The lanes of a picture as text and numbers, beside the result document: who spoke when, and
 * what was sent to, from and about each virtual address. Times are seconds since the first frame,
 * to the microsecond.
 */

/** First and last moment, frame of the first, how many. */
export type LaneMark = readonly [t: number, last: number, frame: number, count: number];

export interface AdvertStretch {
  t: number;
  last: number;
  frame: number;
  lastFrame: number;
  priority: number;
  adverts: number;
  end: StretchEnd;
}

export interface AdvertLanes {
  ip: string;
  mac: string | null;
  vlan: number | null;
  vrid: number;
  version: number;
  addresses: string[];
  intervalSeconds: number;
  marks: LaneMark[];
  stretches: AdvertStretch[];
}

/** A takeover by a claim: the first packets to and from the new holder, null where none came. */
export interface HandoverMark {
  frame: number;
  request: { t: number; frame: number } | null;
  answer: { t: number; frame: number } | null;
}

export interface AddressLanes {
  ip: string;
  vlan: number | null;
  to: LaneMark[];
  from: { mac: string | null; marks: LaneMark[] }[];
  claims: { mac: string; verdict: ClaimEntry['verdict']; marks: LaneMark[] }[];
  handovers: HandoverMark[];
}

export interface Lanes {
  adverts: AdvertLanes[];
  /** Of virtual addresses, and of those of which a claim was refused. */
  addresses: AddressLanes[];
  /** Speakers and addresses that are not followed, because there are too many. */
  leftOut: number;
}

/** What a collector holds, when the replay has ended. */
export function lanesOf(analysis: Analysis, lanes: LaneCollector): Lanes {
  const { tracks } = analysis;
  const addresses = [...lanes.addresses.values()].filter(({ id }) => {
    const track = tracks[id];
    return track !== undefined && (track.isVirtual || track.refused !== null);
  });
  return {
    adverts: lanes.adverts
      .filter((lane) => lane !== undefined)
      .map((lane) => advertLanes(analysis, lane)),
    addresses: addresses.map((lane) => addressLanes(analysis, lane)),
    leftOut: lanes.leftOut,
  };
}

function advertLanes(analysis: Analysis, lane: AdvertLane): AdvertLanes {
  const { speaker, stretches } = lane;
  const { router, mac } = speaker;
  const { network } = router;
  return {
    ip: analysis.entries.speakerIp(speaker.index) as string,
    mac: mac === 0 ? null : formatMac(mac),
    vlan: network === 0 ? null : analysis.owner.classifier.vlanOf(network),
    vrid: router.vrid,
    version: router.version,
    addresses: router.addresses.map((id) => analysis.entries.ip(id)),
    intervalSeconds: speaker.observer.interval / 1e9,
    marks: marksOf(analysis, lane.marks),
    stretches: stretches.map((one) => ({
      t: seconds(analysis, one.start),
      last: seconds(analysis, one.last),
      frame: one.startFrame,
      lastFrame: one.lastFrame,
      priority: one.priority,
      adverts: one.adverts,
      end: one.end,
    })),
  };
}

function addressLanes(analysis: Analysis, lane: AddressLane): AddressLanes {
  return {
    ip: analysis.entries.ip(lane.id),
    vlan: analysis.entries.vlan(lane.id),
    to: marksOf(analysis, lane.to),
    from: lane.from.map(({ mac, marks }) => ({
      mac: mac === 0 ? null : formatMac(mac),
      marks: marksOf(analysis, marks),
    })),
    claims: lane.claims.map(({ mac, verdict, marks }) => ({
      mac: formatMac(mac),
      verdict: CLAIM_VERDICT_NAMES[verdict] as ClaimEntry['verdict'],
      marks: marksOf(analysis, marks),
    })),
    handovers: lane.handovers.map((handover) => handoverOf(analysis, handover)),
  };
}

function handoverOf(analysis: Analysis, handover: Handover): HandoverMark {
  const { frame, requestFrame, requestAt, answerFrame, answerAt } = handover;
  const moment = (first: number, at: number) =>
    first === 0 ? null : { t: seconds(analysis, at), frame: first };
  return {
    frame,
    request: moment(requestFrame, requestAt),
    answer: moment(answerFrame, answerAt),
  };
}

function marksOf(analysis: Analysis, marks: Marks): LaneMark[] {
  const list: LaneMark[] = [];
  for (let i = 0; i < marks.size; i++) {
    const first = seconds(analysis, marks.first(i));
    list.push([first, seconds(analysis, marks.last(i)), marks.frame(i), marks.count(i)]);
  }
  return list.sort((a, b) => a[0] - b[0]);
}

/** Zero where no frame of the capture has a time. */
function seconds(analysis: Analysis, now: number): number {
  const { first } = analysis.times;
  return Number.isNaN(first) ? 0 : Math.round((now - first) / 1e3) / 1e6;
}
