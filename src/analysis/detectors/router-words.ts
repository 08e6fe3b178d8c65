import { formatMac } from '../../wire/mac.ts';
import type { Entries } from '../entries.ts';
import type { Router, Speaker } from '../virtual-router.ts';

/** How findings name speakers, routers and stretches of time. */
const ADDRESSES_NAMED = 2;

export class RouterWords {
  private readonly entries: Entries;

  constructor(entries: Entries) {
    this.entries = entries;
  }

  /** `node1 (192.168.0.209)` where the lab names it, else its address. */
  speaker(speaker: Speaker): string {
    const name = this.entries.speakerName(speaker.mac, speaker.index);
    const ip = this.ip(speaker);
    return name === null ? ip : `${name} (${ip})`;
  }

  ip(speaker: Speaker): string {
    return this.entries.speakerIp(speaker.index) as string;
  }

  mac(mac: number): string {
    return formatMac(mac);
  }

  /** `VRID 51 (192.168.0.88)` */
  router(router: Router): string {
    return `VRID ${router.vrid} (${this.list(router.addresses)})`;
  }

  list(addresses: readonly number[]): string {
    if (addresses.length === 0) return 'no address';
    const named = addresses.slice(0, ADDRESSES_NAMED).map((id) => this.entries.ip(id));
    const rest = addresses.length - named.length;
    return rest === 0 ? named.join(' and ') : `${named.join(', ')} and ${rest} more`;
  }

  /** The address that stands for a router in a finding; 0 where it lists none. */
  idOf(router: Router): number {
    return router.addresses[0] ?? 0;
  }

  /** The line that lets one speaker hear the other without multicast. */
  peerLine(speaker: Speaker, other: Speaker): string {
    return `\`unicast_peer { ${this.ip(other)} }\` on ${this.ip(speaker)}`;
  }
}

/** Seconds in as many digits as a person wants. */
export function secondsText(nanoseconds: number): string {
  const seconds = nanoseconds / 1e9;
  if (seconds >= 1) return `${seconds.toFixed(1)} s`;
  return seconds >= 0.001 ? `${(seconds * 1e3).toFixed(0)} ms` : `${(seconds * 1e6).toFixed(0)} µs`;
}
