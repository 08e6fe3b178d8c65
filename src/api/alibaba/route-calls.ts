/** Custom route entries whose next hop is a HaVip. No packet follows them. */
import { canonicalText } from '../../havip/cidr.ts';
import type { Route } from '../../havip/inventory/resources.ts';
import { AlibabaError, invalid, missing } from './alibaba-error.ts';
import { type Answer, type Call, placeOf, submitUnlessDry } from './call.ts';
import { refusalError } from './codes.ts';

const LIST_MAX = 100;

export async function createRouteEntry(call: Call): Promise<Answer> {
  const { parameters } = call;
  const table = parameters.required('RouteTableId');
  const destination = parameters.required('DestinationCidrBlock');
  if (parameters.groups('NextHopList', 16).length > 0) {
    throw invalid('NextHopList', 'one next hop is served here; say NextHopType and NextHopId');
  }
  // Without a type the vendor takes the id for an ECS instance's.
  if ((parameters.text('NextHopType') ?? 'Instance') !== 'HaVip') {
    const message = 'A HaVip is the only next hop that is served here: set NextHopType to HaVip.';
    throw new AlibabaError(400, 'InvalidNextHopType.NotSupported', message);
  }
  const havip = parameters.required('NextHopId');
  const operation = { kind: 'create-route', table, destination, havip } as const;
  return { RouteEntryId: await submitUnlessDry(call, operation) };
}

export async function deleteRouteEntry(call: Call): Promise<Answer> {
  await submitUnlessDry(call, { kind: 'delete-route', route: routeOf(call) });
  return {};
}

export function describeRouteEntryList(call: Call): Answer {
  const { parameters, plane } = call;
  const table = parameters.required('RouteTableId');
  if (plane.inventory.routeTable(table) === undefined) {
    throw refusalError({ code: 'route-table-not-found', message: `no route table ${table}` });
  }
  const most = parameters.count('MaxResult', 50, LIST_MAX);
  const from = placeOf(call);
  const wanted = (name: string, value: string) => (parameters.text(name) ?? value) === value;
  const block = destinationOf(call);
  const found = plane.inventory
    .routesOfTable(table)
    .filter(({ id }) => wanted('RouteEntryId', id))
    .filter(({ destination }) => (block ?? destination) === destination)
    .filter(({ havip }) => wanted('NextHopId', havip) && wanted('NextHopType', 'HaVip'))
    .filter(() => wanted('RouteEntryType', 'Custom'));
  const next = from + most < found.length ? String(from + most) : '';
  const shown = found.slice(from, from + most).map(routeView);
  return { NextToken: next, RouteEntrys: { RouteEntry: shown } };
}

function routeView({ id, table, destination, havip }: Route): Record<string, unknown> {
  const hop = { NextHopId: havip, NextHopType: 'HaVip', Enabled: 1, Weight: 0 };
  return {
    RouteEntryId: id,
    RouteTableId: table,
    DestinationCidrBlock: destination,
    Status: 'Available',
    Type: 'Custom',
    IpVersion: 'ipv4',
    RouteEntryName: '',
    Description: '',
    NextHops: { NextHop: [hop] },
  };
}

/** Named by its id, or by table and destination. */
function routeOf(call: Call): string {
  const { parameters, plane } = call;
  const id = parameters.text('RouteEntryId');
  if (id !== undefined) return id;
  const table = parameters.text('RouteTableId');
  const destination = destinationOf(call);
  if (table === undefined || destination === undefined) {
    throw missing('RouteEntryId, or RouteTableId with DestinationCidrBlock,');
  }
  const hop = parameters.text('NextHopId');
  const route = plane.inventory
    .routesOfTable(table)
    .find((one) => one.destination === destination && (hop ?? one.havip) === one.havip);
  if (route !== undefined) return route.id;
  const message = `${table} has no such route to ${destination}`;
  throw refusalError({ code: 'route-not-found', message });
}

/** As routes are kept: without host bits. */
function destinationOf({ parameters }: Call): string | undefined {
  const destination = parameters.text('DestinationCidrBlock');
  return destination === undefined ? undefined : canonicalText(destination);
}
