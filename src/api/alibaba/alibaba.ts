/**
 * The Alibaba Cloud dialect: VPC 2016-04-28 as its SDKs of three generations and Terraform ask it,
 * in the query or in a form body, with the action in a header or among the parameters. A refusal
 * is an HTTP status with `{Code, Message, ..}`; a fault of ours is told as InternalError.
 */
import type { ApiAnswer, ApiContext, ApiRequest, Dialect, ServerRefusal } from '../dialect.ts';
import { ACTIONS, WITHOUT_REGION } from './actions.ts';
import { AlibabaError, internalError } from './alibaba-error.ts';
import type { Answer } from './call.ts';
import { agreed, formOf, parametersOf } from './parameters.ts';
import { verifySignature } from './signature.ts';

const VERSION = '2016-04-28';

export const alibaba: Dialect = {
  name: 'alibaba',

  isMine(request) {
    const { headers, query } = request;
    if (headers['x-acs-action'] !== undefined || query.get('Version') === VERSION) return true;
    return formOf(request).get('Version') === VERSION;
  },

  async answer(request, context) {
    const requestId = context.newRequestId().toUpperCase();
    try {
      const body = await carryOut(request, context, requestId);
      return send(200, { RequestId: requestId, ...body }, requestId);
    } catch (error) {
      if (!(error instanceof AlibabaError)) throw error;
      return refusal(request, requestId, error);
    }
  },

  refuse(request, context, { why, message }: ServerRefusal) {
    const requestId = context.newRequestId().toUpperCase();
    if (why === 'failed') return refusal(request, requestId, internalError());
    const code = why === 'throttled' ? 'Throttling.User' : 'UnsupportedOperation';
    return refusal(request, requestId, new AlibabaError(400, code, message));
  },
};

async function carryOut(
  request: ApiRequest,
  context: ApiContext,
  requestId: string,
): Promise<Answer> {
  const { method, headers } = request;
  if (method !== 'GET' && method !== 'POST') {
    const message = 'This http method is not supported: use GET or POST.';
    throw new AlibabaError(400, 'UnsupportedHTTPMethod', message);
  }
  const parameters = parametersOf(request);
  const action = agreed('Action', headers['x-acs-action'], parameters);
  const version = agreed('Version', headers['x-acs-version'], parameters);
  verifySignature(request, parameters, context);
  if (version !== VERSION) {
    const message = `Specified parameter Version is not valid: ${VERSION} is served.`;
    throw new AlibabaError(400, 'InvalidVersion', message);
  }
  const carry = ACTIONS.get(action);
  if (carry === undefined) {
    const message = 'Specified api is not found, please check your url and method.';
    throw new AlibabaError(404, 'InvalidAction.NotFound', message);
  }
  if (!WITHOUT_REGION.has(action)) parameters.required('RegionId');
  return carry({ action, parameters, context, plane: context.plane, requestId });
}

function refusal(request: ApiRequest, requestId: string, error: AlibabaError): ApiAnswer {
  const { status, code, message } = error;
  const question = `q=${code}&product=Vpc&requestId=${requestId}`;
  const body = {
    RequestId: requestId,
    HostId: (request.headers.host ?? '').slice(0, 255),
    Code: code,
    Message: message,
    Recommend: `https://api.aliyun.com/troubleshoot?${question}`,
  };
  return send(status, body, requestId);
}

function send(status: number, body: Answer, requestId: string): ApiAnswer {
  return { status, headers: { 'x-acs-request-id': requestId }, body };
}
