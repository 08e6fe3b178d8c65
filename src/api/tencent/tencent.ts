/**
 * Tencent Cloud's VPC API of 2017-03-12, as far as it has to do with HaVips. Every answer is HTTP
 * 200, errors too: its SDKs read nothing of any other.
 */
import type { ApiAnswer, ApiContext, ApiRequest, Dialect } from '../dialect.ts';
import { ParameterReader } from '../parameter-reader.ts';
import { haVipAssociateAddressIp, haVipDisassociateAddressIp } from './addresses.ts';
import { associateHaVipInstance, disassociateHaVipInstance } from './associations.ts';
import type { Handler } from './call.ts';
import { refusalFault } from './codes.ts';
import { createHaVip, deleteHaVip, describeHaVips, modifyHaVipAttribute } from './havips.ts';
import { describeVpcLimits } from './limits.ts';
import { isTencent, readAsked, VERSION } from './request.ts';
import { fault, type Result } from './result.ts';
import { createRoutes, deleteRoutes } from './routes.ts';
import { signatureFault } from './signature.ts';
import { describeVpcTaskResult } from './tasks.ts';

const CALLS: ReadonlyMap<string, Handler> = new Map([
  ['CreateHaVip', createHaVip],
  ['DeleteHaVip', deleteHaVip],
  ['DescribeHaVips', describeHaVips],
  ['ModifyHaVipAttribute', modifyHaVipAttribute],
  ['HaVipAssociateAddressIp', haVipAssociateAddressIp],
  ['HaVipDisassociateAddressIp', haVipDisassociateAddressIp],
  ['AssociateHaVipInstance', associateHaVipInstance],
  ['DisassociateHaVipInstance', disassociateHaVipInstance],
  ['DescribeVpcTaskResult', describeVpcTaskResult],
  ['DescribeVpcLimits', describeVpcLimits],
  ['CreateRoutes', createRoutes],
  ['DeleteRoutes', deleteRoutes],
]);

export const tencent: Dialect = {
  name: 'tencent',
  isMine: isTencent,
  async answer(request, context) {
    const requestId = context.newRequestId();
    return answerOf(await resultOf(request, context, requestId), requestId);
  },
  refuse(_request, context, { why, message }) {
    if (why === 'failed') {
      return answerOf(refusalFault('', { code: 'dataplane', message }), context.newRequestId());
    }
    // The second one is ours; no cloud has another's rules behind its endpoint.
    const code = why === 'throttled' ? 'RequestLimitExceeded' : 'UnsupportedOperation';
    return answerOf(fault(code, message), context.newRequestId());
  },
};

async function resultOf(
  request: ApiRequest,
  context: ApiContext,
  requestId: string,
): Promise<Result> {
  const asked = readAsked(request);
  if ('code' in asked) return asked;
  const unsigned = signatureFault(request, asked, context);
  if (unsigned !== null) return unsigned;
  const { action, version, parameters, isText } = asked;
  if (version !== VERSION) {
    return fault('NoSuchVersion', `version ${JSON.stringify(version)} is not ${VERSION}`);
  }
  const call = CALLS.get(action);
  if (call === undefined) {
    const message = `there is no ${JSON.stringify(action)} here; there are`;
    return fault('InvalidAction', `${message} ${[...CALLS.keys()].join(', ')}`);
  }
  const { plane } = context;
  const caller = { dialect: 'tencent', call: action, requestId };
  return call({
    action,
    requestId,
    parameters: new ParameterReader(parameters, isText),
    plane,
    submit: (operation, token = null) => plane.submit(operation, caller, token),
  });
}

function answerOf(result: Result, requestId: string): ApiAnswer {
  const fields =
    'fields' in result ? result.fields : { Error: { Code: result.code, Message: result.message } };
  return { status: 200, body: { Response: { ...fields, RequestId: requestId } } };
}
