/**
 * Filters and pages of port lists. Ports come in the order of their ids, so that a page that
 * begins behind a marker stays right while ports come and go.
 */
import { canonicalText } from '../../havip/cidr.ts';
import type { Call } from './call.ts';
import { badParameter } from './faults.ts';
import type { PortFacts } from './port-view.ts';

/** The vendor's greatest page, and the one where no limit is given. */
const LIMIT_MAX = 2000;

const PLAIN_FILTERS = [
  'id',
  'name',
  'network_id',
  'mac_address',
  'device_id',
  'device_owner',
  'status',
  'tenant_id',
] as const;

export interface PortPage {
  ids: string[];
  /** Whether there are more behind the last. */
  hasMore: boolean;
}

export function pageOfPorts(ports: PortFacts[], query: URLSearchParams): PortPage {
  const found = byId(ports.filter(matcherOf(query)));
  const page = pageOf(found, query);
  const hasMore = page.length > 0 && found.at(-1) !== page.at(-1);
  return { ids: page.map(({ id }) => id), hasMore };
}

/** The address of the page behind a port, as OpenStack links it. */
export function nextLink({ request }: Call, marker: string): object {
  const query = new URLSearchParams(request.query);
  query.set('marker', marker);
  return { rel: 'next', href: `http://${request.headers.host ?? ''}/v2.0/ports?${query}` };
}

/** The page that `limit` and `marker` ask for; the records are sorted by id. */
export function pageOf<T extends { id: string }>(sorted: T[], query: URLSearchParams): T[] {
  const marker = query.get('marker') ?? '';
  const behind = marker === '' ? sorted : sorted.filter(({ id }) => id > marker);
  return behind.slice(0, readLimit(query));
}

export function byId<T extends { id: string }>(records: T[]): T[] {
  return records.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A limit of 0 or beyond the greatest is the greatest. */
function readLimit(query: URLSearchParams): number {
  const text = query.get('limit') ?? '';
  if (text === '') return LIMIT_MAX;
  if (!/^\d{1,9}$/.test(text)) throw badParameter('limit must be a number from 0 to 2000');
  const limit = Number(text);
  return limit === 0 ? LIMIT_MAX : Math.min(limit, LIMIT_MAX);
}

/** A filter given several times lets any of its values pass; every filter must let pass. */
function matcherOf(query: URLSearchParams): (port: PortFacts) => boolean {
  const tests: ((port: PortFacts) => boolean)[] = [];
  for (const name of PLAIN_FILTERS) {
    const wanted = new Set(query.getAll(name));
    if (wanted.size > 0) tests.push((port) => wanted.has(port[name]));
  }
  const isUp = query.get('admin_state_up');
  // Every port is up, and none has a security group.
  if (isUp !== null && isUp.toLowerCase() !== 'true') tests.push(() => false);
  if (query.has('security_groups')) tests.push(() => false);
  tests.push(...addressTests(query.getAll('fixed_ips')));
  return (port) => tests.every((test) => test(port));
}

/** `fixed_ips=ip_address=192.168.0.88`, `fixed_ips=subnet_id=..`. */
function addressTests(filters: string[]): ((port: PortFacts) => boolean)[] {
  const wanted = { ip_address: new Set<string>(), subnet_id: new Set<string>() };
  for (const filter of filters) {
    const [, name, value] = /^(ip_address|subnet_id)=(.*)$/.exec(filter) ?? [];
    if (name === undefined || value === undefined) {
      throw badParameter(`fixed_ips must be ip_address=.. or subnet_id=.., not ${filter}`);
    }
    wanted[name as keyof typeof wanted].add(canonicalText(value));
  }
  const names = (['ip_address', 'subnet_id'] as const).filter((name) => wanted[name].size > 0);
  return names.map(
    (name) => (port: PortFacts) => port.fixed_ips.some((fixed) => wanted[name].has(fixed[name])),
  );
}
