/**
 * Failovers whose cause is not yet certain: a queue for each virtual router, the oldest first. All
 * lie in one store of flat records, linked by their numbers, which is bounded.
 */
export const PENDING_MAX = (1 << 20) - 1;

export interface PendingFailover {
  /** Sequence numbers of the failover and of its timeline entry. */
  failover: number;
  timeline: number;
  /** Indices of the speakers; -1 for none. */
  from: number;
  to: number;
  /** When the new holder claimed the address. */
  claim: number;
  /** The address, and the MAC that it moved to. */
  id: number;
  toMac: number;
  /** Of the new holder, as known at the claim; 0 where it had not been heard. */
  priority: number;
  /** What backups waited for then: so many adverts at this interval, and their skew. */
  adverts: number;
  interval: number;
}

const FIELD = {
  FAILOVER: 0,
  TIMELINE: 1,
  FROM: 2,
  TO: 3,
  CLAIM: 4,
  ID: 5,
  TO_MAC: 6,
  PRIORITY: 7,
  ADVERTS: 8,
  INTERVAL: 9,
  /** The record behind it in its queue, or in the list of free ones. */
  NEXT: 10,
} as const;
const WIDTH = 11;
const NONE = -1;

export class PendingFailovers {
  size = 0;
  private records = new Float64Array(WIDTH * 256);
  /** By queue: its first and its last record. */
  private heads = new Int32Array(64).fill(NONE);
  private tails = new Int32Array(64).fill(NONE);
  private free = NONE;
  /** Records that were ever in use. */
  private used = 0;

  /** One more than the number of the last queue that may hold something. */
  get queues(): number {
    return this.heads.length;
  }

  isEmpty(queue: number): boolean {
    return queue >= this.heads.length || this.heads[queue] === NONE;
  }

  push(queue: number, one: PendingFailover): void {
    if (queue >= this.heads.length) this.addQueues(queue);
    const record = this.take();
    const { records, heads, tails } = this;
    const at = record * WIDTH;
    records[at + FIELD.FAILOVER] = one.failover;
    records[at + FIELD.TIMELINE] = one.timeline;
    records[at + FIELD.FROM] = one.from;
    records[at + FIELD.TO] = one.to;
    records[at + FIELD.CLAIM] = one.claim;
    records[at + FIELD.ID] = one.id;
    records[at + FIELD.TO_MAC] = one.toMac;
    records[at + FIELD.PRIORITY] = one.priority;
    records[at + FIELD.ADVERTS] = one.adverts;
    records[at + FIELD.INTERVAL] = one.interval;
    records[at + FIELD.NEXT] = NONE;
    if (heads[queue] === NONE) heads[queue] = record;
    else records[(tails[queue] as number) * WIDTH + FIELD.NEXT] = record;
    tails[queue] = record;
    this.size++;
  }

  /** Copies the oldest of a queue into `one`. */
  readHead(queue: number, one: PendingFailover): void {
    const { records } = this;
    const at = (this.heads[queue] as number) * WIDTH;
    one.failover = records[at + FIELD.FAILOVER] as number;
    one.timeline = records[at + FIELD.TIMELINE] as number;
    one.from = records[at + FIELD.FROM] as number;
    one.to = records[at + FIELD.TO] as number;
    one.claim = records[at + FIELD.CLAIM] as number;
    one.id = records[at + FIELD.ID] as number;
    one.toMac = records[at + FIELD.TO_MAC] as number;
    one.priority = records[at + FIELD.PRIORITY] as number;
    one.adverts = records[at + FIELD.ADVERTS] as number;
    one.interval = records[at + FIELD.INTERVAL] as number;
  }

  /** Takes the oldest of a queue out. */
  shift(queue: number): void {
    const { records, heads } = this;
    const record = heads[queue] as number;
    const next = record * WIDTH + FIELD.NEXT;
    heads[queue] = records[next] as number;
    records[next] = this.free;
    this.free = record;
    this.size--;
  }

  private take(): number {
    const record = this.free;
    if (record !== NONE) {
      this.free = this.records[record * WIDTH + FIELD.NEXT] as number;
      return record;
    }
    if ((this.used + 1) * WIDTH > this.records.length) {
      const larger = new Float64Array(this.records.length * 2);
      larger.set(this.records);
      this.records = larger;
    }
    return this.used++;
  }

  private addQueues(queue: number): void {
    const { heads, tails } = this;
    let { length } = heads;
    while (length <= queue) length *= 2;
    this.heads = new Int32Array(length).fill(NONE);
    this.tails = new Int32Array(length).fill(NONE);
    this.heads.set(heads);
    this.tails.set(tails);
  }
}
