/**
 * Where an observer left off with each followed address, by its id: the frame of the last packet
 * from it, and the first one from the MAC that took it over. Written on the short way, for every
 * such packet; read when somebody asks for evidence.
 */
const SERVED = 0;
const AWAITS_MAC = 1;
const AWAITS_ANY = 2;

export class PacketMarks {
  /** Frame number of the last packet from the address; 0 before one. */
  last: Float64Array;
  /** Frame number of the first packet since `await`; 0 before one. */
  first: Float64Array;
  private waiting: Uint8Array;
  private highs: Uint16Array;
  private lows: Int32Array;

  constructor(capacity: number) {
    this.last = new Float64Array(capacity);
    this.first = new Float64Array(capacity);
    this.waiting = new Uint8Array(capacity);
    this.highs = new Uint16Array(capacity);
    this.lows = new Int32Array(capacity);
  }

  /** A packet from address `id`, sent by this MAC; `low` is its signed low word. */
  note(id: number, high: number, low: number, frame: number): void {
    this.last[id] = frame;
    const waiting = this.waiting[id];
    if (waiting === SERVED) return;
    if (waiting === AWAITS_MAC && (this.lows[id] !== low || this.highs[id] !== high)) return;
    this.waiting[id] = SERVED;
    this.first[id] = frame;
  }

  /** Waits for the first packet from `id` that this MAC sends, or that anybody sends (`isAny`). */
  await(id: number, high: number, low: number, isAny: boolean): void {
    this.first[id] = 0;
    this.waiting[id] = isAny ? AWAITS_ANY : AWAITS_MAC;
    this.highs[id] = high;
    this.lows[id] = low;
  }

  grow(): void {
    const { last, first, waiting, highs, lows } = this;
    const capacity = last.length * 2;
    (this.last = new Float64Array(capacity)).set(last);
    (this.first = new Float64Array(capacity)).set(first);
    (this.waiting = new Uint8Array(capacity)).set(waiting);
    (this.highs = new Uint16Array(capacity)).set(highs);
    (this.lows = new Int32Array(capacity)).set(lows);
  }
}
