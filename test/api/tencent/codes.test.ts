// Each refusal in Tencent's words. The lists are the vendor's own "may return" lists of its Go SDK;
// what every API of the vendor may return stands in its list of common errors.
import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, account } from '../account.ts';
import { codeOf, eip, havip } from './asking.ts';

const VALUE = 'InvalidParameterValue';

const MAY_RETURN: Record<string, readonly string[]> = {
  CreateHaVip: [
    'InvalidParameter',
    VALUE,
    ...['.Duplicate', '.InvalidBusiness', '.Malformed', '.Range', '.Reserved', '.TooLong'].map(
      (end) => VALUE + end,
    ),
    'LimitExceeded',
    'ResourceInUse',
    'ResourceInsufficient',
    'ResourceNotFound',
    'UnsupportedOperation',
    'UnsupportedOperation.SubnetNotExists',
  ],
  DeleteHaVip: [
    'InvalidParameter',
    `${VALUE}.Malformed`,
    'ResourceNotFound',
    'UnsupportedOperation',
  ],
  ModifyHaVipAttribute: [
    'InvalidParameter',
    `${VALUE}.Malformed`,
    `${VALUE}.TooLong`,
    'ResourceNotFound',
    'UnsupportedOperation',
  ],
  HaVipAssociateAddressIp: [
    'InternalError.ModuleError',
    `${VALUE}.Malformed`,
    'ResourceNotFound',
    'UnsupportedOperation',
    'UnsupportedOperation.BindEIP',
  ],
  HaVipDisassociateAddressIp: [
    `${VALUE}.Malformed`,
    'ResourceNotFound',
    'UnsupportedOperation.MutexOperationTaskRunning',
    'UnsupportedOperation.UnbindEIP',
  ],
  DescribeVpcTaskResult: [VALUE, 'ResourceNotFound', 'UnsupportedOperation'],
};
const COMMON = ['MissingParameter', 'UnknownParameter', 'InvalidAction', 'InvalidParameterValue'];

let cloud: Account;
let id: string;

beforeEach(async () => {
  cloud = account('tencent');
  id = await havip(cloud, { Vip: '192.168.0.100' });
});

async function expectCode(action: string, parameters: object, code: string): Promise<void> {
  expect(await codeOf(cloud, action, parameters)).toBe(code);
  expect([...(MAY_RETURN[action] ?? []), ...COMMON]).toContain(code);
}

const wanted = { VpcId: 'vpc-1', SubnetId: 'vsw-1', HaVipName: 'web' };

