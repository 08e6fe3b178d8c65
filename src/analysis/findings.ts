import { DROP_REASON_NAMES } from '../dataplane/drop-reason.ts';
import type { Analysis } from './analysis.ts';
import type { Entries } from './entries.ts';
import { CLAIM } from './logs.ts';
import type { CaptureSummary, Finding, FrameCounts, Severity, Vantage } from './result.ts';

/**
 * What an operator should know beyond the tables: refused claims, and what this capture cannot
 * show. A finding names its evidence frame and what to do about it.
 */
export interface CaptureFacts {
  readonly summary: CaptureSummary;
  readonly counts: FrameCounts;
  readonly duplicates: number;
  readonly dropped: number;
  readonly steppedBack: { count: number; largest: number; frame: number };
  readonly hasEthernet: boolean;
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
  entries: Entries,
  facts: CaptureFacts,
  limit: number,
): { count: number; kept: Finding[] } {
  const { log } = analysis.detectors;
  const refused = refusalFindings(analysis, entries);
  const ofCapture = captureFindings(facts).map(complete);
  const all = [...refused, ...log.kept(), ...ofCapture];
  // What has no frame is about the whole capture and comes last; equal frames keep their order.
  all.sort((a, b) => (a.frame ?? Infinity) - (b.frame ?? Infinity) || 0);
  const isCut = limit > 0 && all.length > 2 * limit;
  const kept = isCut ? [...all.slice(0, limit), ...all.slice(-limit)] : all;
  return { count: refused.length + log.count + ofCapture.length, kept };
}

/** The refusals so far; one finding for each address, claimant and reason. */
export function refusalFindings(analysis: Analysis, entries: Entries): Finding[] {
  return refusals(analysis, entries).map(complete);
}

function complete(draft: Draft): Finding {
  const { code, severity, time, t, frame, vlan, ip, message, advice } = draft;
  return {
    code,
    severity,
    time: time ?? null,
    t: t ?? null,
    frame: frame ?? null,
    vlan: vlan ?? null,
    ip: ip ?? null,
    message,
    advice,
  };
}

const REFUSAL_ADVICE: Readonly<Record<string, string>> = {
  'wrong-subnet': 'Give the HaVip an address of the subnet that its members are in.',
  'virtual-mac':
    'A cloud knows no virtual MAC: remove use_vmac from the vrrp_instance of keepalived.conf.',
  'sender-mac-mismatch':
    'Ethernet source and ARP sender must be the same NIC: look for a forged or proxied ARP.',
  'wrong-port':
    'A host sends with a MAC that is not its own: the event of the claim names its port.',
  'not-member':
    'If this host should serve the HaVip, bind it to the HaVip; if not, find out what runs on it.',
  'ordinary-address':
    'An ordinary address cannot move by ARP: use a HaVip, or find out who claims this address.',
};

/** One finding for each address, claimant and reason: the first frame stands for all. */
function refusals(analysis: Analysis, entries: Entries): Draft[] {
  const { claims } = analysis.logs;
  const first = new Map<string, { sequence: number; count: number }>();
  for (const sequence of claims.kept()) {
    const reason = claims.get(sequence, CLAIM.REASON);
    if (reason === 0) continue;
    const key = `${claims.get(sequence, CLAIM.ID)}/${claims.get(sequence, CLAIM.MAC)}/${reason}`;
    const known = first.get(key);
    if (known === undefined) first.set(key, { sequence, count: 1 });
    else known.count++;
  }
  return [...first.values()].map(({ sequence, count }) => {
    const claim = entries.claim(sequence);
    const who = claim.name === null ? claim.mac : `${claim.name} (${claim.mac})`;
    const reason = DROP_REASON_NAMES[claims.get(sequence, CLAIM.REASON)] as string;
    const times = count === 1 ? 'once' : `${count} times`;
    return {
      ...claim,
      code: 'claim-refused',
      severity: 'error' as Severity,
      message: `${who} claimed ${claim.ip} ${times} and the cloud would refuse it: ${reason}.`,
      advice: REFUSAL_ADVICE[reason] ?? 'See the rules of this provider in docs/providers.md.',
    };
  });
}

function captureFindings(facts: CaptureFacts): Draft[] {
  const drafts: Draft[] = [];
  const { summary } = facts;
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
    add('capture-truncated', 'warning', summary.frames, [
      `The capture ends inside a record: ${summary.damaged?.reason ?? 'cut short'}.`,
      'Copy the file again after tcpdump has ended; what came before is in this report.',
    ]);
  } else if (summary.damaged !== null) {
    add('capture-damaged', 'warning', summary.frames, [
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
  if (!facts.hasEthernet && summary.frames > 0) {
    add('no-ethernet', 'warning', 0, [
      `Link type ${summary.linkTypes.join(', ')} has no Ethernet layer, so no ARP can be in it.`,
      'Capture on the Ethernet interface itself (tcpdump -i eth0).',
    ]);
  }
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
