/** AllocateVIP, DescribeVIP, ReleaseVIP, UpdateVIPAttribute. */
import type { HavipTexts, Operation, Outcome } from '../../havip/inventory/operation.ts';
import type { Plane } from '../../havip/inventory/plane.ts';
import type { Havip } from '../../havip/inventory/resources.ts';
import type { ParameterReader } from '../parameter-reader.ts';
import {
  BAD_PARAMETER,
  type Fault,
  fault,
  MISSING_PARAMETER,
  parameterFault,
  refusalFault,
} from './codes.ts';

export interface Call {
  parameters: ParameterReader;
  plane: Plane;
  /** What `Zone` says of every VIP. */
  zone: string;
  submit(operation: Operation): Promise<Outcome>;
}

/** The fields of a response beside RetCode and Action. */
export type Result = { fields: Readonly<Record<string, unknown>> } | Fault;

export type Handler = (call: Call) => Promise<Result>;

/** Ours: how many one AllocateVIP may ask for. */
const COUNT_MAX = 100;

/** The vendor's defaults of AllocateVIP. */
const NAME_DEFAULT = 'VIP';
const GROUP_DEFAULT = 'Default';

const NOTHING: Result = { fields: {} };

/** A handler that reads all its parameters before it does anything. */
function handler<Input>(
  read: (parameters: ParameterReader) => Input,
  run: (input: Input, call: Call) => Result | Promise<Result>,
): Handler {
  return async (call) => {
    const { parameters } = call;
    parameters.requiredText('Region');
    const input = read(parameters);
    // One account is one project and one zone here: what else a request names, says nothing.
    const wrong = parameters.faultOfRead();
    return wrong === null ? run(input, call) : parameterFault(wrong);
  };
}

export const allocateVip = handler(
  (parameters) => ({
    vpc: parameters.requiredText('VPCId'),
    subnet: parameters.requiredText('SubnetId'),
    address: parameters.text('Ip'),
    count: parameters.integer('Count') ?? 1,
    name: parameters.text('Name') ?? NAME_DEFAULT,
    group: parameters.text('Tag') ?? GROUP_DEFAULT,
    description: parameters.text('Remark') ?? '',
  }),
  async ({ count, ...wanted }, { plane, submit }): Promise<Result> => {
    if (count < 1 || count > COUNT_MAX) {
      return fault(BAD_PARAMETER, `Params [Count] not available; it is 1 to ${COUNT_MAX}`);
    }
    if (count > 1 && wanted.address !== null) {
      return fault(BAD_PARAMETER, 'Params [Count] not available; one Ip is one VIP');
    }
    const step = { kind: 'create-havip' as const, ...wanted };
    const outcome = await submit({ kind: 'all', steps: new Array(count).fill(step) });
    if (!outcome.ok) return refusalFault(outcome);
    const { inventory } = plane;
    const made = (outcome.subjects ?? []).flatMap((id) => inventory.havip(id) ?? []);
    const set = made.map(({ id, address }) => ({ VIP: address, VIPId: id, VPCId: wanted.vpc }));
    return { fields: { VIPSet: set, DataSet: made.map(({ address }) => address) } };
  },
);

export const describeVip = handler(
  (parameters) => ({
    vpc: parameters.text('VPCId'),
    subnet: parameters.text('SubnetId'),
    havip: parameters.text('VIPId'),
    group: parameters.text('Tag'),
  }),
  ({ vpc, subnet, havip, group }, { plane, zone }): Result => {
    if (subnet !== null && vpc === null) {
      return fault(MISSING_PARAMETER, 'Missing params [VPCId]; SubnetId needs it');
    }
    const { inventory } = plane;
    const set = inventory
      .all('havip')
      .filter((one) => havip === null || one.id === havip)
      .filter((one) => subnet === null || one.subnet === subnet)
      .filter((one) => vpc === null || inventory.subnet(one.subnet)?.vpc === vpc)
      .filter((one) => group === null || groupOf(one) === group)
      .map((one) => vipObject(plane, one, zone));
    const addresses = set.map(({ VIP }) => VIP);
    return { fields: { VIPSet: set, DataSet: addresses, TotalCount: set.length } };
  },
);

export const releaseVip = handler(
  (parameters) => parameters.requiredText('VIPId'),
  async (havip, { submit }): Promise<Result> => {
    const outcome = await submit({ kind: 'delete-havip', havip });
    return outcome.ok ? NOTHING : refusalFault(outcome);
  },
);

export const updateVipAttribute = handler(
  (parameters) => ({
    havip: parameters.requiredText('VIPId'),
    name: parameters.text('Name'),
    description: parameters.text('Remark'),
    group: parameters.text('Tag'),
  }),
  async ({ havip, name, description, group }, { submit }): Promise<Result> => {
    const texts: HavipTexts = {};
    if (name !== null) texts.name = name;
    if (description !== null) texts.description = description;
    if (group !== null) texts.group = group;
    const outcome = await submit({ kind: 'edit-havip', havip, ...texts });
    return outcome.ok ? NOTHING : refusalFault(outcome);
  },
);

function vipObject(plane: Plane, havip: Havip, zone: string) {
  return {
    Zone: zone,
    VIPId: havip.id,
    CreateTime: Math.floor(havip.createdAt / 1000),
    RealIp: plane.holderOf(havip.id)?.address ?? '',
    VIP: havip.address,
    SubnetId: havip.subnet,
    VPCId: plane.inventory.subnet(havip.subnet)?.vpc ?? '',
    Name: havip.name,
    Remark: havip.description,
    Tag: groupOf(havip),
  };
}

/** What the lab file made has no group of its own. */
function groupOf({ group }: Havip): string {
  return group === '' ? GROUP_DEFAULT : group;
}
