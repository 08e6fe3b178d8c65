/** What the lab brought with it, in the native API: VPCs, subnets, instances, ENIs. */
import { isFound } from '../../havip/inventory/listing.ts';
import type { Eni, Instance } from '../../havip/inventory/resources.ts';
import type { ApiContext } from '../dialect.ts';
import { pageOf } from './paging.ts';
import { Problem } from './problem.ts';
import { type NativeRoute, NO_CONTENT, ok, route } from './route.ts';
import {
  eniEdit,
  eniQuery,
  instanceEdit,
  instanceQuery,
  subnetQuery,
  vpcQuery,
} from './schemas.ts';

const V1 = '/api/v1';

const VPC_ROUTES: readonly NativeRoute[] = [
  route({
    method: 'GET',
    path: `${V1}/vpcs`,
    summary: 'List VPCs',
    tag: 'vpcs',
    query: vpcQuery,
    success: { status: 200, summary: 'A page of them', schema: 'Vpc', isPage: true },
    run: ({ context, query }) => {
      const all = context.plane.inventory.all('vpc').map(({ id, name }) => ({ id, name }));
      const found = all.filter(({ id, name }) => isFound(query.q, [id, name]));
      return pageOf(found, query);
    },
  }),
  route({
    method: 'GET',
    path: `${V1}/vpcs/{vpc}`,
    summary: 'Show a VPC',
    tag: 'vpcs',
    success: { status: 200, summary: 'It as it is', schema: 'Vpc' },
    run: ({ context, parameter }) => {
      const vpc = context.plane.inventory.vpc(parameter('vpc'));
      if (vpc === undefined) throw new Problem('vpc-not-found', 'there is no such VPC');
      return ok({ id: vpc.id, name: vpc.name });
    },
  }),
];

const SUBNET_ROUTES: readonly NativeRoute[] = [
  route({
    method: 'GET',
    path: `${V1}/subnets`,
    summary: 'List subnets',
    tag: 'subnets',
    query: subnetQuery,
    success: { status: 200, summary: 'A page of them', schema: 'Subnet', isPage: true },
    run: ({ context, query }) => {
      const found = context.plane.inventory
        .all('subnet')
        .filter(({ vpc }) => query.vpc === undefined || vpc === query.vpc)
        .filter(({ id, name, cidrs }) => isFound(query.q, [id, name, ...cidrs]));
      return pageOf(found.map(withoutKind), query);
    },
  }),
  route({
    method: 'GET',
    path: `${V1}/subnets/{subnet}`,
    summary: 'Show a subnet',
    tag: 'subnets',
    success: { status: 200, summary: 'It as it is', schema: 'Subnet' },
    run: ({ context, parameter }) => {
      const subnet = context.plane.inventory.subnet(parameter('subnet'));
      if (subnet === undefined) throw new Problem('subnet-not-found', 'there is no such subnet');
      return ok(withoutKind(subnet));
    },
  }),
];

const INSTANCE_ROUTES: readonly NativeRoute[] = [
  route({
    method: 'GET',
    path: `${V1}/instances`,
    summary: 'List instances',
    tag: 'instances',
    query: instanceQuery,
    success: { status: 200, summary: 'A page of them', schema: 'Instance', isPage: true },
    run: ({ context, query }) => {
      const found = context.plane.inventory
        .all('instance')
        .filter(({ status }) => query.status === undefined || status === query.status)
        .filter(({ id, name }) => isFound(query.q, [id, name]));
      return pageOf(
        found.map((instance) => instanceShown(context, instance)),
        query,
      );
    },
  }),
  route({
    method: 'GET',
    path: `${V1}/instances/{instance}`,
    summary: 'Show an instance',
    tag: 'instances',
    success: { status: 200, summary: 'It as it is', schema: 'Instance' },
    run: ({ context, parameter }) => ok(instanceNamed(context, parameter('instance'))),
  }),
  route({
    method: 'PATCH',
    path: `${V1}/instances/{instance}`,
    summary: 'Say whether an instance runs',
    tag: 'instances',
    body: instanceEdit,
    success: { status: 200, summary: 'It as it is now', schema: 'Instance' },
    run: async ({ context, parameter, body, submit }) => {
      const instance = parameter('instance');
      await submit({ kind: 'set-instance-status', instance, ...body });
      return ok(instanceNamed(context, instance));
    },
  }),
  route({
    method: 'DELETE',
    path: `${V1}/instances/{instance}`,
    summary: 'Delete an instance; its bindings go with it',
    tag: 'instances',
    success: { status: 204, summary: 'It is gone' },
    run: async ({ parameter, submit }) => {
      await submit({ kind: 'delete-instance', instance: parameter('instance') });
      return NO_CONTENT;
    },
  }),
];

