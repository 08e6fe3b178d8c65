/** Routes whose next hop is a HaVip. */
import { parseCidr } from '../cidr.ts';
import { accept, type DecisionContext, refuse } from './decision.ts';
import type { Inventory } from './inventory.ts';
import { faultOfCount } from './limits.ts';
import { idOf } from './new-id.ts';
import { notFound } from './not-found.ts';
import type { Operation, Outcome } from './operation.ts';
import type { Route } from './resources.ts';

type Creation = Extract<Operation, { kind: 'create-route' }>;
type Deletion = Extract<Operation, { kind: 'delete-route' }>;

export function createRoute(
  inventory: Inventory,
  asked: Creation,
  { rules, newId }: DecisionContext,
): Outcome {
  const table = inventory.routeTable(asked.table);
  if (table === undefined) return notFound('route table', asked.table);
  const havip = inventory.havip(asked.havip);
  if (havip === undefined) return notFound('HaVip', asked.havip);
  const block = parseCidr(asked.destination);
  if (block === null) {
    const why = `${asked.destination} is no CIDR block; write one, as 10.9.0.0/16`;
    return refuse('destination-malformed', why);
  }
  const vpc = inventory.subnet(havip.subnet)?.vpc;
  if (vpc !== table.vpc) {
    const where = `${table.id} is of VPC ${table.vpc}, HaVip ${havip.id} of ${vpc}`;
    return refuse('vpc-mismatch', `route table ${where}; take a table of ${vpc}`);
  }
  const routes = inventory.routesOfTable(table.id);
  const twin = routes.find(({ destination }) => destination === block.text);
  if (twin !== undefined) {
    const has = `route table ${table.id} has route ${twin.id} to ${block.text} already`;
    return refuse('route-exists', `${has}; delete that one first`);
  }
  const inVpc = inventory
    .tablesOfVpc(table.vpc)
    .reduce((sum, { id }) => sum + inventory.routesOfTable(id).length, 0);
  const advice: string[] = [];
  const fault =
    faultOfCount(
      inventory,
      rules,
      { name: 'routesPerTable', subject: `route table ${table.id}`, would: routes.length + 1 },
      advice,
    ) ??
    faultOfCount(
      inventory,
      rules,
      { name: 'routesPerVpc', subject: `VPC ${table.vpc}`, would: inVpc + 1 },
      advice,
    );
  if (fault !== null) return fault;
  const id = idOf(rules, 'route', newId);
  const destination = block.text;
  const route: Route = { kind: 'route', id, table: table.id, destination, havip: havip.id };
  return accept(id, { upserts: [route], advice });
}

export function deleteRoute(inventory: Inventory, asked: Deletion): Outcome {
  const route = inventory.route(asked.route);
  if (route === undefined) return notFound('route', asked.route);
  return accept(route.id, { deletes: [{ kind: 'route', id: route.id }] });
}
