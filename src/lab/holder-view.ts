/**
 * Who holds the HaVips of a running lab since when, as its report sees them: what `havip status`
 * and the API tell, and what the history writes down.
 */
import type { TakeoverEvent } from '../analysis/live-events.ts';
import type { TimelineEntry } from '../analysis/result.ts';
import { canonicalAddress } from '../havip/address-words.ts';
import type { ClearedHolder } from '../havip/control.ts';
import type { DataplaneChange } from '../havip/inventory/dataplane.ts';
import type { LiveNetworks } from '../havip/live-networks.ts';
import type { Havip, Topology } from '../havip/topology.ts';
import { formatMac } from '../wire/mac.ts';
import type { HolderEntry } from './state/history.ts';

/** A change of holder, in the words of the dataplane: `havip` is a lane. */
export type HolderChange = HolderEntry;

/** Addresses of which it is known since when they are held. */
const HELD_MAX = 65_536;
const UNKNOWN = { detectionSeconds: null, outageSeconds: null };

export class HolderView {
  private readonly networks: LiveNetworks;
  private readonly names: ReadonlyMap<number, string>;
  private readonly onChange: (change: HolderChange) => void;
  /** By address and network: since when it is held, as text; which HaVip it is. */
  private readonly since = new Map<string, string>();
  private readonly lanes = new Map<string, string>();
  /** By lane, milliseconds since 1970. */
  private readonly flushed = new Map<string, number>();
  /** Lanes whose holder was unbound, and which nobody has taken since. */
  private readonly released = new Set<string>();

  constructor(
    topology: Topology,
    networks: LiveNetworks,
    onChange: (change: HolderChange) => void,
  ) {
    this.networks = networks;
    this.onChange = onChange;
    const named = topology.enis.filter(({ mac }) => mac !== null);
    this.names = new Map(named.map(({ mac, instance }) => [mac as number, instance]));
    for (const havip of topology.havips) this.add(havip);
  }

  /** When the present holder of an address of a subnet took it, however the address is written. */
  heldSince(ip: string, subnet: string): string | null {
    const networks = this.networks.ofSubnet(subnet);
    const address = canonicalAddress(ip);
    const times = networks.flatMap((network) => this.since.get(placeOf(address, network)) ?? []);
    return times.sort().at(-1) ?? null;
  }

  /** When a claim or an unbinding last moved a HaVip, milliseconds since 1970; null: never. */
  flushedAt(lane: string): number | null {
    return this.flushed.get(lane) ?? null;
  }

  /** The HaVip of an address in a network; null where it is none's. */
  laneOf(ip: string, network: number | null): string | null {
    return this.lanes.get(placeOf(ip, network)) ?? null;
  }

  /** An accepted claim, or its virtual MAC, moved an address; `time` as in the events. */
  onMoved(ip: string, network: number | null, time: string): void {
    const place = placeOf(ip, network);
    if (this.since.has(place) || this.since.size < HELD_MAX) this.since.set(place, time);
    const lane = this.lanes.get(place);
    if (lane !== undefined) this.flushed.set(lane, Date.parse(time));
  }

  onTimeline(ip: string, network: number | null, entry: TimelineEntry, time: string): void {
    const lane = this.laneOf(ip, network);
    if (lane === null || entry.mac === null) return;
    const isBack = entry.cause === 'resumed' && this.released.has(lane);
    if (!isBack && entry.cause !== 'initial') return;
    this.released.delete(lane);
    const to = entry.name ?? entry.mac;
    const { cause } = entry;
    this.onChange({
      time: millisecondsOf(time),
      havip: lane,
      ip,
      from: null,
      to,
      cause,
      ...UNKNOWN,
    });
  }

  onTakeover(takeover: TakeoverEvent, network: number | null): void {
    const { time, ip, from, to, cause, detectionSeconds, outageSeconds } = takeover;
    const lane = this.laneOf(ip, network);
    if (lane === null) return;
    this.released.delete(lane);
    const holders = { from: from.name ?? from.mac, to: to.name ?? to.mac };
    const lengths = { detectionSeconds, outageSeconds };
    this.onChange({ time: millisecondsOf(time), havip: lane, ip, ...holders, cause, ...lengths });
  }

  /** Changes were made, at `time` (milliseconds since 1970). */
  onChanges(
    changes: readonly DataplaneChange[],
    cleared: readonly ClearedHolder[],
    time: number,
  ): void {
    for (const { havip, ip, mac } of cleared) {
      this.flushed.set(havip, time);
      this.released.add(havip);
      const from = this.names.get(mac) ?? formatMac(mac);
      this.onChange({ time, havip, ip, from, to: null, cause: 'unbind', ...UNKNOWN });
    }
    for (const change of changes) {
      if (change.command === 'add-havip') this.add(change.havip);
      if (change.command === 'remove-havip') this.remove(change.havip);
    }
  }

  private add({ name, subnet, address }: Havip): void {
    if (subnet === null || address === null) return;
    for (const network of this.networks.ofSubnet(subnet)) {
      this.lanes.set(placeOf(canonicalAddress(address), network), name);
    }
  }

  private remove(lane: string): void {
    for (const [place, other] of this.lanes) if (other === lane) this.lanes.delete(place);
    this.flushed.delete(lane);
    this.released.delete(lane);
  }
}

function placeOf(ip: string, network: number | null): string {
  return `${ip} in ${network ?? 0}`;
}

/** Of RFC 3339 with nine decimals, to the microsecond. */
function millisecondsOf(time: string): number {
  return Date.parse(time) + Number(time.slice(23, 26)) / 1000;
}
