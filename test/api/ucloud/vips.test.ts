import { beforeEach, describe, expect, it } from 'vitest';
import { ucloud } from '../../../src/api/ucloud/ucloud.ts';
import { type Account, account } from '../account.ts';
import { ask, get, IN_SUBNET, post, send, vip } from './asking.ts';

let cloud: Account;

beforeEach(() => {
  cloud = account('ucloud');
});

describe('AllocateVIP', () => {
  it('answers with what was allocated', async () => {
    const response = await ask(cloud, 'AllocateVIP', { ...IN_SUBNET, Ip: '192.168.0.100' });
    expect(response).toEqual({
      RetCode: 0,
      Action: 'AllocateVIPResponse',
      VIPSet: [{ VIP: '192.168.0.100', VIPId: expect.stringMatching(/^vip-/), VPCId: 'vpc-1' }],
      DataSet: ['192.168.0.100'],
    });
  });

  it('has the vendor’s defaults', async () => {
    await vip(cloud);
    const { VIPSet, TotalCount } = await ask(cloud, 'DescribeVIP');
    expect(TotalCount).toBe(1);
    expect(VIPSet[0]).toMatchObject({ Name: 'VIP', Tag: 'Default', Remark: '' });
  });

  it('allocates several, each with an address of its own', async () => {
    const { VIPSet, DataSet } = await ask(cloud, 'AllocateVIP', { ...IN_SUBNET, Count: 3 });
    expect(VIPSet).toHaveLength(3);
    expect(new Set(DataSet).size).toBe(3);
  });

  it('allocates all or none', async () => {
    for (let hundreds = 0; hundreds < 2; hundreds++) {
      const { RetCode } = await ask(cloud, 'AllocateVIP', { ...IN_SUBNET, Count: 100 });
      expect(RetCode).toBe(0);
    }
    const free = await ask(cloud, 'AllocateVIP', { ...IN_SUBNET, Count: 100 });
    expect(free.RetCode).toBe(2010);
    expect((await ask(cloud, 'DescribeVIP')).TotalCount).toBe(200);
  });

  it.each([
    ['no subnet', { VPCId: 'vpc-1' }, 220],
    ['no VPC', { SubnetId: 'vsw-1' }, 220],
    ['an unknown VPC', { ...IN_SUBNET, VPCId: 'vpc-none' }, 64002],
    ['an unknown subnet', { ...IN_SUBNET, SubnetId: 'vsw-none' }, 64003],
    ['a subnet of another VPC', { ...IN_SUBNET, VPCId: 'vpc-2' }, 64007],
    ['no address', { ...IN_SUBNET, Ip: '192.168' }, 2024],
    ['an address outside', { ...IN_SUBNET, Ip: '192.168.9.9' }, 64010],
    ['a reserved address', { ...IN_SUBNET, Ip: '192.168.0.255' }, 64011],
    ['an address in use', { ...IN_SUBNET, Ip: '192.168.0.11' }, 2022],
    ['a count of none', { ...IN_SUBNET, Count: 0 }, 230],
    ['a count of 101', { ...IN_SUBNET, Count: 101 }, 230],
    ['a count that is none', { ...IN_SUBNET, Count: 'many' }, 230],
    ['one address for two', { ...IN_SUBNET, Ip: '192.168.0.100', Count: 2 }, 230],
    ['no region', { ...IN_SUBNET, Region: '' }, 220],
  ])('refuses %s', async (_what, parameters, code) => {
    // As its SDK does with every error: four times.
    for (let attempt = 0; attempt < 4; attempt++) {
      const response = await ask(cloud, 'AllocateVIP', parameters);
      expect(response).toEqual({
        RetCode: code,
        Action: 'AllocateVIPResponse',
        Message: expect.any(String),
      });
    }
    expect((await ask(cloud, 'DescribeVIP')).TotalCount).toBe(0);
  });
});

describe('DescribeVIP', () => {
  it('shows every field, and the holder’s address as RealIp', async () => {
    const id = await vip(cloud, { Ip: '192.168.0.100', Name: '名', Remark: 'r', Tag: 'ops' });
    const expected = {
      Zone: 'local',
      VIPId: id,
      CreateTime: Date.UTC(2026, 10, 21, 12) / 1000,
      RealIp: '',
      VIP: '192.168.0.100',
      SubnetId: 'vsw-1',
      VPCId: 'vpc-1',
      Name: '名',
      Remark: 'r',
      Tag: 'ops',
    };
    expect((await ask(cloud, 'DescribeVIP')).VIPSet).toEqual([expected]);
    cloud.holders.set(id, '00:16:3e:00:01:01');
    const { VIPSet } = await ask(cloud, 'DescribeVIP');
    expect(VIPSet).toEqual([{ ...expected, RealIp: '192.168.0.21' }]);
  });

  it('filters by VPC, subnet, id and business group', async () => {
    const first = await vip(cloud, { Tag: 'ops' });
    const second = await vip(cloud, { SubnetId: 'vsw-2' });
    const third = await vip(cloud, { VPCId: 'vpc-2', SubnetId: 'vsw-3' });
    const found = async (filter: Record<string, string>) => {
      const { VIPSet, DataSet, TotalCount } = await ask(cloud, 'DescribeVIP', filter);
      expect([VIPSet.length, DataSet.length]).toEqual([TotalCount, TotalCount]);
      return VIPSet.map(({ VIPId }: { VIPId: string }) => VIPId);
    };
    expect(await found({})).toEqual([first, second, third]);
    expect(await found({ VPCId: 'vpc-1' })).toEqual([first, second]);
    expect(await found({ VPCId: 'vpc-1', SubnetId: 'vsw-2' })).toEqual([second]);
    expect(await found({ VIPId: third })).toEqual([third]);
    expect(await found({ Tag: 'ops' })).toEqual([first]);
    expect(await found({ Tag: 'Default' })).toEqual([second, third]);
    expect(await found({ VIPId: 'vip-none' })).toEqual([]);
  });

  it('wants the VPC beside the subnet', async () => {
    expect((await ask(cloud, 'DescribeVIP', { SubnetId: 'vsw-1' })).RetCode).toBe(220);
  });
});

