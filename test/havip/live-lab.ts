/**
 * A whole lab in memory: the live switch of a topology, an engine, and a host at the far end of a
 * cable for each ENI. Frames go in and come out as octets; what the switch tells is kept as lines.
 */
import { DROP_REASON_NAMES } from '../../src/dataplane/drop-reason.ts';
import { Engine } from '../../src/dataplane/engine.ts';
import { FrameBatch } from '../../src/dataplane/frame-batch.ts';
import { TAG_KEEP } from '../../src/dataplane/port.ts';
import { type LiveSwitch, liveSwitchOf } from '../../src/havip/live-switch.ts';
import type { Eni, ProviderName, Topology } from '../../src/havip/topology.ts';
import { type MemoryPort, memoryPortPair } from '../../src/ports/memory-port.ts';
import { parseMac } from '../../src/wire/mac.ts';
import { Journal, topologyOf } from '../dataplane/site.ts';

export class LiveJournal extends Journal {
  onDrop(reason: number, _view: DataView, at: number, end: number, port: number): void {
    this.lines.push(`drop ${DROP_REASON_NAMES[reason]} of ${end - at} at port ${port}`);
  }

  onPassed(reason: number, _view: DataView, _at: number, _end: number, port: number): void {
    this.lines.push(`passed ${DROP_REASON_NAMES[reason]} at port ${port}`);
  }

  onStationMove(network: number, _high: number, low: number, from: number, to: number): void {
    this.lines.push(`station ${low.toString(16)} of ${network} from port ${from} to ${to}`);
  }

  onAddressPort(id: number, from: number, to: number): void {
    this.lines.push(`address ${id} from port ${from} to ${to}`);
  }

  onRepointed(id: number, port: number): void {
    this.lines.push(`repointed ${id} to port ${port}`);
  }
}

/** Every ENI of the topology attached, each in a namespace of its own. */
export function attached(topology: Topology): Topology {
  const enis = topology.enis.map((eni, i): Eni => ({ ...eni, attach: { netns: `ns${i}` } }));
  return { ...topology, enis };
}

export interface LabOptions {
  dryRun?: boolean;
  slots?: number;
  maximumFrame?: number;
}

export class LiveLab {
  readonly live: LiveSwitch;
  readonly engine: Engine;
  readonly journal = new LiveJournal();
  readonly hosts: MemoryPort[] = [];
  now = 0;

  constructor(topology: Topology, options: LabOptions = {}) {
    const dryRun = options.dryRun ?? false;
    const live = liveSwitchOf(attached(topology), { observer: this.journal, dryRun });
    const size = { slots: options.slots ?? 64, maximumFrame: options.maximumFrame ?? 2000 };
    const ports = live.portEnis.map((_, i) => {
      const [near, far] = memoryPortPair([`port ${i}`, `host ${i}`], size);
      this.hosts.push(far);
      return near;
    });
    const { owner, forwarding, vlans, gatewayMac, responder } = live;
    this.engine = new Engine({ owner, forwarding, ports, vlans, gatewayMac, responder });
    this.live = live;
  }

  /** The port of an ENI, by its MAC. */
  port(mac: string): number {
    return this.live.portEnis.findIndex((eni) => eni.mac === parseMac(mac));
  }

  /** The host sends; the engine breathes once. */
  send(mac: string, frame: DataView): void {
    this.sendAt(this.port(mac), frame);
  }

  sendAt(port: number, frame: DataView): void {
    this.give(port, frame);
    this.engine.breathe(this.now);
  }

  /** The host sends; the frame waits for the engine's next breath. */
  give(port: number, frame: DataView): void {
    const batch = new FrameBatch(1).hold(frame, 0, frame.byteLength, 1);
    this.hosts[port]!.transmit(batch, 0, TAG_KEEP);
  }

  /** What waits for a host. */
  got(mac: string): DataView[] {
    return this.gotAt(this.port(mac));
  }

  gotAt(port: number): DataView[] {
    const batch = new FrameBatch();
    const frames: DataView[] = [];
    while (this.hosts[port]!.receive(batch) > 0) {
      for (let i = 0; i < batch.count; i++) {
        frames.push(new DataView(batch.view.buffer.slice(batch.at[i]!, batch.end[i]!)));
      }
    }
    return frames;
  }

  /** The ports that have got something; what they got is taken. */
  reached(): number[] {
    return this.hosts.flatMap((_, port) => (this.gotAt(port).length > 0 ? [port] : []));
  }

  /** How often a reason stopped a frame. */
  dropped(reason: string): number {
    return this.live.owner.drops[DROP_REASON_NAMES.indexOf(reason)] as number;
  }

  /** Frames dropped at one port for a reason. */
  droppedAt(port: number, reason: string): number {
    const index = port * DROP_REASON_NAMES.length + DROP_REASON_NAMES.indexOf(reason);
    return this.engine.portDrops[index] as number;
  }
}

export function labOf(
  provider: ProviderName,
  more: Partial<Topology> = {},
  options: LabOptions = {},
): LiveLab {
  return new LiveLab(topologyOf(provider, more), options);
}
