/**
 * What a running lab tells, one object an event, as `havip up --json` prints them: a public
 * contract (design, section 6). `time` is RFC 3339 UTC with nine decimals.
 */
import type { Cause, Finding, FrameOrigin, Party } from './result.ts';

export interface ReadyEvent {
  event: 'ready';
  time: string;
  /** Where the API is; absent where there is none. */
  api?: string;
  ports: { name: string; mac: string; addresses: string[] }[];
  havips: { name: string; ip: string; holder: string | null; members: string[] }[];
}

export interface ClaimEvent {
  event: 'claim';
  time: string;
  ip: string;
  mac: string;
  name: string | null;
  /**
   * Where the frame came in: instance/eni. Null where the claim is told long after its frame,
   * because only then the address turned out to be virtual.
   */
  port: string | null;
  form: string;
  verdict: 'moved' | 'confirmed' | 'noted' | 'refused';
  reason: string | null;
}

export interface TakeoverEvent {
  event: 'takeover';
  time: string;
  ip: string;
  from: Party;
  to: Party;
  cause: Cause;
  detectionSeconds: number | null;
  outageSeconds: number | null;
  repointMicroseconds: number | null;
}

export type FindingEvent = { event: 'finding'; time: string } & Omit<
  Finding,
  'time' | 't' | keyof FrameOrigin
>;

/** Frames dropped since the event before, by reason; those without change are left out. */
export interface DropsEvent {
  event: 'drops';
  time: string;
  [reason: string]: string | number;
}

export interface PortGoneEvent {
  event: 'port-gone';
  time: string;
  port: string;
}

export interface StoppedEvent {
  event: 'stopped';
  time: string;
}

export type LabEvent =
  | ReadyEvent
  | ClaimEvent
  | TakeoverEvent
  | FindingEvent
  | DropsEvent
  | PortGoneEvent
  | StoppedEvent;

/** What `havip status --json` prints. */
export interface LabStatus {
  lab: string;
  provider: string | null;
  since: string;
  ports: PortStatus[];
  table: { ip: string; vlan: number | null; mac: string; port: string | null }[];
  havips: HavipStatus[];
  drops: Record<string, number>;
  /** Events that the report lost because too much happened at once. */
  lostEvents: number;
}

/** What a running lab answers when it is asked for its status. */
export interface LabStatusAnswer extends LabStatus {
  /** Hosts that were killed and not started since; their ports are `cut`. */
  dead: string[];
}

export interface PortStatus {
  name: string;
  mac: string;
  addresses: string[];
  state: 'up' | 'cut' | 'paused' | 'gone';
  framesIn: number;
  framesOut: number;
  octetsIn: number;
  octetsOut: number;
  /** Over the last second, in frames a second. */
  rateIn: number;
  rateOut: number;
}

export interface HavipStatus {
  name: string;
  ip: string;
  holder: { mac: string; name: string | null } | null;
  /** When the holder took it. */
  since: string | null;
  members: string[];
}
