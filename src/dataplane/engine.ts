import { LINKTYPE_ETHERNET } from '../wire/link-type.ts';
import { isGroupMacHigh, macHigh, macLow, writeMacHalves } from '../wire/mac.ts';
import * as reason from './drop-reason.ts';
import { Egress } from './egress.ts';
import type { Forwarding } from './forwarding.ts';
import { FrameBatch } from './frame-batch.ts';
import { type Port, TAG_KEEP } from './port.ts';
import type { Switch } from './switch.ts';
import * as verdict from './verdict.ts';
import type { VlanPorts } from './vlan-ports.ts';

/**
 * One breath: a port gives a batch, the switch judges each frame, and what its verdict asks for is
 * done. Time is a parameter; nothing is allocated for a frame and nobody is waited for: a port
 * whose queue is full loses the frame, which is counted.
 */

/** Answers in the network's own name: ARP and ND for the gateway, its ping, its ICMP errors. */
export interface Responder {
  /**
   * Writes the answer to the frame in hand of `owner`, whose verdict was RESPOND or DELIVER, as a
   * whole frame at `answerAt`, its tag as the asker's. Returns its length, 0 for none.
   */
  respond(owner: Switch, view: DataView, answer: DataView, answerAt: number): number;
  /** The same for an ICMP error about it, whose verdict was REPORT for this reason. */
  report(owner: Switch, why: number, view: DataView, answer: DataView, answerAt: number): number;
}

/** Whoever looks at every frame; what it is shown may be changed right afterwards. */
export interface FrameTap {
  /** Frame [at, end) came in by `port`, and the switch has just given this verdict on it. */
  onJudged(view: DataView, at: number, end: number, port: number, way: number): void;
}

export interface EngineOptions {
  readonly owner: Switch;
  /** The one that `owner` was made with. */
  readonly forwarding: Forwarding;
  /** By number; null where nothing is attached yet. */
  readonly ports: readonly (Port | null)[];
  /** The one that `owner` was made with. Absent: all ports to all, tags as they came. */
  readonly vlans?: VlanPorts | null;
  /** Source of what is forwarded by IP or routed. */
  readonly gatewayMac: number;
  readonly responder: Responder | null;
  /** How long a station stays known without a frame, in seconds. */
  readonly stationAgeMax?: number;
  /** Where ports share one way of sending: called in place of each port's `flush`. */
  readonly flush?: () => void;
  readonly tap?: FrameTap | null;
}

/** IEEE 802.1Q 8.8.3: the recommended ageing time, in seconds. */
export const STATION_AGE_MAX = 300;
/** A pass over the station table takes about this long, in nanoseconds. */
const AGE_PASS = 30e9;
/** Slots looked at in one breath at most. */
const AGE_SLOTS_MAX = 1024;
const NANOSECONDS_PER_TICK = 1e6;
/** Octets for the answers of one batch, and frames in it at most. */
const ANSWERS_MAX = 1 << 17;
const ANSWER_FRAMES_MAX = 256;
/** An answer is at most so much longer than its question, or than an ICMPv6 error (RFC 4443). */
const ANSWER_EXTRA = 128;
const ICMP_ERROR_MAX = 1280;

export class Engine {
  /** Frames and octets by port. */
  readonly framesIn: Float64Array;
  readonly octetsIn: Float64Array;
  readonly framesOut: Float64Array;
  readonly octetsOut: Float64Array;
  /** Frames dropped, by port × reason: index `port * DROP_REASON_NAMES.length + reason`. */
  readonly portDrops: Float64Array;
  private readonly owner: Switch;
  private readonly forwarding: Forwarding;
  private readonly vlans: VlanPorts | null;
  private readonly gatewayHigh: number;
  private readonly gatewayLow: number;
  private readonly responder: Responder | null;
  private readonly stationAgeMax: number;
  private readonly tap: FrameTap | null;
  private readonly batch = new FrameBatch();
  private readonly egress: Egress;
  /** The answers of one batch, side by side: they must stay until they are sent. */
  private readonly answers = new FrameBatch(ANSWER_FRAMES_MAX);
  private answersEnd = 0;
  private lastAged = Number.NaN;

  constructor(options: EngineOptions) {
    this.owner = options.owner;
    this.forwarding = options.forwarding;
    this.vlans = options.vlans ?? null;
    this.gatewayHigh = macHigh(options.gatewayMac);
    this.gatewayLow = macLow(options.gatewayMac);
    this.responder = options.responder;
    this.stationAgeMax = (options.stationAgeMax ?? STATION_AGE_MAX) * 1e9;
    this.tap = options.tap ?? null;
    this.answers.view = new DataView(new ArrayBuffer(ANSWERS_MAX));
    this.answers.linkType.fill(LINKTYPE_ETHERNET);
    this.answers.now.fill(Number.NaN);
    this.egress = new Egress(options.owner, options.ports, options.flush ?? null);
    const count = options.ports.length;
    this.framesIn = new Float64Array(count);
    this.octetsIn = new Float64Array(count);
    this.framesOut = this.egress.framesOut;
    this.octetsOut = this.egress.octetsOut;
    this.portDrops = this.egress.drops;
  }

  /** Takes what has arrived at every port, at `now` nanoseconds; returns the number of frames. */
  breathe(now: number): number {
    let frames = 0;
    for (let port = 0; port < this.framesIn.length; port++) frames += this.take(port, now);
    return frames;
  }

