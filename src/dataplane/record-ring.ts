/**
 * What leaves the engine's thread: a ring of records in shared memory, one writer, one reader. It
 * is bounded; what has no room is lost and counted, so that a slow reader never holds up a frame.
 * A record is a head of eight words and some octets; it lies in one piece.
 */
const HEAD = 32;
/** Words of a record's head. */
const SIZE = 0;
const KIND = 1;
/** Two words: a double. */
const TIME = 1;
const A = 4;
const B = 5;
const C = 6;
const LENGTH = 7;
/** Fills the rest of the ring where a record would not lie in one piece. */
const SKIP = -1;

/** Words of the control block: octets written, records lost, octets read; they wrap. */
const WRITTEN = 0;
const LOST = 1;
/** Apart from the writer's words, so that the two threads do not share a cache line. */
const READ = 32;
const CONTROL = 64;

export class RecordRing {
  readonly shared: SharedArrayBuffer;
  /** The record that `next` found: kind, time, three numbers, and its octets [at, end). */
  kind = 0;
  time = 0;
  a = 0;
  b = 0;
  c = 0;
  at = 0;
  end = 0;
  /** All octets of the ring. */
  readonly octets: Uint8Array;
  readonly view: DataView;
  private readonly control: Int32Array;
  private readonly words: Int32Array;
  private readonly doubles: Float64Array;
  private readonly mask: number;
  /** The writer's place, and what it last knew of the reader's. */
  private written = 0;
  private seen = 0;
  private pending = 0;
  private readNext = 0;

  /** A ring in `shared`, which `RecordRing.memory` made. */
  constructor(shared: SharedArrayBuffer) {
    const size = shared.byteLength - CONTROL * 4;
    this.shared = shared;
    this.control = new Int32Array(shared, 0, CONTROL);
    this.octets = new Uint8Array(shared, CONTROL * 4, size);
    this.view = new DataView(shared, CONTROL * 4, size);
    this.words = new Int32Array(shared, CONTROL * 4, size >> 2);
    this.doubles = new Float64Array(shared, CONTROL * 4, size >> 3);
    this.mask = size - 1;
    this.written = Atomics.load(this.control, WRITTEN);
    this.seen = Atomics.load(this.control, READ);
  }

  /**
   * Memory for a ring of `octets`, a power of two. All of it is written to once, or the writer
   * would wait for the kernel to find it a page wherever it comes for the first time.
   */
  static memory(octets: number): SharedArrayBuffer {
    if (octets < 1024 || (octets & (octets - 1)) !== 0) throw new RangeError('no power of two');
    const memory = new SharedArrayBuffer(octets + CONTROL * 4);
    new Uint8Array(memory).fill(0);
    return memory;
  }

  /** Records lost for want of room. */
  get lost(): number {
    return Atomics.load(this.control, LOST) >>> 0;
  }

  /**
   * Makes room for a record of `length` octets; they are to be written at the offset returned, and
   * `commit` gives it away. -1 where there is none: the record is lost, and counted.
   */
  begin(kind: number, time: number, length: number): number {
    const size = (HEAD + length + 7) & ~7;
    const place = this.written & this.mask;
    const rest = this.mask + 1 - place;
    const needed = size <= rest ? size : size + rest;
    if (!this.hasRoom(needed)) {
      Atomics.add(this.control, LOST, 1);
      return -1;
    }
    let start = place;
    if (size > rest) {
      this.words[place >> 2] = rest;
      this.words[(place >> 2) + KIND] = SKIP;
      start = 0;
    }
    const at = start >> 2;
    this.words[at + SIZE] = size;
    this.words[at + KIND] = kind;
    this.doubles[(start >> 3) + TIME] = time;
    this.words[at + A] = 0;
    this.words[at + B] = 0;
    this.words[at + C] = 0;
    this.words[at + LENGTH] = length;
    this.pending = needed;
    return start + HEAD;
  }

  /** The three numbers of the record whose octets begin at `at`. */
  mark(at: number, a: number, b: number, c: number): void {
    const head = (at - HEAD) >> 2;
    this.words[head + A] = a;
    this.words[head + B] = b;
    this.words[head + C] = c;
  }

  /** Gives the record that `begin` began to the reader. */
  commit(): void {
    this.written = (this.written + this.pending) | 0;
    this.pending = 0;
    Atomics.store(this.control, WRITTEN, this.written);
  }

  /** Wakes a reader that waits; for the writer, at the end of a breath in which it wrote. */
  wake(): void {
    Atomics.notify(this.control, WRITTEN);
  }

  /** Makes the oldest record the present one; false where there is none. */
  next(): boolean {
    if (this.readNext !== 0) this.release();
    const { control, words } = this;
    for (;;) {
      const read = Atomics.load(control, READ);
      if (read === Atomics.load(control, WRITTEN)) return false;
      const at = (read & this.mask) >> 2;
      this.readNext = words[at + SIZE]!;
      this.kind = words[at + KIND]!;
      if (this.kind !== SKIP) {
        this.time = this.doubles[(at >> 1) + TIME]!;
        this.a = words[at + A]!;
        this.b = words[at + B]!;
        this.c = words[at + C]!;
        this.at = (at << 2) + HEAD;
        this.end = this.at + words[at + LENGTH]!;
        return true;
      }
      this.release();
    }
  }

  /** Resolves when there may be something to read, at the latest after `milliseconds`. */
  async readable(milliseconds: number): Promise<void> {
    const written = Atomics.load(this.control, WRITTEN);
    const isEmpty = written === ((Atomics.load(this.control, READ) + this.readNext) | 0);
    if (!isEmpty) return;
    const waiting = Atomics.waitAsync(this.control, WRITTEN, written, milliseconds);
    if (waiting.async) await waiting.value;
  }

  private release(): void {
    const read = Atomics.load(this.control, READ);
    Atomics.store(this.control, READ, (read + this.readNext) | 0);
    this.readNext = 0;
  }

  /** One octet group stays free, so that a full ring is no empty one. */
  private hasRoom(size: number): boolean {
    const room = this.mask + 1 - ((this.written - this.seen) | 0);
    if (size < room) return true;
    this.seen = Atomics.load(this.control, READ);
    return size < this.mask + 1 - ((this.written - this.seen) | 0);
  }
}
