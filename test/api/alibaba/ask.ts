// Requests of the Alibaba dialect in the shapes of its clients, put to the dialect itself.
import { alibaba } from '../../../src/api/alibaba/alibaba.ts';
import type { ApiRequest } from '../../../src/api/dialect.ts';
import type { Account } from '../account.ts';

export type Fields = Record<string, string>;

export interface Reply {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are compared, not used.
  body: any;
}

export const VERSION = '2016-04-28';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** What older clients name in the parameters besides the call's own. */
const named = (action: string): Fields => ({ Action: action, Version: VERSION, Format: 'JSON' });
const acs = (action: string): Fields => ({ 'x-acs-action': action, 'x-acs-version': VERSION });

/** Each client's shape, by its name. */
export const SHAPES = {
  'SDK 7.x and 6.x': (action: string, fields: Fields) =>
    request('POST', { query: fields, headers: acs(action) }),
  'SDK with signatureAlgorithm v2': (action: string, fields: Fields) =>
    request('POST', { query: { ...named(action), ...fields }, headers: acs(action) }),
  'callApi with a body': (action: string, fields: Fields) =>
    request('POST', {
      body: fields,
      headers: { ...acs(action), ...FORM, 'transfer-encoding': 'chunked' },
    }),
  'pop-core by GET': (action: string, fields: Fields) =>
    request('GET', { query: { ...named(action), ...fields }, headers: acs(action) }),
  'pop-core by POST': (action: string, fields: Fields) =>
    request('POST', {
      body: { ...named(action), ...fields },
      headers: { ...acs(action), ...FORM },
    }),
  'Terraform RpcPost': (action: string, fields: Fields) =>
    request('POST', { query: named(action), body: fields, headers: FORM }),
} as const;

export function request(
  method: string,
  { query = {}, body = {}, headers = {} }: { query?: Fields; body?: Fields; headers?: Fields },
): ApiRequest {
  const rawQuery = new URLSearchParams(query).toString();
  return {
    method,
    path: '/',
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers: { host: '127.0.0.1:7070', ...headers },
    body: Buffer.from(new URLSearchParams(body).toString()),
  };
}

export async function put({ context }: Account, asked: ApiRequest): Promise<Reply> {
  const { status, body } = await alibaba.answer(asked, context);
  // As a client reads it.
  return { status, body: JSON.parse(JSON.stringify(body)) };
}

/** One call as the SDKs of today send it; RegionId is added. */
export function ask(account: Account, action: string, fields: Fields = {}): Promise<Reply> {
  const whole = { RegionId: 'local', ...fields };
  return put(account, SHAPES['SDK 7.x and 6.x'](action, whole));
}

/** The body of a call that has to succeed. */
export async function done(account: Account, action: string, fields: Fields = {}) {
  const { status, body } = await ask(account, action, fields);
  if (status !== 200) throw new Error(`${action}: ${status} ${body.Code} ${body.Message}`);
  return body;
}

/** `404 InvalidHaVipId.NotFound`, or `200`. */
export async function verdict(account: Account, action: string, fields: Fields = {}) {
  const { status, body } = await ask(account, action, fields);
  return status === 200 ? '200' : `${status} ${body.Code}`;
}

/** A new HaVip's id. */
export async function newHaVip(account: Account, fields: Fields = {}): Promise<string> {
  return (await done(account, 'CreateHaVip', { VSwitchId: 'vsw-1', ...fields })).HaVipId;
}

/** A HaVip as DescribeHaVips shows it; undefined where it is not there. */
export async function shown(account: Account, id: string) {
  const fields = { 'Filter.1.Key': 'HaVipId', 'Filter.1.Value.1': id };
  return (await done(account, 'DescribeHaVips', fields)).HaVips.HaVip[0];
}

/** A new EIP's id. */
export async function newEip(account: Account): Promise<string> {
  return (await done(account, 'AllocateEipAddress')).AllocationId;
}

/** To bind an EIP to a HaVip, or to take it back. */
export const eipFields = (AllocationId: string, InstanceId: string): Fields => ({
  AllocationId,
  InstanceId,
  InstanceType: 'HaVip',
});

export const routeFields = (
  NextHopId: string,
  DestinationCidrBlock = '172.16.0.0/16',
): Fields & { RouteTableId: string; DestinationCidrBlock: string } => ({
  RouteTableId: 'rtb-vpc-1',
  DestinationCidrBlock,
  NextHopType: 'HaVip',
  NextHopId,
});
