/**
 * The switch as it runs in the engine's thread, with the ports of a lab, and what it does when the
 * control plane asks.
 */
import { randomInt } from 'node:crypto';
import * as reason from '../../dataplane/drop-reason.ts';
import { Engine } from '../../dataplane/engine.ts';
import { RecordRing } from '../../dataplane/record-ring.ts';
import type { ControlResult } from '../../havip/control.ts';
import { type LiveSwitch, liveSwitchOf } from '../../havip/live-switch.ts';
import { FaultPort, type FaultRates } from '../../ports/fault-port.ts';
import type { NativeIo } from '../../ports/native-io.ts';
import type { NativePort } from '../../ports/native-port.ts';
import { formatIpv4, formatIpv6 } from '../../wire/ip-address.ts';
import { formatMac } from '../../wire/mac.ts';
import {
  type EngineReply,
  type EngineRequest,
  type EngineSettings,
  type EngineStatistics,
  makeChange,
  RECORD_CHANGED,
} from './engine-requests.ts';
import { FrameCapture } from './frame-capture.ts';
import { LiveObserver } from './live-observer.ts';

/** Entries of the address table that a status shows. */
const TABLE_SHOWN_MAX = 10_000;

export class LiveEngine {
  readonly engine: Engine;
  readonly observer: LiveObserver;
  readonly capture: FrameCapture | null;
  readonly ports: readonly NativePort[];
  private readonly io: NativeIo;
  private readonly faults: (FaultPort | null)[];
  private hasFaults = false;
  private readonly live: LiveSwitch;
  private readonly ring: RecordRing;

  constructor(settings: EngineSettings, io: NativeIo, ring: RecordRing) {
    const { topology, devices, capture, dryRun, arpRate } = settings;
    this.ring = ring;
    this.io = io;
    this.faults = devices.map(() => null);
    this.capture =
      capture === null
        ? null
        : new FrameCapture(new RecordRing(capture.ring), new Int32Array(capture.lost));
    this.observer = new LiveObserver(ring, this.capture);
    const { observer } = this;
    // Nobody can choose addresses that all fall on one slot of its tables.
    const seed = randomInt(2 ** 32);
    this.live = liveSwitchOf(topology, { observer, dryRun, arpRate, seed });
    makeChange(this.live.control, { command: 'change', changes: settings.changes });
    const { owner, forwarding, vlans, gatewayMac, responder } = this.live;
    this.observer.attach(owner, forwarding);
    this.ports = devices.map((device) => {
      const options = { name: device.name, mtu: device.mtu };
      return device.kind === 'tap' ? io.tapPort(device, options) : io.packetPort(device, options);
    });
    const flush = (): void => void io.flush();
    const parts = { owner, forwarding, vlans, gatewayMac, responder, flush };
    this.engine = new Engine({ ...parts, ports: this.ports, tap: this.observer });
  }

  /** The time of this breath, for those whom nobody else tells. */
  setNow(now: number): void {
    this.observer.now = now;
    for (const fault of this.faults) if (fault !== null) fault.now = now;
  }

  /** What is due at `now`; returns the milliseconds until something else is, at most `most`. */
  poll(now: number, most: number): number {
    if (!this.hasFaults) return most;
    let next = Number.POSITIVE_INFINITY;
    for (const fault of this.faults) if (fault !== null) next = Math.min(next, fault.poll(now));
    return Math.min(most, Math.max(0, next - now) / 1e6);
  }

  obey(request: EngineRequest, _now: number): EngineReply {
    switch (request.command) {
      case 'cut':
        for (const port of request.ports) {
          this.engine.cut(port, request.on);
          this.io.listen(this.ports[port]?.index ?? -1, this.engine.isRead(port));
        }
        return { done: true };
      case 'hold':
        for (const port of request.ports) {
          this.engine.hold(port, request.on);
          this.io.listen(this.ports[port]?.index ?? -1, this.engine.isRead(port));
        }
        return { done: true };
      case 'fault':
        for (const port of request.ports) this.setFault(port, request.rates, request.seed);
        return { done: true };
      case 'statistics':
        return { statistics: this.statistics(request.isBrief === true) };
      case 'change':
      case 'flush':
        return this.changed(request.number, makeChange(this.live.control, request));
      case 'stop':
        return { done: true };
    }
  }

