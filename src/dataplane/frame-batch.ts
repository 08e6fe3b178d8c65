/**
 * A batch: the frames of one breath. A port that reads from a file points `view` at its window
 * and copies nothing; a live port owns an arena of slots. Either way a frame is the octets
 * [at, end) of `view`, and whatever lies outside them belongs to somebody else.
 */
export const BATCH_CAPACITY = 64;

export class FrameBatch {
  readonly capacity: number;
  count = 0;
  view: DataView = new DataView(new ArrayBuffer(0));
  readonly at: Uint32Array;
  readonly end: Uint32Array;
  /** Octets once on the wire. */
  readonly wireLength: Uint32Array;
  readonly linkType: Uint16Array;
  /** Nanoseconds since the whole second of the first frame; NaN where the frame has no time. */
  readonly now: Float64Array;

  constructor(capacity = BATCH_CAPACITY) {
    this.capacity = capacity;
    this.at = new Uint32Array(capacity);
    this.end = new Uint32Array(capacity);
    this.wireLength = new Uint32Array(capacity);
    this.linkType = new Uint16Array(capacity);
    this.now = new Float64Array(capacity);
  }
}
