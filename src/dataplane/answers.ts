import { LINKTYPE_ETHERNET } from '../wire/link-type.ts';
import { FrameBatch } from './frame-batch.ts';

/**
 * The frames that the switch itself sends during one batch, side by side in an arena of their own:
 * they must stay as they are until they have been sent.
 */
const OCTETS_MAX = 1 << 17;
const FRAMES_MAX = 256;
/** An answer is at most so much longer than its question, or than an ICMPv6 error (RFC 4443). */
const EXTRA = 128;
const ICMP_ERROR_MAX = 1280;

export class Answers {
  readonly batch = new FrameBatch(FRAMES_MAX);
  /** Where the next answer may be written. */
  at = 0;

  constructor() {
    this.batch.view = new DataView(new ArrayBuffer(OCTETS_MAX));
    this.batch.linkType.fill(LINKTYPE_ETHERNET);
    this.batch.now.fill(Number.NaN);
  }

  /** Whether the answer to a question of so many octets fits, now or when all have been sent. */
  fits(question: number): boolean {
    return roomOf(question) <= OCTETS_MAX;
  }

  /** Whether it does not fit now, so that those before must be sent first. */
  isFull(question: number): boolean {
    return this.at + roomOf(question) > OCTETS_MAX || this.batch.count === FRAMES_MAX;
  }

  /** Takes the answer of `length` octets that was written at `at`; its index in the batch. */
  add(length: number): number {
    const { batch, at } = this;
    const index = batch.count++;
    batch.at[index] = at;
    batch.end[index] = at + length;
    batch.wireLength[index] = length;
    this.at = at + length;
    return index;
  }

  /** All have been sent. */
  clear(): void {
    this.batch.count = 0;
    this.at = 0;
  }
}

function roomOf(question: number): number {
  return Math.max(question, ICMP_ERROR_MAX) + EXTRA;
}
