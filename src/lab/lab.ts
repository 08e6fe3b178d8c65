/**
 * A lab that runs: hosts in namespaces, the engine between them, and the analysis of what passes.
 * It makes all of it, tells what happens, and removes what it made, in the reverse order.
 */
import type { LabEvent } from '../analysis/live-events.ts';
import { RecordRing } from '../dataplane/record-ring.ts';
import { claimersOf } from '../havip/claimers.ts';
import type { ControlResult } from '../havip/control.ts';
import type { Topology } from '../havip/topology.ts';
import { formatMac } from '../wire/mac.ts';
import { configureEni, type PortState } from './attachment.ts';
import type { EngineLink } from './engine/engine-link.ts';
import type {
  EngineChange,
  EngineReply,
  EngineRequest,
  EngineStatistics,
} from './engine/engine-requests.ts';
import { Ground } from './ground.ts';
import { Host } from './host.ts';
import { LabError } from './lab-error.ts';
import type { LabOptions } from './lab-options.ts';
import { LiveFeed } from './live-feed.ts';
import { PortCaptures } from './port-captures.ts';

const RING_OCTETS = 1 << 22;
/** How long the HaVips may take to get their holders before the lab counts as ready. */
const READY_WAIT = 10_000;
const READY_LOOK = 50;
const TICK = 1000;
/** How long hosts may take to end by themselves. */
const STOP_WAIT = 1500;

export class Lab {
  readonly topology: Topology;
  readonly hosts: ReadonlyMap<string, Host>;
  readonly ground: Ground;
  readonly link: EngineLink;
  readonly feed: LiveFeed;
  readonly since: string;
  /** By port. */
  readonly states: PortState[];
  /** Frames in and out over the last second, by port. */
  readonly rates: { in: number; out: number }[];
  private readonly captures: PortCaptures | null;
  private readonly options: LabOptions;
  private last: EngineStatistics | null = null;
  private ticking: NodeJS.Timeout | null = null;
  private isStopping = false;

  private constructor(options: LabOptions, parts: Parts) {
    this.options = options;
    this.topology = parts.topology;
    this.hosts = parts.hosts;
    this.ground = parts.ground;
    this.link = options.link;
    this.feed = parts.feed;
    this.captures = parts.captures;
    this.since = parts.feed.time(parts.now());
    this.states = parts.ground.devices.map(() => ({ cut: false, hold: false, gone: false }));
    this.rates = parts.ground.devices.map(() => ({ in: 0, out: 0 }));
  }

  /** Throws LabError, with everything removed again, where the lab cannot be made. */
  static async start(options: LabOptions): Promise<Lab> {
    const { topology, changes, history, link, dryRun, arpRate, busyPoll, allClaims } = options;
    let ground: Ground | null = null;
    try {
      const hosts = hostsOf(topology, options);
      if (topology.enis.every((eni) => eni.attach === null)) {
        throw new LabError('no ENI has attach', 'write attach: { netns: NAME } for each live host');
      }
      ground = await Ground.make(topology, options.file);
      const base = Math.floor(options.wallClock() / 1e9);
      const now = (): number => options.wallClock() - base * 1e9;
      const ring = new RecordRing(RecordRing.memory(RING_OCTETS));
      const { devices } = ground;
      const portNames = devices.map(({ eni }) => nameOf(topology, eni));
      const { captureFolder: folder } = options;
      const { warn } = options;
      const captures = folder === null ? null : new PortCaptures(folder, portNames, base, warn);
      const capture = captures?.shared ?? null;
      const settings = { topology, changes, devices, events: ring.shared, capture, base };
      const emit = (event: LabEvent): void => lab.emit(event);
      const failing = (what: string) => (error: Error) =>
        options.onFailure(new Error(`the ${what} failed: ${error.message}`));
      const told = { allClaims, dryRun, emit, history, onFailure: failing('analysis') };
      // The engine makes its tables while the feed makes its own.
      const makeFeed = async (): Promise<LiveFeed> =>
        new LiveFeed({ topology, changes, ring, base, now, portNames, ...told });
      const opened = link.open({ ...settings, dryRun, arpRate, busyPoll });
      const [feed] = await Promise.all([makeFeed(), opened]);
      link.onFailure = failing('engine');
      const lab = new Lab(options, { topology, hosts, ground, feed, captures, now });
      feed.run();
      captures?.run();
      lab.begin();
      return lab;
    } catch (error) {
      await link.stop();
      await ground?.remove();
      throw error;
    }
  }