describe('CreateHaVip', () => {
  it.each([
    ['an unknown VPC', { VpcId: 'vpc-none' }, 'ResourceNotFound'],
    ['an unknown subnet', { SubnetId: 'vsw-none' }, 'UnsupportedOperation.SubnetNotExists'],
    ['a subnet of another VPC', { VpcId: 'vpc-2' }, VALUE],
    ['no address', { Vip: '192.168.0' }, `${VALUE}.Malformed`],
    ['an address outside', { Vip: '192.168.1.100' }, `${VALUE}.Range`],
    ['the gateway', { Vip: '192.168.0.1' }, `${VALUE}.Reserved`],
    ['the broadcast address', { Vip: '192.168.0.255' }, `${VALUE}.Reserved`],
    ['an instance’s address', { Vip: '192.168.0.11' }, 'ResourceInUse'],
    ['a HaVip’s address', { Vip: '192.168.0.100' }, 'ResourceInUse'],
    ['61 characters', { HaVipName: 'n'.repeat(61) }, `${VALUE}.TooLong`],
    ['no name', { HaVipName: '' }, 'MissingParameter'],
    ['a long token', { ClientToken: 't'.repeat(65) }, `${VALUE}.TooLong`],
    ['a holder', { NetworkInterfaceId: 'i-1.eth0' }, 'UnsupportedOperation'],
    ['a tag twice', { Tags: [{ Key: 'a' }, { Key: 'a' }] }, `${VALUE}.Malformed`],
    [
      'an unknown instance',
      { HaVipAssociationSet: [{ InstanceId: 'i-none' }] },
      'ResourceNotFound',
    ],
    ['a far instance', { HaVipAssociationSet: [{ InstanceId: 'i-far' }] }, VALUE],
    [
      'an ENI as CVM',
      { HaVipAssociationSet: [{ InstanceId: 'i-1.eth0', InstanceType: 'CVM' }] },
      VALUE,
    ],
    [
      'an instance twice',
      { HaVipAssociationSet: [{ InstanceId: 'i-1' }, { InstanceId: 'i-1' }] },
      `${VALUE}.Duplicate`,
    ],
    [
      'eleven instances',
      { HaVipAssociationSet: new Array(11).fill({ InstanceId: 'i-1' }) },
      'LimitExceeded',
    ],
  ])('refuses %s', async (_what, more, code) => {
    await expectCode('CreateHaVip', { ...wanted, ...more }, code);
    expect(cloud.plane.inventory.count('havip')).toBe(1);
  });

  it.each([
    ['an unknown VPC', { VpcId: 'vpc-none' }, 'ResourceNotFound'],
    ['an address of no subnet', { VpcId: 'vpc-1', Vip: '10.9.9.9' }, `${VALUE}.Range`],
    ['no address', { VpcId: 'vpc-1', Vip: 'ten' }, `${VALUE}.Malformed`],
  ])('refuses %s where no subnet is named', async (_what, more, code) => {
    await expectCode('CreateHaVip', { HaVipName: 'web', ...more }, code);
  });

  it('takes names of 60 characters, however many octets they have', async () => {
    const named = { ...wanted, HaVipName: '名'.repeat(60) };
    expect(await codeOf(cloud, 'CreateHaVip', named)).toBeNull();
    expect(
      await codeOf(cloud, 'CreateHaVip', { ...wanted, ClientToken: 't'.repeat(64) }),
    ).toBeNull();
  });
});

describe('the others', () => {
  it.each([
    'DeleteHaVip',
    'ModifyHaVipAttribute',
    'HaVipDisassociateAddressIp',
  ])('%s wants a HaVip that there is', async (action) => {
    await expectCode(action, { HaVipId: 'havip-none' }, 'ResourceNotFound');
    await expectCode(action, {}, 'MissingParameter');
  });

  it('ModifyHaVipAttribute takes no long name', async () => {
    const named = { HaVipId: id, HaVipName: 'n'.repeat(61) };
    await expectCode('ModifyHaVipAttribute', named, `${VALUE}.TooLong`);
  });

  it('HaVipAssociateAddressIp wants a free EIP and a HaVip without one', async () => {
    const action = 'HaVipAssociateAddressIp';
    await eip(cloud, '203.0.113.10');
    await eip(cloud, '203.0.113.11');
    const other = await havip(cloud);
    const pair = (HaVipId: string, AddressIp: string) => ({ HaVipId, AddressIp });
    await expectCode(action, pair('havip-none', '203.0.113.10'), 'ResourceNotFound');
    await expectCode(action, pair(id, '203.0.113.99'), 'ResourceNotFound');
    await expectCode(action, pair(id, '203.0.113'), `${VALUE}.Malformed`);
    expect(await codeOf(cloud, action, pair(id, '203.0.113.10'))).toBeNull();
    await expectCode(action, pair(other, '203.0.113.10'), 'UnsupportedOperation.BindEIP');
    await expectCode(action, pair(id, '203.0.113.11'), 'UnsupportedOperation.BindEIP');
  });

  it('HaVipDisassociateAddressIp wants an EIP on it', async () => {
    const code = 'UnsupportedOperation.UnbindEIP';
    await expectCode('HaVipDisassociateAddressIp', { HaVipId: id }, code);
  });

  it('DescribeVpcTaskResult wants a task that there is', async () => {
    await expectCode('DescribeVpcTaskResult', { TaskId: 'none' }, 'ResourceNotFound');
  });

  it('DescribeVpcLimits wants types that are kept', async () => {
    const action = 'DescribeVpcLimits';
    await expectCode(action, {}, 'MissingParameter');
    await expectCode(action, { LimitTypes: ['appid-max-vpcs'] }, VALUE);
    const many = { LimitTypes: new Array(101).fill('vpc-max-havips') };
    await expectCode(action, many, VALUE);
  });
});
