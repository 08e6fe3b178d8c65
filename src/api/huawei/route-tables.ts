/**
 * Route tables: every VPC has its default one. Routes are added, changed and removed by an update
 * of their table; the next hop of a route of type `vip` is the VIP's *address*.
 */
import { canonicalText } from '../../havip/cidr.ts';
import type { Step } from '../../havip/inventory/operation.ts';
import type { Havip, Route, RouteTable } from '../../havip/inventory/resources.ts';
import type { ApiAnswer } from '../dialect.ts';
import { type Fields, readObject, readObjects, readText, readWrapped } from './body.ts';
import type { Call } from './call.ts';
import { badParameter, Fault, faultOf } from './faults.ts';
import { byId, pageOf } from './port-list.ts';

export async function listRouteTables(call: Call): Promise<ApiAnswer> {
  const { query } = call.request;
  const { inventory } = call.plane;
  const vpc = query.get('vpc_id');
  const id = query.get('id');
  const subnet = query.get('subnet_id');
  const tables = inventory
    .all('route-table')
    .filter((table) => vpc === null || table.vpc === vpc)
    .filter((table) => id === null || table.id === id)
    .filter((table) => subnet === null || inventory.subnet(subnet)?.vpc === table.vpc);
  const page = pageOf(byId(tables), query).map((table) => view(call, table));
  return { status: 200, body: { routetables: page } };
}

export async function showRouteTable(call: Call): Promise<ApiAnswer> {
  const table = tableOf(call);
  const routes = call.plane.inventory.routesOfTable(table.id).map((route) => ({
    type: 'vip',
    destination: route.destination,
    nexthop: call.plane.inventory.havip(route.havip)?.address ?? '',
    description: '',
  }));
  return { status: 200, body: { routetable: { ...view(call, table), routes } } };
}

/** All the routes of the request or none of them. */
export async function updateRouteTable(call: Call): Promise<ApiAnswer> {
  const fields = readWrapped(call.request.body, 'routetable');
  const table = tableOf(call);
  const routes = readObject(fields, 'routes') ?? {};
  const steps: Step[] = [];
  for (const gone of readObjects(routes, 'del') ?? []) steps.push(removal(call, table, gone));
  for (const changed of readObjects(routes, 'mod') ?? []) {
    const { nexthop: _, ...destination } = changed;
    steps.push(removal(call, table, destination), addition(call, table, changed));
  }
  for (const added of readObjects(routes, 'add') ?? []) steps.push(addition(call, table, added));
  const texts = ['name', 'description'].filter((name) => fields[name] !== undefined);
  if (texts.length > 0) call.advice.push(`not kept by this switch: ${texts.join(', ')}`);
  await call.submitAll(steps, 'routetable');
  return showRouteTable(call);
}

function addition(call: Call, table: RouteTable, fields: Fields): Step {
  const type = readText(fields, 'type');
  if (type !== 'vip') throw badParameter('type of a route must be "vip"; no other is offered here');
  const havip = nexthopOf(call, table, fields);
  const destination = destinationOf(fields);
  return { kind: 'create-route', table: table.id, destination, havip: havip.id };
}

function removal(call: Call, table: RouteTable, fields: Fields): Step {
  const destination = destinationOf(fields);
  const nexthop = nexthopIn(fields);
  const { inventory } = call.plane;
  const route = inventory
    .routesOfTable(table.id)
    .find((one) => one.destination === destination && isVia(call, one, nexthop));
  if (route === undefined) {
    const message = `${table.id} has no such route to ${destination}`;
    throw faultOf({ code: 'route-not-found', message }, 'routetable');
  }
  return { kind: 'delete-route', route: route.id };
}

function isVia(call: Call, route: Route, nexthop: string | undefined): boolean {
  return nexthop === undefined || call.plane.inventory.havip(route.havip)?.address === nexthop;
}

function nexthopOf(call: Call, table: RouteTable, fields: Fields): Havip {
  const nexthop = nexthopIn(fields) ?? '';
  const havip = call.plane.inventory.havipsOfVpc(table.vpc).find((one) => one.address === nexthop);
  if (havip !== undefined) return havip;
  const message = `nexthop must be the address of a VIP of ${table.vpc}, not "${nexthop}"`;
  throw faultOf({ code: 'havip-not-found', message }, 'routetable');
}

/** As addresses of VIPs are kept. */
function nexthopIn(fields: Fields): string | undefined {
  const nexthop = readText(fields, 'nexthop');
  return nexthop === undefined ? undefined : canonicalText(nexthop);
}

/** As routes are kept: without host bits. */
function destinationOf(fields: Fields): string {
  const destination = readText(fields, 'destination') ?? '';
  if (destination === '') throw new Fault(400, 'VPC.2809', 'BadRequest', 'destination is missing');
  return canonicalText(destination);
}

function tableOf(call: Call): RouteTable {
  const table = call.plane.inventory.routeTable(call.id);
  if (table !== undefined) return table;
  const message = `RouteTable ${call.id} is not exist`;
  throw faultOf({ code: 'route-table-not-found', message }, 'routetable');
}

function view(call: Call, { id, vpc }: RouteTable): object {
  return {
    id,
    name: id,
    default: true,
    subnets: call.plane.inventory.subnetsOfVpc(vpc).map((subnet) => ({ id: subnet.id })),
    tenant_id: call.project,
    vpc_id: vpc,
    description: '',
  };
}
