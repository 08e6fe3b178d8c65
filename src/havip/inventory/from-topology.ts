/**
 * The account of a lab file: its names are the ids, and every VPC gets its route table. A HaVip
 * whose address has yet to be chosen (`completeTopology`) is not in it.
 */
import { formatMac } from '../../wire/mac.ts';
import type { QuotaName } from '../rule-set.ts';
import type { Topology } from '../topology.ts';
import type { Eni, Havip, Instance, MemberRef, Quota, Resource, Subnet } from './resources.ts';

/** Resources of the lab file, created `at` (milliseconds since 1970). */
export function resourcesOf(topology: Topology, at: number): Resource[] {
  const vpcs = [...new Set(topology.subnets.map(({ vpc }) => vpc))];
  return [
    ...vpcs.map((id): Resource => ({ kind: 'vpc', id, name: id })),
    ...vpcs.map((vpc): Resource => ({ kind: 'route-table', id: `rtb-${vpc}`, vpc })),
    ...topology.subnets.map(
      ({ name, vpc, cidrs, gateways }): Subnet => ({
        kind: 'subnet',
        id: name,
        name,
        vpc,
        cidrs,
        gateways,
      }),
    ),
    ...[...new Set(topology.enis.map(({ instance }) => instance))].map(
      (id): Instance => ({ kind: 'instance', id, name: id, status: 'running' }),
    ),
    ...enisOf(topology),
    ...topology.havips.flatMap((havip) => havipOf(havip, at)),
    ...Object.entries(topology.quotas).map(
      ([id, most]): Quota => ({ kind: 'quota', id: id as QuotaName, most }),
    ),
  ];
}

/** Id of an ENI of the lab file. */
export function eniId(instance: string, name: string): string {
  return `${instance}.${name}`;
}

function enisOf(topology: Topology): Eni[] {
  const seen = new Set<string>();
  return topology.enis.map(({ instance, name, subnet, addresses, mac, sourceDestCheck }) => {
    const isPrimary = !seen.has(instance);
    seen.add(instance);
    return {
      kind: 'eni',
      id: eniId(instance, name),
      instance,
      name,
      home: instance,
      subnet,
      addresses,
      mac: mac === null ? null : formatMac(mac),
      sourceDestCheck,
      isPrimary,
    };
  });
}

/** None where it has no address yet. */
export function havipOf(havip: Topology['havips'][number], at: number): Havip[] {
  const { name, subnet, address, members, checkAssociate } = havip;
  if (subnet === null || address === null) return [];
  return [
    {
      kind: 'havip',
      id: name,
      lane: name,
      name,
      description: '',
      subnet,
      address,
      members: members.map(
        ({ instance, eni }): MemberRef =>
          eni === null ? { instance } : { eni: eniId(instance, eni) },
      ),
      checkAssociate,
      tags: [],
      group: '',
      createdAt: at,
    },
  ];
}
