// The shape of life that the Terraform provider of Tencent Cloud gives a HaVip, its EIP and its
// instances: each request as the provider sends it, each answer read as the provider reads it
// (resource_tc_ha_vip, _eip_attachment, _instance_attachment). Terraform itself is not run.
import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, account } from '../account.ts';
import { ask, codeOf, eip, type Response } from './asking.ts';

let cloud: Account;

beforeEach(() => {
  cloud = account('tencent');
});

/** tencentcloud_ha_vip: CreateHaVip, then read. */
async function create(name: string, vip?: string): Promise<string> {
  const optional = vip === undefined ? {} : { Vip: vip };
  const created = await ask(cloud, 'CreateHaVip', {
    VpcId: 'vpc-1',
    SubnetId: 'vsw-1',
    HaVipName: name,
    ...optional,
    CheckAssociate: false,
  });
  expect(created.Error).toBeUndefined();
  return created.HaVip.HaVipId;
}

/** By HaVipIds; null is "gone": d.SetId(""). */
async function read(id: string): Promise<Response | null> {
  const { HaVipSet, Error: failure } = await ask(cloud, 'DescribeHaVips', { HaVipIds: [id] });
  if (failure?.Code === 'ResourceNotFound') return null;
  expect(failure).toBeUndefined();
  expect(Array.isArray(HaVipSet)).toBe(true);
  return HaVipSet[0] ?? null;
}

/** Deletes until it is let, as it retries UnsupportedOperation; then reads until it is gone. */
async function destroy(id: string, between: () => Promise<unknown> = async () => {}) {
  for (let attempt = 0; ; attempt++) {
    const code = await codeOf(cloud, 'DeleteHaVip', { HaVipId: id });
    if (code === null) break;
    expect([attempt, code]).toEqual([0, 'UnsupportedOperation']);
    await between();
  }
  expect(await read(id)).toBeNull();
}

/** tencentcloud_ha_vip_instance_attachment reads by three filters, and the first association. */
async function readAttachment(id: string, instance: string, type: string) {
  const { HaVipSet } = await ask(cloud, 'DescribeHaVips', {
    Filters: [
      { Name: 'havip-id', Values: [id] },
      { Name: 'havip-association.instance-id', Values: [instance] },
      { Name: 'havip-association.instance-type', Values: [type] },
    ],
    Offset: 0,
    Limit: 20,
  });
  return HaVipSet[0]?.HaVipAssociationSet[0] ?? null;
}

function attachment(HaVipId: string, InstanceId: string, InstanceType: string) {
  return { HaVipAssociationSet: [{ HaVipId, InstanceId, InstanceType }] };
}

describe('tencentcloud_ha_vip', () => {
  it('is created, read, renamed, deleted and gone', async () => {
    const id = await create('terraform_test', '192.168.0.16');
    const state = await read(id);
    const set = ['HaVipName', 'CreatedTime', 'Vip', 'VpcId', 'SubnetId', 'AddressIp', 'State'];
    for (const field of [...set, 'NetworkInterfaceId', 'InstanceId']) {
      expect(state[field]).toBeTypeOf('string');
    }
    expect(state).toMatchObject({ Vip: '192.168.0.16', State: 'UNBIND', CheckAssociate: false });
    await ask(cloud, 'ModifyHaVipAttribute', { HaVipId: id, HaVipName: 'terraform_update' });
    expect((await read(id)).HaVipName).toBe('terraform_update');
    await destroy(id);
  });

  it('reads the address that it was given where it named none', async () => {
    const id = await create('terraform_test');
    expect((await read(id)).Vip).toMatch(/^192\.168\.0\.\d+$/);
    await destroy(id);
  });
});

describe('tencentcloud_ha_vip_eip_attachment', () => {
  it('is bound, polled until the address is there, unbound, polled until it is not', async () => {
    const AddressIp = '203.0.113.10';
    await eip(cloud, AddressIp);
    const id = await create('terraform_test');
    expect((await read(id)).AddressIp).toBe('');
    expect(await codeOf(cloud, 'HaVipAssociateAddressIp', { HaVipId: id, AddressIp })).toBeNull();
    expect((await read(id)).AddressIp).toBe(AddressIp);
    const unbind = () => codeOf(cloud, 'HaVipDisassociateAddressIp', { HaVipId: id });
    expect(await unbind()).toBeNull();
    expect((await read(id)).AddressIp).toBe('');
    await destroy(id);
  });

  it('keeps the HaVip until it is unbound: the provider tries again', async () => {
    const AddressIp = '203.0.113.10';
    await eip(cloud, AddressIp);
    const id = await create('terraform_test');
    await ask(cloud, 'HaVipAssociateAddressIp', { HaVipId: id, AddressIp });
    await destroy(id, () => ask(cloud, 'HaVipDisassociateAddressIp', { HaVipId: id }));
  });
});

describe('tencentcloud_ha_vip_instance_attachment', () => {
  it('is associated, read by its filters, taken back and gone', async () => {
    const id = await create('terraform_test');
    const wanted = [
      ['i-1', 'CVM'],
      ['i-2', 'CVM'],
      ['i-3.eth0', 'ENI'],
    ] as const;
    for (const [instance, type] of wanted) {
      const one = attachment(id, instance, type);
      expect(await codeOf(cloud, 'AssociateHaVipInstance', one)).toBeNull();
    }
    for (const [instance, type] of wanted) {
      const expected = { HaVipId: id, InstanceId: instance, InstanceType: type };
      expect(await readAttachment(id, instance, type)).toEqual(expected);
    }
    for (const [instance, type] of wanted) {
      const one = attachment(id, instance, type);
      expect(await codeOf(cloud, 'DisassociateHaVipInstance', one)).toBeNull();
      expect(await readAttachment(id, instance, type)).toBeNull();
    }
    expect((await read(id)).HaVipAssociationSet).toEqual([]);
    await destroy(id);
  });

  it('may leave the type out, which the provider then sends as empty text', async () => {
    const id = await create('terraform_test');
    const one = attachment(id, 'i-1', '');
    expect(await codeOf(cloud, 'AssociateHaVipInstance', one)).toBeNull();
    const expected = { HaVipId: id, InstanceId: 'i-1', InstanceType: 'CVM' };
    expect(await readAttachment(id, 'i-1', '')).toEqual(expected);
    expect(await codeOf(cloud, 'DisassociateHaVipInstance', one)).toBeNull();
    await destroy(id);
  });
});

describe('data sources', () => {
  it('find an empty list where there is nothing, never none at all', async () => {
    const Filters = [{ Name: 'havip-id', Values: ['havip-none'] }];
    for (const asked of [{}, { HaVipIds: ['havip-none'] }, { Filters, Offset: 0, Limit: 100 }]) {
      const response = await ask(cloud, 'DescribeHaVips', asked);
      expect(response).toMatchObject({ TotalCount: 0, HaVipSet: [] });
    }
  });
});
