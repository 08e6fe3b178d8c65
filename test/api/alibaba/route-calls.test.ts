// Route entries whose next hop is a HaVip.
import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, account } from '../account.ts';
import { done, type Fields, newHaVip, routeFields, verdict } from './ask.ts';

let one: Account;

beforeEach(() => {
  one = account('alibaba');
});

describe('route entries', () => {
  it('are made, listed and deleted', async () => {
    const id = await newHaVip(one);
    const { RouteEntryId } = await done(one, 'CreateRouteEntry', routeFields(id));
    const table = { RouteTableId: 'rtb-vpc-1' };
    const list = async (fields: Fields = {}) =>
      (await done(one, 'DescribeRouteEntryList', { ...table, ...fields })).RouteEntrys.RouteEntry;
    expect(await list()).toMatchObject([
      {
        RouteEntryId,
        DestinationCidrBlock: '172.16.0.0/16',
        Status: 'Available',
        NextHops: { NextHop: [{ NextHopId: id, NextHopType: 'HaVip' }] },
      },
    ]);
    expect(await list({ NextHopType: 'Instance' })).toEqual([]);
    const { RouteTableId, DestinationCidrBlock } = routeFields(id);
    await done(one, 'DeleteRouteEntry', { RouteTableId, DestinationCidrBlock });
    expect(await list()).toEqual([]);
  });

  it('are found and deleted by the block that they were made with, in any form', async () => {
    const id = await newHaVip(one);
    const asked = { ...routeFields(id), DestinationCidrBlock: '172.16.9.9/16' };
    const { RouteEntryId } = await done(one, 'CreateRouteEntry', asked);
    const { RouteTableId, DestinationCidrBlock } = asked;
    const wanted = { RouteTableId, DestinationCidrBlock };
    const { RouteEntrys } = await done(one, 'DescribeRouteEntryList', wanted);
    expect(RouteEntrys.RouteEntry).toMatchObject([
      { RouteEntryId, DestinationCidrBlock: '172.16.0.0/16' },
    ]);
    await done(one, 'DeleteRouteEntry', wanted);
    expect(one.plane.inventory.count('route')).toBe(0);
  });

  it('are listed by pages, each behind the token of the one before', async () => {
    const id = await newHaVip(one);
    for (let i = 0; i < 3; i++) {
      const block = { DestinationCidrBlock: `172.16.${i}.0/24` };
      await done(one, 'CreateRouteEntry', { ...routeFields(id), ...block });
    }
    const page = { RouteTableId: 'rtb-vpc-1', MaxResult: '2' };
    const first = await done(one, 'DescribeRouteEntryList', page);
    expect([first.RouteEntrys.RouteEntry.length, first.NextToken]).toEqual([2, '2']);
    const second = await done(one, 'DescribeRouteEntryList', { ...page, NextToken: '2' });
    expect([second.RouteEntrys.RouteEntry.length, second.NextToken]).toEqual([1, '']);
    for (const NextToken of ['x', '-1', '1.5', '9999999999']) {
      const asked = { ...page, NextToken };
      expect(await verdict(one, 'DescribeRouteEntryList', asked)).toBe('400 InvalidParameter');
    }
  });

  it('are only judged with DryRun', async () => {
    const id = await newHaVip(one);
    const dry = { ...routeFields(id), DryRun: 'true' };
    expect(await verdict(one, 'CreateRouteEntry', dry)).toBe('400 DryRunOperation');
    expect(one.plane.inventory.count('route')).toBe(0);
    const wrong = { ...dry, NextHopId: 'havip-9' };
    expect(await verdict(one, 'CreateRouteEntry', wrong)).toBe('404 InvalidHaVipId.NotFound');
    const { RouteEntryId } = await done(one, 'CreateRouteEntry', routeFields(id));
    expect(await verdict(one, 'DeleteRouteEntry', { RouteEntryId, DryRun: 'true' })).toBe(
      '400 DryRunOperation',
    );
    expect(one.plane.inventory.count('route')).toBe(1);
  });

  it('refuse what the rules refuse', async () => {
    const id = await newHaVip(one);
    const create = (fields: Fields) =>
      verdict(one, 'CreateRouteEntry', { ...routeFields(id), ...fields });
    expect(await create({ RouteTableId: 'rtb-9' })).toBe('404 InvalidRouteTableId.NotFound');
    expect(await create({ RouteTableId: 'rtb-vpc-2' })).toBe('400 Mismatch.HaVipIdAndRouteTableId');
    expect(await create({ DestinationCidrBlock: 'all' })).toBe('400 InvalidCIDRBlock.Malformed');
    expect(await create({ NextHopType: 'Instance' })).toBe('400 InvalidNextHopType.NotSupported');
    expect(await create({ 'NextHopList.1.NextHopId': id })).toBe('400 InvalidParameter');
    for (let i = 0; i < 5; i++) {
      expect(await create({ DestinationCidrBlock: `172.16.${i}.0/24` })).toBe('200');
    }
    expect(await create({ DestinationCidrBlock: '172.16.0.0/24' })).toBe(
      '400 InvalidRouteEntry.Duplicate',
    );
    expect(await create({ DestinationCidrBlock: '172.16.5.0/24' })).toBe(
      '400 QuotaExceeded.HaVipRouteEntry',
    );
    const gone: Fields[] = [
      { RouteEntryId: 'rte-9' },
      { RouteTableId: 'rtb-vpc-1', DestinationCidrBlock: '10.9.0.0/16' },
    ];
    for (const fields of gone) {
      expect(await verdict(one, 'DeleteRouteEntry', fields)).toBe('404 InvalidRouteEntry.NotFound');
    }
    const list = { RouteTableId: 'rtb-9' };
    expect(await verdict(one, 'DescribeRouteEntryList', list)).toBe(
      '404 InvalidRouteTableId.NotFound',
    );
  });
});
