/**
 * What the replay command needs from the layers below, as one object, so that a test can stand
 * in for it. Loaded only once the command line is known to be good.
 */
import type { Lanes } from '../analysis/lanes.ts';
import { Replay, type ReplayOptions, type ReplayProgress } from '../analysis/replay.ts';
import type { ReplayResult } from '../analysis/result.ts';
import { type CaptureReader, mergeCaptures, openCapture } from '../capture/index.ts';
import { withChosenMacs } from '../havip/chosen-macs.ts';
import type { Topology } from '../havip/topology.ts';

export interface ReplayRun {
  run(
    capture: CaptureReader,
    breathe: (progress: ReplayProgress) => void | Promise<void>,
  ): Promise<void>;
  stop(): void;
  result(): ReplayResult;
  /** Failovers and outages that could not be measured; to be read after `result`. */
  readonly unmeasured: number;
  /** To be read after `result`; null where nobody asked for them. */
  readonly lanes: { document(): Lanes } | null;
}

/** `topology` null: nothing is guarded. */
export type RunOptions = Omit<ReplayOptions, 'site'> & { topology: Topology | null };

export interface Engine {
  openCapture(path: string): Promise<CaptureReader>;
  mergeCaptures(readers: CaptureReader[]): CaptureReader;
  createReplay(options: RunOptions, files: string[]): Promise<ReplayRun>;
}

export const engine: Engine = {
  openCapture: (path) => openCapture(path),
  mergeCaptures: (readers) => mergeCaptures(readers),
  async createReplay({ topology, ...options }, files) {
    if (topology === null) return new Replay({ ...options, site: null }, files);
    // The control plane brings the providers' tables, which a bare replay does without.
    const { compile } = await import('../havip/compile.ts');
    return new Replay({ ...options, site: compile(await asInLab(topology)) }, files);
  },
};

/** With the MACs and addresses that a lab of this file has, as its own captures show. */
async function asInLab(topology: Topology): Promise<Topology> {
  const { completeTopology } = await import('../havip/complete-topology.ts');
  try {
    return completeTopology(topology);
  } catch (error) {
    // What no lab could run, for want of a provider or an address, can be replayed all the same.
    if (error instanceof RangeError) return withChosenMacs(topology);
    throw error;
  }
}