  get name(): string {
    return this.topology.name;
  }

  /**
   * Starts what the hosts run and waits until the HaVips are held, for a while. `api`: where the
   * API is, for who waits for the lab to be ready.
   */
  async bringUp(api: string | null = null): Promise<void> {
    for (const host of this.hosts.values()) this.run(host);
    const deadline = performance.now() + READY_WAIT;
    const claimed = this.topology.havips.filter((havip) =>
      claimersOf(this.topology, havip).some((instance) => this.hosts.get(instance)?.isRun),
    );
    const isHeld = (): boolean => claimed.every(({ name }) => this.feed.holderOf(name) !== 0);
    while (!isHeld() && performance.now() < deadline && !this.isStopping) {
      await new Promise((resolve) => setTimeout(resolve, READY_LOOK));
    }
    if (this.isStopping) return;
    const statistics = await this.statistics();
    const addresses = new Map(this.topology.havips.map(({ name, address }) => [name, address]));
    this.options.emit({
      event: 'ready',
      ...(api === null ? {} : { api }),
      time: this.feed.time(this.options.wallClock() - this.baseNow),
      ports: this.ground.devices.map(({ eni }) => ({
        name: nameOf(this.topology, eni),
        mac: formatMac(this.topology.enis[eni]?.mac as number),
        addresses: this.topology.enis[eni]?.addresses ?? [],
      })),
      havips: statistics.havips.map(({ name, mac, members }) => {
        return { name, ip: addresses.get(name) ?? '', holder: mac, members };
      }),
    });
  }

  /**
   * Ports of a host, or of one ENI of it (`host/eni`), but for those that are gone. Throws LabError
   * where there is none.
   */
  portsOf(target: string): number[] {
    const ports = this.ground.devices.flatMap(({ eni }, port) => {
      const one = this.topology.enis[eni];
      if (one === undefined) return [];
      return one.instance === target || `${one.instance}/${one.name}` === target ? [port] : [];
    });
    const there = ports.filter((port) => this.states[port]?.gone !== true);
    if (there.length > 0) return there;
    if (ports.length > 0) {
      throw new LabError(`${target} is gone with its namespace`, 'end the lab, and start it again');
    }
    const known = [...this.hosts.keys()].join(', ');
    throw new LabError(`no host ${target} is attached`, `known are ${known}`);
  }

  hostNamed(name: string): Host {
    const host = this.hosts.get(name);
    if (host !== undefined) return host;
    throw new LabError(`no host ${name}`, `known are ${[...this.hosts.keys()].join(', ')}`);
  }

  /** As when its power is switched on: a clean kernel, and what `run` says. */
  async powerOn(host: Host): Promise<void> {
    for (const eni of host.enis) await configureEni(this.topology, eni);
    this.run(host);
  }

  /**
   * Changes of HaVips or holders, in the engine and in what the analysis judges by. Throws where
   * nobody knows what became of them.
   */
  async change(change: EngineChange): Promise<ControlResult> {
    const number = this.feed.change(change);
    try {
      const reply = await this.link.ask({ ...change, number });
      if ('cleared' in reply) {
        this.feed.confirmChange(number);
        return reply;
      }
      this.feed.forgetChange(number);
      return 'refused' in reply ? reply : { refused: 'the engine gives no answer' };
    } catch (error) {
      this.feed.forgetChange(number);
      throw error;
    }
  }

