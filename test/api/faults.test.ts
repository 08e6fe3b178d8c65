// A fault of ours: the client is told that there was one, in the shape of its vendor, and the
// operator alone what it was.
import { afterEach, expect, it } from 'vitest';
import type { Dialect } from '../../src/api/dialect.ts';
import type { ProviderName } from '../../src/havip/topology.ts';
import { account } from './account.ts';
import { type Served, serve } from './server-client.ts';

const WHAT = '/var/lib/lab.db: the disk is full';

let served: Served | undefined;

afterEach(async () => {
  await served?.close();
  served = undefined;
});

/** A plane that fails where no rule foresees it. */
async function start(provider: ProviderName, dialects?: readonly Dialect[]): Promise<Served> {
  const { context } = account(provider);
  const fail = (): never => {
    throw new Error(WHAT);
  };
  const plane = Object.assign(Object.create(context.plane), { submit: fail });
  const options = dialects === undefined ? {} : { dialects };
  served = await serve({ context: { ...context, plane } }, options);
  return served;
}

const ACS = 'Version=2016-04-28&RegionId=local&Format=JSON';
const TC3 = { 'x-tc-action': 'DeleteHaVip', 'x-tc-version': '2017-03-12' };
const JSON_TYPE = { 'content-type': 'application/json' };

it.each<[ProviderName | 'native', string, string, RequestInit, number, object]>([
  [
    'alibaba',
    'alibaba',
    `/?Action=DeleteHaVip&${ACS}&HaVipId=havip-1`,
    {},
    500,
    {
      Code: 'InternalError',
      Message: 'The request processing has failed due to some unknown error.',
    },
  ],
  [
    'tencent',
    'tencent',
    '/',
    { method: 'POST', headers: { ...TC3, ...JSON_TYPE }, body: '{"HaVipId":"havip-1"}' },
    200,
    { Response: { Error: { Code: 'InternalError' } } },
  ],
  [
    'huawei',
    'huawei',
    '/v1/p-1/ports',
    {
      method: 'POST',
      headers: JSON_TYPE,
      body: '{"port":{"network_id":"vsw-1","device_owner":"neutron:VIP_PORT"}}',
    },
    500,
    { code: 'VPC.2502' },
  ],
  [
    'ucloud',
    'ucloud',
    '/?Action=ReleaseVIP&PublicKey=k&Zone=z&Region=r&VIPId=vip-1',
    {},
    200,
    { RetCode: 64099, Action: 'ReleaseVIPResponse' },
  ],
  [
    'native',
    'alibaba',
    '/api/v1/havips/havip-1',
    { method: 'DELETE' },
    500,
    { status: 500, code: 'dataplane' },
  ],
])('is told in the shape of %s', async (_dialect, provider, path, asked, status, shape) => {
  const { url, log } = await start(provider as ProviderName);
  const answer = await fetch(`${url}${path}`, asked);
  const text = await answer.text();
  expect(JSON.parse(text)).toMatchObject(shape);
  expect(answer.status).toBe(status);
  expect(text).not.toContain('lab.db');
  expect(log.join('\n')).toContain(WHAT);
});

it("is told in nobody's shape where the dialect has none, or fails at that too", async () => {
  const fail = (): never => {
    throw new Error(WHAT);
  };
  const shapeless: Dialect = { name: 'tencent', isMine: () => true, answer: fail };
  for (const dialect of [shapeless, { ...shapeless, refuse: fail }]) {
    const { url, log, close } = await start('tencent', [dialect]);
    const answer = await fetch(`${url}/x`);
    expect(answer.status).toBe(500);
    expect(await answer.json()).toEqual({ code: 'internal', message: expect.any(String) });
    expect(log.join('\n')).toContain(WHAT);
    await close();
  }
});
