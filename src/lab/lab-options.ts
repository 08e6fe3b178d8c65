/** What a lab is to be made of, and who is told what happens in it. */
import type { LabEvent } from '../analysis/live-events.ts';
import type { PolicerRate } from '../dataplane/arp-policer.ts';
import type { DataplaneChange } from '../havip/inventory/dataplane.ts';
import type { Topology } from '../havip/topology.ts';
import type { EngineLink } from './engine/engine-link.ts';
import type { LineSink } from './host.ts';
import type { FeedHistory } from './live-feed.ts';

export interface LabOptions {
  /** Complete: every ENI has its MAC, every HaVip its address. */
  topology: Topology;
  /** What the switch has to be told beyond it, before the first frame. */
  changes: readonly DataplaneChange[];
  /** Who writes down what happens to HaVips. */
  history: FeedHistory;
  /** Path of the lab file, and its folder, where `run` starts. */
  file: string;
  folder: string;
  allClaims: boolean;
  dryRun: boolean;
  /** Claims by ARP and ND that a port may send; null: as many as it likes. */
  arpRate: PolicerRate | null;
  busyPoll: boolean;
  /** Where to write what passes each port; null: nowhere. */
  captureFolder: string | null;
  /** The engine's thread, which may still rehearse; it ends with the lab. */
  link: EngineLink;
  /** The words that start this command. */
  command: readonly string[];
  /** Nanoseconds since 1970. */
  wallClock(): number;
  emit(event: LabEvent): void;
  onLine: LineSink;
  /** Something is lost, and the lab goes on: one line. */
  warn(line: string): void;
  /** The engine or the analysis ended by itself: nothing passes any more, or nothing is told. */
  onFailure(error: Error): void;
}
