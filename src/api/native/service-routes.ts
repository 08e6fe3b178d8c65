/** EIPs, route tables, routes, quotas and the history in the native API. */
import { isFound } from '../../havip/inventory/listing.ts';
import type { Eip, Route } from '../../havip/inventory/resources.ts';
import { limitOf } from '../../havip/quotas.ts';
import { QUOTA_NAMES, type QuotaName } from '../../havip/rule-set.ts';
import type { ApiContext } from '../dialect.ts';
import { pageOf } from './paging.ts';
import { Problem } from './problem.ts';
import { type NativeRoute, NO_CONTENT, ok, route } from './route.ts';
import {
  eipEdit,
  eipQuery,
  historyQuery,
  newEip,
  newRoute,
  quotaEdit,
  routeQuery,
  subnetQuery,
} from './schemas.ts';

const V1 = '/api/v1';

const EIP_ROUTES: readonly NativeRoute[] = [
  route({
    method: 'GET',
    path: `${V1}/eips`,
    summary: 'List EIPs',
    tag: 'eips',
    query: eipQuery,
    success: { status: 200, summary: 'A page of them', schema: 'Eip', isPage: true },
    run: ({ context, query }) => {
      const found = context.plane.inventory
        .all('eip')
        .filter(({ havip }) => query.havip === undefined || havip === query.havip)
        .filter(({ id, address }) => isFound(query.q, [id, address]));
      return pageOf(found.map(eipShown), query);
    },
  }),
  route({
    method: 'POST',
    path: `${V1}/eips`,
    summary: 'Allocate an EIP',
    tag: 'eips',
    body: newEip,
    success: { status: 201, summary: 'It is there', schema: 'Eip' },
    run: async ({ context, body, submit }) => {
      const { subject } = await submit({ kind: 'create-eip', ...body });
      const headers = { location: `${V1}/eips/${encodeURIComponent(subject)}` };
      return { ...ok(eipShown(eipNamed(context, subject)), 201), headers };
    },
  }),
  route({
    method: 'GET',
    path: `${V1}/eips/{eip}`,
    summary: 'Show an EIP',
    tag: 'eips',
    success: { status: 200, summary: 'It as it is', schema: 'Eip' },
    run: ({ context, parameter }) => ok(eipShown(eipNamed(context, parameter('eip')))),
  }),
  route({
    method: 'PATCH',
    path: `${V1}/eips/{eip}`,
    summary: 'Associate an EIP with a HaVip, or with none',
    tag: 'eips',
    body: eipEdit,
    success: { status: 200, summary: 'It as it is now', schema: 'Eip' },
    run: async ({ context, parameter, body: { havip }, submit }) => {
      const eip = parameter('eip');
      if (havip === null) await submit({ kind: 'disassociate-eip', eip });
      else await submit({ kind: 'associate-eip', eip, havip });
      return ok(eipShown(eipNamed(context, eip)));
    },
  }),
  route({
    method: 'DELETE',
    path: `${V1}/eips/{eip}`,
    summary: 'Release an EIP',
    tag: 'eips',
    success: { status: 204, summary: 'It is gone' },
    run: async ({ parameter, submit }) => {
      await submit({ kind: 'delete-eip', eip: parameter('eip') });
      return NO_CONTENT;
    },
  }),
];

const ROUTING_ROUTES: readonly NativeRoute[] = [
  route({
    method: 'GET',
    path: `${V1}/route-tables`,
    summary: 'List route tables',
    tag: 'routes',
    query: subnetQuery,
    success: { status: 200, summary: 'A page of them', schema: 'RouteTable', isPage: true },
    run: ({ context, query }) => {
      const found = context.plane.inventory
        .all('route-table')
        .filter(({ vpc }) => query.vpc === undefined || vpc === query.vpc)
        .filter(({ id, vpc }) => isFound(query.q, [id, vpc]));
      return pageOf(
        found.map(({ id }) => tableShown(context, id)),
        query,
      );
    },
  }),
  route({
    method: 'GET',
    path: `${V1}/route-tables/{table}`,
    summary: 'Show a route table',
    tag: 'routes',
    success: { status: 200, summary: 'It as it is', schema: 'RouteTable' },
    run: ({ context, parameter }) => ok(tableShown(context, parameter('table'))),
  }),
  route({
    method: 'GET',
    path: `${V1}/routes`,
    summary: 'List routes that lead to HaVips',
    tag: 'routes',
    query: routeQuery,
    success: { status: 200, summary: 'A page of them', schema: 'Route', isPage: true },
    run: ({ context, query }) => {
      const found = context.plane.inventory
        .all('route')
        .filter(({ table }) => query.table === undefined || table === query.table)
        .filter(({ havip }) => query.havip === undefined || havip === query.havip)
        .filter(({ id, destination, havip }) => isFound(query.q, [id, destination, havip]));
      return pageOf(found.map(routeShown), query);
    },
  }),
  route({
    method: 'POST',
    path: `${V1}/routes`,
    summary: 'Lead a block of addresses to a HaVip',
    tag: 'routes',
    body: newRoute,
    success: { status: 201, summary: 'It is there', schema: 'Route' },
    run: async ({ context, body, submit }) => {
      const { subject, advice } = await submit({ kind: 'create-route', ...body });
      const headers = { location: `${V1}/routes/${encodeURIComponent(subject)}` };
      const shown = routeShown(routeNamed(context, subject));
      return { ...ok(advice.length === 0 ? shown : { ...shown, advice }, 201), headers };
    },
  }),
  route({
    method: 'GET',
    path: `${V1}/routes/{route}`,
    summary: 'Show a route',
    tag: 'routes',
    success: { status: 200, summary: 'It as it is', schema: 'Route' },
    run: ({ context, parameter }) => ok(routeShown(routeNamed(context, parameter('route')))),
  }),
  route({
    method: 'DELETE',
    path: `${V1}/routes/{route}`,
    summary: 'Delete a route',
    tag: 'routes',
    success: { status: 204, summary: 'It is gone' },
    run: async ({ parameter, submit }) => {
      await submit({ kind: 'delete-route', route: parameter('route') });
      return NO_CONTENT;
    },
  }),
];

