/**
 * CreateRoutes and DeleteRoutes, for routes whose next hop is a HaVip: GatewayType HAVIP. Of one
 * request's routes all are made or none.
 */
import { canonicalText } from '../../havip/cidr.ts';
import type { Plane } from '../../havip/inventory/plane.ts';
import type { Route } from '../../havip/inventory/resources.ts';
import type { ParameterReader } from '../parameter-reader.ts';
import { handler } from './call.ts';
import { refusalFault } from './codes.ts';
import { type Fault, fault, NOTHING, type Result } from './result.ts';

/** Ours: how many routes one request may hold. */
const ROUTES_MAX = 50;
/** Fields of a route that its clients send and that say nothing here. */
const NOT_READ = ['RouteDescription', 'RouteType', 'Enabled', 'RouteId', 'PublishedToVbc'];

export const createRoutes = handler(
  (parameters) => ({
    table: parameters.requiredText('RouteTableId'),
    routes: parameters.items('Routes').map((part) => {
      part.ignore(NOT_READ);
      return {
        destination: readDestination(part),
        type: part.requiredText('GatewayType'),
        havip: part.requiredText('GatewayId'),
      };
    }),
  }),
  async ({ table, routes }, call): Promise<Result> => {
    const wrong = countFault(routes.length);
    if (wrong !== null) return wrong;
    const other = routes.find(({ type }) => type !== 'HAVIP');
    if (other !== undefined) {
      const message = `the GatewayType ${other.type} is not offered here; HAVIP is`;
      return fault('UnsupportedOperation', message);
    }
    const steps = routes.map(({ destination, havip }) => ({
      kind: 'create-route' as const,
      table,
      destination: destination ?? '',
      havip,
    }));
    const outcome = await call.submit({ kind: 'all', steps });
    if (!outcome.ok) return refusalFault(call.action, outcome);
    return { fields: { TotalCount: steps.length, RouteTableSet: [tableOf(call.plane, table)] } };
  },
);

export const deleteRoutes = handler(
  (parameters) => ({
    table: parameters.requiredText('RouteTableId'),
    routes: parameters.items('Routes').map((part) => {
      part.ignore([...NOT_READ, 'GatewayType', 'GatewayId']);
      return { id: part.text('RouteItemId'), destination: readDestination(part) };
    }),
  }),
  async ({ table, routes }, call): Promise<Result> => {
    const wrong = countFault(routes.length);
    if (wrong !== null) return wrong;
    const there = call.plane.inventory.routesOfTable(table);
    const steps = [];
    for (const { id, destination } of routes) {
      const route = there.find((one) =>
        id === null ? one.destination === destination : one.id === id,
      );
      if (route === undefined) {
        return fault('ResourceNotFound', `${table} has no route ${id ?? destination ?? ''}`);
      }
      steps.push({ kind: 'delete-route' as const, route: route.id });
    }
    const outcome = await call.submit({ kind: 'all', steps });
    return outcome.ok ? NOTHING : refusalFault(call.action, outcome);
  },
);

/** As routes are kept; null where neither family's is there. */
function readDestination(part: ParameterReader): string | null {
  const four = part.text('DestinationCidrBlock');
  const six = part.text('DestinationIpv6CidrBlock');
  const destination = four ?? six;
  return destination === null ? null : canonicalText(destination);
}

function countFault(count: number): Fault | null {
  if (count === 0) return fault('MissingParameter', 'Routes is missing');
  if (count <= ROUTES_MAX) return null;
  return fault('LimitExceeded', `there are ${count} Routes; at most ${ROUTES_MAX} are taken`);
}

function tableOf({ inventory }: Plane, id: string) {
  return {
    VpcId: inventory.routeTable(id)?.vpc ?? '',
    RouteTableId: id,
    RouteTableName: id,
    AssociationSet: [],
    RouteSet: inventory.routesOfTable(id).map((route) => ({
      ...destinationsOf(route),
      GatewayType: 'HAVIP',
      GatewayId: route.havip,
      RouteItemId: route.id,
      RouteDescription: '',
      Enabled: true,
      RouteType: 'USER',
      RouteTableId: id,
    })),
    Main: true,
    TagSet: [],
  };
}

/** One field a family; the other one is empty. */
function destinationsOf({ destination }: Route) {
  const isSix = destination.includes(':');
  return {
    DestinationCidrBlock: isSix ? '' : destination,
    DestinationIpv6CidrBlock: isSix ? destination : '',
  };
}