  /** The MAC that holds a HaVip, at most some tenths of a second ago; null for nobody. */
  holderMac(lane: string): string | null {
    // What the feed lost it knows nothing of: then the engine's word of the last second counts.
    if (this.feed.lost > 0 && this.last !== null && this.last.havips.length > 0) {
      return this.last.havips.find(({ name }) => name === lane)?.mac ?? null;
    }
    const mac = this.feed.holderOf(lane);
    return mac === 0 ? null : formatMac(mac);
  }

  async ask(request: EngineRequest): Promise<EngineReply> {
    const reply = await this.link.ask(request);
    if ('refused' in reply) throw new LabError(reply.refused, 'see havip status');
    return reply;
  }

  async statistics(isBrief = false): Promise<EngineStatistics> {
    const reply = await this.link.ask({ command: 'statistics', isBrief });
    if (!('statistics' in reply)) throw new LabError('the engine gives no statistics', 'try again');
    return reply.statistics;
  }

  /** Ends everything and removes what was made. */
  async stop(): Promise<void> {
    if (this.isStopping) return;
    this.isStopping = true;
    if (this.ticking !== null) clearInterval(this.ticking);
    await Promise.all([...this.hosts.values()].map((host) => host.stop(STOP_WAIT)));
    await this.link.stop();
    await this.feed.end();
    await this.captures?.end();
    await this.ground.remove();
    const time = this.feed.time(this.options.wallClock() - this.baseNow);
    this.options.emit({ event: 'stopped', time });
  }

  private get baseNow(): number {
    return this.feed.base * 1e9;
  }

  private begin(): void {
    this.ticking = setInterval(() => void this.tick().catch(() => {}), TICK);
  }

  private run(host: Host): void {
    this.ground.remember(host.start());
  }

  private emit(event: LabEvent): void {
    // What ending hosts do on their way out is no news.
    if (!this.isStopping || event.event === 'finding') this.options.emit(event);
    if (event.event !== 'port-gone') return;
    const port = this.ground.devices.findIndex(
      ({ eni }) => nameOf(this.topology, eni) === event.port,
    );
    const state = this.states[port];
    if (state !== undefined) state.gone = true;
  }

  /** Each second: rates, and what was dropped since the last one. */
  private async tick(): Promise<void> {
    const statistics = await this.statistics(this.feed.lost === 0);
    // Only now: another tick may have been answered meanwhile, and has told of its part.
    const { last } = this;
    this.last = statistics;
    const reasons: Record<string, number> = {};
    for (const [reason, count] of Object.entries(statistics.drops)) {
      const more = count - (last?.drops[reason] ?? 0);
      if (more > 0) reasons[reason] = more;
    }
    statistics.ports.forEach((port, index) => {
      const before = last?.ports[index];
      const rate = this.rates[index];
      if (before === undefined || rate === undefined) return;
      rate.in = port.in - before.in;
      rate.out = port.out - before.out;
    });
    if (Object.keys(reasons).length === 0 || this.isStopping) return;
    const time = this.feed.time(this.options.wallClock() - this.baseNow);
    this.options.emit({ event: 'drops', time, ...reasons });
  }
}

interface Parts {
  topology: Topology;
  hosts: ReadonlyMap<string, Host>;
  ground: Ground;
  feed: LiveFeed;
  captures: PortCaptures | null;
  now(): number;
}

/** instance/eni. */
export function nameOf(topology: Topology, eni: number): string {
  const one = topology.enis[eni];
  return one === undefined ? '' : `${one.instance}/${one.name}`;
}

function hostsOf(topology: Topology, options: LabOptions): Map<string, Host> {
  const names = [...new Set(topology.enis.map((eni) => eni.instance))];
  const { folder, command, onLine } = options;
  return new Map(names.map((name) => [name, new Host(topology, name, folder, command, onLine)]));
}
