// Requests as Tencent's SDKs send them, asked of the dialect itself.
import type { ApiRequest } from '../../../src/api/dialect.ts';
import { tencent } from '../../../src/api/tencent/tencent.ts';
import type { Operation } from '../../../src/havip/inventory/operation.ts';
import type { Account } from '../account.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are read as a client would read them.
export type Response = any;

export const CALLER = { dialect: 'native', call: 'test', requestId: 'test' };

/** TC3 with a JSON body, unsigned. */
export function tc3(action: string, parameters: unknown): ApiRequest {
  return request({
    method: 'POST',
    headers: { 'content-type': 'application/json', ...actionHeaders(action) },
    body: Buffer.from(JSON.stringify(parameters)),
  });
}

export function actionHeaders(action: string): Record<string, string> {
  return { 'x-tc-action': action, 'x-tc-version': '2017-03-12', 'x-tc-region': 'ap-guangzhou' };
}

export function request(parts: Partial<ApiRequest>): ApiRequest {
  const rawQuery = parts.rawQuery ?? '';
  const host = { host: '127.0.0.1:8080' };
  return {
    method: 'GET',
    path: '/',
    body: Buffer.alloc(0),
    ...parts,
    headers: { ...host, ...parts.headers },
    rawQuery,
    query: new URLSearchParams(rawQuery),
  };
}

/** The `Response` of an answer, which is HTTP 200 whatever it says. */
export async function send({ context }: Account, asked: ApiRequest): Promise<Response> {
  const { status, body } = await tencent.answer(asked, context);
  if (status !== 200) throw new Error(`HTTP ${status}`);
  return (JSON.parse(JSON.stringify(body)) as { Response: Response }).Response;
}

export function ask(account: Account, action: string, parameters: unknown = {}): Promise<Response> {
  return send(account, tc3(action, parameters));
}

/** `ResourceNotFound`; null where the call was accepted. */
export async function codeOf(
  account: Account,
  action: string,
  parameters: unknown = {},
): Promise<string | null> {
  return (await ask(account, action, parameters)).Error?.Code ?? null;
}

/** A HaVip in vsw-1, by its id. */
export async function havip(account: Account, more: object = {}): Promise<string> {
  const wanted = { VpcId: 'vpc-1', SubnetId: 'vsw-1', HaVipName: 'web', ...more };
  const response = await ask(account, 'CreateHaVip', wanted);
  if (response.Error !== undefined) throw new Error(response.Error.Message);
  return response.HaVip.HaVipId;
}

/** What Tencent's HaVip calls have no word for. */
export async function submit(account: Account, operation: Operation): Promise<string> {
  const outcome = await account.plane.submit(operation, CALLER);
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.subject;
}

export function eip(account: Account, address: string): Promise<string> {
  return submit(account, { kind: 'create-eip', address });
}
