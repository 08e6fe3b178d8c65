/**
 * What the lab asks of the engine's thread, and what the engine tells: plain data that crosses
 * between two threads. Requests are obeyed between two bursts.
 */
import type { PolicerRate } from '../../dataplane/arp-policer.ts';
import type { Control, ControlResult } from '../../havip/control.ts';
import type { DataplaneChange } from '../../havip/inventory/dataplane.ts';
import type { ProviderName, Topology } from '../../havip/topology.ts';
import type { FaultRates } from '../../ports/fault-port.ts';
import type { Device } from '../attachment.ts';

/** What the thread can know before there are devices. */
export interface Rehearsal {
  provider: ProviderName;
  dryRun: boolean;
}

export interface EngineSettings {
  topology: Topology;
  /** To be made before the first frame. */
  changes: readonly DataplaneChange[];
  devices: Device[];
  /** Memory of the ring of events. */
  events: SharedArrayBuffer;
  /** Memory of the ring of captured frames; null where nothing is captured. */
  capture: { ring: SharedArrayBuffer; lost: SharedArrayBuffer } | null;
  dryRun: boolean;
  /** Claims by ARP and ND that a port may send; null: as many as it likes. */
  arpRate: PolicerRate | null;
  busyPoll: boolean;
  /** Seconds since 1970 from which the engine counts nanoseconds. */
  base: number;
}

/** Changes of HaVips, all of them or none, or of holders. */
export type EngineChange =
  | { command: 'change'; changes: readonly DataplaneChange[] }
  /** The HaVips that the instance holds have no holder any more. */
  | { command: 'flush'; instance: string };

/** Makes it, in the engine and again in what the events are judged by. */
export function makeChange(control: Control, change: EngineChange): ControlResult {
  if (change.command === 'flush') return control.flushHolder(change.instance);
  return control.applyAll(change.changes);
}

export type EngineRequest =
  /** `number`: of the change, for its record among the events. */
  | (EngineChange & { number: number })
  | { command: 'cut' | 'hold'; ports: number[]; on: boolean }
  | { command: 'fault'; ports: number[]; rates: FaultRates; seed: number }
  /** Brief: counts alone, without tables and HaVips. */
  | { command: 'statistics'; isBrief?: boolean }
  | { command: 'stop' };

export interface EngineStatistics {
  /** By port: frames in and out, octets in and out. */
  ports: { in: number; out: number; octetsIn: number; octetsOut: number }[];
  /** By reason. What a device did not take counts as out, too: it was sent. */
  drops: Record<string, number>;
  table: { ip: string; vlan: number | null; mac: string; port: number }[];
  havips: { name: string; mac: string | null; members: string[] }[];
}

export type EngineReply = ControlResult | { statistics: EngineStatistics } | { done: true };

/** Kinds of records in the ring of events. */
export const RECORD_FRAME = 1;
/** A frame left for the new holder: octets are the address, `a` its family, `b` its network. */
export const RECORD_REPOINTED = 2;
export const RECORD_PORT_GONE = 3;
/**
 * An address went with its virtual MAC to another port: octets are the address and the MAC,
 * `a` its family, `b` its network, `c` both ports.
 */
export const RECORD_STATION_MOVED = 6;
/** From here on the change with the number `a` holds. */
export const RECORD_CHANGED = 5;
/** In the ring of captured frames: `a` port, `b` direction, `c` drop reason. */
export const RECORD_CAPTURED = 4;

export const DIRECTION_IN = 1;
export const DIRECTION_OUT = 2;
