import { FrameBatch } from '../dataplane/frame-batch.ts';
import { type Port, TAG_KEEP } from '../dataplane/port.ts';
import { LINKTYPE_ETHERNET } from '../wire/link-type.ts';

/**
 * A bad cable around any port: of the frames that leave through it some are lost, some doubled,
 * some overtaken by the next one. The same seed does the same to the same frames. What comes in
 * is left alone; wrap the other end to spoil that, too.
 */
export interface FaultRates {
  /** Probabilities, 0 to 1. */
  readonly loss?: number;
  readonly duplication?: number;
  readonly reordering?: number;
  /** Milliseconds that each frame is kept. */
  readonly delay?: number;
}

export class FaultPort implements Port {
  lost = 0;
  duplicated = 0;
  reordered = 0;
  private readonly inner: Port;
  private readonly rates: Required<FaultRates>;
  private readonly held: DataView;
  private readonly heldBatch = new FrameBatch(1);
  private heldLength = 0;
  private heldTag = TAG_KEEP;
  private state: number;

  /** `seed`: any 32-bit number but 0. */
  constructor(inner: Port, rates: FaultRates, seed: number) {
    this.inner = inner;
    this.rates = { loss: 0, duplication: 0, reordering: 0, delay: 0, ...rates };
    this.held = new DataView(new ArrayBuffer(inner.maximumFrame));
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

  transmit(batch: FrameBatch, index: number, tag: number): boolean {
    if (this.happens(this.rates.loss)) {
      this.lost++;
      return true;
    }
    const isHeldBack = this.heldLength === 0 && this.happens(this.rates.reordering);
    if (isHeldBack && this.hold(batch, index, tag)) return true;
    const isTaken = this.inner.transmit(batch, index, tag);
    if (isTaken && this.happens(this.rates.duplication)) {
      if (this.inner.transmit(batch, index, tag)) this.duplicated++;
    }
    this.release();
    return isTaken;
  }

  /** Sends a frame that still waits to be overtaken. */
  release(): void {
    const length = this.heldLength;
    this.heldLength = 0;
    if (length === 0) return;
    const batch = this.heldBatch.hold(this.held, 0, length, LINKTYPE_ETHERNET);
    if (!this.inner.transmit(batch, 0, this.heldTag)) this.lost++;
    // The next frame to be held back overwrites these octets.
    this.inner.flush();
  }

  flush(): void {
    this.inner.flush();
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
