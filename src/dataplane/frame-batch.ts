/**
 * A batch: the frames of one breath. A port that reads from a file points `view` at its window
 * and copies nothing; a live port owns an arena of slots. Either way a frame is the octets
 * [at, end) of `view`, and whatever lies outside them belongs to somebody else.
 */
const BATCH_CAPACITY = 64;

export class FrameBatch {
  readonly capacity: number;
  count = 0;
  view: DataView = new DataView(new ArrayBuffer(0));
  readonly at: Uint32Array;
  readonly end: Uint32Array;
  /** Octets once on the wire. */
  readonly wireLength: Uint32Array;
  readonly linkType: Uint16Array;
  /**
   * Where in `view` the frame's virtio_net_hdr lies, beside the frame and never in it; -1 where
   * checksums are complete and no segmentation is asked for (virtio 1.2, section 5.1.6).
   */
  readonly offload: Int32Array;
  /** Nanoseconds since the whole second of the first frame; NaN where the frame has no time. */
  readonly now: Float64Array;

  constructor(capacity = BATCH_CAPACITY) {
    this.capacity = capacity;
    this.at = new Uint32Array(capacity);
    this.end = new Uint32Array(capacity);
    this.wireLength = new Uint32Array(capacity);
    this.linkType = new Uint16Array(capacity);
    this.offload = new Int32Array(capacity).fill(-1);
    this.now = new Float64Array(capacity);
  }

  /** Makes the octets [at, end) of `view` the batch's only frame. */
  hold(view: DataView, at: number, end: number, linkType: number): this {
    this.view = view;
    this.count = 1;
    this.at[0] = at;
    this.end[0] = end;
    this.wireLength[0] = end - at;
    this.linkType[0] = linkType;
    this.offload[0] = -1;
    this.now[0] = Number.NaN;
    return this;
  }
}
