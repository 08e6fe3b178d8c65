import { beforeAll, describe, expect, it } from 'vitest';
import { account } from '../account.ts';
import { ask, codeOf, eip, havip, type Response } from './asking.ts';

const cloud = account('tencent');
let web: string;
let db: string;
let far: string;

beforeAll(async () => {
  web = await havip(cloud, {
    HaVipName: 'web',
    Vip: '192.168.0.100',
    CheckAssociate: true,
    HaVipAssociationSet: [{ InstanceId: 'i-1' }, { InstanceId: 'i-2.eth0', InstanceType: 'ENI' }],
  });
  db = await havip(cloud, { HaVipName: 'db', SubnetId: 'vsw-2', Vip: '192.168.1.100' });
  far = await havip(cloud, { HaVipName: 'web', VpcId: 'vpc-2', SubnetId: 'vsw-3' });
  await eip(cloud, '203.0.113.10');
  await ask(cloud, 'HaVipAssociateAddressIp', { HaVipId: db, AddressIp: '203.0.113.10' });
});

function idsOf({ HaVipSet }: Response): string[] {
  return HaVipSet.map(({ HaVipId }: { HaVipId: string }) => HaVipId);
}

async function found(...filters: [string, ...string[]][]): Promise<string[]> {
  const Filters = filters.map(([Name, ...Values]) => ({ Name, Values }));
  return idsOf(await ask(cloud, 'DescribeHaVips', { Filters }));
}

const INSTANCE = 'havip-association.instance-id';
const TYPE = 'havip-association.instance-type';

describe('filters of DescribeHaVips', () => {
  it('each find what they name', async () => {
    expect(await found(['havip-id', db])).toEqual([db]);
    expect(await found(['havip-name', 'web'])).toEqual([web, far]);
    expect(await found(['vpc-id', 'vpc-1'])).toEqual([web, db]);
    expect(await found(['subnet-id', 'vsw-3'])).toEqual([far]);
    expect(await found(['vip', '192.168.1.100'])).toEqual([db]);
    expect(await found(['address-ip', '203.0.113.10'])).toEqual([db]);
    expect(await found([INSTANCE, 'i-1'])).toEqual([web]);
    expect(await found([TYPE, 'ENI'])).toEqual([web]);
    expect(await found(['check-associate', 'true'])).toEqual([web]);
    expect(await found(['check-associate', 'False'])).toEqual([db, far]);
    expect(await found(['type', 'NORMAL'])).toEqual([web, db, far]);
    expect(await found(['type', 'GWLB'])).toEqual([]);
    expect(await found(['cdc-id', 'cluster-1'])).toEqual([]);
    expect(await found(['termination-protection', 'true'])).toEqual([]);
    expect(await found(['traffic-protection', 'false'])).toEqual([web, db, far]);
  });

  it('hold together: any value of each, and all of them', async () => {
    expect(await found(['havip-name', 'web', 'db'])).toEqual([web, db, far]);
    expect(await found(['havip-name', 'web'], ['vpc-id', 'vpc-1'])).toEqual([web]);
    expect(await found(['havip-name', 'db'], ['vpc-id', 'vpc-2'])).toEqual([]);
  });

  it('on an association ask for one that meets them all', async () => {
    expect(await found([INSTANCE, 'i-1'], [TYPE, 'CVM'])).toEqual([web]);
    expect(await found([INSTANCE, 'i-1'], [TYPE, 'ENI'])).toEqual([]);
  });

  it('show the association that was asked for first, for Terraform reads the first', async () => {
    const Filters = [{ Name: INSTANCE, Values: ['i-2.eth0'] }];
    const { HaVipSet } = await ask(cloud, 'DescribeHaVips', { Filters });
    expect(HaVipSet[0].HaVipAssociationSet).toEqual([
      { HaVipId: web, InstanceId: 'i-2.eth0', InstanceType: 'ENI' },
      { HaVipId: web, InstanceId: 'i-1', InstanceType: 'CVM' },
    ]);
  });
});

