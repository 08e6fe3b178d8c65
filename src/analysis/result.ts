/**
 * The replay result: the document that `havip replay --format json` prints and every other report
 * is made from. Times are RFC 3339 UTC with nine decimals (`time`), or seconds since the first
 * frame (`t`); `frame` is the 1-based number that Wireshark shows, of several merged captures the
 * position in the merged order. Field for field this is the published schema "havip/replay/1": a
 * change here is a change of a public contract.
 */
import type {
  AbsenceSummary,
  AdvertsOf,
  AskedAsides,
  BlindStretch,
  CaptureAsides,
  OutageClaim,
  PassedOn,
  PriorityLowering,
  VainBeginning,
} from './asides.ts';

export type Cause =
  | 'initial'
  | 'resumed'
  | 'station-move'
  | 'shutdown'
  | 'split-brain'
  | 'crash'
  | 'preemption'
  | 'announcement'
  /** Live: the binding of the holder was taken back, and nobody holds the address. */
  | 'unbind';

export type OutageCause = Cause | 'refused-claim' | 'claim' | 'unknown';
export type Vantage = 'switch' | 'host' | 'any' | 'arp-only' | 'rewritten';
export type Severity = 'error' | 'warning' | 'info';

/**
 * Where a frame stood before several captures were merged. Absent where there was but one, and
 * where it is not known any more: of a capture so long that not every frame's place was kept.
 */
export interface FrameOrigin {
  /** As in `capture.files`. */
  file: string;
  /** The 1-based number that Wireshark shows for that file alone. */
  fileFrame: number;
}

/** A moment of the capture; `time` and `t` are null where the frame carried no time. */
export interface Moment extends Partial<FrameOrigin> {
  time: string | null;
  t: number | null;
  frame: number;
}

export interface CaptureSummary extends CaptureAsides {
  files: string[];
  linkTypes: string[];
  frames: number;
  bytes: number;
  firstTime: string | null;
  lastTime: string | null;
  durationSeconds: number | null;
  truncated: boolean;
  damaged: { offset: number; reason: string } | null;
  malformed: Record<string, number>;
}

export interface FrameCounts {
  arp: number;
  gratuitousArpRequest: number;
  gratuitousArpReply: number;
  arpProbe: number;
  neighborSolicitation: number;
  neighborAdvertisement: number;
  unsolicitedNeighborAdvertisement: number;
  vrrp: number;
  carp: number;
  ipv4: number;
  ipv6: number;
  vlanTagged: number;
  other: number;
}

export interface HostSummary {
  mac: string;
  name: string | null;
  addresses: string[];
  role: 'host' | 'virtual-mac' | 'gateway';
  frames: number;
}

export interface SpeakerSummary {
  ip: string;
  mac: string | null;
  priority: number;
  adverts: number;
  firstFrame: number;
  lastFrame: number;
  faults: Record<string, number>;
}

export interface VirtualRouterSummary {
  vrid: number;
  version: number;
  family: 4 | 6;
  vlan: number | null;
  addresses: string[];
  mode: 'unicast' | 'multicast' | 'mixed';
  authType: 'none' | 'simple' | 'ah' | 'other';
  /** Null where none could be judged: every advert was cut, or has a wrong length. */
  checksum: 'plain' | 'pseudo-header' | 'pseudo-header-multicast' | 'mixed' | 'bad' | null;
  advertIntervalSeconds: number;
  speakers: SpeakerSummary[];
  /** Present only where there is any. */
  absences?: AbsenceSummary[];
}

export interface TimelineEntry extends Moment {
  mac: string | null;
  name: string | null;
  speaker: string | null;
  cause: Cause;
  /** Where it resumes: who was master until then, by its adverts; no part of the JSON document. */
  meanwhile?: AdvertsOf;
}

export interface HavipSummary {
  ip: string;
  vlan: number | null;
  subnet: string | null;
  enforced: boolean;
  members: string[];
  holder: string | null;
  claims: { moved: number; confirmed: number; noted: number; refused: Record<string, number> };
  timeline: TimelineEntry[];
  /** Who was master at last, by its adverts, where another holds it by claims; in no document. */
  laterMaster?: AdvertsOf;
  /** Who alone was master, by its adverts, of what nobody claimed; in no document. */
  onlyMaster?: AdvertsOf;
  /** The resignation of its holder, where nobody took over to the end; in no document. */
  resigned?: AdvertsOf;
  /** No answer of it to any client is in the capture; no part of the JSON document. */
  isUnanswered?: boolean;
}

