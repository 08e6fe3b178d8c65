/**
 * What a Tencent request asks for, in each of the four shapes that its SDKs send: TC3 says the
 * action in a header and its parameters in a JSON body or the query; the older signature (v1) says
 * everything in a form or the query.
 */
import type { ApiRequest } from '../dialect.ts';
import { isForm, jsonTree, type ParameterTree, treeOf } from '../flat-parameters.ts';
import { type Fault, fault } from './result.ts';

export const VERSION = '2017-03-12';

/** Parameters that v1 sends beside the action's own. */
const COMMON = [
  'Action',
  'Version',
  'Timestamp',
  'Nonce',
  'SecretId',
  'Region',
  'RequestClient',
  'SignatureMethod',
  'Signature',
  'Token',
  'Language',
] as const;

export interface Asked {
  action: string;
  version: string;
  parameters: ParameterTree;
  /** Whether every value is text. */
  isText: boolean;
  /** All that a v1 signature covers, and the signature; null for TC3. */
  signedForm: URLSearchParams | null;
}

export function isTencent(request: ApiRequest): boolean {
  return 'x-tc-action' in request.headers || formOf(request).get('Version') === VERSION;
}

export function readAsked(request: ApiRequest): Asked | Fault {
  const { method, headers, query, body } = request;
  if (method !== 'GET' && method !== 'POST') {
    return fault('UnsupportedProtocol', `${method} is not spoken here; send GET or POST`);
  }
  const action = headers['x-tc-action'];
  if (action === undefined) return readForm(formOf(request));
  const version = headers['x-tc-version'] ?? '';
  if (method === 'GET') {
    return { action, version, parameters: treeOf(query), isText: true, signedForm: null };
  }
  const parameters = jsonTree(body);
  if (parameters === null) {
    return fault('InvalidParameter', 'the body is no JSON object; send the parameters as one');
  }
  return { action, version, parameters, isText: false, signedForm: null };
}

function readForm(form: URLSearchParams): Asked {
  const own: [string, string][] = [];
  for (const pair of form) {
    if (!COMMON.some((name) => name === pair[0])) own.push(pair);
  }
  return {
    action: form.get('Action') ?? '',
    version: form.get('Version') ?? '',
    parameters: treeOf(own),
    isText: true,
    signedForm: form,
  };
}

function formOf({ method, headers, query, body }: ApiRequest): URLSearchParams {
  if (method !== 'POST' || !isForm(headers)) return query;
  return new URLSearchParams(body.toString('utf8'));
}
