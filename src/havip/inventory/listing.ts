/**
 * The list of HaVips as a console shows it: one row each with everything that is asked of it,
 * searched, filtered and sorted. Plain data, so that the API, the command line and a spreadsheet
 * show the same.
 */
import { canonicalText, parseAddress } from '../cidr.ts';
import type { Plane } from './plane.ts';
import { type Havip, type Holder, type MemberRef, memberId, type Tag } from './resources.ts';

/** `in-use`: somebody is bound to it or holds it. */
export type HavipStatus = 'available' | 'in-use';

export interface HavipRow {
  id: string;
  name: string;
  description: string;
  status: HavipStatus;
  address: string;
  subnet: string;
  vpc: string;
  holder: Holder | null;
  /** When the holder got it, where an announcement told (ISO 8601); null where nobody has it. */
  since: string | null;
  /** Ids of the instances and ENIs that are bound. */
  members: string[];
  /** Ids of instances or of ENIs: never both, in most clouds. */
  membersAre: 'instances' | 'enis' | 'both' | 'none';
  eips: { id: string; address: string }[];
  /** Ids of the routes that lead to it. */
  routes: string[];
  checkAssociate: boolean;
  group: string;
  tags: Tag[];
  /** ISO 8601. */
  createdAt: string;
}

export const SORT_KEYS = ['createdAt', 'name', 'id', 'address', 'status', 'subnet'] as const;

export type SortKey = (typeof SORT_KEYS)[number];

export interface ListFilter {
  /** Every word has to be found in the name, the id, the address or the description. */
  text?: string;
  status?: HavipStatus;
  subnet?: string;
  vpc?: string;
  address?: string;
  name?: string;
  /** Id of an instance or ENI that is bound. */
  member?: string;
  /** Id of the instance or ENI that holds it. */
  holder?: string;
  sort?: SortKey;
  isDescending?: boolean;
}

/** Rows that fit the filter; by creation where no other order is asked for. */
export function rowsOf(plane: Plane, filter: ListFilter = {}): HavipRow[] {
  const subnets = new Map(plane.inventory.all('subnet').map(({ id, vpc }) => [id, vpc]));
  const rows = plane.inventory
    .all('havip')
    .filter(({ name, id, address, description }) =>
      isFound(filter.text, [name, id, address, description]),
    )
    .filter((havip) => fits(havip, filter, subnets))
    .map((havip) => rowOf(plane, havip))
    .filter((row) => filter.status === undefined || row.status === filter.status)
    .filter(({ holder }) => isHeldBy(holder, filter.holder));
  return sorted(rows, filter.sort ?? 'createdAt', filter.isDescending ?? false);
}

export function rowOf(plane: Plane, havip: Havip): HavipRow {
  const { inventory } = plane;
  const { id, name, description, address, subnet, members, checkAssociate, group, tags } = havip;
  const holder = plane.holderOf(id);
  const flushed = holder === null ? null : plane.flushedAt(id);
  return {
    id,
    name,
    description,
    status: members.length > 0 || holder !== null ? 'in-use' : 'available',
    address,
    subnet,
    vpc: inventory.subnet(subnet)?.vpc ?? '',
    holder,
    since: flushed === null ? null : isoTime(flushed),
    members: members.map(memberId),
    membersAre: kindOf(members),
    eips: inventory.eipsOfHavip(id).map((eip) => ({ id: eip.id, address: eip.address })),
    routes: inventory.routesOfHavip(id).map((route) => route.id),
    checkAssociate,
    group,
    tags,
    createdAt: isoTime(havip.createdAt),
  };
}

/** `milliseconds` since 1970. */
function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function kindOf(members: readonly MemberRef[]): HavipRow['membersAre'] {
  const enis = members.filter((member) => 'eni' in member).length;
  if (members.length === 0) return 'none';
  return enis === 0 ? 'instances' : enis === members.length ? 'enis' : 'both';
}

/** Whether every word of `q` is found in one of the fields, whatever the case. */
export function isFound(q: string | undefined, fields: readonly (string | null)[]): boolean {
  if (q === undefined) return true;
  const texts = fields.map((field) => searched(field ?? ''));
  return searched(q)
    .split(/\s+/)
    .every((word) => texts.some((text) => text.includes(word)));
}

/** Full-width forms are typed by those who write Chinese: they are the same letters. */
function searched(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim();
}

function fits(havip: Havip, filter: ListFilter, vpcs: ReadonlyMap<string, string>): boolean {
  const { subnet, vpc, address, name, member } = filter;
  return (
    (subnet === undefined || havip.subnet === subnet) &&
    (vpc === undefined || vpcs.get(havip.subnet) === vpc) &&
    (address === undefined || havip.address === canonicalText(address)) &&
    (name === undefined || havip.name === name) &&
    (member === undefined || havip.members.some((one) => memberId(one) === member))
  );
}

function isHeldBy(holder: Holder | null, id: string | undefined): boolean {
  if (id === undefined) return true;
  return holder !== null && (holder.instance === id || holder.eni === id);
}

function sorted(rows: HavipRow[], key: SortKey, isDescending: boolean): HavipRow[] {
  const turn = isDescending ? -1 : 1;
  if (key !== 'address') {
    return rows.sort((a, b) => turn * compare(a[key], b[key]));
  }
  const places = new Map(rows.map(({ address }) => [address, parseAddress(address)]));
  const family = (row: HavipRow): number => places.get(row.address)?.family ?? 0;
  const value = (row: HavipRow): bigint => places.get(row.address)?.value ?? 0n;
  return rows.sort((a, b) => turn * (compare(family(a), family(b)) || compare(value(a), value(b))));
}

function compare<T extends string | number | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
