import { isGroupMacHigh, macHigh, macLow, readMac, writeMacHalves } from '../wire/mac.ts';
import { Answers } from './answers.ts';
import * as reason from './drop-reason.ts';
import { Egress } from './egress.ts';
import { type Forwarding, findDestination } from './forwarding.ts';
import { FrameBatch } from './frame-batch.ts';
import { FrameRun, NO_RUN } from './frame-run.ts';
import type { FrameTap } from './frame-tap.ts';
import { takeHop } from './hop.ts';
import { LookAhead } from './look-ahead.ts';
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
   * whole frame at `answerAt`, its tag as the asker's. Returns its length; 0 for none, or minus the
   * drop reason.
   */
  respond(owner: Switch, view: DataView, answer: DataView, answerAt: number): number;
  /** The same for an ICMP error about it, whose verdict was REPORT for this reason. */
  report(owner: Switch, why: number, view: DataView, answer: DataView, answerAt: number): number;
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
const STATION_AGE_MAX = 300;
/** A pass over the station table takes about this long, in nanoseconds. */
const AGE_PASS = 30e9;
/** Slots looked at in one breath at most. */
const AGE_SLOTS_MAX = 1024;
const NANOSECONDS_PER_TICK = 1e6;

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
  private readonly answers = new Answers();
  private readonly run: FrameRun;
  private readonly ahead: LookAhead;
  private lastAged = Number.NaN;

  constructor(options: EngineOptions) {
    this.owner = options.owner;
    this.run = new FrameRun(this.owner);
    this.forwarding = options.forwarding;
    this.vlans = options.vlans ?? null;
    this.ahead = new LookAhead(options.owner.addresses4, this.vlans);
    this.gatewayHigh = macHigh(options.gatewayMac);
    this.gatewayLow = macLow(options.gatewayMac);
    this.responder = options.responder;
    this.stationAgeMax = (options.stationAgeMax ?? STATION_AGE_MAX) * 1e9;
    this.tap = options.tap ?? null;
    this.egress = new Egress(options.owner, options.ports, options.flush ?? null);
    this.egress.tap = this.tap;
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
    const { batch, owner, egress, run } = this;
    owner.setNow(now);
    this.age(now);
    if (!egress.isRead(index)) return 0;
    const count = egress.ports[index]!.receive(batch);
    if (egress.isCut(index)) return egress.dropAll(reason.PORT_CUT, batch, count, index);
    const { view } = batch;
    this.ahead.over(batch, count, index);
    run.end();
    for (let i = 0; i < count; i++) {
      const at = batch.at[i]!;
      const end = batch.end[i]!;
      this.framesIn[index]!++;
      this.octetsIn[index]! += end - at;
      let way = run.wayOf(batch, i);
      if (way === NO_RUN) {
        this.forwarding.excess = run.excess;
        way = owner.ingress(view, at, end, batch.linkType[i]!, index);
        run.begin(batch, i, way);
      }
      if (this.tap !== null) this.tap.onJudged(batch, i, index, way);
      this.act(way, i, index);
    }
    egress.flush();
    this.answers.clear();
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
        this.forward(verdict.verdictDetail(way), index);
        break;
      case verdict.ROUTE:
        this.route(verdict.verdictDetail(way), index);
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
      case verdict.REPORT:
        this.egress.note(verdict.verdictDetail(way), batch, index, ingress);
        this.report(verdict.verdictDetail(way), index, ingress);
        break;
      default:
    }
  }

  /** To the holder, from the gateway; the TTL is untouched within a subnet. */
  private rewrite(view: DataView, at: number): void {
    writeMacHalves(view, at, this.forwarding.nextHigh, this.forwarding.nextLow);
    writeMacHalves(view, at + 6, this.gatewayHigh, this.gatewayLow);
  }

  private forward(port: number, index: number): void {
    const { batch, owner } = this;
    if (this.forwarding.isByIp) this.rewrite(batch.view, batch.at[index]!);
    this.send(port, index);
    if (owner.moves.waiting !== 0) this.noteRepoint(port, index, owner.classifier.network);
  }

  /** To the holder in another subnet, in the form that its network has on that port. */
  private route(port: number, index: number): void {
    const { batch, owner, vlans } = this;
    const { link, family, packet } = owner.classifier;
    const { nextNetwork } = this.forwarding;
    const at = batch.at[index]!;
    takeHop(batch.view, packet, family);
    this.rewrite(batch.view, at);
    const hasTag = link.tags !== 0;
    if (vlans !== null && hasTag) vlans.retag(batch.view, at, nextNetwork);
    const tag = vlans === null ? TAG_KEEP : vlans.tagFor(port, nextNetwork, hasTag);
    this.egress.send(port, batch, index, tag);
    if (owner.moves.waiting !== 0) this.noteRepoint(port, index, nextNetwork);
  }

  /** The first frame to the holder of an address that has moved ends its repoint. */
  private noteRepoint(port: number, index: number, network: number): void {
    const { batch, owner } = this;
    const { view } = batch;
    if (owner.classifier.family === 0) return;
    const entry = findDestination(owner, view, network);
    if (entry < 0) return;
    const table = owner.classifier.family === 4 ? owner.addresses4 : owner.addresses6;
    if (table.mac(entry) !== readMac(view, batch.at[index]!)) return;
    owner.moves.sent(table.tag(entry), port);
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
    let length = 0;
    if (responder !== null && this.hasRoom(index)) {
      length = responder.respond(owner, batch.view, answers.batch.view, answers.at);
    }
    if (length > 0) this.answer(length, ingress);
    else this.egress.drop(length < 0 ? -length : reason.NOT_DELIVERED, batch, index, ingress);
    const isGroup = isGroupMacHigh(owner.classifier.link.destinationHigh);
    if (isGroup && !this.forwarding.isByIp) this.flood(index, ingress);
  }

  /** Tells the sender of a frame that was dropped why, if that is lawful. */
  private report(why: number, index: number, ingress: number): void {
    const { owner, responder, answers, batch } = this;
    if (responder === null || !this.hasRoom(index)) return;
    const length = responder.report(owner, why, batch.view, answers.batch.view, answers.at);
    if (length > 0) this.answer(length, ingress);
  }

  /** Whether the answer to frame `index` can be written; those before may have to leave first. */
  private hasRoom(index: number): boolean {
    const { answers } = this;
    const question = this.batch.end[index]! - this.batch.at[index]!;
    if (!answers.fits(question)) return false;
    if (answers.isFull(question)) {
      this.egress.flush();
      answers.clear();
    }
    return true;
  }

  private answer(length: number, port: number): void {
    const { owner, vlans } = this;
    const { link, network } = owner.classifier;
    const tag = vlans === null ? TAG_KEEP : vlans.tagFor(port, network, link.tags !== 0);
    this.egress.send(port, this.answers.batch, this.answers.add(length), tag);
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
