/**
 * Who is meant: a name from the lab file where there is one, else the host's own address, else
 * its MAC. Addresses come from the adverts, then from the host list.
 */
import type { FailoverEntry, ReplayResult } from '../analysis/result.ts';

export interface Who {
  mac: string | null;
  name: string | null;
  speaker?: string | null;
}

export class Naming {
  readonly #nameOf = new Map<string, string>();
  readonly #addressOf = new Map<string, string>();
  readonly #result: ReplayResult;

  constructor(result: ReplayResult) {
    this.#result = result;
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

  /** Who crashed: keepalived alone where its host was seen to answer on (`zombie-holder`). */
  crashed(failover: FailoverEntry): string {
    const host = this.short(failover.from);
    return this.#answersOn(failover) ? `keepalived on ${host}` : host;
  }

  /** Between its last advert and the next move of the address. */
  #answersOn({ ip, vlan, frame, evidence }: FailoverEntry): boolean {
    const { failovers, findings } = this.#result;
    const last = evidence.lastAdvertFrame ?? frame;
    const isOf = (one: { ip: string | null; vlan: number | null }): boolean =>
      one.ip === ip && one.vlan === vlan;
    const next = failovers.find((one) => isOf(one) && one.frame > frame)?.frame;
    return findings.some((finding) => {
      if (finding.code !== 'zombie-holder' || !isOf(finding)) return false;
      const at = finding.frame ?? 0;
      return at > last && (next === undefined || at < next);
    });
  }
}

function single(addresses: string[]): string | null {
  return addresses.length === 1 ? (addresses[0] ?? null) : null;
}

/** An address, with its VLAN where the frames had one. */
export function addressLabel(ip: string, vlan: number | null): string {
  return vlan === null ? ip : `${ip} (VLAN ${vlan})`;
}
