// Tencent's own SDK for Node.js against the port, in each of its ways to sign.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tencent } from '../../src/api/tencent/tencent.ts';
import { type Account, account } from '../api/account.ts';
import { type Served, serve } from '../api/server-client.ts';
import { eip } from '../api/tencent/asking.ts';
import { isInstalled, sdk } from './sdk.ts';

const PRODUCT = 'tencentcloud-sdk-nodejs/tencentcloud/services/vpc';
const ID = 'AKIDtest';
const KEY = 'test-key';

// biome-ignore lint/suspicious/noExplicitAny: the SDK has no types here.
type Client = any;

interface Way {
  signMethod: 'TC3-HMAC-SHA256' | 'HmacSHA256' | 'HmacSHA1';
  reqMethod: 'POST' | 'GET';
}

const WAYS: Way[] = (['TC3-HMAC-SHA256', 'HmacSHA256', 'HmacSHA1'] as const).flatMap(
  (signMethod) => [
    { signMethod, reqMethod: 'POST' },
    { signMethod, reqMethod: 'GET' },
  ],
);

function clientOf({ port }: Served, way: Way, secretKey = KEY, secretId = ID): Client {
  const { Client } = sdk(PRODUCT).vpc.v20170312;
  const endpoint = `127.0.0.1:${port}`;
  return new Client({
    credential: { secretId, secretKey },
    region: 'ap-guangzhou',
    profile: {
      signMethod: way.signMethod,
      httpProfile: { endpoint, protocol: 'http://', reqMethod: way.reqMethod, reqTimeout: 20 },
    },
  });
}

/** What the SDK throws. */
async function thrown(call: Promise<unknown>): Promise<{ code?: string; requestId?: string }> {
  try {
    await call;
  } catch (error) {
    return error as { code?: string; requestId?: string };
  }
  throw new Error('the call was accepted');
}

