import { CLIENT, type Clients } from './clients.ts';
import type { Clock } from './clock.ts';
import { FAILOVER, type Logs } from './logs.ts';
import { COPY_TIME } from './request-memory.ts';
import { resized } from './resized.ts';
import type { Exchange } from './service.ts';
import type { Track } from './track.ts';

/**
 * The answers that each client was seen to get: from which MAC, how far apart, and the gaps in
 * which a failover lies. One no longer than a few of the usual spacings says at once that service
 * went on, where the client's requests are in view. What a gap means where they are not is for the
 * end of the capture (`rewritten-view.ts`). Echo and TCP answers of a client are two lanes, because
 * each has a rhythm of its own. Flat arrays; gaps beyond the bound are not kept.
 */
const SAMPLES = 64;
const GAPS_MAX = 1 << 14;
/** A gap of more median spacings than this is no usual one. */
export const SPACINGS = 3;
/** Answers below which nothing is said of their rhythm. */
export const ANSWERS_MIN = 5;

const LANE = { COUNT: 0, MAC: 1, LAST: 2, LAST_FRAME: 3, KEY: 4, WIDTH: 5 } as const;
/** In place of a lane's MAC: its answers carry several. */
export const SEVERAL = -1;

/** Fields of a gap. Times are nanoseconds, `FAILOVER` the last failover in it. */
export const GAP = {
  LANE: 0,
  START: 1,
  END: 2,
  END_STAMP: 3,
  LAST_FRAME: 4,
  FIRST_FRAME: 5,
  FAILOVER: 6,
  WIDTH: 7,
} as const;

export class AnswerGaps {
  /** Gaps kept. */
  size = 0;
  private readonly clock: Clock;
  private readonly logs: Logs;
  private readonly clients: Clients;
  private lanes = new Float64Array(LANE.WIDTH * 64);
  private samples = new Float32Array(SAMPLES * 64);
  private gaps = new Float64Array(GAP.WIDTH * 64);

  constructor(clock: Clock, logs: Logs, clients: Clients) {
    this.clock = clock;
    this.logs = logs;
    this.clients = clients;
  }

  /** An answer to a client from MAC `server`, 0 where unknown. */
  onAnswer(track: Track, client: number, answer: Exchange, server: number): void {
    const lane = client * 2 + (answer.service === 0 ? 0 : 1);
    if ((lane + 1) * LANE.WIDTH > this.lanes.length) this.grow(lane);
    const { lanes } = this;
    const at = lane * LANE.WIDTH;
    const { now } = this.clock;
    const count = lanes[at + LANE.COUNT]!;
    const spacing = now - lanes[at + LANE.LAST]!;
    const isSame = count > 0 && lanes[at + LANE.KEY] === answer.key;
    // A clock may step back as well as on.
    if (isSame && Math.abs(spacing) <= COPY_TIME) return;
    if (count === 0) {
      lanes[at + LANE.MAC] = server;
    } else {
      if (lanes[at + LANE.MAC] !== server) lanes[at + LANE.MAC] = SEVERAL;
      this.sample(lane, count - 1, spacing);
      if (track.lastFailover >= 0) this.noteGap(track, lane, lanes[at + LANE.LAST]!);
    }
    lanes[at + LANE.COUNT] = count + 1;
    lanes[at + LANE.LAST] = now;
    lanes[at + LANE.LAST_FRAME] = this.clock.frame;
    lanes[at + LANE.KEY] = answer.key;
  }

  /** The lane of the client's echo answers; the next one is that of its TCP answers. */
  laneOf(client: number): number {
    return client * 2;
  }

  clientOf(lane: number): number {
    return lane >>> 1;
  }

  /** Answers of a lane. */
  count(lane: number): number {
    return this.lanes[lane * LANE.WIDTH + LANE.COUNT] ?? 0;
  }

  /** The MAC of all answers of a lane; SEVERAL where they differ, 0 where it is unknown. */
  mac(lane: number): number {
    return this.lanes[lane * LANE.WIDTH + LANE.MAC] ?? 0;
  }

  gap(index: number, field: number): number {
    return this.gaps[index * GAP.WIDTH + field] as number;
  }

  /** Nanoseconds between answers of a lane that has two or more; exact up to 65 answers. */
  medianSpacing(lane: number): number {
    const kept = Math.min(this.count(lane) - 1, SAMPLES);
    const sorted = this.samples.slice(lane * SAMPLES, lane * SAMPLES + kept).sort();
    const middle = kept >>> 1;
    const upper = sorted[middle] as number;
    return kept % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
  }

  /** A sample in which each spacing has the same chance, and each replay the same sample. */
  private sample(lane: number, index: number, spacing: number): void {
    let slot = index;
    if (index >= SAMPLES) {
      const hash = Math.imul(index ^ (index >>> 15), 0x9e3779b1);
      slot = ((hash ^ (hash >>> 13)) >>> 0) % (index + 1);
      if (slot >= SAMPLES) return;
    }
    this.samples[lane * SAMPLES + slot] = spacing;
  }

  private noteGap(track: Track, lane: number, start: number): void {
    if (!(this.logs.failovers.get(track.lastFailover, FAILOVER.NOW) >= start)) return;
    this.noteService(track, lane, start);
    if (this.size === GAPS_MAX || this.mac(lane) === SEVERAL) return;
    if ((this.size + 1) * GAP.WIDTH > this.gaps.length) {
      this.gaps = resized(this.gaps, this.gaps.length * 2);
    }
    const at = this.size++ * GAP.WIDTH;
    const { now, stamp, frame } = this.clock;
    this.gaps[at + GAP.LANE] = lane;
    this.gaps[at + GAP.START] = start;
    this.gaps[at + GAP.END] = now;
    this.gaps[at + GAP.END_STAMP] = stamp;
    this.gaps[at + GAP.LAST_FRAME] = this.lanes[lane * LANE.WIDTH + LANE.LAST_FRAME]!;
    this.gaps[at + GAP.FIRST_FRAME] = frame;
    this.gaps[at + GAP.FAILOVER] = track.lastFailover;
  }

  /** The failovers since `start` had no outage so far where answers went on across them. */
  private noteService(track: Track, lane: number, start: number): void {
    const { failovers } = this.logs;
    let sequence = track.lastFailover;
    if (!Number.isNaN(failovers.get(sequence, FAILOVER.OUTAGE))) return;
    const asked = this.clients.numbers[this.clientOf(lane) * CLIENT.WIDTH + CLIENT.COUNT]!;
    if (asked === 0 || this.count(lane) < ANSWERS_MIN) return;
    if (this.clock.now - start > SPACINGS * this.medianSpacing(lane)) return;
    while (
      failovers.get(sequence, FAILOVER.NOW) >= start &&
      Number.isNaN(failovers.get(sequence, FAILOVER.OUTAGE))
    ) {
      failovers.set(sequence, FAILOVER.OUTAGE, 0);
      sequence = failovers.get(sequence, FAILOVER.PREVIOUS);
    }
  }

  private grow(lane: number): void {
    let capacity = this.lanes.length / LANE.WIDTH;
    while (capacity <= lane) capacity *= 2;
    this.lanes = resized(this.lanes, capacity * LANE.WIDTH);
    this.samples = resized(this.samples, capacity * SAMPLES);
  }
}
