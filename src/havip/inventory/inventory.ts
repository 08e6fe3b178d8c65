/**
 * The resources of the account as they are now, with the indexes that rules and lists ask. It
 * judges nothing: `apply` takes what a decision says.
 */
import type { QuotaName } from '../rule-set.ts';
import { FreeHints } from './free-hints.ts';
import type { Decision } from './operation.ts';
import {
  EIPS_OF_HAVIP,
  ENIS_OF_INSTANCE,
  HAVIPS_OF_MEMBER,
  HAVIPS_OF_SUBNET,
  memberKey,
  placeOf,
  placesOf,
  ROUTES_OF_HAVIP,
  ROUTES_OF_TABLE,
  relationsOf,
  TABLES_OF_VPC,
} from './relations.ts';
import type {
  Eip,
  Eni,
  Havip,
  Instance,
  MemberRef,
  Quota,
  Resource,
  ResourceKey,
  ResourceKind,
  Route,
  RouteTable,
  Subnet,
  TokenRecord,
  Vpc,
} from './resources.ts';

type OfKind<K extends ResourceKind> = Extract<Resource, { kind: K }>;

interface Tentative {
  /** What was there before each change; null where nothing was. */
  before: { key: ResourceKey; resource: Resource | null }[];
  /** Ids in their order, of the kinds from which something was removed. */
  orders: Map<ResourceKind, string[]>;
}

export class Inventory {
  readonly free = new FreeHints();
  private readonly kinds = new Map<ResourceKind, Map<string, Resource>>();
  /** Relation and key -> ids. */
  private readonly related = new Map<string, Set<string>>();
  /** `SUBNET ADDRESS` -> whose it is. */
  private readonly owners = new Map<string, ResourceKey>();
  private readonly macs = new Map<string, string>();
  /** What `tentatively` has to take back; null where nothing is tentative. */
  private tentative: Tentative | null = null;

  constructor(resources: Iterable<Resource> = []) {
    for (const resource of resources) this.put(resource);
  }

  apply(decision: Pick<Decision, 'upserts' | 'deletes'>): void {
    for (const key of decision.deletes) this.remove(key);
    for (const resource of decision.upserts) this.put(resource);
  }

  /** Gives what `work` says, and takes back all that it applied meanwhile. Not to be nested. */
  tentatively<T>(work: () => T): T {
    const tentative: Tentative = { before: [], orders: new Map() };
    this.tentative = tentative;
    try {
      return work();
    } finally {
      this.tentative = null;
      for (const { key, resource } of tentative.before.reverse()) {
        if (resource === null) this.remove(key);
        else this.put(resource);
      }
      for (const [kind, ids] of tentative.orders) this.reorder(kind, ids);
    }
  }

  resource(key: ResourceKey): Resource | undefined {
    return this.get(key.kind, key.id);
  }

  vpc(id: string): Vpc | undefined {
    return this.get('vpc', id);
  }

  subnet(id: string): Subnet | undefined {
    return this.get('subnet', id);
  }

  instance(id: string): Instance | undefined {
    return this.get('instance', id);
  }

  eni(id: string): Eni | undefined {
    return this.get('eni', id);
  }

  havip(id: string): Havip | undefined {
    return this.get('havip', id);
  }

  eip(id: string): Eip | undefined {
    return this.get('eip', id);
  }

  routeTable(id: string): RouteTable | undefined {
    return this.get('route-table', id);
  }

  route(id: string): Route | undefined {
    return this.get('route', id);
  }

  quota(name: QuotaName): Quota | undefined {
    return this.get('quota', name);
  }

  token(id: string): TokenRecord | undefined {
    return this.get('token', id);
  }

  /** In the order in which they were made. */
  all<K extends ResourceKind>(kind: K): OfKind<K>[] {
    return [...(this.kinds.get(kind)?.values() ?? [])] as OfKind<K>[];
  }

  /** In the order in which they were made; the inventory must not change meanwhile. */
  each<K extends ResourceKind>(kind: K): Iterable<OfKind<K>> {
    return (this.kinds.get(kind)?.values() ?? []) as Iterable<OfKind<K>>;
  }

  count(kind: ResourceKind): number {
    return this.kinds.get(kind)?.size ?? 0;
  }

  havipsOfSubnet(subnet: string): Havip[] {
    return this.relatedTo('havip', HAVIPS_OF_SUBNET, subnet);
  }

  /** HaVips that name this very member. */
  havipsOfMember(member: MemberRef): Havip[] {
    return this.relatedTo('havip', HAVIPS_OF_MEMBER, memberKey(member));
  }