describe.skipIf(!isInstalled)('tencentcloud-sdk-nodejs', () => {
  const proxy = process.env.http_proxy;
  let cloud: Account;
  let served: Served;

  beforeAll(async () => {
    // The SDK asks a proxy even for 127.0.0.1, whatever no_proxy says.
    delete process.env.http_proxy;
    cloud = account('tencent', [[ID, KEY]]);
    served = await serve(cloud, { dialects: [tencent] });
  });
  afterAll(async () => {
    if (proxy !== undefined) process.env.http_proxy = proxy;
    await served.close();
  });

  /** Requests are signed with the clock of the machine. */
  const now = (): void => {
    cloud.time.now = Date.now();
  };

  it.each(WAYS)('lives a HaVip’s life by $signMethod and $reqMethod', async (way) => {
    now();
    const client = clientOf(served, way);
    const made = await client.CreateHaVip({
      VpcId: 'vpc-1',
      SubnetId: 'vsw-1',
      HaVipName: '名 a+b&c=d',
      CheckAssociate: true,
      Tags: [{ Key: 'city', Value: '上海' }],
    });
    const id = made.HaVip.HaVipId;
    expect(made.HaVip).toMatchObject({
      HaVipName: '名 a+b&c=d',
      CheckAssociate: true,
      TagSet: [{ Key: 'city', Value: '上海' }],
    });

    const HaVipAssociationSet = [
      { HaVipId: id, InstanceId: 'i-1', InstanceType: 'CVM' },
      { HaVipId: id, InstanceId: 'i-2.eth0', InstanceType: 'ENI' },
    ];
    await client.AssociateHaVipInstance({ HaVipAssociationSet });
    const found = await client.DescribeHaVips({
      Filters: [
        { Name: 'havip-id', Values: [id, 'havip-none'] },
        { Name: 'havip-association.instance-id', Values: ['i-2.eth0'] },
      ],
      Offset: 0,
      Limit: 10,
    });
    expect(found.TotalCount).toBe(1);
    expect(found.HaVipSet[0].HaVipAssociationSet).toHaveLength(2);
    await client.DisassociateHaVipInstance({ HaVipAssociationSet });

    await client.ModifyHaVipAttribute({ HaVipId: id, HaVipName: 'renamed' });
    const { HaVipSet } = await client.DescribeHaVips({ HaVipIds: [id] });
    expect(HaVipSet[0]).toMatchObject({ HaVipName: 'renamed', HaVipAssociationSet: [] });

    const { VpcLimitSet } = await client.DescribeVpcLimits({ LimitTypes: ['vpc-max-havips'] });
    expect(VpcLimitSet[0].LimitValue).toBe(10);

    const task = await client.DeleteHaVip({ HaVipId: id });
    const result = await client.DescribeVpcTaskResult({ TaskId: task.RequestId });
    expect(result.Status).toBe('SUCCESS');
    expect((await client.DescribeHaVips({ HaVipIds: [id] })).HaVipSet).toEqual([]);
  });

  it.each(WAYS)('is refused with a wrong key by $signMethod and $reqMethod', async (way) => {
    now();
    const wrong = clientOf(served, way, 'wrong-key');
    const error = await thrown(wrong.DescribeHaVips({ Limit: 5 }));
    expect(error.code).toBe('AuthFailure.SignatureFailure');
    expect(error.requestId).toMatch(/^[0-9a-f-]{36}$/);
    const unknown = clientOf(served, way, KEY, 'AKIDother');
    const other = await thrown(unknown.DescribeHaVips({}));
    expect(other.code).toBe('AuthFailure.SecretIdNotFound');
    cloud.time.now = Date.now() + 400_000;
    const late = await thrown(clientOf(served, way).DescribeHaVips({}));
    expect(late.code).toBe('AuthFailure.SignatureExpire');
  });

  const [way] = WAYS as [Way];

  it('pages through what there is', async () => {
    now();
    const client = clientOf(served, way);
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) {
      const wanted = { VpcId: 'vpc-2', SubnetId: 'vsw-3', HaVipName: `page-${count}` };
      ids.push((await client.CreateHaVip(wanted)).HaVip.HaVipId);
    }
    const Filters = [{ Name: 'vpc-id', Values: ['vpc-2'] }];
    const seen: string[] = [];
    for (let Offset = 0; ; Offset += 2) {
      const { HaVipSet, TotalCount } = await client.DescribeHaVips({ Filters, Offset, Limit: 2 });
      expect(TotalCount).toBe(5);
      if (HaVipSet.length === 0) break;
      seen.push(...HaVipSet.map(({ HaVipId }: { HaVipId: string }) => HaVipId));
    }
    expect(seen).toEqual(ids);
    for (const HaVipId of ids) await client.DeleteHaVip({ HaVipId });
  });

  it('binds and unbinds an EIP, and gets its typed errors', async () => {
    now();
    const client = clientOf(served, way);
    const AddressIp = '203.0.113.10';
    await eip(cloud, AddressIp);
    const wanted = { VpcId: 'vpc-1', SubnetId: 'vsw-1', HaVipName: 'web' };
    const { HaVipId } = (await client.CreateHaVip(wanted)).HaVip;
    const { RequestId } = await client.HaVipAssociateAddressIp({ HaVipId, AddressIp });
    expect((await client.DescribeVpcTaskResult({ TaskId: RequestId })).Status).toBe('SUCCESS');
    const addressOf = async () =>
      (await client.DescribeHaVips({ HaVipIds: [HaVipId] })).HaVipSet[0].AddressIp;
    expect(await addressOf()).toBe(AddressIp);
    const codes = async (...calls: (() => Promise<unknown>)[]) => {
      const errors = [];
      for (const call of calls) errors.push((await thrown(call())).code);
      return errors;
    };
    const bind = () => client.HaVipAssociateAddressIp({ HaVipId, AddressIp });
    const unbind = () => client.HaVipDisassociateAddressIp({ HaVipId });
    const release = () => client.DeleteHaVip({ HaVipId });
    expect(await codes(bind, release)).toEqual([
      'UnsupportedOperation.BindEIP',
      'UnsupportedOperation',
    ]);
    await unbind();
    expect(await addressOf()).toBe('');
    expect(await codes(unbind)).toEqual(['UnsupportedOperation.UnbindEIP']);
    await release();
    expect(await codes(release, bind)).toEqual(['ResourceNotFound', 'ResourceNotFound']);
    const both = { HaVipIds: [HaVipId], Filters: [{ Name: 'vip', Values: ['192.168.0.9'] }] };
    expect(await codes(() => client.DescribeHaVips(both))).toEqual(['InvalidParameter.Coexist']);
  });

  it('shows who holds a HaVip', async () => {
    now();
    const client = clientOf(served, way);
    const wanted = { VpcId: 'vpc-1', SubnetId: 'vsw-1', HaVipName: 'held' };
    const { HaVipId } = (await client.CreateHaVip(wanted)).HaVip;
    cloud.holders.set(HaVipId, '00:16:3e:00:00:02');
    cloud.flushed.set(HaVipId, Date.UTC(2026, 10, 21, 13, 5, 9));
    const { HaVipSet } = await client.DescribeHaVips({ HaVipIds: [HaVipId] });
    expect(HaVipSet[0]).toMatchObject({
      State: 'AVAILABLE',
      InstanceId: 'i-2',
      NetworkInterfaceId: 'i-2.eth0',
      FlushedTime: '2026-11-21 13:05:09',
    });
    expect((await thrown(client.DeleteHaVip({ HaVipId }))).code).toBe('UnsupportedOperation');
  });
});
