/**
 * From the engine's ring to the events of the lab: frames go to the analysis, what it finds goes
 * out with the name of the port. It runs in the main thread and never holds up the engine: what it
 * cannot read in time is lost and counted.
 */
import { LiveAnalysis, type Takeover } from '../analysis/live.ts';
import type { LabEvent, TakeoverEvent } from '../analysis/live-events.ts';
import type { ClaimEntry, Finding } from '../analysis/result.ts';
import { TimeBase } from '../analysis/time-base.ts';
import type { RecordRing } from '../dataplane/record-ring.ts';
import { CompiledTopology } from '../havip/compile.ts';
import { Control } from '../havip/control.ts';
import type { DataplaneChange } from '../havip/inventory/dataplane.ts';
import { LiveNetworks } from '../havip/live-networks.ts';
import { ruleSet } from '../havip/rule-sets.ts';
import type { Topology } from '../havip/topology.ts';
import { addressTextIn } from './engine/address-record.ts';
import {
  type EngineChange,
  makeChange,
  RECORD_CHANGED,
  RECORD_FRAME,
  RECORD_PORT_GONE,
  RECORD_REPOINTED,
  RECORD_STATION_MOVED,
} from './engine/engine-requests.ts';
import { type HolderChange, HolderView } from './holder-view.ts';
import { StationMoves } from './station-moves.ts';

export interface FeedOptions {
  topology: Topology;
  /** Made before the first frame. */
  changes?: readonly DataplaneChange[];
  ring: RecordRing;
  /** Seconds since 1970 from which the engine counts nanoseconds. */
  base: number;
  /** Nanoseconds since then. */
  now(): number;
  /** instance/eni, by port. */
  portNames: readonly string[];
  allClaims: boolean;
  /** The switch reports what its guards refuse, and lets it pass. */
  dryRun: boolean;
  emit(event: LabEvent): void;
  /** The feed ended by itself: nothing is told any more. */
  onFailure(error: Error): void;
  /** Who writes down what happens to HaVips; absent: nobody. */
  history?: FeedHistory;
}

export interface FeedHistory {
  holder(change: HolderChange): void;
  /** `havip`: its lane, null where the address is no HaVip's. */
  refusal(claim: Refused): void;
}

export interface Refused {
  /** Milliseconds since 1970. */
  time: number;
  havip: string | null;
  ip: string;
  mac: string;
  name: string | null;
  reason: string;
}

/** The longest sleep between two looks, in milliseconds. */
const POLL = 100;
/** Records read before others get their turn. */
const RECORDS_AT_ONCE = 2000;
/** Frames of which the port is remembered: a claim may be told later than its frame. */
const FRAMES_KEPT = 1 << 16;

/** A change that the engine was asked for. */
interface Asked {
  readonly change: EngineChange;
  /** The engine has made it; its record among the events may have been lost. */
  isMade: boolean;
}

export class LiveFeed {
  readonly analysis: LiveAnalysis;
  /** Seconds since 1970 from which times count. */
  readonly base: number;
  /** The bindings as the analysis judges by them. */
  private readonly control: Control;
  private readonly options: FeedOptions;
  private readonly times = new TimeBase();
  readonly holders: HolderView;
  private readonly stations: StationMoves;
  private readonly networks: LiveNetworks;
  /** By number, in the order in which they were asked for. */
  private readonly changes = new Map<number, Asked>();
  private lastChange = 0;
  /** By number of the frame, for the last FRAMES_KEPT. */
  private readonly ports = new Uint16Array(FRAMES_KEPT);
  private isEnded = false;
  private hasFailed = false;
  private turning: Promise<void> = Promise.resolve();

  constructor(options: FeedOptions) {
    this.options = options;
    this.base = options.base;
    this.times.nowOf(options.base, 0, 0);
    const { topology } = options;
    const networks = new LiveNetworks(topology);
    this.networks = networks;
    this.holders = new HolderView(topology, networks, (change) => {
      options.history?.holder(change);
    });
    const compiled = new CompiledTopology(topology, networks);
    // What the report knows of an address goes by its id.
    compiled.book.reusesIds = false;
    this.analysis = new LiveAnalysis(compiled.site(), options, {
      onClaim: (claim) => this.claim(claim),
      onTimeline: (ip, vlan, entry) => {
        this.holders.onTimeline(ip, vlan, entry, entry.time ?? this.time(options.now()));
      },
      onTakeover: (takeover) => this.takeover(takeover),
      onOutage: () => {},
      onFinding: (finding) => this.finding(finding),
    });
    this.stations = new StationMoves({
      analysis: this.analysis,
      portNames: options.portNames,
      time: (now) => this.time(now),
      tell: (takeover, network) => this.tellTakeover(takeover, network),
    });
    const rules = ruleSet(topology.provider ?? 'classic');
    const { owner } = this.analysis;
    this.control = new Control({ topology, rules, compiled, networks, owner });
    this.control.applyAll(options.changes ?? []);
  }

  /**
   * Announces a change, to be made in the analysis at the place among the events at which it
   * holds; gives its number.
   */
  change(change: EngineChange): number {
    this.changes.set(++this.lastChange, { change, isMade: false });
    return this.lastChange;
  }

  /** The engine refused it. */
  forgetChange(number: number): void {
    this.changes.delete(number);
  }

  /** The engine made it; should its record be lost, it holds once all others are read. */
  confirmChange(number: number): void {
    const asked = this.changes.get(number);
    if (asked !== undefined) asked.isMade = true;
  }

