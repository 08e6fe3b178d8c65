// The two examples are the vendor's own, of its page on signatures: what is signed is no call of
// ours, so a right signature ends in InvalidAction, and a wrong one does not.
import { describe, expect, it } from 'vitest';
import type { ApiRequest } from '../../../src/api/dialect.ts';
import { type Account, account } from '../account.ts';
import { request, send, tc3 } from './asking.ts';

const ID = 'AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE';
const KEYS: [string, string][] = [[ID, 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE']];

const SIGNATURE = '72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168';
const TC3_AT = 1551113065;
const V1_AT = 1465185768;

function cloudAt(seconds: number): Account {
  const cloud = account('tencent', KEYS);
  cloud.time.now = seconds * 1000;
  return cloud;
}

function authorization(changed: Record<string, string> = {}): string {
  const { id = ID, date = '2019-02-25', names = 'content-type;host' } = changed;
  const { signature = SIGNATURE, service = 'cvm' } = changed;
  const credential = `Credential=${id}/${date}/${service}/tc3_request`;
  return `TC3-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature}`;
}

function example(headers: Record<string, string> = {}, body?: string): ApiRequest {
  const payload =
    '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}';
  return request({
    method: 'POST',
    body: Buffer.from(body ?? payload),
    headers: {
      'content-type': 'application/json; charset=utf-8',
      host: 'cvm.tencentcloudapi.com',
      'x-tc-action': 'DescribeInstances',
      'x-tc-version': '2017-03-12',
      'x-tc-timestamp': String(TC3_AT),
      authorization: authorization(),
      ...headers,
    },
  });
}

const FORM = {
  Action: 'DescribeInstances',
  'InstanceIds.0': 'ins-09dx96dg',
  Limit: '20',
  Nonce: '11886',
  Offset: '0',
  Region: 'ap-guangzhou',
  SecretId: ID,
  Timestamp: String(V1_AT),
  Version: '2017-03-12',
  Signature: 'EliP9YW3pW28FpsEdkXt/+WcGeI=',
};

function formExample(changed: Record<string, string> = {}): ApiRequest {
  const rawQuery = String(new URLSearchParams({ ...FORM, ...changed }));
  return request({ rawQuery, headers: { host: 'cvm.tencentcloudapi.com' } });
}

async function code(cloud: Account, asked: ApiRequest): Promise<string> {
  return (await send(cloud, asked)).Error.Code;
}

describe('TC3-HMAC-SHA256', () => {
  it('accepts the vendor’s example', async () => {
    expect(await code(cloudAt(TC3_AT), example())).toBe('InvalidAction');
  });

  it('accepts a host that was signed without the port that it is asked at', async () => {
    const headers = { host: 'cvm.tencentcloudapi.com:8080' };
    expect(await code(cloudAt(TC3_AT), example(headers))).toBe('InvalidAction');
  });

  it.each([
    ['another body', example({}, '{}')],
    ['another host', example({ host: 'vpc.tencentcloudapi.com' })],
    ['another content type', example({ 'content-type': 'text/plain' })],
    ['another time', example({ 'x-tc-timestamp': String(TC3_AT + 1) })],
    ['another service', example({ authorization: authorization({ service: 'vpc' }) })],
    ['another day', example({ authorization: authorization({ date: '2019-02-26' }) })],
    ['less', example({ authorization: authorization({ names: 'content-type' }) })],
    ['nothing', example({ authorization: authorization({ signature: '0'.repeat(64) }) })],
  ])('refuses what was signed for %s', async (_what, asked) => {
    expect(await code(cloudAt(TC3_AT), asked)).toBe('AuthFailure.SignatureFailure');
  });

  it('refuses an unknown key', async () => {
    const asked = example({ authorization: authorization({ id: 'AKIDother' }) });
    expect(await code(cloudAt(TC3_AT), asked)).toBe('AuthFailure.SecretIdNotFound');
  });

  it('refuses what is more than five minutes old, or ahead', async () => {
    for (const away of [300, -300]) {
      expect(await code(cloudAt(TC3_AT + away), example())).toBe('InvalidAction');
    }
    for (const away of [301, -301]) {
      const expired = 'AuthFailure.SignatureExpire';
      expect(await code(cloudAt(TC3_AT + away), example())).toBe(expired);
    }
  });

  it.each([
    '',
    'SKIP',
    'Bearer x',
    authorization({ signature: 'short' }),
    'TC3-HMAC-SHA256 ',
  ])('refuses the header %j', async (header) => {
    const asked = example({ authorization: header });
    expect(await code(cloudAt(TC3_AT), asked)).toBe('AuthFailure.InvalidAuthorization');
  });

  it('refuses a time that is none', async () => {
    for (const timestamp of ['', 'NaN', '1e99', '999999999999']) {
      const asked = example({ 'x-tc-timestamp': timestamp });
      expect(await code(cloudAt(TC3_AT), asked)).toBe('AuthFailure.SignatureExpire');
    }
  });
});

describe('the older signature', () => {
  it('accepts the vendor’s example, in HmacSHA1', async () => {
    expect(await code(cloudAt(V1_AT), formExample())).toBe('InvalidAction');
  });

  it.each([
    ['another parameter', { Limit: '21' }],
    ['another method', { SignatureMethod: 'HmacSHA256' }],
    ['nothing', { Signature: '' }],
  ])('refuses what was signed for %s', async (_what, changed) => {
    const asked = formExample(changed);
    expect(await code(cloudAt(V1_AT), asked)).toBe('AuthFailure.SignatureFailure');
  });

  it('refuses an unknown key and a time long gone', async () => {
    const unknown = formExample({ SecretId: 'AKIDother' });
    expect(await code(cloudAt(V1_AT), unknown)).toBe('AuthFailure.SecretIdNotFound');
    expect(await code(cloudAt(V1_AT + 301), formExample())).toBe('AuthFailure.SignatureExpire');
  });
});

describe('without keys', () => {
  it('nothing is verified', async () => {
    const cloud = account('tencent');
    expect(await code(cloud, example({ authorization: 'SKIP' }))).toBe('InvalidAction');
    expect((await send(cloud, tc3('DescribeHaVips', {}))).TotalCount).toBe(0);
  });
});
