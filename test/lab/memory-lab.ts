/**
 * A lab without devices, namespaces and threads: the live switch of a topology with ports of
 * memory, its observer and ring, and at the ring's other end the feed that makes events of it.
 */
import type { LabEvent } from '../../src/analysis/live-events.ts';
import { Engine } from '../../src/dataplane/engine.ts';
import { FrameBatch } from '../../src/dataplane/frame-batch.ts';
import { TAG_KEEP } from '../../src/dataplane/port.ts';
import { RecordRing } from '../../src/dataplane/record-ring.ts';
import { type LiveSwitch, liveSwitchOf } from '../../src/havip/live-switch.ts';
import type { Topology } from '../../src/havip/topology.ts';
import {
  type EngineChange,
  makeChange,
  RECORD_CHANGED,
} from '../../src/lab/engine/engine-requests.ts';
import type { FrameCapture } from '../../src/lab/engine/frame-capture.ts';
import { LiveObserver } from '../../src/lab/engine/live-observer.ts';
import type { HolderChange } from '../../src/lab/holder-view.ts';
import { LiveFeed } from '../../src/lab/live-feed.ts';
import { type MemoryPort, memoryPortPair } from '../../src/ports/memory-port.ts';
import { formatMac, parseMac } from '../../src/wire/mac.ts';

/** 2026-11-20T12:00:00Z */
export const BASE = 1_795_176_000;

export interface MemoryLabOptions {
  dryRun?: boolean;
  allClaims?: boolean;
  capture?: FrameCapture;
  ringOctets?: number;
  /** In place of `events`. */
  emit?(event: LabEvent): void;
}

export function changeOf(command: 'bind' | 'unbind', havip: string, member: string): EngineChange {
  const change = command === 'bind' ? { command } : { command, spareHolder: false };
  return { command: 'change', changes: [{ ...change, havip, member }] };
}

export class MemoryLab {
  readonly live: LiveSwitch;
  readonly engine: Engine;
  readonly observer: LiveObserver;
  readonly feed: LiveFeed;
  readonly ring: RecordRing;
  readonly hosts: MemoryPort[] = [];
  readonly events: LabEvent[] = [];
  readonly failures: string[] = [];
  /** As the history would write them down. */
  readonly holderChanges: HolderChange[] = [];
  readonly names: string[];
  /** Nanoseconds since BASE. */
  now = 0;

  constructor(topology: Topology, options: MemoryLabOptions = {}) {
    const enis = topology.enis.map((eni, i) => ({ ...eni, attach: { netns: `ns${i}` } }));
    const whole = { ...topology, enis };
    const { dryRun = false, allClaims = false, capture = null } = options;
    this.ring = new RecordRing(RecordRing.memory(options.ringOctets ?? 1 << 20));
    this.observer = new LiveObserver(this.ring, capture);
    const { observer } = this;
    this.live = liveSwitchOf(whole, { observer, dryRun });
    const { owner, forwarding, vlans, gatewayMac, responder } = this.live;
    observer.attach(owner, forwarding);
    const ports = this.live.portEnis.map((_, i) => {
      const size = { slots: 64, maximumFrame: 2000 };
      const [near, far] = memoryPortPair([`port ${i}`, `host ${i}`], size);
      this.hosts.push(far);
      return near;
    });
    const parts = { owner, forwarding, ports, vlans, gatewayMac, responder };
    this.engine = new Engine({ ...parts, tap: observer });
    this.names = this.live.portEnis.map(({ instance, name }) => `${instance}/${name}`);
    this.feed = new LiveFeed({
      topology: whole,
      ring: new RecordRing(this.ring.shared),
      base: BASE,
      now: () => this.now,
      portNames: this.names,
      allClaims,
      dryRun,
      emit: options.emit ?? ((event) => this.events.push(event)),
      onFailure: ({ message }) => this.failures.push(message),
      history: { holder: (change) => this.holderChanges.push(change), refusal: () => {} },
    });
  }

  port(mac: string): number {
    return this.live.portEnis.findIndex((eni) => eni.mac === parseMac(mac));
  }

  /** The host with this MAC sends at this second; the engine breathes once. */
  at(second: number, mac: string, frame: DataView): void {
    this.now = this.observer.now = Math.round(second * 1e9);
    const batch = new FrameBatch(1).hold(frame, 0, frame.byteLength, 1);
    this.hosts[this.port(mac)]?.transmit(batch, 0, TAG_KEEP);
    this.engine.breathe(this.now);
    for (const host of this.hosts) while (host.receive(new FrameBatch()) > 0);
  }

  /** What the engine's thread does when it is asked for change `number`; its answer. */
  change(command: 'bind' | 'unbind', havip: string, member: string, number: number) {
    const result = makeChange(this.live.control, changeOf(command, havip, member));
    if ('refused' in result) return result;
    const at = this.ring.begin(RECORD_CHANGED, this.now, 0);
    if (at >= 0) {
      this.ring.mark(at, number, 0, 0);
      this.ring.commit();
    }
    return result;
  }

  /** Lets the feed read what there is, at this second. */
  async read(second: number): Promise<void> {
    this.now = Math.round(second * 1e9);
    this.ring.wake();
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  /** Who holds a HaVip by the switch's own table. */
  holder(name: string): string | null {
    const mac = this.live.control.holderOf(name);
    return mac === 0 ? null : formatMac(mac);
  }

  /** The events of one kind. */
  of<K extends LabEvent['event']>(kind: K): Extract<LabEvent, { event: K }>[] {
    return this.events.filter((event) => event.event === kind) as never;
  }

  /** Claims as "VERDICT ADDRESS MAC REASON". */
  claims(): string[] {
    return this.of('claim').map(({ verdict, ip, mac, reason }) =>
      [verdict, ip, mac, reason].filter((word) => word !== null).join(' '),
    );
  }
}