const ENI_ROUTES: readonly NativeRoute[] = [
  route({
    method: 'GET',
    path: `${V1}/enis`,
    summary: 'List ENIs',
    tag: 'enis',
    query: eniQuery,
    success: { status: 200, summary: 'A page of them', schema: 'Eni', isPage: true },
    run: ({ context, query }) => {
      const found = context.plane.inventory
        .all('eni')
        .filter(({ subnet }) => query.subnet === undefined || subnet === query.subnet)
        .filter(({ instance }) => query.instance === undefined || instance === query.instance)
        .filter(({ id, mac, addresses }) => isFound(query.q, [id, mac, ...addresses]));
      return pageOf(found.map(withoutKind), query);
    },
  }),
  route({
    method: 'GET',
    path: `${V1}/enis/{eni}`,
    summary: 'Show an ENI',
    tag: 'enis',
    success: { status: 200, summary: 'It as it is', schema: 'Eni' },
    run: ({ context, parameter }) => ok(withoutKind(eniNamed(context, parameter('eni')))),
  }),
  route({
    method: 'PATCH',
    path: `${V1}/enis/{eni}`,
    summary: 'Attach it, detach it, or switch its source/destination check: one of these',
    tag: 'enis',
    body: eniEdit,
    success: { status: 200, summary: 'It as it is now', schema: 'Eni' },
    run: async ({ context, parameter, body, submit }) => {
      const eni = parameter('eni');
      if ('sourceDestCheck' in body) {
        await submit({ kind: 'set-source-dest-check', eni, on: body.sourceDestCheck });
      } else if (body.instance === null) await submit({ kind: 'detach-eni', eni });
      else await submit({ kind: 'attach-eni', eni, instance: body.instance });
      return ok(withoutKind(eniNamed(context, eni)));
    },
  }),
  route({
    method: 'DELETE',
    path: `${V1}/enis/{eni}`,
    summary: 'Delete an ENI; its bindings go with it',
    tag: 'enis',
    success: { status: 204, summary: 'It is gone' },
    run: async ({ parameter, submit }) => {
      await submit({ kind: 'delete-eni', eni: parameter('eni') });
      return NO_CONTENT;
    },
  }),
];

export const NETWORK_ROUTES: readonly NativeRoute[] = [
  ...VPC_ROUTES,
  ...SUBNET_ROUTES,
  ...INSTANCE_ROUTES,
  ...ENI_ROUTES,
];

/** A record as it is shown: the path has said of what kind it is. */
function withoutKind<T extends { kind: string }>({ kind: _, ...rest }: T): Omit<T, 'kind'> {
  return rest;
}

function instanceNamed(context: ApiContext, id: string): object {
  const instance = context.plane.inventory.instance(id);
  if (instance !== undefined) return instanceShown(context, instance);
  throw new Problem('instance-not-found', `there is no instance ${JSON.stringify(id)}`);
}

function instanceShown({ plane }: ApiContext, { id, name, status }: Instance): object {
  return { id, name, status, enis: plane.inventory.enisOfInstance(id).map((eni) => eni.id) };
}

function eniNamed({ plane }: ApiContext, id: string): Eni {
  const eni = plane.inventory.eni(id);
  if (eni !== undefined) return eni;
  throw new Problem('eni-not-found', `there is no ENI ${JSON.stringify(id)}`);
}