const ACCOUNT_ROUTES: readonly NativeRoute[] = [
  route({
    method: 'GET',
    path: `${V1}/quotas`,
    summary: 'The limits of the account',
    tag: 'quotas',
    success: { status: 200, summary: 'All of them', schema: 'Quota', isPage: true },
    run: ({ context }) => {
      const all = QUOTA_NAMES.flatMap((name) => quotaShown(context, name));
      return pageOf(all, { limit: all.length, offset: 0 });
    },
  }),
  route({
    method: 'PATCH',
    path: `${V1}/quotas/{quota}`,
    summary: 'Set a limit that the vendor raises on request',
    tag: 'quotas',
    body: quotaEdit,
    success: { status: 200, summary: 'It as it is now', schema: 'Quota' },
    run: async ({ context, parameter, body, submit }) => {
      const quota = QUOTA_NAMES.find((name) => name === parameter('quota'));
      if (quota === undefined) {
        throw new Problem('not-found', `no such quota; there are ${QUOTA_NAMES.join(', ')}`);
      }
      await submit({ kind: 'set-quota', quota, ...body });
      return ok(quotaShown(context, quota)[0]);
    },
  }),
  route({
    method: 'GET',
    path: `${V1}/history`,
    summary: 'Holders, refused claims and API calls of the past, the newest of them',
    tag: 'history',
    query: historyQuery,
    success: { status: 200, summary: 'Entries', schema: 'HistoryEntry', isPage: true },
    run: ({ context, query: { havip, since, limit } }) => {
      if (context.history === undefined) {
        throw new Problem('no-history', 'nothing is kept: start the lab with --state FILE');
      }
      const items = context.history({
        havip: havip ?? null,
        since: since === undefined ? null : Date.parse(since),
        limit,
      });
      return ok({ items, total: items.length, limit, offset: 0 });
    },
  }),
];

export const SERVICE_ROUTES: readonly NativeRoute[] = [
  ...EIP_ROUTES,
  ...ROUTING_ROUTES,
  ...ACCOUNT_ROUTES,
];

function eipNamed({ plane }: ApiContext, id: string): Eip {
  const eip = plane.inventory.eip(id);
  if (eip !== undefined) return eip;
  throw new Problem('eip-not-found', `there is no EIP ${JSON.stringify(id)}`);
}

function eipShown({ id, address, havip }: Eip): object {
  return { id, address, havip };
}

function tableShown({ plane }: ApiContext, id: string): object {
  const table = plane.inventory.routeTable(id);
  if (table === undefined) {
    throw new Problem('route-table-not-found', `there is no route table ${JSON.stringify(id)}`);
  }
  const routes = plane.inventory.routesOfTable(id).map((one) => one.id);
  return { id, vpc: table.vpc, routes };
}

function routeNamed({ plane }: ApiContext, id: string): Route {
  const found = plane.inventory.route(id);
  if (found !== undefined) return found;
  throw new Problem('route-not-found', `there is no route ${JSON.stringify(id)}`);
}

function routeShown({ id, table, destination, havip }: Route): object {
  return { id, table, destination, havip };
}

/** Empty where neither the cloud nor the operator limits it. */
function quotaShown({ plane }: ApiContext, name: QuotaName): object[] {
  const { inventory, rules } = plane;
  const limit = limitOf(rules, name, inventory.quota(name)?.most);
  if (limit === null) return [];
  const vendors = limitOf(rules, name, undefined);
  return [
    {
      id: name,
      most: limit.most,
      default: vendors?.most ?? null,
      isAdvice: limit.advice,
      isAdjustable: vendors?.adjustable ?? false,
      source: (vendors ?? limit).source,
    },
  ];
}
