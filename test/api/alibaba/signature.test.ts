// Signatures. The right ones are those that the vendor prints in its pages on signing (V3 and V1),
// the wrong ones are theirs with one thing changed.
import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { alibaba } from '../../../src/api/alibaba/alibaba.ts';
import { NONCES_MAX, Nonces } from '../../../src/api/alibaba/nonces.ts';
import type { ApiRequest } from '../../../src/api/dialect.ts';
import { type Account, account } from '../account.ts';
import { type Fields, put, request } from './ask.ts';

const EMPTY_HASH = createHash('sha256').update('').digest('hex');
const V3_HEADERS: Fields = {
  host: 'ecs.cn-shanghai.aliyuncs.com',
  'x-acs-action': 'RunInstances',
  'x-acs-content-sha256': EMPTY_HASH,
  'x-acs-date': '2023-10-26T10:22:32Z',
  'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
  'x-acs-version': '2014-05-26',
};
const V3_QUERY: Fields = {
  ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd',
  RegionId: 'cn-shanghai',
};
const V3_SIGNATURE = '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0';
const V1_QUERY: Fields = {
  Timestamp: '2016-02-23T12:46:24Z',
  Format: 'XML',
  AccessKeyId: 'testid',
  Action: 'DescribeRegions',
  SignatureMethod: 'HMAC-SHA1',
  SignatureNonce: '3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf',
  Version: '2014-05-26',
  SignatureVersion: '1.0',
};
const V1_SIGNATURE = 'OLeaidS1JvxuMvnyHOwuJ+uX5qY=';
/** Both are calls of ECS: past the signature there is no more than this. */
const LET_IN = '400 InvalidVersion';

function keyed(time: string): Account {
  const one = account('alibaba', [
    ['YourAccessKeyId', 'YourAccessKeySecret'],
    ['testid', 'testsecret'],
  ]);
  one.time.now = Date.parse(time);
  return one;
}

const v3Account = () => keyed('2023-10-26T10:22:32Z');
const v1Account = () => keyed('2016-02-23T12:46:24Z');

function v3(changed: Fields = {}, query: Fields = V3_QUERY, fields: Fields = {}): ApiRequest {
  const headers = { ...V3_HEADERS, ...changed };
  const said = {
    Credential: 'YourAccessKeyId',
    SignedHeaders: Object.keys(V3_HEADERS).join(';'),
    Signature: V3_SIGNATURE,
    ...fields,
  };
  const text = Object.entries(said).map(([name, value]) => `${name}=${value}`);
  const authorization = `ACS3-HMAC-SHA256 ${text.join(',')}`;
  return request('POST', { query, headers: { authorization, ...headers } });
}

function v1(changed: Fields = {}, headers: Fields = {}): ApiRequest {
  return request('GET', { query: { ...V1_QUERY, Signature: V1_SIGNATURE, ...changed }, headers });
}

async function verdict(one: Account, asked: ApiRequest): Promise<string> {
  const { status, body } = await put(one, asked);
  return `${status} ${body.Code}`;
}

describe('ACS3-HMAC-SHA256', () => {
  it("takes the signature of the vendor's own example", async () => {
    expect(await verdict(v3Account(), v3())).toBe(LET_IN);
  });

  it.each<[string, ApiRequest]>([
    ['another signature', v3({}, V3_QUERY, { Signature: V3_SIGNATURE.replace('0', '1') })],
    ['none that is as long', v3({}, V3_QUERY, { Signature: '06563a9e' })],
    ['a parameter more', v3({}, { ...V3_QUERY, DryRun: 'true' })],
    ['a parameter changed', v3({}, { ...V3_QUERY, RegionId: 'cn-beijing' })],
    ['another action', v3({ 'x-acs-action': 'DeleteInstances' })],
    ['another host', v3({ host: 'ecs.cn-beijing.aliyuncs.com' })],
    ['another key', v3({}, V3_QUERY, { Credential: 'testid' })],
  ])('refuses %s', async (_what, asked) => {
    expect(await verdict(v3Account(), asked)).toBe('400 SignatureDoesNotMatch');
  });

  it('says what it would have signed, as the vendor does', async () => {
    const { body } = await put(v3Account(), v3({ host: 'other' }));
    expect(body.Message).toMatch(/server string to sign is:ACS3-HMAC-SHA256\n[0-9a-f]{64}$/);
    expect(JSON.stringify(body)).not.toContain('YourAccessKeySecret');
  });

  it('refuses a header of the vendor that is not signed', async () => {
    const asked = v3({ 'x-acs-security-token': 'sts' });
    expect(await verdict(v3Account(), asked)).toBe('400 IncompleteSignature');
  });

  it('refuses a body that is not the one that was signed', async () => {
    const asked = { ...v3(), body: Buffer.from('ImageId=other') };
    expect(await verdict(v3Account(), asked)).toBe('400 IncompleteSignature');
  });

  it('refuses an unknown key, and another algorithm', async () => {
    const unknown = v3({}, V3_QUERY, { Credential: 'nobody' });
    expect(await verdict(v3Account(), unknown)).toBe('404 InvalidAccessKeyId.NotFound');
    const asked = v3({ authorization: 'ACS3-HMAC-SM3 Credential=YourAccessKeyId' });
    expect(await verdict(v3Account(), asked)).toBe('400 IncompleteSignature');
  });

  it.each(['Credential', 'SignedHeaders', 'Signature'])('misses %s', async (name) => {
    const asked = v3({}, V3_QUERY, { [name]: '' });
    expect(await verdict(v3Account(), asked)).toBe(`400 Missing${name}`);
  });
});

