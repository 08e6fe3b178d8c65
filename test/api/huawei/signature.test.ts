// SDK-HMAC-SHA256: signed here as the vendor's guide describes it, line by line.
import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { account } from '../account.ts';
import { type Answer, ask, PROJECT } from './ask.ts';

const KEY = 'AKtest';
const SECRET = 'SKtest';
const DATE = '20261121T120000Z'; // the account's time

interface Signing {
  line: string;
  body?: string;
  /** As signed; the request line's where absent. */
  path?: string;
  query?: string;
  date?: string;
  secret?: string;
  access?: string;
  /** Without one of them, or with more. */
  signed?: string[];
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function sign(signing: Signing): Record<string, string> {
  const { line, body = '', date = DATE, secret = SECRET, access = KEY } = signing;
  const { signed = ['content-type', 'host', 'x-project-id', 'x-sdk-date'] } = signing;
  const [method, target = ''] = line.split(' ');
  const [path = '', query = ''] = target.split('?');
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    host: '127.0.0.1:8080',
    'x-project-id': PROJECT,
    'x-sdk-date': date,
  };
  const canonical = [
    method,
    `${signing.path ?? path}/`,
    signing.query ?? query,
    ...signed.map((name) => `${name}:${headers[name]}`),
    '',
    signed.join(';'),
    sha256(body),
  ].join('\n');
  const text = `SDK-HMAC-SHA256\n${date}\n${sha256(canonical)}`;
  const signature = createHmac('sha256', secret).update(text).digest('hex');
  const names = signed.join(';');
  const value = `SDK-HMAC-SHA256 Access=${access}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization: value };
}

function ask401(signing: Signing, change: Record<string, string> = {}): Promise<Answer> {
  const lab = account('huawei', [[KEY, SECRET]]);
  return ask(lab, signing.line, signing.body ?? '', { ...sign(signing), ...change });
}

const LIST = `GET /v1/${PROJECT}/ports`;

describe('a signature', () => {
  it.each<[string, Signing]>([
    ['of a plain request', { line: LIST }],
    ['of a body', { line: 'POST /v2.0/ports', body: '{"port":{"network_id":"vsw-1"}}' }],
    [
      'of a query, sorted',
      { line: `${LIST}?name=a&device_owner=b`, query: 'device_owner=b&name=a' },
    ],
    [
      'of a query that is escaped otherwise than sent',
      {
        line: `${LIST}?device_owner=neutron:VIP_PORT&name=a+b`,
        query: 'device_owner=neutron%3AVIP_PORT&name=a%20b',
      },
    ],
    [
      'of a filter that is given twice',
      {
        line: `${LIST}?fixed_ips=ip_address%3D2&fixed_ips=ip_address%3D1`,
        query: 'fixed_ips=ip_address%3D1&fixed_ips=ip_address%3D2',
      },
    ],
    [
      'of //v1, as an endpoint with a slash makes it',
      { line: LIST, path: `//v1/${PROJECT}/ports` },
    ],
    ['14 minutes old', { line: LIST, date: '20261121T114600Z' }],
    ['with the two headers that it needs', { line: LIST, signed: ['host', 'x-sdk-date'] }],
  ])('%s is accepted', async (_what, signing) => {
    const { status } = await ask401(signing);
    expect([200, 201]).toContain(status);
  });

  it.each<[string, Signing, Record<string, string>]>([
    ['by a wrong key', { line: LIST, secret: 'wrong' }, {}],
    ['by an unknown access key', { line: LIST, access: 'AKother' }, {}],
    ['of another path', { line: LIST, path: '/v1/p1234/publicips' }, {}],
    ['of another query', { line: `${LIST}?name=a`, query: 'name=b' }, {}],
    ['without the query', { line: `${LIST}?name=a`, query: '' }, {}],
    ['16 minutes old', { line: LIST, date: '20261121T114359Z' }, {}],
    ['16 minutes ahead', { line: LIST, date: '20261121T121601Z' }, {}],
    ['without host', { line: LIST, signed: ['x-sdk-date'] }, {}],
    ['without date', { line: LIST, signed: ['host'] }, {}],
    ['of another host', { line: LIST }, { host: 'evil.example' }],
    ['of another project', { line: LIST }, { 'x-project-id': 'p9' }],
    ['of another date', { line: LIST }, { 'x-sdk-date': '20261121T120001Z' }],
    ['of a date that is none', { line: LIST }, { 'x-sdk-date': 'today' }],
    ['of another scheme', { line: LIST }, { authorization: 'AWS4-HMAC-SHA256 Credential=x' }],
    ['that is cut', { line: LIST }, { authorization: `SDK-HMAC-SHA256 Access=${KEY}` }],
  ])('%s is refused', async (_what, signing, change) => {
    const answer = await ask401(signing, change);
    expect(answer).toMatchObject({ status: 401, body: { error_code: 'APIGW.0301' } });
    expect(answer.headers['x-request-id']).toMatch(/./);
  });

  it('of another body is refused, and nothing is made', async () => {
    const lab = account('huawei', [[KEY, SECRET]]);
    const headers = sign({ line: 'POST /v2.0/ports', body: '{}' });
    const port = { network_id: 'vsw-1' };
    const answer = await ask(lab, 'POST /v2.0/ports', { port }, headers);
    expect(answer.status).toBe(401);
    expect(answer.body.NeutronError.type).toBe('Unauthorized');
    expect(lab.plane.inventory.count('havip')).toBe(0);
  });

  it('is not looked at where no keys are configured', async () => {
    const answer = await ask(account('huawei'), LIST, '', { authorization: 'nonsense' });
    expect(answer.status).toBe(200);
  });

  it('never shows a secret in what it answers', async () => {
    const answer = await ask401({ line: LIST, secret: 'wrong' });
    expect(JSON.stringify(answer)).not.toContain(SECRET);
  });
});

describe('X-Auth-Token', () => {
  it('is one of the secrets', async () => {
    const lab = account('huawei', [
      ['a', 'first'],
      ['b', 'second'],
    ]);
    const statusOf = async (token: string): Promise<number> =>
      (await ask(lab, LIST, '', { 'x-auth-token': token })).status;
    expect(await statusOf('first')).toBe(200);
    expect(await statusOf('second')).toBe(200);
    expect(await statusOf('third')).toBe(401);
    expect(await statusOf('')).toBe(401);
  });

  it('does not help beside a signature that is wrong', async () => {
    const answer = await ask401({ line: LIST, secret: 'wrong' }, { 'x-auth-token': SECRET });
    expect(answer.status).toBe(401);
  });

  it('that is wrong has the documented code', async () => {
    const lab = account('huawei', [[KEY, SECRET]]);
    const wrong = await ask(lab, LIST, '', { 'x-auth-token': 'x' });
    expect(wrong).toMatchObject({ status: 401, body: { code: 'VPC.0008' } });
    const none = await ask(lab, LIST);
    expect(none).toMatchObject({ status: 401, body: { code: 'APIGW.0301' } });
  });
});