  /** A bad cable, or a good one where all rates are 0. */
  private setFault(port: number, rates: FaultRates, seed: number): void {
    const inner = this.ports[port];
    if (inner === undefined || inner.isGone) return;
    this.faults[port]?.poll(Number.POSITIVE_INFINITY);
    this.faults[port]?.release();
    const isBad = Object.values(rates).some((rate) => rate > 0);
    const fault = isBad ? new FaultPort(inner, rates, seed) : null;
    this.faults[port] = fault;
    this.hasFaults = this.faults.some((one) => one !== null);
    this.engine.setPort(port, fault ?? inner);
  }

  /** Marks the place among the events from which a change holds. */
  private changed(number: number, result: ControlResult): ControlResult {
    if ('refused' in result) return result;
    const { ring, observer } = this;
    const at = ring.begin(RECORD_CHANGED, observer.now, 0);
    if (at >= 0) {
      ring.mark(at, number, 0, 0);
      ring.commit();
    }
    observer.hasNews = true;
    return result;
  }

  private statistics(isBrief: boolean): EngineStatistics {
    const { engine, ports } = this;
    return {
      ports: ports.map((_, index) => ({
        in: engine.framesIn[index]!,
        out: engine.framesOut[index]!,
        octetsIn: engine.octetsIn[index]!,
        octetsOut: engine.octetsOut[index]!,
      })),
      drops: this.drops(),
      table: isBrief ? [] : this.table(),
      havips: isBrief ? [] : this.havips(),
    };
  }

  /** By reason: what the switch dropped, and what devices did not take when it came to sending. */
  private drops(): EngineStatistics['drops'] {
    const counts = [...this.live.owner.drops];
    for (const port of this.ports) {
      counts[reason.PORT_DOWN]! += port.lostDown;
      counts[reason.QUEUE_FULL]! += port.lostFull;
      counts[reason.TOO_BIG]! += port.lostBig;
      counts[reason.MALFORMED]! += port.lostRefused + port.badHeaders;
    }
    const named = counts.map((count, why) => [reason.DROP_REASON_NAMES[why] as string, count]);
    return Object.fromEntries(named.filter(([, count]) => count !== 0));
  }

  private table(): EngineStatistics['table'] {
    const { owner, networks } = this.live;
    const { book, neighbors } = owner;
    const rows: EngineStatistics['table'] = [];
    for (let id = 1; id <= book.size && rows.length < TABLE_SHOWN_MAX; id++) {
      const family = book.family(id);
      if (family !== 4 && family !== 6) continue;
      const word = (index: number): number => book.word(id, index);
      const table = neighbors.tableOfId(id);
      const entry = neighbors.entryOf(id);
      if (entry < 0 || table.mac(entry) === 0) continue;
      const ip =
        family === 4 ? formatIpv4(word(3)) : formatIpv6(word(0), word(1), word(2), word(3));
      const vlan = networks[book.network(id)]?.vid || null;
      rows.push({ ip, vlan, mac: formatMac(table.mac(entry)), port: table.port(entry) });
    }
    return rows;
  }

  /** Holders and members, as the control plane has them now. */
  private havips(): EngineStatistics['havips'] {
    const { control } = this.live;
    return control.topology.havips.map((havip) => {
      const members = havip.members.map(({ instance, eni }) =>
        eni === null ? instance : `${instance}/${eni}`,
      );
      const mac = control.holderOf(havip.name);
      return { name: havip.name, mac: mac === 0 ? null : formatMac(mac), members };
    });
  }
}
