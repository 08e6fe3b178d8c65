// What of a request is the dialect's, and how a refusal looks.
import { describe, expect, it } from 'vitest';
import { alibaba } from '../../../src/api/alibaba/alibaba.ts';
import type { ApiRequest } from '../../../src/api/dialect.ts';
import { account } from '../account.ts';
import { put, request, SHAPES, VERSION, verdict } from './ask.ts';

const HEADERS = { 'x-acs-action': 'DescribeHaVips', 'x-acs-version': VERSION };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const RegionId = 'cn-hangzhou';

describe('whose a request is', () => {
  it.each(Object.entries(SHAPES))('takes a request of %s', (_client, shape) => {
    expect(alibaba.isMine(shape('CreateHaVip', { VSwitchId: 'vsw-1' }))).toBe(true);
  });

  it('knows a form without headers by its version', () => {
    const body = { Action: 'DescribeHaVips', Version: VERSION };
    expect(alibaba.isMine(request('POST', { body, headers: FORM }))).toBe(true);
  });

  it.each<[string, ApiRequest]>([
    ['another version', request('GET', { query: { Version: '2017-03-12' } })],
    ['no version', request('GET', { query: { Action: 'DescribeHaVips' } })],
    ['a body that is no form', request('POST', { body: { Version: VERSION } })],
    ['a request of Tencent', request('POST', { headers: { 'x-tc-action': 'DescribeHaVips' } })],
  ])('leaves %s to others', (_what, asked) => {
    expect(alibaba.isMine(asked)).toBe(false);
  });
});

describe('a refusal', () => {
  it('has the body that the SDKs read', async () => {
    const asked = request('POST', { query: { RegionId }, headers: HEADERS });
    const named = {
      ...asked,
      headers: { ...asked.headers, 'x-acs-action': 'DescribeHaVipAttribute' },
    };
    const { status, body } = await put(account('alibaba'), named);
    expect(status).toBe(404);
    expect(body).toEqual({
      RequestId: expect.stringMatching(/^[0-9A-F-]{36}$/),
      HostId: '127.0.0.1:7070',
      Code: 'InvalidAction.NotFound',
      Message: 'Specified api is not found, please check your url and method.',
      Recommend: `https://api.aliyun.com/troubleshoot?q=InvalidAction.NotFound&product=Vpc&requestId=${body.RequestId}`,
    });
  });

  it('of the server has it too', () => {
    const { context } = account('alibaba');
    const asked = request('POST', { headers: HEADERS });
    const throttled = { why: 'throttled', message: 'more than 9 requests in a second' } as const;
    expect(alibaba.refuse?.(asked, context, throttled)).toMatchObject({
      status: 400,
      body: { Code: 'Throttling.User', Message: throttled.message },
    });
    const other = { why: 'other-provider', message: 'the provider is tencent' } as const;
    expect(alibaba.refuse?.(asked, context, other)).toMatchObject({
      status: 400,
      body: { Code: 'UnsupportedOperation' },
    });
  });

  it.each<[string, ApiRequest, string]>([
    ['another method', request('PUT', { headers: HEADERS }), '400 UnsupportedHTTPMethod'],
    ['no region', request('POST', { headers: HEADERS }), '400 MissingParameter'],
    [
      'an empty region',
      request('POST', { headers: HEADERS, query: { RegionId: '' } }),
      '400 MissingParameter',
    ],
    ['no action', request('GET', { query: { Version: VERSION } }), '400 MissingAction'],
    [
      'no version',
      request('POST', { headers: { 'x-acs-action': 'DescribeHaVips' } }),
      '400 MissingVersion',
    ],
    [
      'another product',
      request('POST', { headers: { ...HEADERS, 'x-acs-version': '2014-05-26' } }),
      '400 InvalidVersion',
    ],
    [
      'two actions',
      request('POST', { headers: HEADERS, query: { RegionId, Action: 'DeleteHaVip' } }),
      '400 InvalidParameter',
    ],
  ])('of %s has its code', async (_what, asked, expected) => {
    const { status, body } = await put(account('alibaba'), asked);
    expect(`${status} ${body.Code}`).toBe(expected);
  });

  it('is given to the SDKs, which check nothing before they send', async () => {
    const one = account('alibaba');
    for (const [action, missing] of [
      ['CreateHaVip', 'VSwitchId'],
      ['DeleteHaVip', 'HaVipId'],
      ['ModifyHaVipAttribute', 'HaVipId'],
      ['AssociateHaVip', 'HaVipId'],
      ['UnassociateHaVip', 'HaVipId'],
      ['AssociateEipAddress', 'AllocationId'],
      ['UnassociateEipAddress', 'AllocationId'],
      ['ReleaseEipAddress', 'AllocationId'],
      ['CreateRouteEntry', 'RouteTableId'],
      ['DeleteRouteEntry', 'RouteEntryId'],
      ['DescribeRouteEntryList', 'RouteTableId'],
      ['ListTagResources', 'ResourceType'],
      ['TagResources', 'Tag.1.Key'],
      ['UnTagResources', 'TagKey.1'],
      ['MoveResourceGroup', 'ResourceType'],
    ] as const) {
      const headers = { ...HEADERS, 'x-acs-action': action };
      const { status, body } = await put(one, request('POST', { headers, query: { RegionId } }));
      expect([action, status, body.Code]).toEqual([action, 400, 'MissingParameter']);
      expect(body.Message).toContain(missing);
    }
  });
});

it('answers whatever is in a request, and never throws', async () => {
  const one = account('alibaba');
  for (const rawQuery of [
    '%zz=%ff&&=&RegionId=%00',
    'Filter.1=&Filter.1.=1&RegionId=x',
    '%F0%9F',
  ]) {
    const asked = request('POST', { headers: HEADERS });
    const odd = { ...asked, rawQuery, query: new URLSearchParams(rawQuery) };
    expect([200, 400]).toContain((await put(one, odd)).status);
  }
  expect(await verdict(one, '__proto__')).toBe('404 InvalidAction.NotFound');
  expect(await verdict(one, 'DescribeHaVips', { 'Filter.1e3.Key': 'VpcId' })).toBe(
    '400 InvalidParameter',
  );
});
