/**
 * What the replay command needs from the layers below, as one object, so that a test can stand
 * in for it. Loaded only once the command line is known to be good.
 */
import { Replay, type ReplayOptions } from '../analysis/replay.ts';
import type { ReplayResult } from '../analysis/result.ts';
import { type CaptureReader, mergeCaptures, openCapture } from '../capture/index.ts';

/** How far a replay has come. */
export interface ReplayProgress {
  bytesRead: number;
  /** Octets in all, or null where nobody can know. */
  size: number | null;
  frames: number;
}

export interface ReplayRun {
  run(
    capture: CaptureReader,
    breathe: (progress: ReplayProgress) => void | Promise<void>,
  ): Promise<void>;
  stop(): void;
  result(): ReplayResult;
}

export interface Engine {
  openCapture(path: string): Promise<CaptureReader>;
  mergeCaptures(readers: CaptureReader[]): CaptureReader;
  createReplay(options: ReplayOptions, files: string[]): ReplayRun;
}

export const engine: Engine = {
  openCapture: (path) => openCapture(path),
  mergeCaptures: (readers) => mergeCaptures(readers),
  createReplay: (options, files) => new Replay(options, files),
};
