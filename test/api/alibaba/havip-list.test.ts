// DescribeHaVips over an account that holds many: shape, filters, tags, pages.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Havip, MemberRef } from '../../../src/havip/inventory/resources.ts';
import { type Account, account } from '../account.ts';
import { ask, done, type Fields, put, SHAPES, shown, verdict } from './ask.ts';

let one: Account;

beforeEach(() => {
  one = account('alibaba');
});

function hold(id: string, fields: Partial<Havip> = {}): void {
  const havip: Havip = {
    kind: 'havip',
    id,
    lane: id,
    name: '',
    description: '',
    subnet: 'vsw-1',
    address: `192.168.0.${100 + one.plane.inventory.count('havip')}`,
    members: [],
    checkAssociate: false,
    tags: [],
    group: '',
    createdAt: Date.UTC(2026, 10, 21, 12, 0, 0, 250),
    ...fields,
  };
  one.plane.inventory.apply({ upserts: [havip], deletes: [] });
}

/** Ids that a list with these filters has. */
async function found(fields: Fields): Promise<string[]> {
  const { HaVips } = await done(one, 'DescribeHaVips', { PageSize: '50', ...fields });
  return HaVips.HaVip.map(({ HaVipId }: { HaVipId: string }) => HaVipId);
}

const filter = (n: number, Key: string, ...values: string[]): Fields => ({
  [`Filter.${n}.Key`]: Key,
  ...Object.fromEntries(values.map((value, i) => [`Filter.${n}.Value.${i + 1}`, value])),
});

describe('a HaVip', () => {
  it('has the keys that the SDK reads, in their odd case, and empty lists in place', async () => {
    hold('havip-1', { name: 'web', description: 'the shop' });
    expect(await shown(one, 'havip-1')).toEqual({
      HaVipId: 'havip-1',
      IpAddress: '192.168.0.100',
      VSwitchId: 'vsw-1',
      VpcId: 'vpc-1',
      RegionId: 'local',
      Status: 'Available',
      Name: 'web',
      Description: 'the shop',
      CreateTime: '2026-11-21T12:00:00Z',
      MasterInstanceId: '',
      AssociatedInstanceType: '',
      ChargeType: 'PostPaid',
      ResourceGroupId: '',
      AssociatedInstances: { associatedInstance: [] },
      AssociatedEipAddresses: { associatedEipAddresse: [] },
      Tags: { Tag: [] },
    });
  });

  it.each<[string, MemberRef[], string, string[], string]>([
    ['instances', [{ instance: 'i-1' }, { instance: 'i-2' }], 'EcsInstance', ['i-1', 'i-2'], 'i-2'],
    [
      'ENIs',
      [{ eni: 'i-1.eth1' }, { eni: 'i-2.eth0' }],
      'NetworkInterface',
      ['i-1.eth1', 'i-2.eth0'],
      'i-2.eth0',
    ],
  ])('of %s names them and the one that holds it', async (_what, members, type, ids, master) => {
    hold('havip-1', { members });
    const before = await shown(one, 'havip-1');
    expect(before).toMatchObject({ Status: 'InUse', MasterInstanceId: '' });
    one.holders.set('havip-1', '00:16:3e:00:00:02');
    expect(await shown(one, 'havip-1')).toMatchObject({
      AssociatedInstanceType: type,
      AssociatedInstances: { associatedInstance: ids },
      MasterInstanceId: master,
    });
  });

  it('whose holder is nobody that is known has no master', async () => {
    hold('havip-1');
    one.holders.set('havip-1', '02:00:00:00:00:99');
    expect((await shown(one, 'havip-1')).MasterInstanceId).toBe('');
  });
});

describe('pages', () => {
  it('has an empty list where there is nothing', async () => {
    const { body } = await ask(one, 'DescribeHaVips');
    expect(body).toEqual({
      RequestId: expect.stringMatching(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/),
      TotalCount: 0,
      PageNumber: 1,
      PageSize: 10,
      HaVips: { HaVip: [] },
    });
  });

  it('begins with the first ten, and counts all', async () => {
    for (let i = 0; i < 25; i++) hold(`havip-${i}`);
    const page = async (fields: Fields) => (await ask(one, 'DescribeHaVips', fields)).body;
    const first = await page({});
    expect(first).toMatchObject({ TotalCount: 25, PageNumber: 1, PageSize: 10 });
    expect(first.HaVips.HaVip).toHaveLength(10);
    const last = await page({ PageNumber: '3', PageSize: '10' });
    expect(last.HaVips.HaVip.map((havip: { HaVipId: string }) => havip.HaVipId)).toEqual([
      'havip-20',
      'havip-21',
      'havip-22',
      'havip-23',
      'havip-24',
    ]);
    const beyond = await page({ PageNumber: '4' });
    expect(beyond).toMatchObject({ TotalCount: 25, HaVips: { HaVip: [] } });
    expect((await page({ PageSize: '50' })).HaVips.HaVip).toHaveLength(25);
  });

  it.each(['0', '51', '-1', 'ten', '1.5', '1e1'])('refuses a page size of %s', async (PageSize) => {
    expect(await verdict(one, 'DescribeHaVips', { PageSize })).toBe('400 InvalidParameter');
  });
});

