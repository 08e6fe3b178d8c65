// The requests of Terraform's Alibaba provider, one by one, as its sources of 2024 to 2026 write
// them: alicloud_havip, alicloud_havip_attachment and alicloud_eip_association are created, waited
// for, read, deleted and waited for again. What the provider reads by a path must be there, also
// where it is empty; what it retries must not be told where it would not pass.
import { createHmac, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alibaba } from '../../../src/api/alibaba/alibaba.ts';
import { type Account, account } from '../account.ts';
import { type Served, serve } from '../server-client.ts';
import { newEip, newHaVip } from './ask.ts';

const KEY = 'testid';
const SECRET = 'testsecret';
const REGION = 'cn-hangzhou';

// biome-ignore lint/suspicious/noExplicitAny: JSON, read by paths as the provider reads it.
type Json = any;

let one: Account;
let served: Served;
/** Actions that were sent, in order. */
let sent: string[];

beforeEach(async () => {
  one = account('alibaba', [[KEY, SECRET]]);
  one.time.now = Date.now();
  served = await serve(one, { dialects: [alibaba] });
  sent = [];
});

afterEach(() => served.close());

/** POST: what signs in the query, the call's own parameters in a form. */
async function rpcPost(action: string, fields: Record<string, string>): Promise<Json> {
  const body = { RegionId: REGION, ...fields };
  const query: Record<string, string> = {
    AccessKeyId: KEY,
    Action: action,
    Format: 'json',
    SignatureMethod: 'HMAC-SHA1',
    SignatureNonce: randomUUID(),
    SignatureVersion: '1.0',
    Timestamp: `${new Date().toISOString().slice(0, 19)}Z`,
    Version: '2016-04-28',
  };
  const text = Object.entries({ ...query, ...body })
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .sort()
    .join('&');
  const signature = createHmac('sha1', `${SECRET}&`);
  signature.update(`POST&%2F&${encodeURIComponent(text)}`);
  query.Signature = signature.digest('base64');
  sent.push(action);
  const response = await fetch(`${served.url}/?${new URLSearchParams(query)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(body).toString(),
  });
  const answer = (await response.json()) as Json;
  if (response.status >= 400) throw Object.assign(new Error(answer.Message), { code: answer.Code });
  return answer;
}

/** As the provider's jsonpath: a key that is not there is an error, an empty list is not. */
function at(json: Json, path: string): Json {
  return path.split('.').reduce((value, key) => {
    if (!Object.hasOwn(value, key)) throw new Error(`${path} is not in ${JSON.stringify(json)}`);
    return value[key];
  }, json);
}

/** What the provider retries for five minutes, of the three resources. */
const RETRIED = [
  'IncorrectInstanceStatus',
  'IncorrectHaVipStatus',
  'InvalidVip.Status',
  'OperationConflict',
  'LastTokenProcessing',
  'SystemBusy',
  'ServiceUnavailable',
  'TaskConflict',
];

/** alicloud_havip, DescribeHavip: page after page until it is found, or a page is not full. */
async function readHavip(id: string): Promise<Json> {
  for (let page = 1; ; page++) {
    const answer = await rpcPost('DescribeHaVips', { PageNumber: `${page}`, PageSize: '20' });
    const havips = at(answer, 'HaVips.HaVip');
    const found = havips.find(({ HaVipId }: Json) => HaVipId === id);
    if (found !== undefined || havips.length < 20) return found ?? null;
  }
}

/** alicloud_havip_attachment: a filter value without a key, then the member among the instances. */
async function readAttachment(id: string, instance: string): Promise<Json> {
  const answer = await rpcPost('DescribeHaVips', { 'Filter.1.Value.1': id });
  const havip = at(answer, 'HaVips.HaVip').find(({ HaVipId }: Json) => HaVipId === id);
  if (havip === undefined) return null;
  return at(havip, 'AssociatedInstances.associatedInstance').includes(instance) ? havip : null;
}

/** alicloud_eip_association: the EIP by its id, then whose it is. */
async function readEip(id: string): Promise<Json> {
  const answer = await rpcPost('DescribeEipAddresses', { AllocationId: id });
  return at(answer, 'EipAddresses.EipAddress').find((eip: Json) => eip.AllocationId === id) ?? null;
}

/** Polls as WaitForState does; the number of requests shows that the first look was enough. */
async function waitFor(read: () => Promise<Json>, status: string | null): Promise<Json> {
  for (let look = 0; look < 10; look++) {
    const resource = await read();
    if ((resource?.Status ?? null) === status) return resource;
  }
  throw new Error(`it did not become ${status}`);
}

const token = (action: string): string => `TF-${action}-${randomUUID()}`.slice(0, 64);

describe("Terraform's shape of life", () => {
  it('is created, attached, read without a difference, and destroyed', async () => {
    const AllocationId = await eip();
    const given = { Description: 'by Terraform', Name: 'tf-web', IpAddress: '192.168.0.88' };
    const { HaVipId } = await rpcPost('CreateHaVip', { ...given, VSwitchId: 'vsw-1' });
    await waitFor(() => readHavip(HaVipId), 'Available');
    expect(await readHavip(HaVipId)).toMatchObject({ ...given, VSwitchId: 'vsw-1' });
    // The attachment of one that has none: an empty list at its path, and no error.
    expect(await readAttachment(HaVipId, 'i-1')).toBeNull();

    for (const InstanceId of ['i-1', 'i-2']) {
      const ClientToken = token('AssociateHaVip');
      await rpcPost('AssociateHaVip', { HaVipId, InstanceId, ClientToken });
      const attached = await waitFor(() => readAttachment(HaVipId, InstanceId), 'InUse');
      expect(attached.AssociatedInstanceType).toBe('EcsInstance');
    }
    const binding = { AllocationId, InstanceId: HaVipId, InstanceType: 'HaVip' };
    const ClientToken = token('AssociateEipAddress');
    await rpcPost('AssociateEipAddress', { ...binding, ClientToken });
    const bound = await waitFor(() => readEip(AllocationId), 'InUse');
    expect(bound).toMatchObject({ InstanceId: HaVipId, InstanceType: 'HaVip' });

    await rpcPost('UnassociateEipAddress', { ...binding, ClientToken: token('Unassociate') });
    await waitFor(() => readEip(AllocationId), 'Available');
    one.holders.set(HaVipId, '00:16:3e:00:00:01');
    for (const [InstanceId, Force] of [
      ['i-1', 'true'],
      ['i-2', 'false'],
    ] as const) {
      const more = { InstanceType: 'EcsInstance', Force, ClientToken: token('UnassociateHaVip') };
      await rpcPost('UnassociateHaVip', { HaVipId, InstanceId, ...more });
      await waitFor(() => readAttachment(HaVipId, InstanceId), null);
    }
    await rpcPost('DeleteHaVip', { HaVipId });
    await waitFor(() => readHavip(HaVipId), null);

    // Every look found what it waited for: nothing was asked twice.
    expect(sent.filter((action) => action.startsWith('Describe'))).toHaveLength(10);
  });

  it('finds a HaVip on the second page of twenty, and one that is not there nowhere', async () => {
    const { context } = one;
    const unsigned = { ...one, context: { ...context, keys: new Map() } };
    const ids: string[] = [];
    for (let i = 0; i < 25; i++) ids.push(await newHaVip(unsigned));
    const last = ids[24] as string;
    expect(await readHavip(last)).toMatchObject({ HaVipId: last });
    expect(sent).toEqual(['DescribeHaVips', 'DescribeHaVips']);
    expect(await readHavip('havip-9')).toBeNull();
    await rpcPost('AssociateHaVip', { HaVipId: last, InstanceId: 'i-1' });
    expect(await readAttachment(last, 'i-1')).toMatchObject({ HaVipId: last });
  });

  it('finds at refresh that what is gone is gone', async () => {
    expect(await readHavip('havip-9')).toBeNull();
    expect(await readAttachment('havip-9', 'i-1')).toBeNull();
    expect(await readEip('eip-9')).toBeNull();
    // Its delete takes this code for done.
    const gone = await rpcPost('DeleteHaVip', { HaVipId: 'havip-9' }).catch(({ code }) => code);
    expect(gone).toBe('InvalidHaVipId.NotFound');
  });

  it('is not left waiting by a refusal that would not pass', async () => {
    const { HaVipId } = await rpcPost('CreateHaVip', { VSwitchId: 'vsw-1' });
    await rpcPost('AssociateHaVip', { HaVipId, InstanceId: 'i-1' });
    one.holders.set(HaVipId, '00:16:3e:00:00:01');
    const AllocationId = await eip();
    await rpcPost('AssociateEipAddress', {
      AllocationId,
      InstanceId: HaVipId,
      InstanceType: 'HaVip',
    });
    const refused: [string, Record<string, string>][] = [
      ['CreateHaVip', { VSwitchId: 'vsw-9' }],
      ['CreateHaVip', { VSwitchId: 'vsw-1', IpAddress: '192.168.0.11' }],
      ['AssociateHaVip', { HaVipId, InstanceId: 'i-1' }],
      ['AssociateHaVip', { HaVipId, InstanceId: 'i-far' }],
      ['AssociateHaVip', { HaVipId, InstanceId: 'i-2.eth0', InstanceType: 'NetworkInterface' }],
      ['UnassociateHaVip', { HaVipId, InstanceId: 'i-1' }],
      ['UnassociateHaVip', { HaVipId, InstanceId: 'i-3' }],
      ['AssociateEipAddress', { AllocationId, InstanceId: HaVipId, InstanceType: 'HaVip' }],
    ];
    for (const [action, fields] of refused) {
      const code = await rpcPost(action, fields).catch((error) => error.code);
      expect(code).toEqual(expect.any(String));
      expect(RETRIED).not.toContain(code);
    }
  });
});

/** The provider's own alicloud_eip_address is not replayed. */
function eip(): Promise<string> {
  return newEip({ ...one, context: { ...one.context, keys: new Map() } });
}
