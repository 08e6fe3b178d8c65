/**
 * The switch as it runs in the engine's thread, with the ports of a lab, and what it does when the
 * control plane asks.
 */
import { DROP_REASON_NAMES } from '../dataplane/drop-reason.ts';
import { Engine } from '../dataplane/engine.ts';
import { Forwarding } from '../dataplane/forwarding.ts';
import type { RecordRing } from '../dataplane/record-ring.ts';
import { Switch } from '../dataplane/switch.ts';
import { compile } from '../havip/compile.ts';
import type { CompiledEnis } from '../havip/compiled-enis.ts';
import { ruleSet } from '../havip/rule-sets.ts';
import type { Eni } from '../havip/topology.ts';
import { FaultPort } from '../ports/fault-port.ts';
import type { NativeIo } from '../ports/native-io.ts';
import type { NativePort } from '../ports/native-port.ts';
import { formatIpv4, formatIpv6 } from '../wire/ip-address.ts';
import { formatMac } from '../wire/mac.ts';
import type {
  EngineReply,
  EngineRequest,
  EngineSettings,
  EngineStatistics,
} from './engine-requests.ts';
import { LiveObserver } from './live-observer.ts';

/** Entries of the address table that a status shows. */
const TABLE_SHOWN_MAX = 10_000;

export class LiveSwitch {
  readonly engine: Engine;
  readonly observer: LiveObserver;
  readonly ports: readonly NativePort[];
  private readonly owner: Switch;

  constructor(settings: EngineSettings, io: NativeIo, ring: RecordRing) {
    const { topology, devices } = settings;
    const site = compile(topology);
    const rules = ruleSet(topology.provider ?? 'classic');
    this.observer = new LiveObserver(
      ring,
      site.plan.book,
      devices.map(({ eni }) => vidOf(topology.enis[eni])),
    );
    this.ports = devices.map((device) => {
      const options = { name: device.name, mtu: device.mtu };
      return device.kind === 'tap' ? io.tapPort(device, options) : io.packetPort(device, options);
    });
    for (const [port, { eni }] of devices.entries())
      (site.plan.enis as CompiledEnis).attach(eni, port);
    const forwarding = new Forwarding(
      { byIp: rules.forwarding === 'by-ip', carriesMulticast: rules.carriesMulticast },
      devices.map(({ mtu }) => mtu),
    );
    this.owner = new Switch({
      observer: this.observer,
      plan: site.plan,
      forwarding,
      policer: null,
    });
    this.engine = new Engine({
      owner: this.owner,
      forwarding,
      ports: this.ports,
      gatewayMac: rules.gatewayMac,
      responder: null,
      flush: () => io.flush(),
      tap: this.observer,
    });
  }

  /** What is due at `now`; returns the milliseconds until something else is, at most `most`. */
  poll(_now: number, most: number): number {
    return most;
  }

  obey(request: EngineRequest, _now: number): EngineReply {
    switch (request.command) {
      case 'cut':
        for (const port of request.ports) this.engine.cut(port, request.on);
        return { done: true };
      case 'hold':
        for (const port of request.ports) this.engine.hold(port, request.on);
        return { done: true };
      case 'fault':
        for (const port of request.ports) {
          const inner = this.ports[port];
          if (inner === undefined) continue;
          this.engine.setPort(port, new FaultPort(inner, request.rates, request.seed));
        }
        return { done: true };
      case 'statistics':
        return { statistics: this.statistics() };
      default:
        return { refused: `${request.command} is not yet built` };
    }
  }

  private statistics(): EngineStatistics {
    const { engine, owner, ports } = this;
    const drops: Record<string, number> = {};
    owner.drops.forEach((count, reason) => {
      if (count > 0) drops[DROP_REASON_NAMES[reason] as string] = count;
    });
    return {
      ports: ports.map((port, index) => ({
        in: engine.framesIn[index]!,
        out: engine.framesOut[index]!,
        octetsIn: engine.octetsIn[index]!,
        octetsOut: engine.octetsOut[index]!,
        lost: port.lostDown + port.lostFull + port.lostRefused + port.badHeaders,
      })),
      drops,
      table: this.table(),
      havips: [],
    };
  }

  private table(): EngineStatistics['table'] {
    const { book } = this.owner;
    const rows: EngineStatistics['table'] = [];
    for (let id = 1; id <= book.size && rows.length < TABLE_SHOWN_MAX; id++) {
      const family = book.family(id);
      if (family !== 4 && family !== 6) continue;
      const word = (index: number): number => book.word(id, index);
      const table = this.owner.neighbors.tableOfId(id);
      const entry = this.owner.neighbors.entryOf(id);
      if (entry < 0 || table.mac(entry) === 0) continue;
      const ip =
        family === 4 ? formatIpv4(word(3)) : formatIpv6(word(0), word(1), word(2), word(3));
      const network = book.network(id);
      const vlan = network === 0 ? null : network;
      rows.push({ ip, vlan, mac: formatMac(table.mac(entry)), port: table.port(entry) });
    }
    return rows;
  }
}

function vidOf(eni: Eni | undefined): number {
  if (eni?.vlan == null) return 0;
  return 'access' in eni.vlan ? eni.vlan.access : (eni.vlan.native ?? 0);
}
