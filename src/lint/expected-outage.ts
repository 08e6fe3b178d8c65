/**
 * How long the address is dead when a node fails, computed from the files: who takes over, and
 * when its timer ends. What comes after the claim (the fabric, the client's cache) is not in it.
 */
import { masterDownInterval, skewTime } from '../vrrp/timers.ts';
import type { Cluster, Router } from './cluster.ts';
import type { Finding } from './finding.ts';
import type { Running } from './running.ts';

const NANOSECONDS = 1e9;

export interface ExpectedOutage {
  /** `VI_1` */
  readonly instance: string;
  readonly vrid: number | null;
  readonly version: 2 | 3;
  readonly addresses: readonly string[];
  /** Who fails; null: whoever is master, as only one file is known. */
  readonly failing: string | null;
  /** Who takes over; null: nobody. */
  readonly successor: string | null;
  /** Seconds between two adverts of who fails. */
  readonly intervalSeconds: number;
  /** From the last advert to the claim; the crash itself falls up to one interval later. */
  readonly crashDetectionSeconds: number | null;
  /** From the crash to the claim. */
  readonly crashSeconds: { least: number; most: number } | null;
  /** From the advert of priority 0 to the claim. */
  readonly shutdownSeconds: number | null;
  /** Rules whose findings mean that it will not come like this. */
  readonly unless: readonly string[];
}

/** Findings with which the hosts do not hear each other, or the address is dead anyway. */
const SPOILS: readonly string[] = [
  ...['multicast-not-carried', 'peer-not-mutual', 'vrid-differs', 'version-differs'],
  ...['interval-differs', 'authentication-differs', 'addresses-differ', 'vrid-missing'],
  ...['unicast-source-foreign', 'unicast-source-shared', 'heartbeat-from-havip', 'vrid-twice'],
  ...['address-missing', 'address-not-havip', 'address-not-bound', 'address-of-host'],
  ...['address-outside-subnet', 'vmac-not-member', 'strict-unicast', 'accept-mode'],
  ...['interface-missing', 'interface-not-in-lab'],
];

export function expectedOutages(
  { routers }: Pick<Cluster, 'routers'>,
  findings: readonly Finding[],
): ExpectedOutage[] {
  return routers.flatMap((router) => {
    const hosts = router.members.map(({ host }) => host);
    const spoiling = findings.filter(
      ({ rule, severity, host }) =>
        severity === 'error' && SPOILS.includes(rule) && (host === null || hosts.includes(host)),
    );
    const unless = [...new Set(spoiling.map(({ rule }) => rule))];
    return outagesOf(router, unless);
  });
}

function outagesOf({ members }: Router, unless: string[]): ExpectedOutage[] {
  const [only, ...others] = members;
  if (only === undefined || only.addresses.length === 0) return [];
  if (others.length === 0) return [outage(null, only, unless)];
  return members.map((failing) => {
    const left = members.filter((one) => one !== failing);
    return outage(failing, winner(left), unless);
  });
}

/** The highest priority; of equal ones the higher address (RFC 9568 6.4.3). */
function winner(members: readonly Running[]): Running | null {
  const sorted = [...members].sort(
    (a, b) => b.priority - a.priority || compareAddresses(b.source, a.source),
  );
  return sorted[0] ?? null;
}

function compareAddresses(a: string | null, b: string | null): number {
  const parts = (text: string | null) =>
    (text ?? '').split(/[.:]/).map((part) => part.padStart(4, '0'));
  return parts(a).join() < parts(b).join() ? -1 : 1;
}

function outage(
  failing: Running | null,
  successor: Running | null,
  unless: string[],
): ExpectedOutage {
  const speaker = failing ?? successor;
  const interval = speaker?.interval ?? 0;
  const base = {
    instance: speaker?.config.name ?? '',
    vrid: speaker?.vrid ?? null,
    version: speaker?.version ?? 2,
    addresses: speaker?.addresses.map(({ address }) => address) ?? [],
    failing: failing?.host ?? null,
    successor: successor?.host ?? null,
    intervalSeconds: interval,
    unless,
  };
  if (successor === null) {
    return { ...base, crashDetectionSeconds: null, crashSeconds: null, shutdownSeconds: null };
  }
  // Version 2 counts by its own interval, version 3 by that of the master.
  const { version, priority, advertsMissed } = successor;
  const counted = (version === 2 ? successor.interval : interval) * NANOSECONDS;
  const down = masterDownInterval(version, priority, counted, advertsMissed) / NANOSECONDS;
  return {
    ...base,
    crashDetectionSeconds: rounded(down),
    crashSeconds: { least: rounded(Math.max(0, down - interval)), most: rounded(down) },
    shutdownSeconds: rounded(skewTime(version, priority, counted) / NANOSECONDS),
  };
}

/** To microseconds. */
function rounded(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
