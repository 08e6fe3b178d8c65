import type { Switch } from '../dataplane/switch.ts';
import { formatMac, isVirtualMac } from '../wire/mac.ts';
import type { Clients } from './clients.ts';
import type { Entries } from './entries.ts';
import type { HostSummary } from './result.ts';
import type { Track } from './track.ts';
import type { Speaker } from './virtual-router.ts';

/**
 * Who is on the network: every source MAC with its frames, the ordinary addresses it was seen to
 * have, and its role. A MAC from which clients with several addresses of others come is taken for
 * a gateway.
 */
const HOSTS_MAX = 10_000;
const ADDRESSES_MAX = 32;
const GATEWAY_CLIENTS_MIN = 3;

export interface HostSources {
  readonly owner: Switch;
  readonly entries: Entries;
  readonly tracks: readonly (Track | undefined)[];
  readonly clients: Clients;
  readonly speakers: readonly Speaker[];
  /** Frames that were refused and so not learned, by source MAC. */
  readonly refusedFrames: ReadonlyMap<number, number>;
  readonly gatewayMac: number;
  addressesOf(mac: number): readonly string[];
  clientIp(client: number): string;
}

interface Found {
  frames: number;
  addresses: Set<string>;
  clientAddresses: Set<string>;
}

/** The hosts, most frames first; at most 10,000 of them. */
export function hostsOf(sources: HostSources): HostSummary[] {
  const found = new Map<number, Found>();
  const busiest = [...framesByMac(sources)].sort(([a, x], [b, y]) => y - x || a - b);
  for (const [mac, frames] of busiest.slice(0, HOSTS_MAX)) {
    found.set(mac, { frames, addresses: new Set(), clientAddresses: new Set() });
  }
  collectAddresses(sources, found);
  return [...found].map(([mac, host]) => summarize(sources, mac, host));
}

function framesByMac({ owner, refusedFrames }: HostSources): Map<number, number> {
  const frames = new Map<number, number>(refusedFrames);
  const { stations } = owner;
  owner.flushCensus();
  stations.forEach((entry) => {
    const mac = stations.mac(entry);
    frames.set(mac, (frames.get(mac) ?? 0) + stations.frames(entry));
  });
  return frames;
}

function collectAddresses(sources: HostSources, found: Map<number, Found>): void {
  for (const track of sources.tracks) {
    if (track === undefined || track.isVirtual || track.holder === 0) continue;
    const host = found.get(track.holder);
    if (host !== undefined) add(host.addresses, sources.entries.ip(track.id));
  }
  for (const speaker of sources.speakers) {
    const host = found.get(speaker.mac);
    const ip = sources.entries.speakerIp(speaker.index);
    if (host !== undefined && ip !== null && !isVirtualMac(speaker.mac)) add(host.addresses, ip);
  }
  for (let client = 0; client < sources.clients.size; client++) {
    const host = found.get(sources.clients.mac(client));
    if (host !== undefined) add(host.clientAddresses, sources.clientIp(client));
  }
  for (const [mac, host] of found) {
    for (const address of sources.addressesOf(mac)) add(host.addresses, address);
  }
}

function summarize(sources: HostSources, mac: number, host: Found): HostSummary {
  const isGateway = mac === sources.gatewayMac || looksLikeGateway(host);
  if (!isGateway) for (const address of host.clientAddresses) add(host.addresses, address);
  return {
    mac: formatMac(mac),
    name: sources.entries.name(mac),
    addresses: [...host.addresses].sort(),
    role: isVirtualMac(mac) ? 'virtual-mac' : isGateway ? 'gateway' : 'host',
    frames: host.frames,
  };
}

function looksLikeGateway(host: Found): boolean {
  let foreign = 0;
  for (const address of host.clientAddresses) if (!host.addresses.has(address)) foreign++;
  return foreign >= GATEWAY_CLIENTS_MIN;
}

function add(addresses: Set<string>, address: string): void {
  if (addresses.size < ADDRESSES_MAX) addresses.add(address);
}
