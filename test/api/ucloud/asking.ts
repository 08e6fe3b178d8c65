// Requests as UCloud's SDKs send them, and their signature written down once more.
import { createHash } from 'node:crypto';
import type { ApiRequest } from '../../../src/api/dialect.ts';
import { ucloud } from '../../../src/api/ucloud/ucloud.ts';
import type { Account } from '../account.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are read as a client would read them.
export type Response = any;

export type Parameters = Record<string, string | number | boolean>;

export function post(parameters: Parameters): ApiRequest {
  return {
    method: 'POST',
    path: '/',
    rawQuery: '',
    query: new URLSearchParams(),
    headers: { host: '127.0.0.1:8080', 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(parameters)),
  };
}

export function get(parameters: Parameters): ApiRequest {
  const texts = Object.entries(parameters).map(([name, value]) => [name, String(value)]);
  const query = new URLSearchParams(texts as [string, string][]);
  const headers = { host: '127.0.0.1:8080' };
  return {
    method: 'GET',
    path: '/',
    rawQuery: String(query),
    query,
    headers,
    body: Buffer.alloc(0),
  };
}

/** The body of the answer, which is HTTP 200 whatever it says. */
export async function send({ context }: Account, asked: ApiRequest): Promise<Response> {
  const { status, headers, body } = await ucloud.answer(asked, context);
  if (status !== 200) throw new Error(`HTTP ${status}`);
  if (!headers?.['x-ucloud-request-uuid']) throw new Error('no request id');
  return JSON.parse(JSON.stringify(body));
}

const ALWAYS = { Region: 'cn-bj2', ProjectId: 'org-1', PublicKey: 'pub' };

export function ask(account: Account, Action: string, more: Parameters = {}): Promise<Response> {
  return send(account, post({ ...ALWAYS, Action, ...more }));
}

export const IN_SUBNET = { VPCId: 'vpc-1', SubnetId: 'vsw-1' };

export async function vip(account: Account, more: Parameters = {}): Promise<string> {
  const response = await ask(account, 'AllocateVIP', { ...IN_SUBNET, ...more });
  if (response.RetCode !== 0) throw new Error(response.Message);
  return response.VIPSet[0].VIPId;
}

/** Names and values behind each other, sorted by name, and the private key; SHA-1. */
export function signed(parameters: Parameters, privateKey: string): Parameters {
  const names = Object.keys(parameters).sort();
  const text = names.map((name) => `${name}${parameters[name]}`).join('') + privateKey;
  return { ...parameters, Signature: createHash('sha1').update(text).digest('hex') };
}
