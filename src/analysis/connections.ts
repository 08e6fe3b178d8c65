import type { Segment } from './segment.ts';

/**
 * TCP connections of clients to followed addresses: what each has sent and what was acknowledged,
 * as far as tells whether a client has to repeat itself. A table of fixed size in which a
 * connection may push out another, of which then nothing is known until it sends again.
 */
const BITS = 14;
const SLOTS = 1 << BITS;
/** RFC 6298: a sender waits 200 ms and more (Linux), then twice as long each time. */
const REPEAT_AFTER = 100e6;

export class Connections {
  /** The client's number plus one; 0 in an empty slot. */
  private readonly clients = new Int32Array(SLOTS);
  private readonly ports = new Int32Array(SLOTS);
  /** Sequence number after what the client has sent, and the last that was acknowledged. */
  private readonly sent = new Int32Array(SLOTS);
  private readonly acknowledged = new Int32Array(SLOTS);
  private readonly isAnswered = new Uint8Array(SLOTS);
  /** Since when something waits, or when it was repeated last; NaN where nothing waits. */
  private readonly since = new Float64Array(SLOTS);

  /** The client sends data: since when it has waited for an answer, where it repeats; else NaN. */
  onData(client: number, { ports, start, end }: Segment, now: number): number {
    const slot = slotOf(client, ports);
    if (!this.isOf(slot, client, ports)) {
      this.clients[slot] = client + 1;
      this.ports[slot] = ports;
      this.sent[slot] = end;
      this.isAnswered[slot] = 0;
      this.since[slot] = now;
      return Number.NaN;
    }
    const since = this.since[slot] as number;
    const isOld = ((start - (this.sent[slot] as number)) | 0) < 0;
    if (((end - (this.sent[slot] as number)) | 0) > 0) this.sent[slot] = end;
    const isRepeat = isOld && now - since >= REPEAT_AFTER;
    if (isRepeat || Number.isNaN(since)) this.since[slot] = now;
    return isRepeat && this.isAnswered[slot] === 1 ? since : Number.NaN;
  }

  /**
   * Whether a segment to the client shows that what it sent has arrived: it acknowledges more than
   * before or everything, has no data of its own, or is a reset. Data alone may still be under way
   * from a host that hears the client no more.
   */
  isAnswer(client: number, segment: Segment, now: number): boolean {
    const { portsBack, acknowledged, length, isReset } = segment;
    const slot = slotOf(client, portsBack);
    if (!this.isOf(slot, client, portsBack)) return false;
    const isAll = ((acknowledged - (this.sent[slot] as number)) | 0) >= 0;
    const isFirst = this.isAnswered[slot] === 0;
    const isMore = isFirst || ((acknowledged - (this.acknowledged[slot] as number)) | 0) > 0;
    if (!isReset && !isAll && !isMore && length > 0) return false;
    if (isMore && !isReset) this.acknowledged[slot] = acknowledged;
    this.isAnswered[slot] = 1;
    this.since[slot] = isAll || isReset ? Number.NaN : now;
    return true;
  }

  /** A handshake begins: what was known of these ports is of another connection. */
  forget(client: number, ports: number): void {
    const slot = slotOf(client, ports);
    if (this.isOf(slot, client, ports)) this.clients[slot] = 0;
  }

  private isOf(slot: number, client: number, ports: number): boolean {
    return this.clients[slot] === client + 1 && this.ports[slot] === ports;
  }
}

function slotOf(client: number, ports: number): number {
  const hash = Math.imul(ports ^ Math.imul(client, 0x9e3779b1), 0x85ebca6b);
  return Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35) >>> (32 - BITS);
}
