// Asks Huawei's dialect without a server between.

import type { ApiRequest } from '../../../src/api/dialect.ts';
import { huawei } from '../../../src/api/huawei/huawei.ts';
import type { Account } from '../account.ts';

export const PROJECT = 'p1234';
export const VIP = 'neutron:VIP_PORT';

export interface Answer {
  status: number;
  headers: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: the answer's JSON, as a client reads it.
  body: any;
}

/** `target`: path and query as on the request line; `{p}` stands for `/v1/PROJECT`. */
export function requestOf(
  line: string,
  body?: unknown,
  headers: Record<string, string> = {},
): ApiRequest {
  const [method = '', target = ''] = line.replace('{p}', `/v1/${PROJECT}`).split(' ');
  const [path = '', rawQuery = ''] = target.split('?');
  return {
    method,
    path,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers: { host: '127.0.0.1:8080', 'x-project-id': PROJECT, ...headers },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? null)),
  };
}

export async function ask(
  { context }: Account,
  line: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await huawei.answer(requestOf(line, body, headers), context);
  // As the client gets it: nothing that JSON would drop or change counts.
  const sent = answer.body === '' ? '' : JSON.parse(JSON.stringify(answer.body));
  return { status: answer.status, headers: { ...answer.headers }, body: sent };
}

/** A VIP port; its id. */
export async function makeVip(
  account: Account,
  fields: { address?: string; name?: string; subnet?: string; pairs?: string[] } = {},
): Promise<string> {
  const { address, name, subnet = 'vsw-1', pairs } = fields;
  const answer = await ask(account, 'POST {p}/ports', {
    port: {
      network_id: subnet,
      device_owner: VIP,
      name,
      fixed_ips: address === undefined ? undefined : [{ ip_address: address }],
      allowed_address_pairs: pairs?.map((ip_address) => ({ ip_address })),
    },
  });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body.port.id;
}

export function setPairs(account: Account, port: string, addresses: string[]): Promise<Answer> {
  const pairs = addresses.map((ip_address) => ({ ip_address }));
  return ask(account, `PUT /v2.0/ports/${port}`, { port: { allowed_address_pairs: pairs } });
}

/** Addresses in a port's pairs, as a client reads them. */
export async function pairsOf(account: Account, port: string): Promise<string[]> {
  const { body } = await ask(account, `GET /v2.0/ports/${port}`);
  return body.port.allowed_address_pairs.map((pair: { ip_address: string }) => pair.ip_address);
}