describe('UpdateVIPAttribute', () => {
  it('changes what it names and nothing else', async () => {
    const id = await vip(cloud, { Name: 'old', Remark: 'old', Tag: 'old' });
    const response = await ask(cloud, 'UpdateVIPAttribute', { VIPId: id, Name: 'new' });
    expect(response).toEqual({ RetCode: 0, Action: 'UpdateVIPAttributeResponse' });
    const more = { VIPId: id, Remark: 'newer', Tag: 'newest' };
    await ask(cloud, 'UpdateVIPAttribute', more);
    const { VIPSet } = await ask(cloud, 'DescribeVIP');
    expect(VIPSet[0]).toMatchObject({ Name: 'new', Remark: 'newer', Tag: 'newest' });
    expect((await ask(cloud, 'UpdateVIPAttribute', { Name: 'x' })).RetCode).toBe(220);
    expect((await ask(cloud, 'UpdateVIPAttribute', { VIPId: 'vip-none' })).RetCode).toBe(64001);
  });
});

describe('ReleaseVIP', () => {
  it('releases a VIP, bound and held as it is; a second time there is none', async () => {
    const id = await vip(cloud);
    const caller = { dialect: 'native', call: 'test', requestId: 'test' };
    const member = { instance: 'i-1' };
    await cloud.plane.submit({ kind: 'associate', havip: id, member }, caller);
    cloud.holders.set(id, '00:16:3e:00:00:01');
    const released = await ask(cloud, 'ReleaseVIP', { VIPId: id });
    expect(released).toEqual({ RetCode: 0, Action: 'ReleaseVIPResponse' });
    expect((await ask(cloud, 'ReleaseVIP', { VIPId: id })).RetCode).toBe(64001);
    expect((await ask(cloud, 'DescribeVIP')).VIPSet).toEqual([]);
  });
});

describe('requests', () => {
  it('may come by query, where every value is text', async () => {
    const always = { Region: 'cn-bj2', PublicKey: 'pub' };
    const asked = get({ ...always, ...IN_SUBNET, Action: 'AllocateVIP', Count: 2, Name: 'a +b' });
    expect(ucloud.isMine(asked)).toBe(true);
    expect((await send(cloud, asked)).DataSet).toHaveLength(2);
    const all = { ...always, Action: 'DescribeVIP', Zone: 'cn-bj2-04', Charset: 'utf-8' };
    const { VIPSet } = await send(cloud, get(all));
    expect(VIPSet[1].Name).toBe('a +b');
  });

  it('are UCloud’s where they name a PublicKey', () => {
    expect(ucloud.isMine(post({ Action: 'DescribeVIP', PublicKey: 'pub' }))).toBe(true);
    expect(ucloud.isMine(post({ Action: 'DescribeVIP' }))).toBe(false);
    expect(ucloud.isMine(get({ Action: 'DescribeHaVips', Version: '2016-04-28' }))).toBe(false);
    const broken = { ...post({}), body: Buffer.from('{"PublicKey":') };
    expect(ucloud.isMine(broken)).toBe(false);
    expect(ucloud.isMine({ ...post({ PublicKey: 'pub' }), method: 'PUT' })).toBe(false);
  });

  it('without an Action, or with an unknown one, get the vendor’s codes', async () => {
    expect((await send(cloud, post({ PublicKey: 'pub' }))).RetCode).toBe(160);
    expect(await ask(cloud, 'CreateVIP')).toMatchObject({
      RetCode: 161,
      Action: 'CreateVIPResponse',
    });
    expect((await ask(cloud, 'constructor')).RetCode).toBe(161);
  });

  it('are told what the server refuses', () => {
    const asked = post({ Action: 'ReleaseVIP', PublicKey: 'pub' });
    const refuse = (why: 'throttled' | 'other-provider') =>
      ucloud.refuse?.(asked, cloud.context, { why, message: 'because' });
    expect(refuse('throttled')).toMatchObject({
      status: 200,
      body: { RetCode: 153, Action: 'ReleaseVIPResponse', Message: 'because' },
    });
    expect(refuse('other-provider')).toMatchObject({ status: 200, body: { RetCode: 64000 } });
  });
});