describe('HMAC-SHA1', () => {
  it("takes the signature of the vendor's own example", async () => {
    expect(await verdict(v1Account(), v1())).toBe(LET_IN);
  });

  it('covers query and form alike', async () => {
    const { Timestamp, AccessKeyId, ...rest } = V1_QUERY;
    const body = { Timestamp, AccessKeyId } as Fields;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const text = Object.entries(V1_QUERY)
      .map((pair) => pair.map(encodeURIComponent).join('='))
      .sort()
      .join('&');
    const signature = createHmac('sha1', 'testsecret&')
      .update(`POST&%2F&${encodeURIComponent(text)}`)
      .digest('base64');
    const query = { ...rest, Signature: signature } as Fields;
    expect(await verdict(v1Account(), request('POST', { query, body, headers }))).toBe(LET_IN);
    const more = { ...body, DryRun: 'true' };
    expect(await verdict(v1Account(), request('POST', { query, body: more, headers }))).toBe(
      '400 SignatureDoesNotMatch',
    );
  });

  it.each<[string, Fields, string]>([
    [
      'another signature',
      { Signature: 'AAAAidS1JvxuMvnyHOwuJ+uX5qY=' },
      '400 SignatureDoesNotMatch',
    ],
    ['a parameter more', { HaVipId: 'havip-1' }, '400 SignatureDoesNotMatch'],
    ['an unknown key', { AccessKeyId: 'nobody' }, '404 InvalidAccessKeyId.NotFound'],
    ['another method', { SignatureMethod: 'HMAC-SHA256' }, '400 InvalidParameter'],
    ['no signature', { Signature: '' }, '400 MissingSignature'],
    ['no nonce', { SignatureNonce: '' }, '400 MissingSignatureNonce'],
    ['no key', { AccessKeyId: '' }, '400 MissingAccessKeyId'],
    ['no time', { Timestamp: '' }, '400 MissingTimestamp'],
    ['a time that is none', { Timestamp: 'yesterday' }, '400 InvalidTimeStamp.Format'],
  ])('refuses %s', async (_what, changed, expected) => {
    expect(await verdict(v1Account(), v1(changed))).toBe(expected);
  });

  it('takes no action from a header, which it does not cover', async () => {
    const asked = v1({}, { 'x-acs-action': 'DeleteHaVip' });
    expect(await verdict(v1Account(), asked)).toBe('400 InvalidParameter');
  });
});

describe('time and nonce', () => {
  it.each([
    [15 * 60, LET_IN],
    [15 * 60 + 1, '400 InvalidTimeStamp.Expired'],
    [-15 * 60, LET_IN],
    [-15 * 60 - 1, '400 InvalidTimeStamp.Expired'],
  ])('with clocks %d s apart: %s', async (seconds, expected) => {
    const [three, one] = [v3Account(), v1Account()];
    three.time.now += seconds * 1000;
    one.time.now += seconds * 1000;
    expect(await verdict(three, v3())).toBe(expected);
    expect(await verdict(one, v1())).toBe(expected);
  });

  it('lets no request in twice', async () => {
    for (const [one, asked] of [
      [v3Account(), v3()],
      [v1Account(), v1()],
    ] as const) {
      expect(await verdict(one, asked)).toBe(LET_IN);
      expect(await verdict(one, asked)).toBe('400 SignatureNonceUsed');
      one.time.now += 10 * 60 * 1000;
      expect(await verdict(one, asked)).toBe('400 SignatureNonceUsed');
    }
  });

  it('does not use up the nonce of a request that was refused', async () => {
    const one = v1Account();
    expect(await verdict(one, v1({ Signature: 'wrong' }))).toBe('400 SignatureDoesNotMatch');
    expect(await verdict(one, v1())).toBe(LET_IN);
  });

  it('keeps a bounded number of nonces, and forgets those past their time', () => {
    const nonces = new Nonces();
    let added = 0;
    for (let i = 0; i <= NONCES_MAX; i++) if (nonces.add(`n${i}`, 1000, 0)) added++;
    expect(added).toBe(NONCES_MAX + 1);
    expect(nonces.add('n1', 1000, 0)).toBe(false);
    expect(nonces.add('n0', 1000, 0)).toBe(true);
    expect(nonces.add(`n${NONCES_MAX}`, 2000, 1001)).toBe(true);
  });
});

it('verifies nothing where no keys are configured', async () => {
  const one = account('alibaba');
  expect(await verdict(one, v1({ Signature: 'wrong' }))).toBe(LET_IN);
  expect(alibaba.isMine(v1())).toBe(false);
});

it('refuses what is not signed at all where keys are configured', async () => {
  const asked = request('POST', { headers: { 'x-acs-action': 'DescribeHaVips' } });
  const named = { ...asked, headers: { ...asked.headers, 'x-acs-version': '2016-04-28' } };
  expect(await verdict(v3Account(), named)).toBe('400 MissingAccessKeyId');
});
