/**
 * Octets on their way out: collected in one buffer, handed to the sink when asked. A writer never
 * waits by itself; `isFull` says when `flush` is due.
 */

/** Takes octets in order; they are its own only until it returns or its promise resolves. */
export type OctetSink = (octets: Uint8Array) => void | Promise<void>;

const FULL = 1 << 16;

export class OctetWriter {
  view: DataView;
  /** Octets collected and not yet flushed. */
  length = 0;
  littleEndian = true;
  private bytes: Uint8Array;
  private readonly sink: OctetSink;

  constructor(sink: OctetSink) {
    this.sink = sink;
    this.bytes = new Uint8Array(FULL * 2);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Whether so much has come together that `flush` should be awaited. */
  get isFull(): boolean {
    return this.length >= FULL;
  }

  /** Hands what has come together to the sink. */
  async flush(): Promise<void> {
    if (this.length === 0) return;
    const octets = this.bytes.slice(0, this.length);
    this.length = 0;
    await this.sink(octets);
  }

  /** Makes room for `count` octets, zeroed, and returns where they start. */
  reserve(count: number): number {
    const at = this.length;
    if (at + count > this.bytes.length) this.grow(at + count);
    this.length = at + count;
    this.bytes.fill(0, at, this.length);
    return at;
  }

  putUint16(value: number): void {
    const at = this.reserve(2);
    this.view.setUint16(at, value, this.littleEndian);
  }

  putUint32(value: number): void {
    const at = this.reserve(4);
    this.view.setUint32(at, value, this.littleEndian);
  }

  put(octets: Uint8Array): void {
    const at = this.reserve(octets.length);
    this.bytes.set(octets, at);
  }

  private grow(least: number): void {
    const larger = new Uint8Array(Math.max(least, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}
