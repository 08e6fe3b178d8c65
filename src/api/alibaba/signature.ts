/**
 * Whether a request is signed with one of the keys: ACS3-HMAC-SHA256 in the Authorization header
 * (SDKs of today) or the older HMAC-SHA1 in the parameters (pop-core, Terraform). Only what is
 * signed is let through: an unsigned x-acs- header is refused, and HMAC-SHA1, which covers no
 * header, must name its action among the parameters.
 */
import { createHash, createHmac } from 'node:crypto';
import type { ApiContext, ApiRequest } from '../dialect.ts';
import { isSameText } from '../same-text.ts';
import { AlibabaError, invalid } from './alibaba-error.ts';
import { Nonces } from './nonces.ts';
import type { Parameters } from './parameters.ts';

/** How far the clocks may be apart: the vendor's pages say 15 minutes. Milliseconds. */
const SKEW_MAX = 15 * 60 * 1000;
const NONCE_LENGTH_MAX = 128;
const ACS3 = 'ACS3-HMAC-SHA256';

/** What a request says of its own signature, and what is signed. */
interface Signed {
  keyId: string;
  /** As the text that was sent. */
  signature: string;
  time: string;
  nonce: string;
  stringToSign: string;
  sign(secret: string): string;
}

const noncesOf = new WeakMap<ApiContext, Nonces>();

/** Throws an AlibabaError where the signature is missing, wrong, stale or used before. */
export function verifySignature(
  request: ApiRequest,
  parameters: Parameters,
  context: ApiContext,
): void {
  if (context.keys.size === 0) return;
  const authorization = request.headers.authorization;
  const signed =
    authorization === undefined ? signedV1(request, parameters) : signedV3(request, authorization);
  const now = context.now();
  const until = timeOf(signed.time, now) + SKEW_MAX;
  const secret = context.keys.get(signed.keyId);
  if (secret === undefined) {
    throw new AlibabaError(
      404,
      'InvalidAccessKeyId.NotFound',
      'Specified access key is not found.',
    );
  }
  if (!isSameText(signed.signature, signed.sign(secret))) {
    const message = 'Specified signature is not matched with our calculation.';
    const hint = `server string to sign is:${signed.stringToSign.slice(0, 4000)}`;
    throw new AlibabaError(400, 'SignatureDoesNotMatch', `${message} ${hint}`);
  }
  let nonces = noncesOf.get(context);
  if (nonces === undefined) noncesOf.set(context, (nonces = new Nonces()));
  if (!nonces.add(`${signed.keyId} ${signed.nonce}`, until, now)) {
    const message = 'Specified signature nonce was used already.';
    throw new AlibabaError(400, 'SignatureNonceUsed', message);
  }
}

function signedV1(request: ApiRequest, parameters: Parameters): Signed {
  const field = (name: string): string => mandatory(name, parameters.text(name));
  const keyId = field('AccessKeyId');
  const signature = field('Signature');
  const time = field('Timestamp');
  const nonce = nonceOf('SignatureNonce', field('SignatureNonce'));
  field('Action');
  field('Version');
  expect('SignatureMethod', field('SignatureMethod'), 'HMAC-SHA1');
  expect('SignatureVersion', field('SignatureVersion'), '1.0');
  const signedOnes = parameters.entries().filter(([name]) => name !== 'Signature');
  const stringToSign = `${request.method}&${encode('/')}&${encode(canonical(signedOnes))}`;
  const sign = (secret: string): string =>
    createHmac('sha1', `${secret}&`).update(stringToSign).digest('base64');
  return { keyId, signature, time, nonce, stringToSign, sign };
}

function signedV3(request: ApiRequest, authorization: string): Signed {
  const { method, path, headers, body } = request;
  if (!authorization.startsWith(`${ACS3} `)) throw incomplete(`it must begin with ${ACS3}`);
  const fields = new Map(
    authorization
      .slice(ACS3.length)
      .split(',')
      .map((field) => [field.trim().split('=', 1)[0] ?? '', field.replace(/^[^=]*=/, '').trim()]),
  );
  const keyId = mandatory('Credential', fields.get('Credential'));
  const signature = mandatory('Signature', fields.get('Signature'));
  const names = mandatory('SignedHeaders', fields.get('SignedHeaders')).split(';');
  const hash = mandatory('x-acs-content-sha256', headers['x-acs-content-sha256']);
  const time = mandatory('x-acs-date', headers['x-acs-date']);
  const nonce = nonceOf(
    'x-acs-signature-nonce',
    mandatory('x-acs-signature-nonce', headers['x-acs-signature-nonce']),
  );
  for (const name of ['host', ...Object.keys(headers).filter((one) => one.startsWith('x-acs-'))]) {
    if (!names.includes(name)) throw incomplete(`the header ${name} is not among SignedHeaders`);
  }
  if (!isSameText(hash, createHash('sha256').update(body).digest('hex'))) {
    throw incomplete('x-acs-content-sha256 is not the hash of the body');
  }
  const lines = names.map((name) => `${name}:${(headers[name] ?? '').trim()}\n`).join('');
  const query = canonical([...request.query]);
  const asked = `${method}\n${path}\n${query}\n${lines}\n${names.join(';')}\n${hash}`;
  const stringToSign = `${ACS3}\n${createHash('sha256').update(asked).digest('hex')}`;
  const sign = (secret: string): string =>
    createHmac('sha256', secret).update(stringToSign).digest('hex');
  return { keyId, signature, time, nonce, stringToSign, sign };
}

function canonical(entries: [string, string][]): string {
  const ordered = entries.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  return ordered.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
}

/** RFC 3986: all but its unreserved characters is escaped. */
function encode(text: string): string {
  const escaped = (one: string): string => `%${one.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, escaped);
}

/** Milliseconds since 1970, once they are near enough to `now`. */
function timeOf(text: string, now: number): number {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text);
  const time = isTime ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    const message = 'Specified time stamp or date value is not well formatted.';
    throw new AlibabaError(400, 'InvalidTimeStamp.Format', message);
  }
  if (Math.abs(time - now) > SKEW_MAX) {
    const message = 'Specified time stamp or date value is expired.';
    throw new AlibabaError(400, 'InvalidTimeStamp.Expired', message);
  }
  return time;
}

function nonceOf(name: string, nonce: string): string {
  if (nonce.length > NONCE_LENGTH_MAX) throw invalid(name, `longer than ${NONCE_LENGTH_MAX}`);
  return nonce;
}

function mandatory(name: string, text: string | undefined): string {
  if (text !== undefined && text !== '') return text;
  throw new AlibabaError(400, `Missing${name}`, `${name} is mandatory for this action.`);
}

function expect(name: string, text: string, only: string): void {
  if (text !== only) throw invalid(name, `it must be ${only}`);
}

function incomplete(why: string): AlibabaError {
  const message = `The request signature does not conform to the standards: ${why}.`;
  return new AlibabaError(400, 'IncompleteSignature', message);
}