  /** Takes one batch of what has arrived at one port, at `now` nanoseconds. */
  take(index: number, now: number): number {
    const { batch, owner, egress } = this;
    owner.setNow(now);
    this.age(now);
    if (!egress.isRead(index)) return 0;
    const count = egress.ports[index]!.receive(batch);
    if (egress.isCut(index)) {
      for (let i = 0; i < count; i++) egress.drop(reason.PORT_CUT, batch, i, index);
      return count;
    }
    const { view } = batch;
    for (let i = 0; i < count; i++) {
      const at = batch.at[i]!;
      const end = batch.end[i]!;
      this.framesIn[index]!++;
      this.octetsIn[index]! += end - at;
      const way = owner.ingress(view, at, end, batch.linkType[i]!, index);
      if (this.tap !== null) this.tap.onJudged(view, at, end, index, way);
      this.act(way, i, index);
    }
    egress.flush();
    this.answers.count = 0;
    this.answersEnd = 0;
    return count;
  }

  /** Cuts the port both ways, or heals it: what it sends is lost, and so is what is sent to it. */
  cut(port: number, on: boolean): void {
    this.egress.setCut(port, on);
  }

  /**
   * Holds the port, or resumes it, as for a host that is paused: it is not read, so that what its
   * host had under way comes when it is resumed; what is sent to it meanwhile is lost, `port-held`.
   */
  hold(port: number, on: boolean): void {
    this.egress.setHeld(port, on);
  }

  /** Whether it is worth waiting for frames of this port: it is there and not held. */
  isRead(port: number): boolean {
    return this.egress.isRead(port);
  }

  /** Attaches another port under this number; null where it is gone. */
  setPort(index: number, port: Port | null): void {
    this.egress.ports[index] = port;
  }

  /** What the verdict asks for. */
  private act(way: number, index: number, ingress: number): void {
    const { batch } = this;
    switch (verdict.verdictKind(way)) {
      case verdict.FORWARD:
        if (this.forwarding.isByIp) this.rewrite(batch.view, batch.at[index]!);
        this.send(verdict.verdictDetail(way), index);
        break;
      case verdict.FLOOD:
        this.flood(index, ingress);
        break;
      case verdict.RESPOND:
      case verdict.DELIVER:
        this.respond(index, ingress);
        break;
      case verdict.DROP:
        this.egress.note(verdict.verdictDetail(way), batch, index, ingress);
        break;
      default:
    }
  }

  /** To the holder, from the gateway; the TTL is untouched within a subnet. */
  private rewrite(view: DataView, at: number): void {
    writeMacHalves(view, at, this.forwarding.nextHigh, this.forwarding.nextLow);
    writeMacHalves(view, at + 6, this.gatewayHigh, this.gatewayLow);
  }

  private send(port: number, index: number): void {
    const { vlans, owner } = this;
    const { link, network } = owner.classifier;
    const tag = vlans === null ? TAG_KEEP : vlans.tagFor(port, network, link.tags !== 0);
    this.egress.send(port, this.batch, index, tag);
  }

  private flood(index: number, ingress: number): void {
    const { network } = this.owner.classifier;
    const { vlans } = this;
    for (let port = 0; port < this.framesIn.length; port++) {
      if (port !== ingress && (vlans === null || vlans.has(port, network))) this.send(port, index);
    }
  }

  /** The answer goes back where the question came from; by MAC, others hear a question too. */
  private respond(index: number, ingress: number): void {
    const { owner, responder, answers, batch } = this;
    const answerAt = this.roomFor(batch.end[index]! - batch.at[index]!);
    const isAnswerable = responder !== null && answerAt >= 0;
    const length = isAnswerable ? responder.respond(owner, batch.view, answers.view, answerAt) : 0;
    if (length > 0) this.answer(answerAt, length, ingress);
    else this.egress.drop(reason.NOT_DELIVERED, batch, index, ingress);
    const isGroup = isGroupMacHigh(owner.classifier.link.destinationHigh);
    if (isGroup && !this.forwarding.isByIp) this.flood(index, ingress);
  }

  /** Where the answer to a question of so many octets may be written; -1: it is too long. */
  private roomFor(question: number): number {
    const room = Math.max(question, ICMP_ERROR_MAX) + ANSWER_EXTRA;
    if (room > ANSWERS_MAX) return -1;
    if (this.answersEnd + room > ANSWERS_MAX || this.answers.count === ANSWER_FRAMES_MAX) {
      this.egress.flush();
      this.answers.count = 0;
      this.answersEnd = 0;
    }
    return this.answersEnd;
  }

  private answer(at: number, length: number, port: number): void {
    const { answers, owner, vlans } = this;
    const index = answers.count++;
    answers.at[index] = at;
    answers.end[index] = at + length;
    answers.wireLength[index] = length;
    this.answersEnd = at + length;
    const { link, network } = owner.classifier;
    const tag = vlans === null ? TAG_KEEP : vlans.tagFor(port, network, link.tags !== 0);
    this.egress.send(port, answers, index, tag);
  }

  /**
   * Forgets stations that have been silent, some slots a breath. Addresses do not age: the last
   * valid announcement stands until another comes (design, section 3).
   */
  private age(now: number): void {
    const { stations } = this.owner;
    const elapsed = now - this.lastAged;
    this.lastAged = now;
    if (!(elapsed > 0)) return;
    const slots = Math.ceil((stations.slots * elapsed) / AGE_PASS);
    const before = Math.floor((now - this.stationAgeMax) / NANOSECONDS_PER_TICK);
    stations.age(before | 0, Math.min(slots, AGE_SLOTS_MAX));
  }
}
