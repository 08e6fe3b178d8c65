import type { Analysis } from './analysis.ts';
import type { BlindStretch } from './asides.ts';
import type { Sighting } from './clock.ts';
import type { Entries } from './entries.ts';
import { showsArp, undecodedOf } from './link-layers.ts';
import { endsOf } from './logs.ts';
import type { CaptureSummary, Finding, FrameCounts, Severity, Vantage } from './result.ts';
import type { StepsBack } from './steps-back.ts';

/**
 * What an operator should know beyond the tables: refused claims, and what this capture cannot
 * show. A finding names its evidence frame and what to do about it.
 */
export interface CaptureFacts {
  readonly summary: CaptureSummary;
  readonly counts: FrameCounts;
  readonly damages: readonly Damage[];
  readonly duplicates: number;
  readonly dropped: number;
  readonly steppedBack: StepsBack;
  readonly vantage: Vantage;
  /** What shows that frames passed elsewhere; null where nothing does. */
  readonly unseen: Sighting | null;
  /** Claims of a speaker are, since a switch that forwards by IP passed its adverts on. */
  readonly isKept: boolean;
  /** Masters after a stretch without a frame, which they were before it, too, or became in it. */
  readonly blind: readonly BlindMasterFacts[];
  readonly untracked: number;
  /** Claims of addresses beyond those that are followed. */
  readonly unfollowed: number;
}

interface BlindMasterFacts extends Sighting, BlindStretch {
  readonly master: string;
  readonly wasMaster: boolean;
}

/** Where reading one of the captures ended too soon, and why. */
export interface Damage {
  /** How it is called in a sentence. */
  readonly subject: string;
  readonly offset: number;
  readonly reason: string;
  /** It ends inside a record; else what follows cannot be one. */
  readonly isTruncated: boolean;
  /** The last frame before it. */
  readonly last: Sighting;
}

type Draft = Pick<Finding, 'code' | 'severity' | 'message' | 'advice'> & { at: Sighting };

/** Advice where a capture point does not see what it takes. */
const CAPTURE_ALL =
  'Capture on the switch (a mirror port, the bridge), or on every node, and replay all files.';

/** The evidence of what is about the capture as a whole. */
const NOWHERE: Sighting = { frame: 0, stamp: Number.NaN };

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

function complete({ code, severity, at, message, advice }: Draft, entries: Entries): Finding {
  return {
    code,
    severity,
    ...entries.moment(at.stamp, at.frame),
    frame: at.frame === 0 ? null : at.frame,
    vlan: null,
    ip: null,
    message,
    advice,
  };
}

function captureFindings(facts: CaptureFacts): Draft[] {
  const drafts: Draft[] = [];
  const { summary } = facts;
  const add: Add = (code, severity, at, [message, advice]) => {
    drafts.push({ code, severity, at, message, advice });
  };
  for (const damage of facts.damages) addDamage(damage, add);
  if (facts.dropped > 0) {
    add('capture-dropped', 'warning', NOWHERE, [
      `The capturing program dropped ${frames(facts.dropped)}: some events may be missing here.`,
      'Capture with a larger buffer (tcpdump -B 65536) and a filter (arp or vrrp or icmp).',
    ]);
  }
  if (facts.duplicates > 0) {
    const ofSeveral = summary.files.length > 1;
    add('capture-duplicates', 'info', NOWHERE, [
      `${copies(facts.duplicates, ofSeveral)} analysed once.`,
      ofSeveral
        ? 'Nothing to do: captures of several places on one network have frames in common.'
        : 'Capture on one interface (not -i any) to have each frame once.',
    ]);
  }
  partialView(facts, add);
  if (summary.frames > 0) linkLayer(summary.linkTypes, add);
  const { count, largest } = facts.steppedBack;
  if (count > 0) {
    add('time-backwards', 'info', facts.steppedBack, [
      `Time steps back at ${frames(count)}, by ${formatStep(largest)} at most.`,
      'Small steps are usual with several processors; large ones mean that a clock was set.',
    ]);
  }
  return drafts;
}

function frames(count: number): string {
  return count === 1 ? '1 frame' : `${count} frames`;
}

