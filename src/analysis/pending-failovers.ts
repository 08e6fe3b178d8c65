/**
 * Failovers whose cause is not yet certain, oldest first: a queue of flat records, bounded. When
 * it is full the oldest is decided with what is known.
 */
export const PENDING_MAX = 1 << 20;
const WIDTH = 7;

/** Fields of a pending record. */
export const PENDING = {
  FAILOVER: 0,
  TIMELINE: 1,
  FROM_SPEAKER: 2,
  TO_SPEAKER: 3,
  CLAIM: 4,
  ID: 5,
  TO_MAC: 6,
} as const;

export class PendingFailovers {
  private records = new Float64Array(WIDTH * 256);
  private head = 0;
  private tail = 0;

  get size(): number {
    return this.tail - this.head;
  }

  /** Appends a record and returns the offset of its fields in `records`. */
  push(): number {
    if (this.tail * WIDTH === this.records.length) this.makeRoom();
    return this.tail++ * WIDTH;
  }

  setAt(at: number, field: number, value: number): void {
    this.records[at + field] = value;
  }

  headField(field: number): number {
    return this.records[this.head * WIDTH + field] as number;
  }

  setHeadField(field: number, value: number): void {
    this.records[this.head * WIDTH + field] = value;
  }

  shift(): void {
    this.head++;
  }

  private makeRoom(): void {
    const live = this.records.subarray(this.head * WIDTH, this.tail * WIDTH);
    const isMostlyFree = this.head * 2 > this.tail;
    const next = isMostlyFree ? this.records : new Float64Array(this.records.length * 2);
    if (isMostlyFree) next.copyWithin(0, this.head * WIDTH, this.tail * WIDTH);
    else next.set(live);
    this.records = next;
    this.tail -= this.head;
    this.head = 0;
  }
}
