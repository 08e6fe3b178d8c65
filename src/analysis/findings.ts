import type { Analysis } from './analysis.ts';
import type { Entries } from './entries.ts';
import { showsArp, undecodedOf } from './link-layers.ts';
import { endsOf } from './logs.ts';
import type { CaptureSummary, Finding, FrameCounts, Severity, Vantage } from './result.ts';

/**
 * What an operator should know beyond the tables: refused claims, and what this capture cannot
 * show. A finding names its evidence frame and what to do about it.
 */
export interface CaptureFacts {
  readonly summary: CaptureSummary;
  readonly counts: FrameCounts;
  /** The last that was read before the damage, where there is any; 0 for none. */
  readonly damageFrame: number;
  readonly duplicates: number;
  readonly dropped: number;
  readonly steppedBack: { count: number; largest: number; frame: number };
  readonly vantage: Vantage;
  /** Frame that shows that frames passed elsewhere; 0 where nothing does. */
  readonly unseenFrame: number;
  readonly untracked: number;
  /** Claims of addresses beyond those that are followed. */
  readonly unfollowed: number;
}

type Draft = Omit<Finding, 'time' | 't' | 'frame' | 'vlan' | 'ip'> & Partial<Finding>;

/** How many there are, and of these the first and the last `limit` by evidence frame; 0: all. */
export function findingsOf(
  analysis: Analysis,
  facts: CaptureFacts,
  limit: number,
): { count: number; shown: Finding[] } {
  const { detectors, refusals, entries } = analysis;
  const ofCapture = captureFindings(facts).map((draft) => complete(draft, entries));
  for (const finding of ofCapture) detectors.log.onFinding?.(finding);
  const all = [...refusals.findings(entries), ...detectors.log.kept(), ...ofCapture];
  // What has no frame is about the whole capture and comes last; equal frames keep their order.
  all.sort((a, b) => (a.frame ?? Infinity) - (b.frame ?? Infinity) || 0);
  const count = refusals.size + detectors.log.count + ofCapture.length;
  return { count, shown: endsOf(all, limit) };
}

function complete(draft: Draft, entries: Entries): Finding {
  const { code, severity, time, t, frame, vlan, ip, message, advice } = draft;
  return {
    code,
    severity,
    time: time ?? null,
    t: t ?? null,
    frame: frame ?? null,
    ...entries.originOf(frame ?? null),
    vlan: vlan ?? null,
    ip: ip ?? null,
    message,
    advice,
  };
}

function captureFindings(facts: CaptureFacts): Draft[] {
  const drafts: Draft[] = [];
  const { summary, damageFrame } = facts;
  const add = (code: string, severity: Severity, frame: number, text: [string, string]): void => {
    drafts.push({
      code,
      severity,
      frame: frame === 0 ? null : frame,
      message: text[0],
      advice: text[1],
    });
  };
  if (summary.truncated) {
    add('capture-truncated', 'warning', damageFrame, [
      `The capture ends inside a record: ${summary.damaged?.reason ?? 'cut short'}.`,
      'Copy the file again after tcpdump has ended; what came before is in this report.',
    ]);
  } else if (summary.damaged !== null) {
    add('capture-damaged', 'warning', damageFrame, [
      `The capture is damaged at octet ${summary.damaged.offset}: ${summary.damaged.reason}.`,
      'Everything before it is in this report; take the capture again for the rest.',
    ]);
  }
  if (facts.dropped > 0) {
    add('capture-dropped', 'warning', 0, [
      `The capturing program dropped ${facts.dropped} frames: some events may be missing here.`,
      'Capture with a larger buffer (tcpdump -B 65536) and a filter (arp or vrrp or icmp).',
    ]);
  }
  if (facts.duplicates > 0) {
    add('capture-duplicates', 'info', 0, [
      `${facts.duplicates} frames are copies seen on a further interface and were analysed once.`,
      'Capture on one interface (not -i any) to have each frame once.',
    ]);
  }
  partialView(facts, add);
  if (summary.frames > 0) linkLayer(summary.linkTypes, add);
  const { count, largest, frame } = facts.steppedBack;
  if (count > 0) {
    add('time-backwards', 'info', frame, [
      `Time steps back at ${count} frames, by ${formatStep(largest)} at most.`,
      'Small steps are usual with several processors; large ones mean that a clock was set.',
    ]);
  }
  return drafts;
}

type Add = (code: string, severity: Severity, frame: number, text: [string, string]) => void;

function linkLayer(linkTypes: readonly string[], add: Add): void {
  const advice = 'Capture on the Ethernet interface itself (tcpdump -i eth0).';
  const undecoded = undecodedOf(linkTypes).join(', ');
  const isPartial = showsArp(linkTypes);
  if (undecoded !== '') {
    add(isPartial ? 'capture-partial-view' : 'no-ethernet', 'warning', 0, [
      `Link type ${undecoded} is not decoded: its frames are counted and not looked into.`,
      advice,
    ]);
  } else if (!isPartial) {
    add('no-ethernet', 'warning', 0, [
      `Link type ${linkTypes.join(', ')} has no Ethernet layer, so no ARP can be in it.`,
      advice,
    ]);
  }
}

function partialView(facts: CaptureFacts, add: Add): void {
  if (facts.vantage === 'arp-only') {
    add('capture-partial-view', 'warning', 0, [
      'Only ARP is in this capture: causes of failovers and outages cannot be known from it.',
      'Capture without a filter, or with: arp or vrrp or icmp or icmp6.',
    ]);
  } else if (facts.unseenFrame > 0) {
    add('capture-partial-view', 'warning', facts.unseenFrame, [
      'This capture point does not see all frames: unicast between other hosts passed elsewhere,' +
        ' so adverts, causes and outages of other clients can be missing.',
      'Capture on the switch (a mirror port, the bridge), or on every node, and replay all files.',
    ]);
  }
  if (facts.unfollowed > 0) {
    add('capture-partial-view', 'info', 0, [
      `${facts.unfollowed} claims of addresses beyond the first 65536 were not followed.`,
      'Filter the capture to the addresses that matter.',
    ]);
  }
  if (facts.untracked > 0) {
    add('capture-partial-view', 'info', 0, [
      `${facts.untracked} requests of clients beyond the first 16384 were not judged.`,
      'Filter the capture to the clients that matter.',
    ]);
  }
}

function formatStep(nanoseconds: number): string {
  if (nanoseconds >= 1e9) return `${(nanoseconds / 1e9).toFixed(3)} s`;
  if (nanoseconds >= 1e6) return `${(nanoseconds / 1e6).toFixed(3)} ms`;
  return `${(nanoseconds / 1e3).toFixed(3)} µs`;
}
