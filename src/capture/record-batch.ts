/**
 * A batch of capture records as a structure of arrays: filled by a reader, reused for ever.
 *
 * Nothing is copied and nothing is allocated for a record: each is a slice `[at, end)` of the
 * reader's window. The octets beside a slice belong to other records.
 */

const EMPTY_VIEW = new DataView(new ArrayBuffer(0));

export class RecordBatch {
  /** Records that fit. */
  readonly capacity: number;
  /** Records present: indices 0 to `count - 1` of every array hold meaning. */
  count = 0;
  /** The window into which every record of this batch points; valid until the next `fill()`. */
  view: DataView = EMPTY_VIEW;
  /** First captured octet in `view`. */
  readonly at: Uint32Array;
  /** First octet after the captured ones, a frame check sequence already taken off. */
  readonly end: Uint32Array;
  /** Octets once on the wire, without frame check sequence: `end - at` for a whole frame. */
  readonly wireLength: Uint32Array;
  /** Whole seconds since 1970-01-01T00:00:00Z, negative before; NaN for a record without time. */
  readonly seconds: Float64Array;
  /** 0 to 999,999,999, always counted forward from `seconds`. */
  readonly nanoseconds: Uint32Array;
  /** LINKTYPE value, see link-types.ts. */
  readonly linkType: Uint16Array;
  /** Index into `CaptureReader.interfaces` of the record's own file. */
  readonly interfaceId: Uint32Array;
  /** Index of the file in a merged capture, else 0. */
  readonly file: Uint16Array;
  /**
   * The reader that last wrote the columns which are constant in a pcap file. It writes them once
   * for a batch and not once for a record; another owner means they must be written again.
   */
  owner: object | null = null;

  constructor(capacity = 64) {
    this.capacity = capacity;
    this.at = new Uint32Array(capacity);
    this.end = new Uint32Array(capacity);
    this.wireLength = new Uint32Array(capacity);
    this.seconds = new Float64Array(capacity);
    this.nanoseconds = new Uint32Array(capacity);
    this.linkType = new Uint16Array(capacity);
    this.interfaceId = new Uint32Array(capacity);
    this.file = new Uint16Array(capacity);
  }
}
