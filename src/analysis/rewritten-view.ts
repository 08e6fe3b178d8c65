import { isVirtualMac } from '../wire/mac.ts';
import { ANSWERS_MIN, type AnswerGaps, GAP, SEVERAL, SPACINGS } from './answer-gaps.ts';
import type { Claimants } from './claimants.ts';
import { CLIENT, type Clients } from './clients.ts';
import { FAILOVER, type Logs } from './logs.ts';
import { OutageLog } from './outage-log.ts';
import type { Track } from './track.ts';

/**
 * Captures behind a switch that forwards by IP: all answers of an address carry one MAC, the
 * switch's, which claims nothing. Who answered is not to be seen there. Where a client's requests
 * are in view its outages are judged by them as everywhere; where only answers are, the outage of
 * a failover is the gap around its claim, if it exceeds three times the median spacing of the
 * client's answers. A client without answers on both sides of the claim shows nothing.
 */
export interface RewrittenParts {
  readonly logs: Logs;
  readonly tracks: readonly (Track | undefined)[];
  readonly clients: Clients;
  readonly gaps: AnswerGaps;
  readonly claimants: Claimants;
  /** MAC of the switch by the lab file; 0 where it is not known. */
  readonly gatewayMac: number;
}

/** What the clients of one address saw together. */
interface Answers {
  mac: number;
  count: number;
  /** Requests of some client are in view. */
  isAsked: boolean;
}

export class RewrittenView {
  onOutage: ((sequence: number) => void) | null = null;
  private readonly parts: RewrittenParts;
  private readonly log: OutageLog;

  constructor(parts: RewrittenParts) {
    this.parts = parts;
    this.log = new OutageLog(parts.clients, parts.logs, parts.tracks);
  }

  /** At the end of the capture, when every claim and every answer is known. */
  finish(): void {
    const { tracks, gaps } = this.parts;
    for (const [id, answers] of this.answersByAddress()) {
      const track = tracks[id];
      if (track === undefined || !this.isRewritten(track, answers)) continue;
      track.isRewritten = true;
      track.isAsked = answers.isAsked;
    }
    for (let index = 0; index < gaps.size; index++) this.judge(index);
  }

  private answersByAddress(): Map<number, Answers> {
    const { clients, gaps } = this.parts;
    const found = new Map<number, Answers>();
    for (let client = 0; client < clients.size; client++) {
      const id = clients.addressId(client);
      const answers = found.get(id) ?? { mac: 0, count: 0, isAsked: false };
      if (this.isAsking(client)) answers.isAsked = true;
      for (let lane = gaps.laneOf(client); lane <= gaps.laneOf(client) + 1; lane++) {
        if (gaps.count(lane) === 0) continue;
        const mac = gaps.mac(lane);
        answers.mac = answers.count === 0 || answers.mac === mac ? mac : SEVERAL;
        answers.count += gaps.count(lane);
      }
      found.set(id, answers);
    }
    return found;
  }

  private isRewritten(track: Track, { mac, count }: Answers): boolean {
    const { claimants, gatewayMac } = this.parts;
    if (track.lastFailover < 0 || count < ANSWERS_MIN || mac <= 0) return false;
    // Whoever has a virtual MAC may answer with its own, which need not claim anything.
    if (isVirtualMac(track.holder)) return false;
    if (mac === gatewayMac) return true;
    return claimants.mayRewrite(mac, track.id) && !isOneSpeaker(track, mac);
  }

  private isAsking(client: number): boolean {
    const { numbers } = this.parts.clients;
    return (numbers[client * CLIENT.WIDTH + CLIENT.COUNT] as number) > 0;
  }

  private judge(index: number): void {
    const { gaps, clients, tracks } = this.parts;
    const lane = gaps.gap(index, GAP.LANE);
    const client = gaps.clientOf(lane);
    const track = tracks[clients.addressId(client)];
    if (track === undefined || !track.isRewritten) return;
    this.noteAnswer(index);
    if (this.isAsking(client) || !this.isSteadier(lane)) return;
    const start = gaps.gap(index, GAP.START);
    const end = gaps.gap(index, GAP.END);
    if (!(end - start > SPACINGS * gaps.medianSpacing(lane))) {
      this.noteService(index);
      return;
    }
    const mac = gaps.mac(lane);
    const firstFrame = gaps.gap(index, GAP.FIRST_FRAME);
    const sequence = this.log.record(client, {
      start,
      end,
      endStamp: gaps.gap(index, GAP.END_STAMP),
      endFrame: firstFrame,
      unanswered: 0,
      remembered: 0,
      copied: 0,
      lastFrame: gaps.gap(index, GAP.LAST_FRAME),
      firstFrame,
      isLost: false,
      before: mac,
      after: mac,
      cause: 0,
      claimMac: 0,
      claimFrame: 0,
    });
    if (sequence >= 0) this.onOutage?.(sequence);
  }

  /** Echo is asked for at a steady pace; TCP is judged where a client has hardly any echo. */
  private isSteadier(lane: number): boolean {
    const { gaps } = this.parts;
    if (gaps.count(lane) < ANSWERS_MIN) return false;
    const echo = gaps.laneOf(gaps.clientOf(lane));
    return lane === echo || gaps.count(echo) < ANSWERS_MIN;
  }

  /** The first answer after the failovers of a gap, whoever gave it. */
  private noteAnswer(index: number): void {
    const { failovers } = this.parts.logs;
    const frame = this.parts.gaps.gap(index, GAP.FIRST_FRAME);
    for (const sequence of this.failoversIn(index)) {
      const known = failovers.get(sequence, FAILOVER.FIRST_SERVICE);
      if (known === 0 || known > frame) failovers.set(sequence, FAILOVER.FIRST_SERVICE, frame);
    }
  }

  /** Answers went on as before: no outage, unless another client had one. */
  private noteService(index: number): void {
    const { failovers } = this.parts.logs;
    for (const sequence of this.failoversIn(index)) {
      if (Number.isNaN(failovers.get(sequence, FAILOVER.OUTAGE))) {
        failovers.set(sequence, FAILOVER.OUTAGE, 0);
      }
    }
  }

  private *failoversIn(index: number): Generator<number> {
    const { failovers } = this.parts.logs;
    const start = this.parts.gaps.gap(index, GAP.START);
    let sequence = this.parts.gaps.gap(index, GAP.FAILOVER);
    while (failovers.isKept(sequence) && failovers.get(sequence, FAILOVER.NOW) >= start) {
      yield sequence;
      sequence = failovers.get(sequence, FAILOVER.PREVIOUS);
    }
  }
}

/** One speaker alone sends adverts from this MAC: it is a host's. A switch passes on several's. */
function isOneSpeaker(track: Track, mac: number): boolean {
  let speakers = 0;
  for (const router of track.routers) {
    for (const speaker of router.speakers) if (speaker.mac === mac) speakers++;
  }
  return speakers === 1;
}
