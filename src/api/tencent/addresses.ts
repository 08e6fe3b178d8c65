/** HaVipAssociateAddressIp and HaVipDisassociateAddressIp: an EIP by its address. */
import { parseAddress } from '../../havip/cidr.ts';
import { handler } from './call.ts';
import { refusalFault } from './codes.ts';
import { fault, NOTHING, type Result } from './result.ts';
import { rememberTask } from './tasks.ts';

export const haVipAssociateAddressIp = handler(
  (parameters) => ({
    havip: parameters.requiredText('HaVipId'),
    address: parameters.requiredText('AddressIp'),
  }),
  async ({ havip, address }, call): Promise<Result> => {
    const wanted = parseAddress(address)?.text;
    if (wanted === undefined) {
      return fault('InvalidParameterValue.Malformed', `${address} is no IP address`);
    }
    const { inventory } = call.plane;
    const eip = inventory.all('eip').find((one) => one.address === wanted);
    if (eip === undefined) return fault('ResourceNotFound', `there is no EIP ${address}`);
    const outcome = await call.submit({ kind: 'associate-eip', eip: eip.id, havip });
    if (!outcome.ok) return refusalFault(call.action, outcome);
    rememberTask(call);
    return NOTHING;
  },
);

export const haVipDisassociateAddressIp = handler(
  (parameters) => parameters.requiredText('HaVipId'),
  async (havip, call): Promise<Result> => {
    const { inventory } = call.plane;
    if (inventory.havip(havip) === undefined) {
      return fault('ResourceNotFound', `there is no HaVip ${havip}`);
    }
    const eip = inventory.eipsOfHavip(havip)[0];
    if (eip === undefined) {
      return fault('UnsupportedOperation.UnbindEIP', `${havip} has no EIP to unbind`);
    }
    const outcome = await call.submit({ kind: 'disassociate-eip', eip: eip.id, havip });
    if (!outcome.ok) return refusalFault(call.action, outcome);
    rememberTask(call);
    return NOTHING;
  },
);
