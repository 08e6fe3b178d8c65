/**
 * A failover taken apart in time: detection (the old master's last advert to the new one's first
 * sign), claim (to its first accepted claim), repoint (to the first packet that is sent to it) and
 * recovery (to the first answer). A part that the capture does not show is null, never guessed.
 */
import type { HandoverMark, Lanes } from '../../analysis/lanes.ts';
import type { FailoverEntry, ReplayResult } from '../../analysis/result.ts';
import { outageOf, type Stretch } from '../outage-words.ts';

export interface Phase {
  name: 'detection' | 'claim' | 'repoint' | 'recovery';
  /** When it began and how long it took; both null where either end is not in view. */
  start: number | null;
  seconds: number | null;
}

export interface Breakdown {
  phases: Phase[];
  /** Of the whole bar, seconds since the first frame. */
  start: number;
  end: number;
  /** Where the client's outage lies on the same scale; null where none is known. */
  outage: Stretch | null;
}

/** A packet that comes later than this after the claim was not waiting for it. */
const IDLE_SECONDS = 10;

/** Null where the failover has no time. */
export function breakdownOf(
  failover: FailoverEntry,
  index: number,
  result: ReplayResult,
  lanes: Lanes,
): Breakdown | null {
  const { t, detectionSeconds } = failover;
  if (t === null) return null;
  const { outage, ends } = outageOf(failover, index, result);
  const heard = detectionSeconds === null ? null : t - detectionSeconds;
  const spoke = heard === null ? null : firstSign(failover, lanes, heard, t);
  const handover = handoverOf(failover, lanes);
  const isIdle = (at: number) => outage === null && at - t > IDLE_SECONDS;
  const request = momentAfter(handover?.request?.t, t, isIdle);
  const answered = momentAfter(ends ?? handover?.answer?.t, request ?? t, isIdle);
  const start = Math.min(heard ?? t, outage?.start ?? t);
  const end = Math.max(t, request ?? t, answered ?? t, outage?.end ?? t);
  const phases: Phase[] = [
    phase('detection', heard, spoke),
    phase('claim', spoke, t),
    phase('repoint', t, request),
    phase('recovery', request, answered),
  ];
  return { phases, start, end, outage };
}

/** When the new master first showed: its first advert where that came before its claim. */
function firstSign(failover: FailoverEntry, lanes: Lanes, heard: number, t: number): number {
  const frame = failover.evidence.firstAdvertFrame;
  for (const { stretches } of lanes.adverts) {
    const stretch = stretches.find((one) => one.frame === frame);
    if (stretch !== undefined && stretch.t >= heard && stretch.t <= t) return stretch.t;
  }
  return t;
}

function handoverOf(failover: FailoverEntry, lanes: Lanes): HandoverMark | undefined {
  const { ip, vlan, frame } = failover;
  const lane = lanes.addresses.find((one) => one.ip === ip && one.vlan === vlan);
  return lane?.handovers.find((one) => one.frame === frame);
}

function momentAfter(
  at: number | undefined,
  from: number,
  isIdle: (at: number) => boolean,
): number | null {
  return at === undefined || at < from || isIdle(at) ? null : at;
}

/** The length is rounded to the microsecond of the lanes. */
function phase(name: Phase['name'], start: number | null, end: number | null): Phase {
  if (start === null || end === null) return { name, start: null, seconds: null };
  return { name, start, seconds: Math.round((end - start) * 1e6) / 1e6 };
}
