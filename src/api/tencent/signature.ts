/**
 * Tencent's signatures: TC3-HMAC-SHA256 over the request, and the older HmacSHA1 and HmacSHA256
 * over its parameters. SDKs differ in what they sign as the host: the one for Node.js leaves the
 * port out of TC3 while its Host header has it, so both are taken. The service of TC3 is whatever
 * the first label of the endpoint was (`127`), so it is taken from the credential.
 */
import { createHash, createHmac } from 'node:crypto';
import type { ApiContext, ApiRequest } from '../dialect.ts';
import { isSameText } from '../same-text.ts';
import type { Asked } from './request.ts';
import { type Fault, fault } from './result.ts';

/** Seconds that a request may be old, or ahead: as the vendor's common errors say. */
const SKEW_MAX = 300;

const CREDENTIAL = /^TC3-HMAC-SHA256 Credential=([^/,]+)\/(\d{4}-\d\d-\d\d)\/([^,]*)\/tc3_request,/;
const SIGNED = /,\s*SignedHeaders=([a-z0-9;-]+),\s*Signature=([0-9a-f]{64})$/;

/** Null where the request is signed as it should be, or where no keys are kept. */
export function signatureFault(
  request: ApiRequest,
  asked: Asked,
  { keys, now }: ApiContext,
): Fault | null {
  if (keys.size === 0) return null;
  const seconds = Math.floor(now() / 1000);
  return asked.signedForm === null
    ? tc3Fault(request, keys, seconds)
    : formFault(request, asked.signedForm, keys, seconds);
}

function tc3Fault(
  request: ApiRequest,
  keys: ReadonlyMap<string, string>,
  seconds: number,
): Fault | null {
  const header = request.headers.authorization ?? '';
  const credential = CREDENTIAL.exec(header);
  const signed = SIGNED.exec(header);
  if (credential === null || signed === null) {
    const shape = 'Credential=ID/DATE/SERVICE/tc3_request, SignedHeaders=.., Signature=..';
    const message = `the Authorization header is not TC3-HMAC-SHA256 ${shape}`;
    return fault('AuthFailure.InvalidAuthorization', message);
  }
  const [, id = '', date = '', service = ''] = credential;
  const [, names = '', signature = ''] = signed;
  const secret = keys.get(id);
  if (secret === undefined) return unknownId(id);
  const timestamp = request.headers['x-tc-timestamp'] ?? '';
  if (!isFresh(timestamp, seconds)) return stale(timestamp, seconds);
  const day = new Date(Number(timestamp) * 1000).toISOString().slice(0, 10);
  const key = [date, service, 'tc3_request'].reduce(
    (parent: string | Buffer, part) => hmac('sha256', parent, part).digest(),
    `TC3${secret}`,
  );
  const scope = `${date}/${service}/tc3_request`;
  const isRight = canonicalRequests(request, names.split(';')).some((canonical) => {
    const digest = createHash('sha256').update(canonical).digest('hex');
    const text = `TC3-HMAC-SHA256\n${timestamp}\n${scope}\n${digest}`;
    return isSameText(signature, hmac('sha256', key, text).digest('hex'));
  });
  return isRight && day === date && covers(names) ? null : wrong();
}

/** The vendor asks for both; whoever leaves the host out could send the request elsewhere. */
function covers(names: string): boolean {
  const list = names.split(';');
  return list.includes('content-type') && list.includes('host');
}

/** With the host as the header says it and without its port, values as sent and in lower case. */
function canonicalRequests(request: ApiRequest, names: readonly string[]): string[] {
  const { method, path, rawQuery, headers, body } = request;
  const payload = createHash('sha256').update(body).digest('hex');
  const host = headers.host ?? '';
  const hosts = [...new Set([host.replace(/:\d+$/, ''), host])];
  const canonical = (hostSaid: string, isLower: boolean): string => {
    const lines = names.map((name) => {
      const value = (name === 'host' ? hostSaid : (headers[name] ?? '')).trim();
      return `${name}:${isLower ? value.toLowerCase() : value}\n`;
    });
    return [method, path, rawQuery, lines.join(''), names.join(';'), payload].join('\n');
  };
  return hosts.flatMap((said) => [canonical(said, false), canonical(said, true)]);
}

function formFault(
  { method, path, headers }: ApiRequest,
  form: URLSearchParams,
  keys: ReadonlyMap<string, string>,
  seconds: number,
): Fault | null {
  const id = form.get('SecretId') ?? '';
  const secret = keys.get(id);
  if (secret === undefined) return unknownId(id);
  const timestamp = form.get('Timestamp') ?? '';
  if (!isFresh(timestamp, seconds)) return stale(timestamp, seconds);
  const algorithm = form.get('SignatureMethod') === 'HmacSHA256' ? 'sha256' : 'sha1';
  const signed = [...form]
    .filter(([name]) => name !== 'Signature')
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const given = form.get('Signature') ?? '';
  const host = headers.host ?? '';
  const isRight = [host, host.replace(/:\d+$/, '')].some((said) => {
    const text = `${method}${said}${path}?${signed}`;
    return isSameText(given, hmac(algorithm, secret, text).digest('base64'));
  });
  return isRight ? null : wrong();
}

function hmac(algorithm: string, key: string | Buffer, text: string) {
  return createHmac(algorithm, key).update(text, 'utf8');
}

function isFresh(timestamp: string, seconds: number): boolean {
  return /^\d{1,12}$/.test(timestamp) && Math.abs(Number(timestamp) - seconds) <= SKEW_MAX;
}

function unknownId(id: string): Fault {
  const message = `no key with the SecretId ${JSON.stringify(id)} is kept here; sign with another`;
  return fault('AuthFailure.SecretIdNotFound', message);
}

function stale(timestamp: string, seconds: number): Fault {
  const said = timestamp === '' ? 'none' : timestamp;
  const message = `the timestamp is ${said}, more than five minutes from ours, ${seconds}`;
  return fault('AuthFailure.SignatureExpire', message);
}

function wrong(): Fault {
  const message = 'the signature is not the one of this request and key; check the SecretKey';
  return fault('AuthFailure.SignatureFailure', message);
}