function copies(count: number, ofSeveral: boolean): string {
  const where = ofSeveral ? 'in another file or on a further interface' : 'on a further interface';
  return count === 1
    ? `1 frame is a copy seen ${where} and was`
    : `${count} frames are copies seen ${where} and were`;
}

type Add = (code: string, severity: Severity, at: Sighting, text: [string, string]) => void;

function addDamage({ subject, offset, reason, isTruncated, last }: Damage, add: Add): void {
  if (isTruncated) {
    add('capture-truncated', 'warning', last, [
      `${subject} ends inside a record: ${reason}.`,
      'Copy the file again after tcpdump has ended; what came before is in this report.',
    ]);
    return;
  }
  add('capture-damaged', 'warning', last, [
    `${subject} is damaged at octet ${offset}: ${reason}.`,
    'Everything before it is in this report; take the capture again for the rest.',
  ]);
}

function linkLayer(linkTypes: readonly string[], add: Add): void {
  const advice = 'Capture on the Ethernet interface itself (tcpdump -i eth0).';
  const undecoded = undecodedOf(linkTypes).join(', ');
  const isPartial = showsArp(linkTypes);
  if (undecoded !== '') {
    add(isPartial ? 'capture-partial-view' : 'no-ethernet', 'warning', NOWHERE, [
      `Link type ${undecoded} is not decoded: its frames are counted and not looked into.`,
      advice,
    ]);
  } else if (!isPartial) {
    add('no-ethernet', 'warning', NOWHERE, [
      `Link type ${linkTypes.join(', ')} has no Ethernet layer, so no ARP can be in it.`,
      advice,
    ]);
  }
}

function partialView(facts: CaptureFacts, add: Add): void {
  if (facts.vantage === 'arp-only') {
    add('capture-partial-view', 'warning', NOWHERE, [
      'Only ARP is in this capture: causes of failovers and outages cannot be known from it.',
      'Capture without a filter, or with: arp or vrrp or icmp or icmp6.',
    ]);
  }
  for (const blind of facts.blind) add('capture-partial-view', 'warning', blind, blindWords(blind));
  const isTold = facts.blind.some(({ frame }) => frame === facts.unseen?.frame);
  if (facts.unseen !== null && facts.vantage !== 'arp-only' && !isTold) {
    add('capture-partial-view', 'warning', facts.unseen, [
      'This capture point does not see all frames: ' +
        (facts.isKept
          ? 'the switch forwards by IP and keeps what other hosts announce to itself, so claims'
          : 'unicast between other hosts passed elsewhere, so adverts') +
        ', causes and outages of other clients can be missing.',
      CAPTURE_ALL,
    ]);
  }
  if (facts.unfollowed > 0) {
    add('capture-partial-view', 'info', NOWHERE, [
      `${facts.unfollowed} claims of addresses beyond the first 65536 were not followed.`,
      'Filter the capture to the addresses that matter.',
    ]);
  }
  if (facts.untracked > 0) {
    add('capture-partial-view', 'info', NOWHERE, [
      `${facts.untracked} requests of clients beyond the first 16384 were not judged.`,
      'Filter the capture to the clients that matter.',
    ]);
  }
}

function blindWords(blind: BlindMasterFacts): [message: string, advice: string] {
  const { seconds, t, master, wasMaster } = blind;
  const from = t === null ? '' : ` from t ${t.toFixed(3)} s on`;
  const none = `Not one frame is in this capture for ${seconds.toFixed(3)} s${from}`;
  if (!wasMaster) {
    return [
      `${none} (was its link down?), and ${master} became master meanwhile: who announced what ` +
        'is not in view.',
      CAPTURE_ALL,
    ];
  }
  return [
    `${none}, before and after which ${master} is master: if its host stood still (a paused ` +
      'virtual machine), a backup took over meanwhile, and since it announced nothing when it ' +
      'went on, the address may still be with that backup.',
    `${CAPTURE_ALL} Against a master that goes on unannounced: \`garp_master_refresh 5\`.`,
  ];
}

function formatStep(nanoseconds: number): string {
  if (nanoseconds >= 1e9) return `${(nanoseconds / 1e9).toFixed(3)} s`;
  if (nanoseconds >= 1e6) return `${(nanoseconds / 1e6).toFixed(3)} ms`;
  return `${(nanoseconds / 1e3).toFixed(3)} µs`;
}