export interface ClaimEntry extends Moment {
  vlan: number | null;
  ip: string;
  mac: string;
  /** Present only where the frame's Ethernet source is not the asserted MAC. */
  ethernetSource?: string;
  name: string | null;
  form: string;
  verdict: 'moved' | 'confirmed' | 'noted' | 'refused';
  reason: string | null;
}

export interface Party {
  mac: string;
  name: string | null;
  speaker: string | null;
}

export interface Evidence {
  vantage: Vantage;
  lastAdvertFrame: number | null;
  lastServiceFrame: number | null;
  firstClaimFrame: number | null;
  firstAdvertFrame: number | null;
  firstServiceFrame: number | null;
}

export interface ReceiverEntry {
  profile: string;
  acceptedFrame: number | null;
  t: number | null;
  why: string;
}

export interface FailoverEntry extends Moment {
  ip: string;
  vlan: number | null;
  from: Party;
  to: Party;
  cause: Cause;
  detectionSeconds: number | null;
  outageSeconds: number | null;
  masterDownIntervalSeconds: number | null;
  evidence: Evidence;
  receivers: ReceiverEntry[];
  /** Present only where the takeover itself is not in view; no part of the JSON document. */
  blind?: BlindStretch;
  /** No ping, DNS query or new connection came between the old master's last sign and the claim. */
  isUnasked?: boolean;
  /** Present only where the old holder was the higher before; no part of the JSON document. */
  lowering?: PriorityLowering;
  /** Present only where it lies in one; no part of the JSON document. */
  beginning?: VainBeginning;
}

/** A stretch in which a client's neighbor table had one MAC for the address, or none. */
export interface CacheRowEntry extends Moment {
  /** When the next row began; null where it lasted to the end. */
  untilT: number | null;
  untilFrame: number | null;
  mac: string | null;
  name: string | null;
  /** The kernel's state as the row began: incomplete, stale, delay, probe, reachable. */
  state: string;
  why: string;
}

/** What one client had in its neighbor table for one virtual address, by the rules of Linux. */
export interface CacheEntry {
  ip: string;
  vlan: number | null;
  client: { mac: string; ip: string; name: string | null };
  /** Rows left out. */
  elided: number;
  entries: CacheRowEntry[];
}

export interface OutageEntry {
  ip: string;
  vlan: number | null;
  client: { mac: string | null; ip: string };
  time: string | null;
  t: number | null;
  seconds: number | null;
  unanswered: number;
  lastServiceFrame: number;
  firstServiceFrame: number | null;
  before: { mac: string | null; name: string | null };
  after: { mac: string | null; name: string | null } | null;
  /** Index into `failovers`, or null. */
  failover: number | null;
  cause: OutageCause;
  /** Present only where a claim is the cause: whose, and which; no part of the JSON document. */
  claim?: OutageClaim;
  /** Its beginning: who answered resigned; and who was master then, if anybody; in no document. */
  resigned?: AdvertsOf;
  successor?: AdvertsOf;
  /**
   * Present only where the client's requests passed out of sight of the capture, so that it lasted
   * `seconds` at least; no part of the JSON document.
   */
  isLost?: true;
  /** How far its requests came, where a second interface shows that; in no document. */
  passedOn?: PassedOn;
}

/** Its origin, too, is there only where there is a frame. */
export interface Finding extends Partial<FrameOrigin> {
  code: string;
  severity: Severity;
  time: string | null;
  t: number | null;
  frame: number | null;
  vlan: number | null;
  ip: string | null;
  message: string;
  advice: string;
}

export interface Elided {
  claims: number;
  timeline: number;
  failovers: number;
  outages: number;
  findings: number;
}

export interface ReplayResult extends AskedAsides {
  schema: 'havip/replay/1';
  capture: CaptureSummary;
  counts: FrameCounts;
  hosts: HostSummary[];
  virtualRouters: VirtualRouterSummary[];
  havips: HavipSummary[];
  claims: ClaimEntry[];
  failovers: FailoverEntry[];
  outages: OutageEntry[];
  findings: Finding[];
  elided: Elided;
  /** Only where it was asked for. */
  caches?: CacheEntry[];
}

/**
 * What a report that follows a live capture is told, as it becomes known: a claim at once, a
 * failover once its cause can no longer change, an outage when it ended.
 */
export interface ReplayListener {
  onClaim(claim: ClaimEntry): void;
  onTimeline(ip: string, vlan: number | null, entry: TimelineEntry): void;
  onFailover(failover: FailoverEntry): void;
  onOutage(outage: OutageEntry): void;
  onFinding(finding: Finding): void;
}
