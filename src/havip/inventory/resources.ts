/**
 * What a cloud account holds, as the control plane keeps it: plain records, each of which is a row
 * of the database and may be written as JSON. Ids of what the lab file names are its names
 * (`ecs-1`, `vsw-1`, `web`); an ENI's is `INSTANCE.NAME`; what is created later gets an id of its
 * own. Times are milliseconds since 1970.
 */

import type { QuotaName } from '../rule-set.ts';

export interface Vpc {
  kind: 'vpc';
  id: string;
  name: string;
}

export interface Subnet {
  kind: 'subnet';
  id: string;
  name: string;
  vpc: string;
  cidrs: string[];
  gateways: string[];
}

export interface Instance {
  kind: 'instance';
  id: string;
  name: string;
  status: 'running' | 'stopped';
}

export interface Eni {
  kind: 'eni';
  id: string;
  /** Of the instance that it is attached to; null where it is attached to none. */
  instance: string | null;
  /** `eth0`; with the instance that it came from, its name in the dataplane. */
  name: string;
  /** The instance that the lab file gave it to. */
  home: string;
  subnet: string;
  addresses: string[];
  mac: string | null;
  sourceDestCheck: boolean;
  /** The first of an instance goes with it and is never detached. */
  isPrimary: boolean;
}

/** An instance with all its ENIs in the subnet, or one ENI. Ids. */
export type MemberRef = { instance: string } | { eni: string };

export function memberId(member: MemberRef): string {
  return 'eni' in member ? member.eni : member.instance;
}

export interface Tag {
  key: string;
  value: string;
}

export interface Havip {
  kind: 'havip';
  id: string;
  /** Of the HaVip in the dataplane: unique, never changes (the lab file's name, or the id). */
  lane: string;
  name: string;
  /** Description (Alibaba), remark (UCloud). */
  description: string;
  subnet: string;
  address: string;
  members: MemberRef[];
  checkAssociate: boolean;
  tags: Tag[];
  /** Alibaba's resource group, UCloud's business group (`Tag`); '' where none is said. */
  group: string;
  createdAt: number;
}

export interface Eip {
  kind: 'eip';
  id: string;
  address: string;
  /** Of the HaVip that it is associated with. */
  havip: string | null;
}

/** Every VPC has one, `rtb-VPC`. */
export interface RouteTable {
  kind: 'route-table';
  id: string;
  vpc: string;
}

export interface Route {
  kind: 'route';
  id: string;
  table: string;
  /** CIDR block. */
  destination: string;
  /** Id of the HaVip that is the next hop. */
  havip: string;
}

/** What became of a request that named a client token: the same again gets the same answer. */
export interface TokenRecord {
  kind: 'token';
  /** The token, with the operation that it was given for. */
  id: string;
  /** The operation as JSON. */
  operation: string;
  /** Id of what was made. */
  made: string;
  at: number;
}

/** A limit that the operator has set to another number than the vendor's default. */
export interface Quota {
  kind: 'quota';
  id: QuotaName;
  most: number;
}

export type Resource =
  | Quota
  | Vpc
  | Subnet
  | Instance
  | Eni
  | Havip
  | Eip
  | RouteTable
  | Route
  | TokenRecord;

export type ResourceKind = Resource['kind'];

export interface ResourceKey {
  kind: ResourceKind;
  id: string;
}

/** Who has a HaVip now, as the dataplane sees it. */
export interface Holder {
  mac: string;
  /** Ids; null where the MAC is nobody's that the control plane knows. */
  instance: string | null;
  eni: string | null;
  /** First address of that ENI. */
  address: string | null;
}
