// UCloud by signed HTTP, as its SDK for JavaScript sends it: that one is in no registry. Every
// error is asked for four times at once, as the SDK does.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ucloud } from '../../src/api/ucloud/ucloud.ts';
import { type Account, account } from '../api/account.ts';
import { type Served, serve } from '../api/server-client.ts';
import { type Parameters, type Response, signed } from '../api/ucloud/asking.ts';

const PUBLIC = 'pub';
const PRIVATE = 'private-key';

let cloud: Account;
let served: Served;

beforeAll(async () => {
  cloud = account('ucloud', [[PUBLIC, PRIVATE]]);
  served = await serve(cloud, { dialects: [ucloud] });
});
afterAll(() => served.close());

interface Answered {
  response: Response;
  uuid: string | null;
}

async function post(parameters: Parameters, privateKey = PRIVATE): Promise<Answered> {
  const always = { Region: 'cn-bj2', ProjectId: 'org-1', PublicKey: PUBLIC };
  const answer = await fetch(served.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'JS-SDK/0.0.1' },
    body: JSON.stringify(signed({ ...parameters, ...always }, privateKey)),
  });
  expect(answer.status).toBe(200);
  return { response: await answer.json(), uuid: answer.headers.get('x-ucloud-request-uuid') };
}

/** As the SDK calls: again and again, three times, where RetCode is not 0. */
async function call(Action: string, parameters: Parameters = {}): Promise<Response> {
  const answers: Answered[] = [];
  do answers.push(await post({ Action, ...parameters }));
  while (answers.at(-1)?.response.RetCode !== 0 && answers.length < 4);
  const last = answers.at(-1) as Answered;
  expect(last.uuid).toMatch(/^[0-9a-f-]{36}$/);
  expect(last.response.Action).toBe(`${Action}Response`);
  expect(new Set(answers.map(({ response }) => response.RetCode)).size).toBe(1);
  return last.response;
}

const IN_SUBNET = { VPCId: 'vpc-1', SubnetId: 'vsw-1' };

describe('UCloud by signed HTTP', () => {
  it('allocates, describes, updates and releases', async () => {
    const wanted = { ...IN_SUBNET, Ip: '192.168.0.111', Count: 1, Name: '名 a+b' };
    const { VIPSet } = await call('AllocateVIP', wanted);
    const { VIPId } = VIPSet[0];
    cloud.holders.set(VIPId, '00:16:3e:00:00:02');
    const seen = await call('DescribeVIP', { VPCId: 'vpc-1', SubnetId: 'vsw-1' });
    expect(seen.VIPSet[0]).toMatchObject({ VIPId, Name: '名 a+b', RealIp: '192.168.0.12' });
    expect((await call('UpdateVIPAttribute', { VIPId, Remark: '备注' })).RetCode).toBe(0);
    expect((await call('DescribeVIP', { VIPId })).VIPSet[0].Remark).toBe('备注');
    expect((await call('ReleaseVIP', { VIPId })).RetCode).toBe(0);
    expect((await call('ReleaseVIP', { VIPId })).RetCode).toBe(64001);
    expect(await call('DescribeVIP', { VIPId })).toMatchObject({ TotalCount: 0, VIPSet: [] });
  });

  it('leaves nothing behind an error, however often it is asked', async () => {
    const taken = { ...IN_SUBNET, Ip: '192.168.0.11' };
    expect((await call('AllocateVIP', taken)).RetCode).toBe(2022);
    const few = { VPCId: 'vpc-1', SubnetId: 'vsw-1', Count: 100 };
    for (let hundreds = 0; hundreds < 2; hundreds++) await call('AllocateVIP', few);
    expect((await call('AllocateVIP', few)).RetCode).toBe(2010);
    expect((await call('DescribeVIP')).TotalCount).toBe(200);
  });

  it('refuses a wrong signature', async () => {
    const { response } = await post({ Action: 'DescribeVIP' }, 'another-key');
    expect(response).toMatchObject({ RetCode: 171, Action: 'DescribeVIPResponse' });
  });

  it('takes a GET, signed over its texts', async () => {
    const parameters = { Action: 'DescribeVIP', Region: 'cn-bj2', PublicKey: PUBLIC };
    const query = new URLSearchParams(signed(parameters, PRIVATE) as Record<string, string>);
    const answer = await fetch(`${served.url}/?${query}`);
    expect(await answer.json()).toMatchObject({ RetCode: 0, Action: 'DescribeVIPResponse' });
  });
});
