/**
 * By what a resource is found beside its id: the relations and places that the inventory indexes.
 */
import { canonicalAddress } from '../address-words.ts';
import type { MemberRef, Resource } from './resources.ts';

/** What another resource is found by. */
export const HAVIPS_OF_SUBNET = 'havips of subnet';
export const HAVIPS_OF_MEMBER = 'havips of member';
export const ENIS_OF_INSTANCE = 'enis of instance';
export const EIPS_OF_HAVIP = 'eips of havip';
export const ROUTES_OF_HAVIP = 'routes of havip';
export const ROUTES_OF_TABLE = 'routes of table';
export const TABLES_OF_VPC = 'tables of vpc';

/** Where the addresses of EIPs lie; no subnet has this name. */
export const INTERNET = '';

export function memberKey(member: MemberRef): string {
  return 'eni' in member ? `eni ${member.eni}` : `instance ${member.instance}`;
}

export function relationsOf(resource: Resource): string[] {
  switch (resource.kind) {
    case 'havip':
      return [
        `${HAVIPS_OF_SUBNET} ${resource.subnet}`,
        ...resource.members.map((member) => `${HAVIPS_OF_MEMBER} ${memberKey(member)}`),
      ];
    case 'eni':
      return resource.instance === null ? [] : [`${ENIS_OF_INSTANCE} ${resource.instance}`];
    case 'eip':
      return resource.havip === null ? [] : [`${EIPS_OF_HAVIP} ${resource.havip}`];
    case 'route':
      return [`${ROUTES_OF_HAVIP} ${resource.havip}`, `${ROUTES_OF_TABLE} ${resource.table}`];
    case 'route-table':
      return [`${TABLES_OF_VPC} ${resource.vpc}`];
    default:
      return [];
  }
}

export interface Place {
  subnet: string;
  address: string;
}

export function placesOf(resource: Resource): Place[] {
  if (resource.kind === 'eip') return [{ subnet: INTERNET, address: resource.address }];
  if (resource.kind === 'havip') return [resource];
  if (resource.kind !== 'eni') return [];
  return resource.addresses.map((address) => ({ subnet: resource.subnet, address }));
}

export function placeOf(subnet: string, address: string): string {
  return `${subnet} ${canonicalAddress(address)}`;
}
