import { ALLOWED, QUEUE_FULL } from '../dataplane/drop-reason.ts';
import { FrameBatch } from '../dataplane/frame-batch.ts';
import { type Port, TAG_KEEP } from '../dataplane/port.ts';
import { RecordRing } from '../dataplane/record-ring.ts';
import { LINKTYPE_ETHERNET } from '../wire/link-type.ts';
import { VIRTIO_HEADER_LENGTH } from '../wire/virtio-header.ts';

/**
 * A bad cable around any port: of the frames that leave through it some are lost, some doubled,
 * some overtaken by the next one, and all may take their time. The same seed does the same to the
 * same frames. What comes in is left alone; wrap the other end to spoil that, too. Time is told
 * to it (`now`), and it sends what is due when it is polled.
 */
export interface FaultRates {
  /** Probabilities, 0 to 1. */
  readonly loss?: number;
  readonly duplication?: number;
  readonly reordering?: number;
  /** Milliseconds that each frame is kept. */
  readonly delay?: number;
}

/** Room for frames that are kept: a tenth of a second of 300 Mbit/s. */
const DELAY_OCTETS = 1 << 22;
const NANOSECONDS_PER_MILLISECOND = 1e6;

export class FaultPort implements Port {
  /** Nanoseconds; to be set before frames are sent. */
  now = 0;
  lost = 0;
  duplicated = 0;
  reordered = 0;
  private readonly inner: Port;
  private readonly rates: Required<FaultRates>;
  /** One frame that waits to be overtaken. */
  private readonly held: DataView;
  private readonly batch = new FrameBatch(1);
  private heldLength = 0;
  private heldTag = TAG_KEEP;
  /** Frames that are kept, in the order in which they are due; null without delay. */
  private readonly line: RecordRing | null;
  /** Whether the oldest record of the line is the present one. */
  private hasNext = false;
  private state: number;

  /** `seed`: any 32-bit number but 0. */
  constructor(inner: Port, rates: FaultRates, seed: number) {
    this.inner = inner;
    this.rates = { loss: 0, duplication: 0, reordering: 0, delay: 0, ...rates };
    this.held = new DataView(new ArrayBuffer(inner.maximumFrame));
    this.line = this.rates.delay > 0 ? new RecordRing(RecordRing.memory(DELAY_OCTETS)) : null;
    this.state = seed | 0;
    if (this.state === 0) throw new RangeError('seed must not be 0');
  }

  get name(): string {
    return this.inner.name;
  }

  get maximumFrame(): number {
    return this.inner.maximumFrame;
  }

  receive(batch: FrameBatch): number {
    return this.inner.receive(batch);
  }

  transmit(batch: FrameBatch, index: number, tag: number): number {
    if (this.happens(this.rates.loss)) {
      this.lost++;
      return ALLOWED;
    }
    const isHeldBack = this.heldLength === 0 && this.happens(this.rates.reordering);
    if (isHeldBack && this.hold(batch, index, tag)) return ALLOWED;
    const why = this.pass(batch, index, tag);
    if (why === ALLOWED && this.happens(this.rates.duplication)) {
      if (this.pass(batch, index, tag) === ALLOWED) this.duplicated++;
    }
    this.release();
    return why;
  }

  /** Sends a frame that still waits to be overtaken. */
  release(): void {
    const length = this.heldLength;
    this.heldLength = 0;
    if (length === 0) return;
    const batch = this.batch.hold(this.held, 0, length, LINKTYPE_ETHERNET);
    if (this.pass(batch, 0, this.heldTag) !== ALLOWED) this.lost++;
    // The next frame to be held back overwrites these octets.
    this.inner.flush();
  }

  /** Sends what is due; gives the time of the next frame, Infinity where none is kept. */
  poll(now: number): number {
    this.now = now;
    const { line } = this;
    if (line === null) return Number.POSITIVE_INFINITY;
    for (;;) {
      if (!this.hasNext) this.hasNext = line.next();
      if (!this.hasNext) return Number.POSITIVE_INFINITY;
      if (line.time > now) return line.time;
      this.hasNext = false;
      const frame = line.at + VIRTIO_HEADER_LENGTH;
      const batch = this.batch.hold(line.view, frame, line.end, LINKTYPE_ETHERNET);
      if (line.b !== 0) batch.offload[0] = line.at;
      if (this.inner.transmit(batch, 0, line.a) !== ALLOWED) this.lost++;
      this.inner.flush();
    }
  }

  flush(): void {
    this.inner.flush();
  }

  /** At once, or into the line of those that are kept; says why not, as `transmit` does. */
  private pass(batch: FrameBatch, index: number, tag: number): number {
    const { line } = this;
    if (line === null) return this.inner.transmit(batch, index, tag);
    const from = batch.at[index]!;
    const length = batch.end[index]! - from;
    const due = this.now + this.rates.delay * NANOSECONDS_PER_MILLISECOND;
    const at = line.begin(0, due, VIRTIO_HEADER_LENGTH + length);
    if (at < 0) return QUEUE_FULL;
    const header = batch.offload[index]!;
    const { view } = batch;
    for (let i = 0; i < VIRTIO_HEADER_LENGTH; i++) {
      line.octets[at + i] = header < 0 ? 0 : view.getUint8(header + i);
    }
    const to = at + VIRTIO_HEADER_LENGTH;
    for (let i = 0; i < length; i++) line.octets[to + i] = view.getUint8(from + i);
    line.mark(at, tag, header < 0 ? 0 : 1, 0);
    line.commit();
    return ALLOWED;
  }

  /** Copies the frame; false where it is too long, or has work left to be done by an offload. */
  private hold(batch: FrameBatch, index: number, tag: number): boolean {
    const at = batch.at[index]!;
    const length = batch.end[index]! - at;
    if (length > this.held.byteLength || batch.offload[index] !== -1) return false;
    for (let i = 0; i < length; i++) this.held.setUint8(i, batch.view.getUint8(at + i));
    this.heldLength = length;
    this.heldTag = tag;
    this.reordered++;
    return true;
  }

  /** Marsaglia's xorshift32, as a number from 0 to 1. */
  private happens(rate: number): boolean {
    if (rate === 0) return false;
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return (x >>> 0) / 2 ** 32 < rate;
  }
}
