import type { FrameOrigin } from './result.ts';

/**
 * Where the frames of several merged captures stood: in which file, with which number. Kept are
 * runs of frames of one file, four octets each, and now and then how far each file had come, so
 * that no search begins at the first frame. Bounded: beyond `RUNS_MAX` runs no origin is known.
 */

/** 64 MiB of them; as many frames, where no two of one file ever follow each other. */
const RUNS_MAX = 1 << 24;
/** A run is one number: the index of its file, and below that how many frames it has. */
const FILE_SHIFT = 16;
const RUN_FRAMES_MAX = 2 ** FILE_SHIFT - 1;
/** Runs from one checkpoint to the next, times files: a checkpoint has a number for each file. */
const CHECKPOINT_RUNS = 64;

export class FrameOrigins {
  private readonly files: readonly string[];
  private readonly runsMax: number;
  private readonly stride: number;
  private runs = new Uint32Array(1024);
  private count = 0;
  /** Frames whose origin is known, in all and of each file. */
  private frames = 0;
  private readonly passed: Float64Array;
  /** Before each run whose index is a multiple of `stride`: `frames`, then `passed`. */
  private readonly checkpoints: number[] = [];
  /** The file of the last run, -1 where it ended, and how many frames it can still take. */
  private file = -1;
  private room = 0;

  constructor(files: readonly string[], runsMax = RUNS_MAX) {
    this.files = files;
    this.runsMax = runsMax;
    this.stride = CHECKPOINT_RUNS * files.length;
    this.passed = new Float64Array(files.length);
  }

  /** The next `frames` frames are those that follow in the file of index `file`. */
  pass(file: number, frames: number): void {
    for (let left = frames; left > 0; ) {
      if ((file !== this.file || this.room === 0) && !this.begin(file)) return;
      const part = Math.min(left, this.room);
      this.runs[this.count - 1]! += part;
      this.room -= part;
      this.frames += part;
      this.passed[file]! += part;
      left -= part;
    }
  }

  /** Of a frame by its number in the merged order; null where it is not known. */
  origin(frame: number): FrameOrigin | null {
    if (frame < 1 || frame > this.frames) return null;
    const checkpoint = this.checkpointBefore(frame);
    const at = checkpoint * this.width;
    const passed = this.checkpoints.slice(at + 1, at + this.width);
    let left = frame - this.checkpoints[at]!;
    for (let i = checkpoint * this.stride; ; i++) {
      const run = this.runs[i]!;
      const file = run >>> FILE_SHIFT;
      const frames = run & RUN_FRAMES_MAX;
      if (left <= frames) return { file: this.files[file]!, fileFrame: passed[file]! + left };
      left -= frames;
      passed[file]! += frames;
    }
  }

  /** Begins a run; false where no more are kept. */
  private begin(file: number): boolean {
    this.file = -1;
    if (this.count === this.runsMax) return false;
    if (this.count === this.runs.length) this.grow();
    if (this.count % this.stride === 0) this.checkpoints.push(this.frames, ...this.passed);
    this.runs[this.count++] = file << FILE_SHIFT;
    this.file = file;
    this.room = RUN_FRAMES_MAX;
    return true;
  }

  private grow(): void {
    const { runs } = this;
    this.runs = new Uint32Array(2 * runs.length);
    this.runs.set(runs);
  }

  /** Numbers of a checkpoint. */
  private get width(): number {
    return this.files.length + 1;
  }

  private checkpointBefore(frame: number): number {
    let low = 0;
    let high = this.checkpoints.length / this.width;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.checkpoints[middle * this.width]! < frame) low = middle;
      else high = middle;
    }
    return low;
  }
}
