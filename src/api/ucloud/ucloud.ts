/**
 * UCloud's API for VIPs (VPC 2.0), by JSON, form or query. Every answer is HTTP 200, and an error
 * is a RetCode. Its SDK sends a request four times after any error, at once: an error has changed
 * nothing, so the fourth answer is as true as the first.
 */
import type { ApiAnswer, ApiRequest, Dialect } from '../dialect.ts';
import { isForm, jsonTree, type ParameterTree } from '../flat-parameters.ts';
import { ParameterReader } from '../parameter-reader.ts';
import {
  fault,
  NO_ACTION,
  OTHER_PROVIDER,
  refusalFault,
  THROTTLED,
  UNKNOWN_ACTION,
} from './codes.ts';
import { signatureFault } from './signature.ts';
import {
  allocateVip,
  describeVip,
  type Handler,
  type Result,
  releaseVip,
  updateVipAttribute,
} from './vips.ts';

const CALLS: ReadonlyMap<string, Handler> = new Map([
  ['AllocateVIP', allocateVip],
  ['DescribeVIP', describeVip],
  ['ReleaseVIP', releaseVip],
  ['UpdateVIPAttribute', updateVipAttribute],
]);

interface Asked {
  parameters: ParameterTree;
  isText: boolean;
}

export const ucloud: Dialect = {
  name: 'ucloud',
  isMine: (request) => typeof askedOf(request)?.parameters.PublicKey === 'string',
  async answer(request, context) {
    const requestId = context.newRequestId();
    const asked = askedOf(request) ?? { parameters: {}, isText: true };
    const { Action } = asked.parameters;
    const action = typeof Action === 'string' ? Action : '';
    const { plane, region: zone } = context;
    const caller = { dialect: 'ucloud', call: action, requestId };
    const resultOf = async (): Promise<Result> => {
      const unsigned = signatureFault(asked.parameters, context.keys);
      if (unsigned !== null) return unsigned;
      if (action === '') return fault(NO_ACTION, 'Action is missing');
      const call = CALLS.get(action);
      if (call === undefined) {
        const message = `there is no ${JSON.stringify(action)} here; there are`;
        return fault(UNKNOWN_ACTION, `${message} ${[...CALLS.keys()].join(', ')}`);
      }
      return call({
        parameters: new ParameterReader(asked.parameters, asked.isText),
        plane,
        zone,
        submit: (operation) => plane.submit(operation, caller),
      });
    };
    return answerOf(action, await resultOf(), requestId);
  },
  refuse(request, context, { why, message }) {
    const action = askedOf(request)?.parameters.Action;
    const refused =
      why === 'failed'
        ? refusalFault({ code: 'dataplane', message })
        : fault(why === 'throttled' ? THROTTLED : OTHER_PROVIDER, message);
    const name = typeof action === 'string' ? action : '';
    return answerOf(name, refused, context.newRequestId());
  },
};

/** Its parameters; null where nothing in the request can be UCloud's. */
function askedOf({ method, headers, query, body }: ApiRequest): Asked | null {
  if (method === 'GET') return { parameters: flat(query), isText: true };
  if (method !== 'POST') return null;
  if (isForm(headers)) {
    const form = new URLSearchParams(body.toString('utf8'));
    return { parameters: flat(form), isText: true };
  }
  const parameters = jsonTree(body);
  return parameters === null ? null : { parameters, isText: false };
}

/** None of these calls takes a list, and the signature covers the names as they were sent. */
function flat(pairs: URLSearchParams): ParameterTree {
  return Object.assign(Object.create(null), Object.fromEntries(pairs));
}

function answerOf(action: string, result: Result, requestId: string): ApiAnswer {
  const fields = 'fields' in result ? result.fields : { Message: result.message };
  const retCode = 'fields' in result ? 0 : result.retCode;
  return {
    status: 200,
    headers: { 'x-ucloud-request-uuid': requestId },
    body: { RetCode: retCode, Action: `${action}Response`, ...fields },
  };
}
