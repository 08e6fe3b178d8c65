/** EIPs: allocated and released, associated with HaVips and listed. No packet is sent to them. */
import type { Eip } from '../../havip/inventory/resources.ts';
import { AlibabaError, invalid } from './alibaba-error.ts';
import { type Answer, type Call, pageOf, slice, submit } from './call.ts';
import type { Parameters } from './parameters.ts';

const PAGE_SIZE_MAX = 100;
/** Ids or addresses in one parameter, separated by commas. */
const NAMED_MAX = 50;

export async function allocateEipAddress(call: Call): Promise<Answer> {
  const { parameters, plane } = call;
  const address = parameters.text('IpAddress') ?? null;
  const id = await submit(call, { kind: 'create-eip', address });
  return { AllocationId: id, EipAddress: plane.inventory.eip(id)?.address ?? '' };
}

export async function releaseEipAddress(call: Call): Promise<Answer> {
  await submit(call, { kind: 'delete-eip', eip: call.parameters.required('AllocationId') });
  return {};
}

export async function associateEipAddress(call: Call): Promise<Answer> {
  const { parameters } = call;
  const eip = parameters.required('AllocationId');
  const havip = parameters.required('InstanceId');
  // Without a type the vendor takes the id for an ECS instance's.
  havipsOnly(parameters.text('InstanceType') ?? 'EcsInstance');
  await submit(call, { kind: 'associate-eip', eip, havip });
  return {};
}

export async function unassociateEipAddress(call: Call): Promise<Answer> {
  const { parameters } = call;
  const eip = parameters.required('AllocationId');
  havipsOnly(parameters.text('InstanceType') ?? 'HaVip');
  const havip = parameters.text('InstanceId');
  await submit(call, { kind: 'disassociate-eip', eip, ...(havip === undefined ? {} : { havip }) });
  return {};
}

export function describeEipAddresses(call: Call): Answer {
  const { parameters } = call;
  const page = pageOf(call, PAGE_SIZE_MAX);
  const ids = named(parameters, 'AllocationId');
  const addresses = named(parameters, 'EipAddress');
  const status = parameters.text('Status');
  const type = parameters.text('AssociatedInstanceType');
  const havip = parameters.text('AssociatedInstanceId');
  const found = call.plane.inventory
    .all('eip')
    .filter(({ id }) => ids === null || ids.has(id))
    .filter(({ address }) => addresses === null || addresses.has(address))
    .filter((eip) => status === undefined || statusOf(eip) === status)
    .filter((eip) => type === undefined || typeOf(eip) === type)
    .filter((eip) => havip === undefined || eip.havip === havip);
  const shown = slice(found, page).map((eip) => eipView(call, eip));
  return { TotalCount: found.length, ...page, EipAddresses: { EipAddress: shown } };
}

function eipView({ plane, context }: Call, eip: Eip): Record<string, unknown> {
  const havip = eip.havip === null ? undefined : plane.inventory.havip(eip.havip);
  const subnet = havip === undefined ? undefined : plane.inventory.subnet(havip.subnet);
  return {
    AllocationId: eip.id,
    IpAddress: eip.address,
    RegionId: context.region,
    Status: statusOf(eip),
    InstanceId: eip.havip ?? '',
    InstanceType: typeOf(eip),
    PrivateIpAddress: havip?.address ?? '',
    VpcId: subnet?.vpc ?? '',
    OperationLocks: { LockReason: [] },
    Tags: { Tag: [] },
  };
}

function statusOf({ havip }: Eip): string {
  return havip === null ? 'Available' : 'InUse';
}

function typeOf({ havip }: Eip): string {
  return havip === null ? '' : 'HaVip';
}

function havipsOnly(type: string): void {
  if (type === 'HaVip') return;
  const message = 'An EIP is associated with HaVips only here: set InstanceType to HaVip.';
  throw new AlibabaError(400, 'InvalidInstanceType.ValueNotSupported', message);
}

function named(parameters: Parameters, name: string): Set<string> | null {
  const names = parameters.text(name)?.split(',');
  if (names === undefined) return null;
  if (names.length > NAMED_MAX) throw invalid(name, `at most ${NAMED_MAX} are allowed`);
  return new Set(names.map((one) => one.trim()));
}
