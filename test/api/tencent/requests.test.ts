import { beforeEach, describe, expect, it } from 'vitest';
import { tencent } from '../../../src/api/tencent/tencent.ts';
import { type Account, account } from '../account.ts';
import { actionHeaders, ask, codeOf, havip, request, send, tc3 } from './asking.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const V1 = { Version: '2017-03-12', Nonce: '11886', Region: 'ap-guangzhou', SecretId: 'id' };

let cloud: Account;

beforeEach(() => {
  cloud = account('tencent');
});

/** As `querystring.stringify` writes it: spaces as %20. */
function encoded(parameters: Record<string, string>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}

const shapes: [string, (action: string, flat: Record<string, string>) => ReturnType<typeof tc3>][] =
  [
    [
      'TC3 by GET',
      (action, flat) =>
        request({ headers: { ...FORM, ...actionHeaders(action) }, rawQuery: encoded(flat) }),
    ],
    [
      'v1 by GET',
      (Action, flat) => request({ rawQuery: encoded({ ...flat, ...V1, Action, Signature: 'x' }) }),
    ],
    [
      'v1 by POST',
      (Action, flat) =>
        request({
          method: 'POST',
          headers: FORM,
          body: Buffer.from(encoded({ ...flat, ...V1, Action, Signature: 'x' })),
        }),
    ],
  ];

describe.each(shapes)('%s, where every value is text', (_name, shape) => {
  it('creates, with flags, objects and lists', async () => {
    const asked = shape('CreateHaVip', {
      VpcId: 'vpc-1',
      SubnetId: 'vsw-1',
      HaVipName: '名 a+b',
      CheckAssociate: 'true',
      'Tags.0.Key': 'city',
      'Tags.0.Value': 'shanghai',
      'HaVipAssociationSet.0.InstanceId': 'i-2',
      'HaVipAssociationSet.1.InstanceId': 'i-1',
    });
    expect(tencent.isMine(asked)).toBe(true);
    const { HaVip } = await send(cloud, asked);
    expect(HaVip).toMatchObject({
      HaVipName: '名 a+b',
      CheckAssociate: true,
      TagSet: [{ Key: 'city', Value: 'shanghai' }],
    });
    const members = HaVip.HaVipAssociationSet as { InstanceId: string }[];
    expect(members.map(({ InstanceId }) => InstanceId)).toEqual(['i-2', 'i-1']);
  });

  it('lists, with numbers', async () => {
    const [first, second] = [await havip(cloud), await havip(cloud)];
    const filter = { 'Filters.0.Name': 'vpc-id', 'Filters.0.Values.0': 'vpc-1' };
    const page = await send(cloud, shape('DescribeHaVips', { ...filter, Limit: '1', Offset: '1' }));
    expect([page.TotalCount, page.HaVipSet[0].HaVipId]).toEqual([2, second]);
    const ids = { 'HaVipIds.1': first, 'HaVipIds.0': second };
    const { HaVipSet } = await send(cloud, shape('DescribeHaVips', ids));
    expect(HaVipSet.map((one: { HaVipId: string }) => one.HaVipId)).toEqual([second, first]);
  });

  it.each([
    [{ Limit: 'many' }, 'InvalidParameter'],
    [{ HaVipIds: 'havip-1' }, 'InvalidParameter'],
    [{ 'HaVipIds.first': 'havip-1' }, 'InvalidParameter'],
    [{ 'Filters.0': 'vpc-id' }, 'InvalidParameter'],
    [{ '__proto__.Limit': '5' }, 'UnknownParameter'],
    [{ 'a.b.c.d.e.f.g.h.i.j': '5' }, 'UnknownParameter'],
  ])('refuses %j', async (flat, code) => {
    const response = await send(cloud, shape('DescribeHaVips', flat));
    expect(response.Error.Code).toBe(code);
  });
});

describe('TC3 by POST', () => {
  it('knows types: text is no number there', async () => {
    expect(await codeOf(cloud, 'DescribeHaVips', { Limit: '20' })).toBe('InvalidParameter');
    expect(await codeOf(cloud, 'DescribeHaVips', { Limit: 1.5 })).toBe('InvalidParameter');
    expect(await codeOf(cloud, 'DescribeHaVips', { HaVipIds: [1] })).toBe('InvalidParameter');
    expect(await codeOf(cloud, 'DescribeHaVips', { Filters: ['x'] })).toBe('InvalidParameter');
    const wanted = { VpcId: 'vpc-1', HaVipName: 'web', CheckAssociate: 'yes' };
    expect(await codeOf(cloud, 'CreateHaVip', wanted)).toBe('InvalidParameter');
    expect(await codeOf(cloud, 'CreateHaVip', { ...wanted, CheckAssociate: null })).toBeNull();
  });

  it('names the parameter that is missing or that nobody knows', async () => {
    const { Error: missing } = await ask(cloud, 'CreateHaVip', { VpcId: 'vpc-1' });
    expect(missing).toMatchObject({ Code: 'MissingParameter', Message: /HaVipName/ });
    const { Error: unknown } = await ask(cloud, 'DescribeHaVips', {
      Filters: [{ Name: 'vpc-id', Value: 'vpc-1' }],
    });
    expect(unknown).toMatchObject({ Code: 'UnknownParameter', Message: /Filters\.0\.Value/ });
  });

  it.each(['{', '[]', '"text"', 'null', '\u0000'])('refuses the body %j', async (body) => {
    const asked = { ...tc3('DescribeHaVips', {}), body: Buffer.from(body) };
    expect((await send(cloud, asked)).Error.Code).toBe('InvalidParameter');
  });

  it('takes no body for no parameters', async () => {
    const asked = { ...tc3('DescribeHaVips', {}), body: Buffer.alloc(0) };
    expect((await send(cloud, asked)).TotalCount).toBe(0);
  });
});

describe('whose a request is', () => {
  it('is told by the action’s header or by the version', () => {
    expect(tencent.isMine(tc3('CreateHaVip', {}))).toBe(true);
    expect(tencent.isMine(request({ rawQuery: 'Action=X&Version=2016-04-28' }))).toBe(false);
    expect(tencent.isMine(request({ path: '/v1/ports' }))).toBe(false);
    const json = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const body = Buffer.from('{"Version":"2017-03-12"}');
    expect(tencent.isMine(request({ ...json, body }))).toBe(false);
  });
});

describe('common errors', () => {
  it('name another version, another action, another method', async () => {
    const other = tc3('DescribeHaVips', {});
    const headers = { ...other.headers, 'x-tc-version': '2018-01-01' };
    expect((await send(cloud, { ...other, headers })).Error.Code).toBe('NoSuchVersion');
    expect(await codeOf(cloud, 'DeleteHaVips')).toBe('InvalidAction');
    expect(await codeOf(cloud, 'constructor')).toBe('InvalidAction');
    const put = { ...other, method: 'PUT' };
    expect((await send(cloud, put)).Error.Code).toBe('UnsupportedProtocol');
  });

  it('say what the server refuses', () => {
    const asked = tc3('DescribeHaVips', {});
    const refuse = (why: 'throttled' | 'other-provider') =>
      tencent.refuse?.(asked, cloud.context, { why, message: 'because' });
    expect(refuse('throttled')).toMatchObject({
      status: 200,
      body: { Response: { Error: { Code: 'RequestLimitExceeded', Message: 'because' } } },
    });
    expect(refuse('other-provider')).toMatchObject({
      status: 200,
      body: { Response: { Error: { Code: 'UnsupportedOperation' } } },
    });
  });
});