describe('filters', () => {
  beforeEach(() => {
    hold('havip-1', { tags: [{ key: 'env', value: 'prod' }], group: 'rg-1' });
    hold('havip-2', { members: [{ instance: 'i-1' }], tags: [{ key: 'env', value: 'test' }] });
    hold('havip-3', { subnet: 'vsw-2', address: '192.168.1.100' });
    hold('havip-4', { subnet: 'vsw-3', address: '10.0.0.100', members: [{ instance: 'i-1' }] });
  });

  it.each<[string, Fields, string[]]>([
    ['VpcId', filter(1, 'VpcId', 'vpc-1'), ['havip-1', 'havip-2', 'havip-3']],
    ['VSwitchId', filter(1, 'VSwitchId', 'vsw-2'), ['havip-3']],
    ['Status', filter(1, 'Status', 'InUse'), ['havip-2', 'havip-4']],
    ['HaVipId', filter(1, 'HaVipId', 'havip-4'), ['havip-4']],
    ['HaVipAddress', filter(1, 'HaVipAddress', '10.0.0.100'), ['havip-4']],
    ['values as OR', filter(1, 'VSwitchId', 'vsw-2', 'vsw-3'), ['havip-3', 'havip-4']],
    [
      'keys as AND',
      { ...filter(1, 'VpcId', 'vpc-1'), ...filter(2, 'Status', 'InUse') },
      ['havip-2'],
    ],
    ['what nobody is', filter(1, 'HaVipId', 'havip-9'), []],
    [
      'a value without a key, as Terraform sends it',
      { 'Filter.1.Value.1': 'havip-3' },
      ['havip-3'],
    ],
    ['a tag', { 'Tags.1.Key': 'env', 'Tags.1.Value': 'prod' }, ['havip-1']],
    ['a tag key', { 'Tags.1.Key': 'env' }, ['havip-1', 'havip-2']],
    ['a resource group', { ResourceGroupId: 'rg-1' }, ['havip-1']],
  ])('by %s', async (_what, fields, expected) => {
    expect(await found(fields)).toEqual(expected);
  });

  it('takes five keys of five values, not six', async () => {
    const values = ['vpc-1', 'v2', 'v3', 'v4', 'v5'];
    const five = Object.assign({}, ...[1, 2, 3, 4, 5].map((n) => filter(n, 'VpcId', ...values)));
    expect(await found(five)).toEqual(['havip-1', 'havip-2', 'havip-3']);
    const sixth = { ...five, ...filter(6, 'VpcId', 'vpc-1') };
    expect(await verdict(one, 'DescribeHaVips', sixth)).toBe('400 InvalidParameter');
    const more = filter(1, 'VpcId', ...values, 'v6');
    expect(await verdict(one, 'DescribeHaVips', more)).toBe('400 InvalidParameter');
  });

  it.each<[string, Fields, string]>([
    ['an unknown key', filter(1, 'Name', 'x'), '400 InvalidFilterKey.ValueNotSupported'],
    ['a key of every object', filter(1, 'toString', 'x'), '400 InvalidFilterKey.ValueNotSupported'],
    ['a key without values', filter(1, 'VpcId'), '400 MissingParameter'],
    ['number 0', filter(0, 'VpcId', 'vpc-1'), '400 InvalidParameter'],
    ['no number', { 'Filter.one.Key': 'VpcId' }, '400 InvalidParameter'],
  ])('refuses %s', async (_what, fields, expected) => {
    expect(await verdict(one, 'DescribeHaVips', fields)).toBe(expected);
  });

  it.each(Object.entries(SHAPES))('are read from a request of %s', async (_client, shape) => {
    const fields = { RegionId: 'local', ...filter(1, 'Status', 'InUse'), PageSize: '1' };
    const { status, body } = await put(one, shape('DescribeHaVips', fields));
    expect(status).toBe(200);
    expect(body).toMatchObject({ TotalCount: 2, PageSize: 1 });
    expect(body.HaVips.HaVip).toHaveLength(1);
  });
});