  /** Their ids, without looking at them. */
  havipIdsOfMember(member: MemberRef): Iterable<string> {
    return this.related.get(`${HAVIPS_OF_MEMBER} ${memberKey(member)}`) ?? [];
  }

  subnetsOfVpc(vpc: string): Subnet[] {
    return this.all('subnet').filter((subnet) => subnet.vpc === vpc);
  }

  havipsOfVpc(vpc: string): Havip[] {
    return this.subnetsOfVpc(vpc).flatMap(({ id }) => this.havipsOfSubnet(id));
  }

  countHavipsOfVpc(vpc: string): number {
    const counts = this.subnetsOfVpc(vpc).map(({ id }) => this.countRelated(HAVIPS_OF_SUBNET, id));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Attached ENIs, the primary first. */
  enisOfInstance(instance: string): Eni[] {
    return this.relatedTo('eni', ENIS_OF_INSTANCE, instance);
  }

  eipsOfHavip(havip: string): Eip[] {
    return this.relatedTo('eip', EIPS_OF_HAVIP, havip);
  }

  routesOfHavip(havip: string): Route[] {
    return this.relatedTo('route', ROUTES_OF_HAVIP, havip);
  }

  routesOfTable(table: string): Route[] {
    return this.relatedTo('route', ROUTES_OF_TABLE, table);
  }

  tablesOfVpc(vpc: string): RouteTable[] {
    return this.relatedTo('route-table', TABLES_OF_VPC, vpc);
  }

  /**
   * Whose an address of a subnet is: an ENI's, a HaVip's, in `INTERNET` an EIP's; undefined where
   * it is nobody's.
   */
  ownerOf(subnet: string, address: string): ResourceKey | undefined {
    return this.owners.get(placeOf(subnet, address));
  }

  /** `mac` as `00:16:3e:00:00:01`. */
  eniOfMac(mac: string): Eni | undefined {
    const id = this.macs.get(mac);
    return id === undefined ? undefined : this.eni(id);
  }

  private get<K extends ResourceKind>(kind: K, id: string): OfKind<K> | undefined {
    return this.kinds.get(kind)?.get(id) as OfKind<K> | undefined;
  }

  private put(resource: Resource): void {
    const { kind, id } = resource;
    const before = this.get(kind, id);
    this.tentative?.before.push({ key: { kind, id }, resource: before ?? null });
    if (before !== undefined) this.index(before, false);
    let records = this.kinds.get(kind);
    if (records === undefined) this.kinds.set(kind, (records = new Map()));
    records.set(id, resource);
    this.index(resource, true);
  }

  private remove({ kind, id }: ResourceKey): void {
    const before = this.get(kind, id);
    if (before === undefined) return;
    if (this.tentative !== null) {
      const { orders } = this.tentative;
      if (!orders.has(kind)) orders.set(kind, [...(this.kinds.get(kind)?.keys() ?? [])]);
      this.tentative.before.push({ key: { kind, id }, resource: before });
    }
    this.index(before, false);
    this.kinds.get(kind)?.delete(id);
  }

  private reorder(kind: ResourceKind, ids: readonly string[]): void {
    const records = ids.flatMap((id) => this.get(kind, id) ?? []);
    this.kinds.set(kind, new Map(records.map((record) => [record.id, record])));
  }

  private index(resource: Resource, isThere: boolean): void {
    const { kind, id } = resource;
    for (const relation of relationsOf(resource)) this.relate(relation, id, isThere);
    for (const { subnet, address } of placesOf(resource)) {
      const place = placeOf(subnet, address);
      if (isThere) this.owners.set(place, { kind, id });
      else if (this.owners.delete(place)) this.free.freed(subnet, address);
    }
    if (kind !== 'eni' || resource.mac === null) return;
    if (isThere) this.macs.set(resource.mac, id);
    else this.macs.delete(resource.mac);
  }

  private relate(relation: string, id: string, isThere: boolean): void {
    const ids = this.related.get(relation);
    if (!isThere) {
      ids?.delete(id);
      if (ids?.size === 0) this.related.delete(relation);
    } else if (ids === undefined) {
      this.related.set(relation, new Set([id]));
    } else {
      ids.add(id);
    }
  }

  private relatedTo<K extends ResourceKind>(kind: K, relation: string, key: string): OfKind<K>[] {
    const ids = this.related.get(`${relation} ${key}`) ?? [];
    return [...ids].flatMap((id) => this.get(kind, id) ?? []);
  }

  private countRelated(relation: string, key: string): number {
    return this.related.get(`${relation} ${key}`)?.size ?? 0;
  }
}
