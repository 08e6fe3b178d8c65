/**
 * Who is meant: a name from the lab file where there is one, else the host's own address, else
 * its MAC. Addresses come from the adverts, then from the host list.
 */
import type { ReplayResult } from '../analysis/result.ts';

export interface Who {
  mac: string | null;
  name: string | null;
  speaker?: string | null;
}

export class Naming {
  readonly #nameOf = new Map<string, string>();
  readonly #addressOf = new Map<string, string>();

  constructor(result: ReplayResult) {
    const virtual = new Set(result.havips.map((havip) => havip.ip));
    for (const host of result.hosts) {
      if (host.name !== null) this.#nameOf.set(host.mac, host.name);
      if (host.role !== 'host') continue;
      const own = host.addresses.filter((address) => !virtual.has(address));
      const routed = own.filter((address) => !address.startsWith('fe80:'));
      const address = routed.length > 0 ? single(routed) : single(own);
      if (address !== null) this.#addressOf.set(host.mac, address);
    }
    for (const router of result.virtualRouters) {
      for (const speaker of router.speakers) {
        if (speaker.mac === null || virtual.has(speaker.ip)) continue;
        if (!speaker.mac.startsWith('00:00:5e:00:0')) this.#addressOf.set(speaker.mac, speaker.ip);
      }
    }
  }

  /** The shortest name that tells who is meant. */
  short(who: Who): string {
    if (who.mac === null) return who.speaker ?? 'nobody';
    const name = who.name ?? this.#nameOf.get(who.mac) ?? who.speaker;
    return name ?? this.#addressOf.get(who.mac) ?? who.mac;
  }

  /** The name and the MAC. */
  full(who: Who): string {
    const short = this.short(who);
    return who.mac === null || short === who.mac ? short : `${short} (${who.mac})`;
  }
}

function single(addresses: string[]): string | null {
  return addresses.length === 1 ? (addresses[0] ?? null) : null;
}

/** An address, with its VLAN where the frames had one. */
export function addressLabel(ip: string, vlan: number | null): string {
  return vlan === null ? ip : `${ip} (VLAN ${vlan})`;
}
