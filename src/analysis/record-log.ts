/**
 * A bounded log of fixed-width numeric records: the first and the last `limit` are kept, the
 * count stays exact. A record is named by its sequence number for ever; whether it is still kept
 * is asked for each time. No object is made for a record, so a capture with a million failovers
 * costs what one with ten thousand costs. A limit of 0 keeps all and grows.
 */
export class RecordLog {
  private readonly width: number;
  private readonly limit: number;
  private first: Float64Array;
  private last: Float64Array;
  /** Records ever appended; the next one's sequence number. */
  count = 0;
  /** Where the record appended last lies: `put` writes there. */
  private current: Float64Array;
  private offset = 0;

  constructor(width: number, limit: number) {
    this.width = width;
    this.limit = limit;
    this.first = new Float64Array(width * 64);
    this.last = new Float64Array(0);
    this.current = this.first;
  }

  /** Appends a record, every field of which is then `put`, and returns its sequence number. */
  append(): number {
    const sequence = this.count++;
    const { limit, width } = this;
    if (limit === 0 || sequence < limit) {
      if ((sequence + 1) * width > this.first.length) this.first = doubled(this.first);
      this.current = this.first;
      this.offset = sequence * width;
      return sequence;
    }
    if (this.last.length === 0) this.last = new Float64Array(width * limit);
    this.current = this.last;
    this.offset = ((sequence - limit) % limit) * width;
    return sequence;
  }

  /** Sets a field of the record that was appended last. */
  put(field: number, value: number): void {
    this.current[this.offset + field] = value;
  }

  isKept(sequence: number): boolean {
    if (sequence < 0 || sequence >= this.count) return false;
    return this.limit === 0 || sequence < this.limit || sequence >= this.count - this.limit;
  }

  /** A field of a kept record; NaN of one that is not kept. */
  get(sequence: number, field: number): number {
    if (!this.isKept(sequence)) return Number.NaN;
    return this.arrayOf(sequence)[this.offsetOf(sequence) + field] as number;
  }

  /** Sets a field; a record that is no longer kept takes no notice. */
  set(sequence: number, field: number, value: number): void {
    if (this.isKept(sequence)) this.arrayOf(sequence)[this.offsetOf(sequence) + field] = value;
  }

  /** Sequence numbers of the kept records, in order. */
  *kept(): Generator<number> {
    for (let sequence = 0; sequence < this.count; sequence++) {
      if (this.isKept(sequence)) yield sequence;
      else sequence = this.count - this.limit - 1;
    }
  }

  private arrayOf(sequence: number): Float64Array {
    return this.limit === 0 || sequence < this.limit ? this.first : this.last;
  }

  private offsetOf(sequence: number): number {
    if (this.limit === 0 || sequence < this.limit) return sequence * this.width;
    return ((sequence - this.limit) % this.limit) * this.width;
  }
}

function doubled(array: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}
