/** CreateHaVip, DeleteHaVip, DescribeHaVips, ModifyHaVipAttribute. */
import { cidrContains, parseAddress, parseCidr } from '../../havip/cidr.ts';
import type { Inventory } from '../../havip/inventory/inventory.ts';
import type { MemberRef, Subnet } from '../../havip/inventory/resources.ts';
import { type Call, handler } from './call.ts';
import { refusalFault } from './codes.ts';
import { type Filter, filtered, filtersFault, readFilters } from './filters.ts';
import { type HaVipObject, havipObject } from './havip-object.ts';
import { memberOf, type Named, readAssociations, tooMany } from './members.ts';
import { type Fault, fault, NOTHING, type Result } from './result.ts';
import { rememberTask } from './tasks.ts';

const TOKEN_MAX = 64;
const PAGE_MAX = 100;
const PAGE_DEFAULT = 20;
/** Ours: how many ids one DescribeHaVips may name. */
const IDS_MAX = 100;

export const createHaVip = handler(
  (parameters) => ({
    vpc: parameters.requiredText('VpcId'),
    name: parameters.requiredText('HaVipName'),
    subnet: parameters.text('SubnetId'),
    address: parameters.text('Vip'),
    nic: parameters.text('NetworkInterfaceId'),
    checkAssociate: parameters.flag('CheckAssociate') ?? false,
    tags: parameters.items('Tags').map((part) => ({
      key: part.requiredText('Key'),
      value: part.text('Value') ?? '',
    })),
    associations: readAssociations(parameters),
    token: parameters.text('ClientToken'),
  }),
  async (input, call): Promise<Result> => {
    const { vpc, name, address, checkAssociate, tags, token } = input;
    const wrong = createFault(input);
    if (wrong !== null) return wrong;
    const members = membersOf(call.plane.inventory, input.associations);
    if (!Array.isArray(members)) return members;
    const subnet = input.subnet ?? subnetFor(call.plane.inventory, vpc, address);
    if (typeof subnet !== 'string') return subnet;
    const outcome = await call.submit(
      { kind: 'create-havip', vpc, subnet, address, name, checkAssociate, tags, members },
      token,
    );
    if (!outcome.ok) return refusalFault(call.action, outcome);
    const made = call.plane.inventory.havip(outcome.subject);
    if (made === undefined) {
      const message = `${outcome.subject}, which this ClientToken made, has been deleted since`;
      return fault('ResourceNotFound', message);
    }
    return { fields: { HaVip: havipObject(call.plane, made) } };
  },
);

export const deleteHaVip = handler(
  (parameters) => parameters.requiredText('HaVipId'),
  async (havip, call): Promise<Result> => {
    const outcome = await call.submit({ kind: 'delete-havip', havip });
    if (!outcome.ok) return refusalFault(call.action, outcome);
    rememberTask(call);
    return NOTHING;
  },
);

export const modifyHaVipAttribute = handler(
  (parameters) => ({
    havip: parameters.requiredText('HaVipId'),
    name: parameters.text('HaVipName'),
  }),
  async ({ havip, name }, call): Promise<Result> => {
    const texts = name === null ? {} : { name };
    const outcome = await call.submit({ kind: 'edit-havip', havip, ...texts });
    return outcome.ok ? NOTHING : refusalFault(call.action, outcome);
  },
);

export const describeHaVips = handler(
  (parameters) => ({
    ids: parameters.texts('HaVipIds'),
    filters: readFilters(parameters),
    offset: parameters.integer('Offset') ?? 0,
    limit: parameters.integer('Limit') ?? PAGE_DEFAULT,
  }),
  (input, call): Result => {
    const { ids, filters, offset, limit } = input;
    const wrong = listFault(input);
    if (wrong !== null) return wrong;
    const { found, total } = search(call, ids, filters, (from) =>
      from.slice(offset, offset + limit),
    );
    return { fields: { TotalCount: total, HaVipSet: found } };
  },
);

/** Without filters only the page is looked at closely. */
function search(
  { plane }: Call,
  ids: readonly string[],
  filters: readonly Filter[],
  page: <T>(from: T[]) => T[],
): { found: HaVipObject[]; total: number } {
  const { inventory } = plane;
  const wanted =
    ids.length === 0
      ? inventory.all('havip')
      : [...new Set(ids)].flatMap((id) => inventory.havip(id) ?? []);
  if (filters.length === 0) {
    return { found: page(wanted).map((one) => havipObject(plane, one)), total: wanted.length };
  }
  const left = filtered(
    wanted.map((one) => havipObject(plane, one)),
    filters,
  );
  return { found: page(left), total: left.length };
}

function listFault(input: {
  ids: readonly string[];
  filters: readonly Filter[];
  offset: number;
  limit: number;
}): Fault | null {
  const { ids, filters, offset, limit } = input;
  if (ids.length > 0 && filters.length > 0) {
    const message = 'HaVipIds and Filters exclude each other; name the ids by the filter havip-id';
    return fault('InvalidParameter.Coexist', message);
  }
  if (ids.length > IDS_MAX) {
    const message = `there are ${ids.length} HaVipIds; at most ${IDS_MAX} are taken`;
    return fault('InvalidParameterValue.LimitExceeded', message);
  }
  if (offset < 0 || limit < 1 || limit > PAGE_MAX) {
    const message = `Offset is ${offset}, Limit ${limit}; Offset is 0 or more, Limit 1 to 100`;
    return fault('InvalidParameterValue.Range', message);
  }
  return filtersFault(filters);
}

function createFault(input: {
  nic: string | null;
  token: string | null;
  associations: readonly Named[];
}): Fault | null {
  if (input.nic !== null) {
    const message =
      'nobody is made the holder by a call: leave NetworkInterfaceId out and announce';
    return fault('UnsupportedOperation', message);
  }
  if (input.token !== null && input.token.length > TOKEN_MAX) {
    const message = `the ClientToken has ${input.token.length} characters; ${TOKEN_MAX} at most`;
    return fault('InvalidParameterValue.TooLong', message);
  }
  return tooMany(input.associations.length);
}

function membersOf(inventory: Inventory, named: readonly Named[]): MemberRef[] | Fault {
  const members: MemberRef[] = [];
  for (const one of named) {
    const member = memberOf(inventory, one, 'InvalidParameterValue');
    if ('code' in member) return member;
    members.push(member);
  }
  return members;
}

/** Ours, as SubnetId is optional: the subnet that has the address, else the first of the VPC. */
function subnetFor(inventory: Inventory, vpc: string, address: string | null): string | Fault {
  const subnets = inventory.subnetsOfVpc(vpc);
  const chosen = address === null ? subnets[0] : subnets.find((one) => holds(one, address));
  if (chosen !== undefined) return chosen.id;
  if (inventory.vpc(vpc) === undefined) return fault('ResourceNotFound', `there is no VPC ${vpc}`);
  if (subnets.length === 0) return fault('ResourceNotFound', `${vpc} has no subnet`);
  return parseAddress(address ?? '') === null
    ? fault('InvalidParameterValue.Malformed', `${address} is no IP address`)
    : fault('InvalidParameterValue.Range', `no subnet of ${vpc} has ${address}`);
}

function holds({ cidrs }: Subnet, text: string): boolean {
  const address = parseAddress(text);
  return cidrs.some((cidr) => {
    const block = parseCidr(cidr);
    return address !== null && block !== null && cidrContains(block, address);
  });
}
