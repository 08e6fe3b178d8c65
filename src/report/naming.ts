/**
 * Who is meant: a name from the lab file where there is one, else the host's own address, else
 * its MAC. Addresses come from the adverts, then from the host list.
 */
import type { AbsenceSummary } from '../analysis/asides.ts';
import type {
  FailoverEntry,
  Party,
  ReplayResult,
  VirtualRouterSummary,
} from '../analysis/result.ts';

import { listed } from './quantity.ts';

/** Seconds; a host that answers later than that may have been down, and be up again. */
const ANSWER_DELAY = 2;
const ANSWER_INTERVALS = 2;

export interface Who {
  mac: string | null;
  name: string | null;
  speaker?: string | null;
}

/** How far the adverts around a failover can be seen from where the capture was taken. */
export interface AdvertView {
  /** Some may have passed elsewhere. */
  readonly isPartial: boolean;
  /** Of the old and the new holder, those of which there is none. */
  readonly missing: readonly Party[];
}

/** Whether it is a virtual router's MAC (RFC 9568, section 7.3). */
export function isVirtual(mac: string): boolean {
  return mac.startsWith('00:00:5e:00:01:') || mac.startsWith('00:00:5e:00:02:');
}

/** RFC 4291, section 2.5.6: fe80::/10, of which hosts use fe80::/64. */
function isLinkLocal(address: string): boolean {
  return address.startsWith('fe80:');
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
      const routed = own.filter((address) => !isLinkLocal(address));
      const address = routed.length > 0 ? single(routed) : single(own);
      if (address !== null) this.#addressOf.set(host.mac, address);
    }
    for (const router of result.virtualRouters) {
      for (const speaker of router.speakers) {
        const { mac, ip } = speaker;
        if (mac === null || virtual.has(ip) || isVirtual(mac)) continue;
        // A host that speaks over both families is known by its IPv4 address.
        if (!isLinkLocal(ip) || !this.#addressOf.has(mac)) this.#addressOf.set(mac, ip);
      }
    }
  }

  /** The shortest name that tells who is meant. */
  short(who: Who): string {
    if (who.mac === null) return who.speaker ?? 'nobody';
    const name = who.name ?? this.#nameOf.get(who.mac);
    if (name !== undefined) return name;
    const speaker = who.speaker ?? null;
    const address = this.#addressOf.get(who.mac);
    if (speaker === null || (isLinkLocal(speaker) && address !== undefined)) {
      return address ?? who.mac;
    }
    return speaker;
  }

  /** The name and the MAC. */
  full(who: Who): string {
    const short = this.short(who);
    return who.mac === null || short === who.mac ? short : `${short} (${who.mac})`;
  }

  /** What ended: keepalived alone where its host was seen to live on. */
  ended(failover: FailoverEntry): string {
    const host = this.short(failover.from);
    const isAlone = this.#answersOn(failover) || this.absence(failover) !== null;
    return isAlone ? `keepalived on ${host}` : host;
  }

  /** A host that claims the address of a virtual router and is none of its speakers. */
  speaksNoVrrp({ ip, vlan, evidence }: FailoverEntry, who: Who): boolean {
    // Where not all frames pass, adverts may have passed elsewhere.
    if (evidence.vantage !== 'switch') return false;
    const routers = this.#routersOf(ip, vlan);
    return routers.length > 0 && !isSpeaker(routers, who);
  }

  advertsOf({ ip, vlan, evidence, from, to }: FailoverEntry): AdvertView {
    const { vantage } = evidence;
    const isBehind = vantage === 'rewritten' && this.isWithoutVrrp;
    const isCut = this.#result.findings.some(
      ({ code, severity }) => code === 'capture-partial-view' && severity === 'warning',
    );
    const routers = this.#routersOf(ip, vlan);
    return {
      isPartial: isBehind || isCut || vantage === 'host' || vantage === 'arp-only',
      missing: [from, to].filter((who) => !isSpeaker(routers, who)),
    };
  }

  /** An ordinary address that both holders use, as a finding says. */
  isConflict(failover: FailoverEntry): boolean {
    const { ip, vlan } = failover;
    const isFound = this.#result.findings.some(
      (finding) => finding.code === 'address-conflict' && isOfSame(failover, finding),
    );
    return isFound && this.#routersOf(ip, vlan).length === 0;
  }

  /** Neither VRRP nor what is told apart from it alone, CARP. */
  get isWithoutVrrp(): boolean {
    const { vrrp, carp } = this.#result.counts;
    return vrrp === 0 && carp === 0;
  }

  #routersOf(ip: string, vlan: number | null): VirtualRouterSummary[] {
    return this.#result.virtualRouters.filter(
      (router) => router.vlan === vlan && router.addresses.includes(ip),
    );
  }

  /**
   * Seconds until a holder that crashed was master again so soon that it had not died: a VRRP that
   * has just been started waits for its master-down interval first. Null where it was not.
   */
  returnAfter(failover: FailoverEntry): number | null {
    const { cause, from, t, frame, blind } = failover;
    // When it was replaced is known only where that is in view.
    if (cause !== 'crash' || t === null || blind !== undefined) return null;
    const next = this.#result.failovers.find((one) => isOfSame(failover, one) && one.frame > frame);
    if (next === undefined || next.t === null || next.to.mac !== from.mac) return null;
    const after = next.t - t;
    const isSoon = after < (next.masterDownIntervalSeconds ?? 0);
    return isSoon && next.to.speaker === from.speaker ? after : null;
  }

  /** The old holder has no VRRP, and its host says so as soon as it is sent an advert. */
  absence(failover: FailoverEntry): AbsenceSummary | null {
    const { from, vlan } = failover;
    for (const router of this.#result.virtualRouters) {
      if (router.vlan !== vlan) continue;
      const delay = Math.max(ANSWER_DELAY, ANSWER_INTERVALS * router.advertIntervalSeconds);
      for (const absence of router.absences ?? []) {
        const { ip, mac, first } = absence;
        if (ip !== from.speaker && mac !== from.mac) continue;
        const isPrompt = (first.t ?? Number.NaN) - (failover.t ?? Number.NaN) <= delay;
        if (isPrompt && this.#isWithin(failover, first.frame)) return absence;
      }
    }
    return null;
  }

  #answersOn(failover: FailoverEntry): boolean {
    return this.#result.findings.some(
      (finding) =>
        finding.code === 'zombie-holder' &&
        isOfSame(failover, finding) &&
        this.#isWithin(failover, finding.frame ?? 0),
    );
  }

  /** Between the old holder's last advert and the next move of the address. */
  #isWithin(failover: FailoverEntry, at: number): boolean {
    const { frame, evidence } = failover;
    const last = evidence.lastAdvertFrame ?? frame;
    const next = this.#result.failovers.find(
      (one) => isOfSame(failover, one) && one.frame > frame,
    )?.frame;
    return at > last && (next === undefined || at < next);
  }
}

function isSpeaker(routers: readonly VirtualRouterSummary[], who: Who): boolean {
  return routers.some(({ speakers }) =>
    speakers.some((speaker) => speaker.mac === who.mac || speaker.ip === who.speaker),
  );
}

interface Place {
  readonly ip: string | null;
  readonly vlan: number | null;
}

function isOfSame(one: Place, other: Place): boolean {
  return one.ip === other.ip && one.vlan === other.vlan;
}

function single(addresses: string[]): string | null {
  return addresses.length === 1 ? (addresses[0] ?? null) : null;
}

/** An address, with its VLAN where the frames had one. */
export function addressLabel(ip: string, vlan: number | null): string {
  return vlan === null ? ip : `${ip} (VLAN ${vlan})`;
}

/** Up to three addresses by name, more as a number. */
export function addressesText(entries: readonly { ip: string; vlan: number | null }[]): string {
  const labels = [...new Set(entries.map((entry) => addressLabel(entry.ip, entry.vlan)))];
  return labels.length > 3 ? `${labels.length} addresses` : listed(labels);
}