  /** Reads until `end`. */
  run(): void {
    this.turning = this.turn().catch((error) => this.fail(error));
  }

  /** Reads what is left and tells what only the whole view shows. */
  async end(): Promise<void> {
    this.isEnded = true;
    // A wait on shared memory does not keep the process alive; this does, until it is over.
    const alive = setInterval(() => {}, POLL);
    await this.turning;
    clearInterval(alive);
    if (this.hasFailed) return;
    try {
      this.drain(Number.POSITIVE_INFINITY);
      this.stations.poll(Number.POSITIVE_INFINITY);
      this.analysis.finish(this.options.now());
    } catch (error) {
      this.fail(error as Error);
    }
  }

  private fail(error: Error): void {
    this.hasFailed = true;
    this.options.onFailure(error);
  }

  private async turn(): Promise<void> {
    while (!this.isEnded) {
      const isMore = this.drain(RECORDS_AT_ONCE);
      this.analysis.poll(this.options.now());
      this.stations.poll(this.options.now());
      if (isMore) await new Promise((resolve) => setImmediate(resolve));
      else await this.options.ring.readable(POLL);
    }
  }

  /** True where there is more to read. */
  private drain(most: number): boolean {
    const { ring } = this.options;
    let count = 0;
    while (ring.next()) {
      this.take(ring);
      if (++count >= most) return true;
    }
    for (const [number, { isMade }] of this.changes) {
      if (isMade) this.make(number, this.options.now());
    }
    return false;
  }

  private make(number: number, now: number): void {
    const asked = this.changes.get(number);
    if (asked === undefined) return;
    this.changes.delete(number);
    const result = makeChange(this.control, asked.change);
    if ('refused' in result || asked.change.command === 'flush') return;
    for (const { id } of result.cleared) this.analysis.onUnbound(id, now);
    const time = this.base * 1000 + now / 1e6;
    this.holders.onChanges(asked.change.changes, result.cleared, time);
  }

  private take(ring: RecordRing): void {
    if (ring.kind === RECORD_FRAME) {
      this.ports[(this.analysis.frame + 1) % FRAMES_KEPT] = ring.a;
      this.analysis.owner.classifier.isCut = ring.c !== 0;
      this.analysis.onFrame(ring.view, ring.at, ring.end, ring.time, ring.b);
    } else if (ring.kind === RECORD_REPOINTED) {
      const ip = addressTextIn(ring);
      this.analysis.onRepointed(ring.b, ip, ring.time);
      this.stations.onRepointed(ring.b, ip, ring.time);
    } else if (ring.kind === RECORD_STATION_MOVED) {
      const { ip, network } = this.stations.add(ring);
      this.holders.onMoved(ip, network, this.time(ring.time));
    } else if (ring.kind === RECORD_CHANGED) {
      this.make(ring.a, ring.time);
    } else if (ring.kind === RECORD_PORT_GONE) {
      const port = this.options.portNames[ring.a] ?? String(ring.a);
      this.options.emit({ event: 'port-gone', time: this.time(ring.time), port });
    }
  }

  /** Events lost because too much happened at once. */
  get lost(): number {
    return this.options.ring.lost;
  }

  /** The MAC that holds a HaVip as far as the events were read; 0 for nobody. */
  holderOf(lane: string): number {
    return this.control.holderOf(lane);
  }

  private claim(claim: ClaimEntry): void {
    const { ip, mac, name, form, verdict, reason } = claim;
    const port = this.portOf(claim.frame);
    const time = claim.time ?? this.time(this.options.now());
    if (verdict === 'moved') {
      this.holders.onMoved(ip, claim.vlan, time);
      this.stations.onClaim(claim.vlan ?? 0, ip);
    }
    if (reason !== null) {
      const havip = this.holders.laneOf(ip, claim.vlan);
      this.options.history?.refusal({ time: Date.parse(time), havip, ip, mac, name, reason });
    }
    this.options.emit({ event: 'claim', time, ip, mac, name, port, form, verdict, reason });
  }

  /** Name of the port by which a frame came in; null where it is too long ago. */
  private portOf(frame: number): string | null {
    if (this.analysis.frame - frame >= FRAMES_KEPT) return null;
    return this.options.portNames[this.ports[frame % FRAMES_KEPT] as number] ?? null;
  }

  private takeover(takeover: Takeover): void {
    const { ip, vlan, from, to, cause, detectionSeconds, outageSeconds } = takeover;
    const time = takeover.time ?? this.time(this.options.now());
    const { repointMicroseconds } = takeover;
    const lengths = { detectionSeconds, outageSeconds, repointMicroseconds };
    this.tellTakeover({ event: 'takeover', time, ip, from, to, cause, ...lengths }, vlan);
  }

  private tellTakeover(event: TakeoverEvent, network: number | null): void {
    this.holders.onTakeover(event, network);
    this.options.emit(event);
  }

  private finding(finding: Finding): void {
    const { t: _, time, vlan: network, ...rest } = finding;
    // Frames come tagged with the number of their network, which is no VID.
    const vlan = rest.ip === null ? null : this.networks.list[network ?? 0]?.vid || null;
    const when = time ?? this.time(this.options.now());
    this.options.emit({ event: 'finding', time: when, vlan, ...rest });
  }

  /** RFC 3339 UTC with nine decimals. */
  time(now: number): string {
    return this.times.format(Math.round(now), 0) ?? '';
  }
}
