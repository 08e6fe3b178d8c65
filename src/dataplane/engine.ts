import { LINKTYPE_ETHERNET } from '../wire/link-type.ts';
import { writeMacHalves } from '../wire/mac.ts';
import * as reason from './drop-reason.ts';
import type { Forwarding } from './forwarding.ts';
import { FrameBatch } from './frame-batch.ts';
import { type Port, TAG_KEEP } from './port.ts';
import type { Switch } from './switch.ts';
import * as verdict from './verdict.ts';

/**
 * One breath: every port gives a batch, the switch judges each frame, and this one place sends.
 * It takes its time as a parameter, allocates nothing for a frame and waits for nobody: a port
 * whose queue is full loses the frame, which is counted. It is not yet where VLAN tags are pushed
 * or popped; frames leave tagged as they came.
 */

/** Answers in the network's own name: ARP and ND for the gateway, and the gateway's ping. */
export interface Responder {
  /**
   * Writes the answer to the frame [at, end) of `view`, which the switch has just classified, at
   * the start of `answer`. Returns its length, 0 for none.
   */
  respond(owner: Switch, view: DataView, at: number, end: number, answer: DataView): number;
}

export interface EngineOptions {
  readonly owner: Switch;
  /** The one that `owner` was made with. */
  readonly forwarding: Forwarding;
  readonly ports: readonly Port[];
  /** By port, the networks that it belongs to; null belongs to all. Absent: all ports to all. */
  readonly networks?: readonly (readonly number[] | null)[];
  /** Source of what is forwarded by IP. */
  readonly gatewayMac: number;
  readonly responder: Responder | null;
  /** How long a station stays known without a frame, in seconds. */
  readonly stationAgeMax?: number;
}

/** IEEE 802.1Q 8.8.3: the recommended ageing time, in seconds. */
export const STATION_AGE_MAX = 300;
/** A pass over the station table takes about this long, in nanoseconds. */
const AGE_PASS = 30e9;
/** Slots looked at in one breath at most. */
const AGE_SLOTS_MAX = 1024;
const NANOSECONDS_PER_TICK = 1e6;
const ANSWER_MAX = 2048;

export class Engine {
  /** Frames and octets by port, in and out. */
  readonly framesIn: Float64Array;
  readonly framesOut: Float64Array;
  readonly octetsIn: Float64Array;
  readonly octetsOut: Float64Array;
  private readonly owner: Switch;
  private readonly forwarding: Forwarding;
  private readonly ports: readonly Port[];
  private readonly networks: readonly (ReadonlySet<number> | null)[];
  private readonly gatewayHigh: number;
  private readonly gatewayLow: number;
  private readonly responder: Responder | null;
  private readonly stationAgeMax: number;
  private readonly batch = new FrameBatch();
  private readonly answers = new FrameBatch(1);
  private readonly answer = new DataView(new ArrayBuffer(ANSWER_MAX));
  private lastAged = Number.NaN;

  constructor(options: EngineOptions) {
    this.owner = options.owner;
    this.forwarding = options.forwarding;
    this.ports = options.ports;
    this.networks = options.ports.map((_, i) => {
      const networks = options.networks?.[i] ?? null;
      return networks === null ? null : new Set(networks);
    });
    this.gatewayHigh = Math.floor(options.gatewayMac / 2 ** 32);
    this.gatewayLow = options.gatewayMac >>> 0;
    this.responder = options.responder;
    this.stationAgeMax = (options.stationAgeMax ?? STATION_AGE_MAX) * 1e9;
    const count = options.ports.length;
    this.framesIn = new Float64Array(count);
    this.framesOut = new Float64Array(count);
    this.octetsIn = new Float64Array(count);
    this.octetsOut = new Float64Array(count);
  }

  /** Takes what has arrived, at `now` nanoseconds; returns the number of frames. */
  breathe(now: number): number {
    this.owner.setNow(now);
    this.age(now);
    let frames = 0;
    for (let port = 0; port < this.ports.length; port++) frames += this.take(port);
    return frames;
  }

  private take(port: number): number {
    const { batch, owner } = this;
    const count = this.ports[port]!.receive(batch);
    const { view } = batch;
    for (let i = 0; i < count; i++) {
      const at = batch.at[i]!;
      const end = batch.end[i]!;
      this.framesIn[port]!++;
      this.octetsIn[port]! += end - at;
      const way = owner.ingress(view, at, end, batch.linkType[i]!, port);
      this.act(way, i, port);
    }
    if (count > 0) for (let i = 0; i < this.ports.length; i++) this.ports[i]!.flush();
    return count;
  }

  /** What the verdict asks for; a drop has been counted by the switch. */
  private act(way: number, index: number, ingress: number): void {
    const { batch } = this;
    switch (verdict.verdictKind(way)) {
      case verdict.FORWARD:
        if (this.forwarding.isByIp) this.rewrite(batch.view, batch.at[index]!);
        this.send(verdict.verdictDetail(way), batch, index);
        break;
      case verdict.FLOOD:
        this.flood(index, ingress);
        break;
      case verdict.RESPOND:
      case verdict.DELIVER:
        this.respond(index, ingress);
        break;
      default:
    }
  }

  /** To the holder, from the gateway; the TTL is untouched within a subnet. */
  private rewrite(view: DataView, at: number): void {
    writeMacHalves(view, at, this.forwarding.nextHigh, this.forwarding.nextLow);
    writeMacHalves(view, at + 6, this.gatewayHigh, this.gatewayLow);
  }

  private flood(index: number, ingress: number): void {
    const { network } = this.owner.classifier;
    for (let port = 0; port < this.ports.length; port++) {
      if (port === ingress) continue;
      const networks = this.networks[port]!;
      if (networks === null || networks.has(network)) this.send(port, this.batch, index);
    }
  }

  private respond(index: number, ingress: number): void {
    const { owner, responder, answer, answers, batch } = this;
    const at = batch.at[index]!;
    const end = batch.end[index]!;
    const length = responder === null ? 0 : responder.respond(owner, batch.view, at, end, answer);
    if (length > 0) this.send(ingress, answers.hold(answer, 0, length, LINKTYPE_ETHERNET), 0);
    else owner.drops[reason.NOT_DELIVERED]!++;
  }

  /** The one place that sends. */
  private send(egress: number, batch: FrameBatch, index: number): void {
    const port = this.ports[egress]!;
    const { drops } = this.owner;
    const length = batch.end[index]! - batch.at[index]!;
    if (length > port.maximumFrame && batch.offload[index] === -1) {
      drops[reason.TOO_BIG]!++;
    } else if (port.transmit(batch, index, TAG_KEEP)) {
      this.framesOut[egress]!++;
      this.octetsOut[egress]! += length;
    } else {
      drops[reason.QUEUE_FULL]!++;
    }
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
