import type { Analysis } from './analysis.ts';
import { OUTAGE, TIMELINE } from './logs.ts';
import type { ReplayListener } from './result.ts';

/** Tells a listener what the analysers find, at the moment at which it is certain. */
export function announce(analysis: Analysis, listener: ReplayListener): void {
  const { entries } = analysis;
  const { failovers, timeline } = analysis.logs;
  const onTimeline = (sequence: number): void => {
    if (!timeline.isKept(sequence)) return;
    const id = timeline.get(sequence, TIMELINE.ID);
    listener.onTimeline(entries.ip(id), entries.vlan(id), entries.timeline(sequence));
  };
  analysis.claimLog.onClaim = (sequence) => listener.onClaim(entries.claim(sequence));
  analysis.ownership.onTimeline = onTimeline;
  analysis.failovers.onSettled = (sequence, entry) => {
    onTimeline(entry);
    if (failovers.isKept(sequence)) listener.onFailover(entries.failover(sequence));
  };
  analysis.detectors.log.onFinding = (finding) => listener.onFinding(finding);
  const { outages } = analysis.logs;
  const onOutage = (sequence: number): void => {
    if (analysis.tracks[outages.get(sequence, OUTAGE.ID)]?.isListed !== true) return;
    listener.onOutage(entries.outage(sequence, () => null));
  };
  analysis.outages.clientGaps.onOutage = onOutage;
  analysis.rewritten.onOutage = onOutage;
}
