/**
 * Filters and pages of port lists. Ports come in the order of their ids, so that a page that
 * begins behind a marker stays right while ports come and go.
 */
import { canonicalAddress } from '../../havip/address-words.ts';
import { parseAddress } from '../../havip/cidr.ts';
import type { Call } from './call.ts';
import { badParameter } from './faults.ts';
import type { Port } from './port-view.ts';

/** The vendor's greatest page, and the one where no limit is given. */
export const LIMIT_MAX = 2000;

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

export function pageOfPorts(call: Call, ports: Port[]): object {
  const { query } = call.request;
  const matches = matcherOf(query);
  const found = byId(ports.filter(matches));
  const page = pageOf(found, query);
  if (!call.isNeutron) return { ports: page };
  const last = page.at(-1);
  const hasMore = last !== undefined && found.at(-1) !== last;
  return { ports: page, ports_links: hasMore ? [nextLink(call, last.id)] : [] };
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
function matcherOf(query: URLSearchParams): (port: Port) => boolean {
  const tests: ((port: Port) => boolean)[] = [];
  for (const name of PLAIN_FILTERS) {
    const wanted = new Set(query.getAll(name));
    if (wanted.size > 0) tests.push((port) => wanted.has(port[name]));
  }
  const isUp = query.get('admin_state_up');
  if (isUp !== null) tests.push((port) => String(port.admin_state_up) === isUp.toLowerCase());
  const groups = query.getAll('security_groups');
  if (groups.length > 0) {
    tests.push((port) => groups.some((group) => port.security_groups.includes(group)));
  }
  tests.push(...addressTests(query.getAll('fixed_ips')));
  return (port) => tests.every((test) => test(port));
}

/** `fixed_ips=ip_address=192.168.0.88`, `fixed_ips=subnet_id=..`. */
function addressTests(filters: string[]): ((port: Port) => boolean)[] {
  const wanted = { ip_address: new Set<string>(), subnet_id: new Set<string>() };
  for (const filter of filters) {
    const [, name, value] = /^(ip_address|subnet_id)=(.*)$/.exec(filter) ?? [];
    if (name === undefined || value === undefined) {
      throw badParameter(`fixed_ips must be ip_address=.. or subnet_id=.., not ${filter}`);
    }
    wanted[name as keyof typeof wanted].add(canonical(value));
  }
  const names = (['ip_address', 'subnet_id'] as const).filter((name) => wanted[name].size > 0);
  return names.map(
    (name) => (port: Port) =>
      port.fixed_ips.some((fixed) => wanted[name].has(canonical(fixed[name]))),
  );
}

function canonical(text: string): string {
  return parseAddress(text) === null ? text : canonicalAddress(text);
}

function nextLink(call: Call, marker: string): object {
  const query = new URLSearchParams(call.request.query);
  query.set('marker', marker);
  const host = call.request.headers.host ?? '';
  return { rel: 'next', href: `http://${host}/v2.0/ports?${query}` };
}
