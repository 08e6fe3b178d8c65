import type { FrameBatch } from './frame-batch.ts';

/** Whoever looks at every frame, live; what it is shown may be changed right afterwards. */
export interface FrameTap {
  /** Frame `index` of `batch` came in by `port`, and the switch has just given this verdict. */
  onJudged(batch: FrameBatch, index: number, port: number, way: number): void;
  /** It leaves by `port`, which has taken it; `tag`: see port.ts. */
  onSent(batch: FrameBatch, index: number, port: number, tag: number): void;
}
