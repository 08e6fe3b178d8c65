import type { Analysis } from './analysis.ts';
import type { Entries } from './entries.ts';
import { TIMELINE } from './logs.ts';
import type { ReplayListener } from './result.ts';

/** Tells a listener what the analysers find, at the moment at which it is certain. */
export function announce(analysis: Analysis, entries: Entries, listener: ReplayListener): void {
  const { timeline } = analysis.logs;
  analysis.ownership.listener = {
    onClaim: (sequence) => listener.onClaim(entries.claim(sequence)),
    onTimeline: (sequence) => {
      if (!timeline.isKept(sequence)) return;
      const id = timeline.get(sequence, TIMELINE.ID);
      listener.onTimeline(entries.ip(id), entries.vlan(id), entries.timeline(sequence));
    },
    onFailover: (sequence) => {
      if (analysis.logs.failovers.isKept(sequence)) {
        listener.onFailover(entries.failover(sequence));
      }
    },
  };
  analysis.outages.onOutage = (sequence) => {
    listener.onOutage(entries.outage(sequence, () => null));
  };
}
