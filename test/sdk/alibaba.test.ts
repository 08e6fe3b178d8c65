// Alibaba's own SDKs against the API: three generations, all their request shapes and signatures.
// Each does a HaVip's whole life with keys set, so every request below was also verified.
import { afterEach, describe, expect, it } from 'vitest';
import { alibaba } from '../../src/api/alibaba/alibaba.ts';
import { type Account, account } from '../api/account.ts';
import { type Served, serve } from '../api/server-client.ts';
import { type Call, CLIENTS, codeAndStatus, type MakeCall, type Wire } from './alibaba-clients.ts';
import { isInstalled, sdk } from './sdk.ts';

/** Loading an SDK takes seconds on a busy machine. */
const PATIENCE = 120_000;
const RIGHT = { accessKeyId: 'testid', accessKeySecret: 'testsecret' };

let served: Served | undefined;

afterEach(async () => {
  await served?.close();
  served = undefined;
});

/** An account whose time is the SDKs' own. */
async function start(keys: [string, string][] = [['testid', 'testsecret']]): Promise<Account> {
  const one = account('alibaba', keys);
  one.time.now = Date.now();
  served = await serve(one, { dialects: [alibaba] });
  return one;
}

async function refusal(asked: Promise<unknown>): Promise<string> {
  return asked.then(
    () => 'no refusal',
    (error) => codeAndStatus(error),
  );
}

const filter = (Key: string, ...Value: string[]): Wire => ({ Filter: [{ Key, Value }] });

