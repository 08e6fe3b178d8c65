/**
 * Who asks: SDK-HMAC-SHA256 over the request, as the vendor's SDKs sign it, or X-Auth-Token, which
 * clients without SDK send. The vendor's token comes from IAM; here it is one of the secret keys.
 */
import { createHash, createHmac } from 'node:crypto';
import type { ApiContext, ApiRequest } from '../dialect.ts';
import { isSameText } from '../same-text.ts';
import { type Fault, invalidToken, notAuthentic } from './faults.ts';

const ALGORITHM = 'SDK-HMAC-SHA256';
const AUTHORIZATION =
  /^SDK-HMAC-SHA256 +Access=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-fA-F]{64})$/;
const DATE = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;
/** The gateway's tolerance, in milliseconds. */
const SKEW_MAX = 15 * 60 * 1000;
/** Without these two a signature says neither where nor when. */
const SIGNED_ALWAYS = ['host', 'x-sdk-date'];

/** Null where the request is authentic, or where no keys are configured. */
export function checkSignature(request: ApiRequest, context: ApiContext): Fault | null {
  if (context.keys.size === 0) return null;
  const authorization = request.headers.authorization;
  if (authorization !== undefined) return checkAuthorization(authorization, request, context);
  const token = request.headers['x-auth-token'];
  if (token === undefined) return notAuthentic('x-auth-token not found');
  // Every secret is compared, whichever fits: the time tells nothing.
  const fits = [...context.keys.values()].filter((secret) => isSameText(secret, token));
  return fits.length > 0 ? null : invalidToken();
}

function checkAuthorization(
  authorization: string,
  request: ApiRequest,
  context: ApiContext,
): Fault | null {
  const [, key, names, signature] = AUTHORIZATION.exec(authorization) ?? [];
  if (key === undefined || names === undefined || signature === undefined) {
    return notAuthentic(`the Authorization header is no ${ALGORITHM}`);
  }
  const signed = names.toLowerCase().split(';');
  const missing = SIGNED_ALWAYS.find((name) => !signed.includes(name));
  if (missing !== undefined) return notAuthentic(`the header ${missing} is not signed`);
  const date = request.headers['x-sdk-date'] ?? '';
  const at = parseDate(date);
  if (Number.isNaN(at)) return notAuthentic('x-sdk-date is no YYYYMMDDTHHMMSSZ');
  if (Math.abs(context.now() - at) > SKEW_MAX) {
    return notAuthentic('x-sdk-date is more than 15 minutes from the time here');
  }
  const secret = context.keys.get(key);
  if (secret === undefined) return notAuthentic('the access key is not known here');
  const wanted = signature.toLowerCase();
  const fits = pathsOf(request.path).filter((path) =>
    isSameText(signatureOf(request, path, signed, secret), wanted),
  );
  return fits.length > 0 ? null : notAuthentic('verify aksk signature fail');
}

/** Hexadecimal signature of a request whose path is written `path`. */
function signatureOf(
  request: ApiRequest,
  path: string,
  signed: readonly string[],
  secret: string,
): string {
  const { method, query, headers, body } = request;
  const lines = [...signed].sort().map((name) => `${name}:${(headers[name] ?? '').trim()}\n`);
  const canonical = [
    method,
    path,
    canonicalQuery(query),
    lines.join(''),
    signed.join(';'),
    sha256(body),
  ].join('\n');
  const text = [ALGORITHM, headers['x-sdk-date'], sha256(canonical)].join('\n');
  return createHmac('sha256', secret).update(text).digest('hex');
}

/**
 * The forms in which a path may have been signed, each with a slash behind. An endpoint with a
 * trailing slash makes the SDK sign `//v1/..` and send `/v1/..`; and it escapes what is escaped
 * already, where the vendor's description escapes the plain text.
 */
function pathsOf(path: string): string[] {
  const plain = path.split('/').map((part) => toUri(fromUri(part)));
  const twice = path.split('/').map(toUri);
  const forms = new Set(
    [plain.join('/'), twice.join('/')].map((form) => form.replace(/\/?$/, '/')),
  );
  return [...forms].flatMap((form) => [form, `/${form}`]);
}

function canonicalQuery(query: URLSearchParams): string {
  const pairs = [...query].sort(([aName, a], [bName, b]) => compare(aName, bName) || compare(a, b));
  return pairs.map(([name, value]) => `${toUri(name)}=${toUri(value)}`).join('&');
}

/** All but letters, digits and `-_.~`. */
function toUri(text: string): string {
  const escapeOctet = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, escapeOctet);
}

function fromUri(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Milliseconds since 1970; NaN for text that is no such date. */
function parseDate(text: string): number {
  if (!DATE.test(text)) return Number.NaN;
  return Date.parse(text.replace(DATE, '$1-$2-$3T$4:$5:$6Z'));
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
