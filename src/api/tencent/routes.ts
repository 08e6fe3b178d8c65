/**
 * CreateRoutes and DeleteRoutes, for routes whose next hop is a HaVip: GatewayType HAVIP. Of one
 * request's routes all are made or none.
 */
import type { Plane } from '../../havip/inventory/plane.ts';
import { handler } from './call.ts';
import { refusalFault } from './codes.ts';
import { type Fault, fault, NOTHING, type Result } from './result.ts';

/** Ours: how many routes one request may hold. */
const ROUTES_MAX = 50;

export const createRoutes = handler(
  (parameters) => ({
    table: parameters.requiredText('RouteTableId'),
    routes: parameters.items('Routes').map((part) => {
      part.ignore(['RouteDescription', 'RouteType', 'Enabled', 'RouteId', 'PublishedToVbc']);
      return {
        destination: part.text('DestinationCidrBlock'),
        destination6: part.text('DestinationIpv6CidrBlock'),
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
    const steps = routes.map(({ destination, destination6, havip }) => ({
      kind: 'create-route' as const,
      table,
      destination: destination ?? destination6 ?? '',
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
      part.ignore(['RouteId', 'GatewayType', 'GatewayId', 'RouteDescription', 'Enabled']);
      return { id: part.text('RouteItemId'), destination: part.text('DestinationCidrBlock') };
    }),
  }),
  async ({ table, routes }, call): Promise<Result> => {
    const wrong = countFault(routes.length);
    if (wrong !== null) return wrong;
    const there = call.plane.inventory.routesOfTable(table);
    const steps = [];
    for (const { id, destination } of routes) {
      const route = there.find((one) => one.id === id || one.destination === destination);
      if (route === undefined) {
        return fault('ResourceNotFound', `${table} has no route ${id ?? destination ?? ''}`);
      }
      steps.push({ kind: 'delete-route' as const, route: route.id });
    }
    const outcome = await call.submit({ kind: 'all', steps });
    return outcome.ok ? NOTHING : refusalFault(call.action, outcome);
  },
);

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
      DestinationCidrBlock: route.destination,
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
