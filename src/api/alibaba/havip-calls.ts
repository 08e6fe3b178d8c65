/** The HaVip's own calls but for the list: create, modify, delete, associate, unassociate. */
import type { HavipTexts } from '../../havip/inventory/operation.ts';
import type { MemberRef } from '../../havip/inventory/resources.ts';
import { AlibabaError } from './alibaba-error.ts';
import { type Answer, type Call, submit } from './call.ts';
import { givenTags } from './tag-calls.ts';

export async function createHaVip(call: Call): Promise<Answer> {
  const { parameters, plane } = call;
  const group = parameters.text('ResourceGroupId');
  const tags = givenTags(parameters);
  const id = await submit(call, {
    kind: 'create-havip',
    subnet: parameters.required('VSwitchId'),
    address: parameters.text('IpAddress') ?? null,
    ...textsOf(call),
    ...(group === undefined ? {} : { group }),
    ...(tags.length === 0 ? {} : { tags }),
  });
  return { HaVipId: id, IpAddress: plane.inventory.havip(id)?.address ?? '' };
}

export async function modifyHaVipAttribute(call: Call): Promise<Answer> {
  const havip = call.parameters.required('HaVipId');
  await submit(call, { kind: 'edit-havip', havip, ...textsOf(call) });
  return {};
}

export async function deleteHaVip(call: Call): Promise<Answer> {
  await submit(call, { kind: 'delete-havip', havip: call.parameters.required('HaVipId') });
  return {};
}

export async function associateHaVip(call: Call): Promise<Answer> {
  const havip = call.parameters.required('HaVipId');
  await submit(call, { kind: 'associate', havip, member: memberOf(call) });
  return {};
}

export async function unassociateHaVip(call: Call): Promise<Answer> {
  const havip = call.parameters.required('HaVipId');
  const force = call.parameters.flag('Force');
  await submit(call, { kind: 'disassociate', havip, member: memberOf(call), force });
  return {};
}

/** What is empty counts as not said (ours), so a text cannot be taken away. */
function textsOf({ parameters }: Call): HavipTexts {
  const name = parameters.text('Name');
  const description = parameters.text('Description');
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
  };
}

/** Without an InstanceType an instance is meant, also where an ENI has that id. */
function memberOf({ parameters }: Call): MemberRef {
  const id = parameters.required('InstanceId');
  const type = parameters.text('InstanceType') ?? 'EcsInstance';
  if (type === 'EcsInstance') return { instance: id };
  if (type === 'NetworkInterface') return { eni: id };
  const message = 'The InstanceType must be EcsInstance or NetworkInterface.';
  throw new AlibabaError(400, 'InvalidInstanceType.ValueNotSupported', message);
}
