import { describe, expect, it } from 'vitest';
import { account } from '../account.ts';
import { ask, codeOf, eip, havip, submit } from './asking.ts';

describe('CreateHaVip', () => {
  it('answers with the whole object, every field of it', async () => {
    const cloud = account('tencent');
    const { HaVip, RequestId } = await ask(cloud, 'CreateHaVip', {
      VpcId: 'vpc-1',
      SubnetId: 'vsw-1',
      HaVipName: 'web',
      Vip: '192.168.0.100',
    });
    expect(RequestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(HaVip).toEqual({
      HaVipId: expect.stringMatching(/^havip-[0-9a-z]{8}$/),
      HaVipName: 'web',
      Vip: '192.168.0.100',
      VpcId: 'vpc-1',
      SubnetId: 'vsw-1',
      NetworkInterfaceId: '',
      InstanceId: '',
      AddressIp: '',
      State: 'UNBIND',
      CreatedTime: '2026-11-21 12:00:00',
      Business: '',
      HaVipAssociationSet: [],
      CheckAssociate: false,
      CdcId: '',
      FlushedTime: '0000-00-00 00:00:00',
      TagSet: [],
    });
  });

  it('chooses a free address where none is given', async () => {
    const cloud = account('tencent');
    const first = await ask(cloud, 'DescribeHaVips', { HaVipIds: [await havip(cloud)] });
    const second = await ask(cloud, 'DescribeHaVips', { HaVipIds: [await havip(cloud)] });
    const addresses = [first.HaVipSet[0].Vip, second.HaVipSet[0].Vip];
    expect(new Set(addresses).size).toBe(2);
    for (const address of addresses) expect(address).toMatch(/^192\.168\.0\.\d+$/);
  });

  it('finds the subnet of the address where none is named', async () => {
    const cloud = account('tencent');
    const wanted = { VpcId: 'vpc-1', HaVipName: 'web', Vip: '192.168.1.100' };
    const { HaVip } = await ask(cloud, 'CreateHaVip', wanted);
    expect(HaVip.SubnetId).toBe('vsw-2');
    const free = await ask(cloud, 'CreateHaVip', { VpcId: 'vpc-2', HaVipName: 'web' });
    expect(free.HaVip.SubnetId).toBe('vsw-3');
  });

  it('takes tags, and associations of instances and ENIs side by side', async () => {
    const cloud = account('tencent');
    const id = await havip(cloud, {
      CheckAssociate: true,
      Tags: [{ Key: 'city', Value: 'shanghai' }, { Key: 'bare' }],
      HaVipAssociationSet: [
        { InstanceId: 'i-2', InstanceType: 'CVM' },
        { InstanceId: 'i-1.eth0', InstanceType: 'ENI' },
      ],
    });
    const { HaVipSet } = await ask(cloud, 'DescribeHaVips', { HaVipIds: [id] });
    expect(HaVipSet[0]).toMatchObject({
      CheckAssociate: true,
      TagSet: [
        { Key: 'city', Value: 'shanghai' },
        { Key: 'bare', Value: '' },
      ],
      HaVipAssociationSet: [
        { HaVipId: id, InstanceId: 'i-2', InstanceType: 'CVM' },
        { HaVipId: id, InstanceId: 'i-1.eth0', InstanceType: 'ENI' },
      ],
    });
  });

  it('does the same request with the same ClientToken once', async () => {
    const cloud = account('tencent');
    const first = await havip(cloud, { ClientToken: 'once' });
    expect(await havip(cloud, { ClientToken: 'once' })).toBe(first);
    expect((await ask(cloud, 'DescribeHaVips')).TotalCount).toBe(1);
    const other = { VpcId: 'vpc-1', SubnetId: 'vsw-1', HaVipName: 'other', ClientToken: 'once' };
    expect(await codeOf(cloud, 'CreateHaVip', other)).toBe('InvalidParameterValue');
  });
});

describe('the holder', () => {
  it('is shown with its instance, its ENI and when it took the HaVip', async () => {
    const cloud = account('tencent');
    const id = await havip(cloud);
    cloud.holders.set(id, '00:16:3e:00:01:01');
    cloud.flushed.set(id, Date.UTC(2026, 10, 21, 13, 5, 9));
    const { HaVipSet } = await ask(cloud, 'DescribeHaVips', { HaVipIds: [id] });
    expect(HaVipSet[0]).toMatchObject({
      State: 'AVAILABLE',
      InstanceId: 'i-1',
      NetworkInterfaceId: 'i-1.eth1',
      FlushedTime: '2026-11-21 13:05:09',
    });
  });

  it('keeps its HaVip from being deleted, as the vendor says: unbind in the HA software', async () => {
    const cloud = account('tencent');
    const id = await havip(cloud);
    cloud.holders.set(id, '00:16:3e:00:00:01');
    expect(await codeOf(cloud, 'DeleteHaVip', { HaVipId: id })).toBe('UnsupportedOperation');
    cloud.holders.clear();
    expect(await codeOf(cloud, 'DeleteHaVip', { HaVipId: id })).toBeNull();
    expect(await ask(cloud, 'DescribeHaVips', { HaVipIds: [id] })).toMatchObject({
      TotalCount: 0,
      HaVipSet: [],
    });
  });
});

describe('ModifyHaVipAttribute', () => {
  it('renames, held or not', async () => {
    const cloud = account('tencent');
    const id = await havip(cloud);
    cloud.holders.set(id, '00:16:3e:00:00:01');
    const response = await ask(cloud, 'ModifyHaVipAttribute', { HaVipId: id, HaVipName: '新名' });
    expect(Object.keys(response)).toEqual(['RequestId']);
    const { HaVipSet } = await ask(cloud, 'DescribeHaVips', { HaVipIds: [id] });
    expect(HaVipSet[0].HaVipName).toBe('新名');
  });
});

describe('EIPs, by their address', () => {
  it('are bound, shown, and unbound', async () => {
    const cloud = account('tencent');
    const id = await havip(cloud);
    await eip(cloud, '203.0.113.10');
    const pair = { HaVipId: id, AddressIp: '203.0.113.10' };
    expect(await codeOf(cloud, 'HaVipAssociateAddressIp', pair)).toBeNull();
    const bound = await ask(cloud, 'DescribeHaVips', { HaVipIds: [id] });
    expect(bound.HaVipSet[0].AddressIp).toBe('203.0.113.10');
    expect(await codeOf(cloud, 'DeleteHaVip', { HaVipId: id })).toBe('UnsupportedOperation');
    expect(await codeOf(cloud, 'HaVipDisassociateAddressIp', { HaVipId: id })).toBeNull();
    const free = await ask(cloud, 'DescribeHaVips', { HaVipIds: [id] });
    expect(free.HaVipSet[0].AddressIp).toBe('');
  });
});

describe('tasks', () => {
  it('are the RequestIds of the calls that the vendor does later', async () => {
    const cloud = account('tencent');
    const id = await havip(cloud);
    const { RequestId } = await ask(cloud, 'DeleteHaVip', { HaVipId: id });
    expect(await ask(cloud, 'DescribeVpcTaskResult', { TaskId: RequestId })).toMatchObject({
      Status: 'SUCCESS',
      Result: [],
    });
  });

  it('are unknown where the call was done at once, was refused, or is another account’s', async () => {
    const cloud = account('tencent');
    const created = await ask(cloud, 'CreateHaVip', { VpcId: 'vpc-1', HaVipName: 'web' });
    const refused = await ask(cloud, 'DeleteHaVip', { HaVipId: 'havip-none' });
    for (const { RequestId } of [created, refused]) {
      const code = await codeOf(cloud, 'DescribeVpcTaskResult', { TaskId: RequestId });
      expect(code).toBe('ResourceNotFound');
    }
    const done = await ask(cloud, 'DeleteHaVip', { HaVipId: created.HaVip.HaVipId });
    const elsewhere = account('tencent');
    const code = await codeOf(elsewhere, 'DescribeVpcTaskResult', { TaskId: done.RequestId });
    expect(code).toBe('ResourceNotFound');
  });

  it('are remembered up to a thousand, the newest', async () => {
    const cloud = account('tencent');
    await eip(cloud, '203.0.113.10');
    const id = await havip(cloud);
    const tasks: string[] = [];
    for (let round = 0; round <= 500; round++) {
      const bind = { HaVipId: id, AddressIp: '203.0.113.10' };
      tasks.push((await ask(cloud, 'HaVipAssociateAddressIp', bind)).RequestId);
      tasks.push((await ask(cloud, 'HaVipDisassociateAddressIp', { HaVipId: id })).RequestId);
    }
    const code = (place: number) =>
      codeOf(cloud, 'DescribeVpcTaskResult', { TaskId: tasks.at(place) });
    expect(await code(-1)).toBeNull();
    expect(await code(-1000)).toBeNull();
    expect(await code(-1001)).toBe('ResourceNotFound');
  });
});

describe('DescribeVpcLimits', () => {
  const asked = { LimitTypes: ['vpc-max-havips'] };

  it('tells the limit that holds: ten, or what the operator has set', async () => {
    const cloud = account('tencent');
    expect((await ask(cloud, 'DescribeVpcLimits', asked)).VpcLimitSet).toEqual([
      { LimitType: 'vpc-max-havips', LimitValue: 10 },
    ]);
    await submit(cloud, { kind: 'set-quota', quota: 'havipsPerVpc', most: 12 });
    const { VpcLimitSet } = await ask(cloud, 'DescribeVpcLimits', asked);
    expect(VpcLimitSet[0].LimitValue).toBe(12);
  });

  it('is the limit that CreateHaVip keeps', async () => {
    const cloud = account('tencent');
    for (let count = 0; count < 10; count++) await havip(cloud);
    const one = { VpcId: 'vpc-1', SubnetId: 'vsw-2', HaVipName: 'eleventh' };
    expect(await codeOf(cloud, 'CreateHaVip', one)).toBe('LimitExceeded');
    expect(await codeOf(cloud, 'CreateHaVip', { VpcId: 'vpc-2', HaVipName: 'first' })).toBeNull();
  });
});

describe('routes to a HaVip', () => {
  const route = (id: string, destination: string) => ({
    DestinationCidrBlock: destination,
    GatewayType: 'HAVIP',
    GatewayId: id,
  });

  it('are made, shown and deleted; one of them keeps its HaVip', async () => {
    const cloud = account('tencent');
    const id = await havip(cloud);
    const made = await ask(cloud, 'CreateRoutes', {
      RouteTableId: 'rtb-vpc-1',
      Routes: [route(id, '172.16.0.0/16'), route(id, '172.17.0.0/16')],
    });
    expect(made).toMatchObject({
      TotalCount: 2,
      RouteTableSet: [{ RouteTableId: 'rtb-vpc-1', VpcId: 'vpc-1' }],
    });
    expect(made.RouteTableSet[0].RouteSet).toMatchObject([
      { DestinationCidrBlock: '172.16.0.0/16', GatewayType: 'HAVIP', GatewayId: id },
      { DestinationCidrBlock: '172.17.0.0/16', GatewayType: 'HAVIP', GatewayId: id },
    ]);
    expect(await codeOf(cloud, 'DeleteHaVip', { HaVipId: id })).toBe('UnsupportedOperation');
    const [first] = made.RouteTableSet[0].RouteSet;
    const gone = [{ RouteItemId: first.RouteItemId }, { DestinationCidrBlock: '172.17.0.0/16' }];
    const wanted = { RouteTableId: 'rtb-vpc-1', Routes: gone };
    expect(await codeOf(cloud, 'DeleteRoutes', wanted)).toBeNull();
    expect(await codeOf(cloud, 'DeleteHaVip', { HaVipId: id })).toBeNull();
  });

  it('are deleted by the block that they were made with, in any form', async () => {
    const cloud = account('tencent');
    const id = await havip(cloud);
    const six = { DestinationIpv6CidrBlock: 'FD00:0:0:9::9/64' };
    const to = { GatewayType: 'HAVIP', GatewayId: id };
    const Routes = [route(id, '172.16.9.9/16'), { ...six, ...to }];
    const wanted = { RouteTableId: 'rtb-vpc-1', Routes };
    const { RouteTableSet } = await ask(cloud, 'CreateRoutes', wanted);
    expect(RouteTableSet[0].RouteSet).toMatchObject([
      { DestinationCidrBlock: '172.16.0.0/16', DestinationIpv6CidrBlock: '' },
      { DestinationCidrBlock: '', DestinationIpv6CidrBlock: 'fd00:0:0:9::/64' },
    ]);
    expect(await codeOf(cloud, 'DeleteRoutes', wanted)).toBeNull();
    expect(cloud.plane.inventory.count('route')).toBe(0);
  });

  it('are deleted by their id alone, where one is given', async () => {
    const cloud = account('tencent');
    const id = await havip(cloud);
    const Routes = [route(id, '172.16.0.0/16'), route(id, '172.17.0.0/16')];
    const made = await ask(cloud, 'CreateRoutes', { RouteTableId: 'rtb-vpc-1', Routes });
    const { RouteItemId } = made.RouteTableSet[0].RouteSet[1];
    const gone = [{ RouteItemId, DestinationCidrBlock: '172.16.0.0/16' }];
    const wanted = { RouteTableId: 'rtb-vpc-1', Routes: gone };
    expect(await codeOf(cloud, 'DeleteRoutes', wanted)).toBeNull();
    const left = cloud.plane.inventory.all('route').map(({ destination }) => destination);
    expect(left).toEqual(['172.16.0.0/16']);
  });

  it('are made all or none', async () => {
    const cloud = account('tencent');
    const id = await havip(cloud);
    const Routes = [route(id, '172.16.0.0/16'), route('havip-none', '172.17.0.0/16')];
    const wanted = { RouteTableId: 'rtb-vpc-1', Routes };
    expect(await codeOf(cloud, 'CreateRoutes', wanted)).toBe('ResourceNotFound');
    expect(cloud.plane.inventory.routesOfTable('rtb-vpc-1')).toEqual([]);
  });

  it('lead to HaVips only', async () => {
    const cloud = account('tencent');
    const Routes = [{ ...route('nat-1', '172.16.0.0/16'), GatewayType: 'NAT' }];
    const wanted = { RouteTableId: 'rtb-vpc-1', Routes };
    expect(await codeOf(cloud, 'CreateRoutes', wanted)).toBe('UnsupportedOperation');
  });
});