describe.skipIf(!isInstalled).each(Object.entries(CLIENTS))('%s', (name, make: MakeCall) => {
  it('leads a HaVip through its life', { timeout: PATIENCE }, async () => {
    const one = await start();
    const call = make(served?.port as number, RIGHT);
    const made = await call('CreateHaVip', {
      VSwitchId: 'vsw-1',
      IpAddress: '192.168.0.88',
      Name: "a+b/ü (it's *)",
      Tag: [{ Key: 'env', Value: 'prod & test' }],
      ClientToken: 'token-1',
    });
    const HaVipId = made.HaVipId;
    expect(made).toMatchObject({
      HaVipId: expect.stringMatching(/^havip-/),
      IpAddress: '192.168.0.88',
    });
    await call('CreateHaVip', { VSwitchId: 'vsw-2' });
    await call('AssociateHaVip', { HaVipId, InstanceId: 'i-1', InstanceType: 'EcsInstance' });
    await call('AssociateHaVip', { HaVipId, InstanceId: 'i-2' });
    const eip = await call('AllocateEipAddress', {});
    const binding = { AllocationId: eip.AllocationId, InstanceId: HaVipId, InstanceType: 'HaVip' };
    await call('AssociateEipAddress', binding);
    const lane = one.plane.inventory.havip(HaVipId)?.lane as string;
    one.holders.set(lane, '00:16:3e:00:00:01');

    expect(await shown(call, HaVipId)).toMatchObject({
      HaVipId,
      VSwitchId: 'vsw-1',
      VpcId: 'vpc-1',
      Name: "a+b/ü (it's *)",
      Status: 'InUse',
      CreateTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      MasterInstanceId: 'i-1',
      AssociatedInstanceType: 'EcsInstance',
      AssociatedInstances: { associatedInstance: ['i-1', 'i-2'] },
      AssociatedEipAddresses: { associatedEipAddresse: [eip.EipAddress] },
      Tags: { Tag: [{ Key: 'env', Value: 'prod & test' }] },
    });
    const inUse = await call('DescribeEipAddresses', { AssociatedInstanceId: HaVipId });
    expect(inUse.EipAddresses.EipAddress).toMatchObject([{ Status: 'InUse', InstanceId: HaVipId }]);

    const unbind: Wire = { HaVipId, InstanceId: 'i-1' };
    expect(await refusal(call('UnassociateHaVip', unbind))).toBe('400 Forbidden.UnassociateMaster');
    expect(await refusal(call('DeleteHaVip', { HaVipId }))).toBe('400 IncorrectStatus');
    await call('UnassociateHaVip', { ...unbind, Force: 'True' });
    await call('UnassociateHaVip', { HaVipId, InstanceId: 'i-2' });
    await call('UnassociateEipAddress', binding);
    await call('DeleteHaVip', { HaVipId });
    expect(await shown(call, HaVipId)).toBeUndefined();
    expect(await refusal(call('DeleteHaVip', { HaVipId }))).toBe('404 InvalidHaVipId.NotFound');
  });

  it('lists with filters and pages, routes and tags', { timeout: PATIENCE }, async () => {
    await start();
    const call = make(served?.port as number, RIGHT);
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      ids.push((await call('CreateHaVip', { VSwitchId: 'vsw-1' })).HaVipId);
    }
    const [HaVipId] = ids as [string, string, string];
    const page = await call('DescribeHaVips', {
      PageNumber: 2,
      PageSize: 2,
      Filter: [
        { Key: 'VpcId', Value: ['vpc-1', 'vpc-2'] },
        { Key: 'Status', Value: ['Available'] },
      ],
    });
    expect(page).toMatchObject({ TotalCount: 3, PageNumber: 2, PageSize: 2 });
    expect(page.HaVips.HaVip.map((havip: Wire) => havip.HaVipId)).toEqual(ids.slice(2));
    expect((await call('DescribeHaVips', filter('Status', 'InUse'))).HaVips.HaVip).toEqual([]);

    const table = { RouteTableId: 'rtb-vpc-1' };
    const route = { ...table, DestinationCidrBlock: '172.16.0.0/16', NextHopType: 'HaVip' };
    const dry = { ...route, NextHopId: HaVipId, DryRun: true };
    // 6.3.2 has no such field, and drops it.
    if (!name.startsWith('6.')) {
      expect(await refusal(call('CreateRouteEntry', dry))).toBe('400 DryRunOperation');
    }
    const { RouteEntryId } = await call('CreateRouteEntry', { ...route, NextHopId: HaVipId });
    expect((await call('DescribeRouteEntryList', table)).RouteEntrys.RouteEntry).toMatchObject([
      { RouteEntryId, NextHops: { NextHop: [{ NextHopId: HaVipId }] } },
    ]);
    await call('DeleteRouteEntry', { RouteEntryId });

    const named = { ResourceType: 'HAVIP', ResourceId: ids };
    await call('TagResources', { ...named, Tag: [{ Key: 'team', Value: 'a' }] });
    const tagged = await call('ListTagResources', named);
    expect(tagged.TagResources.TagResource).toHaveLength(3);
    await call('UnTagResources', { ...named, TagKey: ['team'] });
    expect((await call('ListTagResources', named)).TagResources.TagResource).toEqual([]);
    const move = { ResourceType: 'HaVip', ResourceId: HaVipId, NewResourceGroupId: 'rg-1' };
    await call('MoveResourceGroup', move);
    expect((await shown(call, HaVipId)).ResourceGroupId).toBe('rg-1');
  });

  it('is refused with a wrong or an unknown key', { timeout: PATIENCE }, async () => {
    const one = await start();
    const port = served?.port as number;
    const wrong = make(port, { ...RIGHT, accessKeySecret: 'guessed' });
    expect(await refusal(wrong('CreateHaVip', { VSwitchId: 'vsw-1' }))).toBe(
      '400 SignatureDoesNotMatch',
    );
    const unknown = make(port, { ...RIGHT, accessKeyId: 'nobody' });
    expect(await refusal(unknown('CreateHaVip', { VSwitchId: 'vsw-1' }))).toBe(
      '404 InvalidAccessKeyId.NotFound',
    );
    one.time.now += 16 * 60 * 1000;
    expect(await refusal(make(port, RIGHT)('DescribeHaVips'))).toBe('400 InvalidTimeStamp.Expired');
    expect(one.plane.inventory.count('havip')).toBe(0);
  });

  it('may have any key where none is configured', { timeout: PATIENCE }, async () => {
    await start([]);
    const call = make(served?.port as number, { accessKeyId: 'any', accessKeySecret: 'key' });
    expect((await call('DescribeHaVips')).HaVips.HaVip).toEqual([]);
  });
});

describe.skipIf(!isInstalled)('typed errors', () => {
  it('are told apart by 7.3.2', { timeout: PATIENCE }, async () => {
    await start();
    const { ClientError, ThrottlingError } = sdk('@alicloud/openapi-core');
    const call = CLIENTS['7.3.2']?.(served?.port as number, RIGHT) as Call;
    const error = await call('DeleteHaVip', { HaVipId: 'havip-9' }).catch((one) => one);
    expect(error).toBeInstanceOf(ClientError);
    expect(error).not.toBeInstanceOf(ThrottlingError);
    expect(error.code).toBe('InvalidHaVipId.NotFound');
    expect(error.requestId).toMatch(/^[0-9A-F-]{36}$/);
    expect(error.message).toContain('havip-9');
  });
});

async function shown(call: Call, id: string) {
  return (await call('DescribeHaVips', filter('HaVipId', id))).HaVips.HaVip[0];
}