describe('HaVipIds', () => {
  it('find those that are there, each once', async () => {
    const asked = { HaVipIds: [far, web, 'havip-none', far] };
    const response = await ask(cloud, 'DescribeHaVips', asked);
    expect(idsOf(response)).toEqual([far, web]);
    expect(response.TotalCount).toBe(2);
  });

  it('exclude filters', async () => {
    const Filters = [{ Name: 'vpc-id', Values: ['vpc-1'] }];
    const both = { HaVipIds: [web], Filters };
    expect(await codeOf(cloud, 'DescribeHaVips', both)).toBe('InvalidParameter.Coexist');
    expect(await codeOf(cloud, 'DescribeHaVips', { HaVipIds: [], Filters })).toBeNull();
  });
});

describe('pages', () => {
  it('begin at Offset and have Limit, of a total that counts all', async () => {
    const page = async (Offset: number, Limit: number) => {
      const response = await ask(cloud, 'DescribeHaVips', { Offset, Limit });
      return [response.TotalCount, idsOf(response)];
    };
    expect(await page(0, 2)).toEqual([3, [web, db]]);
    expect(await page(2, 2)).toEqual([3, [far]]);
    expect(await page(3, 100)).toEqual([3, []]);
    const filtered = await ask(cloud, 'DescribeHaVips', {
      Filters: [{ Name: 'havip-name', Values: ['web'] }],
      Offset: 1,
    });
    expect([filtered.TotalCount, idsOf(filtered)]).toEqual([2, [far]]);
  });

  it('have twenty where nothing is said', async () => {
    const full = account('tencent');
    for (const subnet of ['vsw-1', 'vsw-3']) {
      const VpcId = subnet === 'vsw-3' ? 'vpc-2' : 'vpc-1';
      await full.plane.submit(
        { kind: 'set-quota', quota: 'havipsPerVpc', most: 50 },
        { dialect: 'native', call: 'test', requestId: 'test' },
      );
      for (let count = 0; count < 11; count++) await havip(full, { VpcId, SubnetId: subnet });
    }
    const { TotalCount, HaVipSet } = await ask(full, 'DescribeHaVips');
    expect([TotalCount, HaVipSet.length]).toEqual([22, 20]);
  });

  it('end at a hundred', async () => {
    expect(await codeOf(cloud, 'DescribeHaVips', { Limit: 100 })).toBeNull();
    for (const wrong of [{ Limit: 101 }, { Limit: 0 }, { Offset: -1 }]) {
      expect(await codeOf(cloud, 'DescribeHaVips', wrong)).toBe('InvalidParameterValue.Range');
    }
  });
});

describe('what filters may not be', () => {
  const many = (count: number) => Array.from({ length: count }, (_, n) => `value-${n}`);
  const filters = (count: number) =>
    many(count).map((value) => ({ Name: 'havip-name', Values: [value] }));

  it('is more than ten, of more than five values', async () => {
    const limit = 'InvalidParameterValue.LimitExceeded';
    expect(await codeOf(cloud, 'DescribeHaVips', { Filters: filters(10) })).toBeNull();
    expect(await codeOf(cloud, 'DescribeHaVips', { Filters: filters(11) })).toBe(limit);
    const values = (count: number) => ({ Filters: [{ Name: 'vip', Values: many(count) }] });
    expect(await codeOf(cloud, 'DescribeHaVips', values(5))).toBeNull();
    expect(await codeOf(cloud, 'DescribeHaVips', values(6))).toBe(limit);
  });

  it('is a name that there is not, or without values', async () => {
    const unknown = { Filters: [{ Name: 'constructor', Values: ['x'] }] };
    const code = 'InvalidParameter.FilterInvalidKey';
    expect(await codeOf(cloud, 'DescribeHaVips', unknown)).toBe(code);
    const empty = { Filters: [{ Name: 'vip', Values: [] }] };
    expect(await codeOf(cloud, 'DescribeHaVips', empty)).toBe('MissingParameter');
  });
});
