/**
 * The deprecated way of the compute service: `PUT .../cloudservers/nics/{nic_id}` binds a NIC to
 * the VIP of an address, or, both fields empty, unbinds it from every VIP.
 */
import { canonicalText } from '../../havip/cidr.ts';
import type { Step } from '../../havip/inventory/operation.ts';
import type { Eni, Havip } from '../../havip/inventory/resources.ts';
import type { ApiAnswer } from '../dialect.ts';
import { readText, readWrapped } from './body.ts';
import type { Call } from './call.ts';
import { badParameter, faultOf, portNotFound } from './faults.ts';
import { enisOf, membersFor, wrongWayRound } from './pairs.ts';

export async function attachVirtualIp(call: Call): Promise<ApiAnswer> {
  const fields = readWrapped(call.request.body, 'nic');
  const eni = call.plane.inventory.eni(call.id);
  if (eni === undefined) throw portNotFound(call.id, 'port');
  const subnet = readText(fields, 'subnet_id') ?? '';
  const address = canonicalText(readText(fields, 'ip_address') ?? '');
  if (subnet === '' && address === '') {
    await unbindEverywhere(call, eni);
  } else {
    const havip = vipAt(call, subnet === '' ? eni.subnet : subnet, address);
    if (fields.reverse_binding !== true) {
      throw badParameter(`reverse_binding must be true: ${wrongWayRound(havip, eni)}`);
    }
    await bind(call, eni, havip);
  }
  return { status: 200, body: { port_id: eni.id } };
}

async function bind(call: Call, eni: Eni, havip: Havip): Promise<void> {
  if (enisOf(call, havip).includes(eni)) return;
  await call.submit({ kind: 'associate', havip: havip.id, member: { eni: eni.id } }, 'port');
}

async function unbindEverywhere(call: Call, eni: Eni): Promise<void> {
  const { inventory } = call.plane;
  const bound = inventory
    .havipsOfSubnet(eni.subnet)
    .filter((havip) => enisOf(call, havip).includes(eni));
  const steps = bound.map((havip): Step => {
    const others = new Set(enisOf(call, havip).filter((other) => other !== eni));
    const left = membersFor(call, havip, others);
    return { kind: 'set-members', havip: havip.id, members: left };
  });
  await call.submitAll(steps, 'port');
}

function vipAt(call: Call, subnet: string, address: string): Havip {
  const { inventory } = call.plane;
  if (inventory.subnet(subnet) === undefined) {
    throw faultOf({ code: 'subnet-not-found', message: `there is no subnet ${subnet}` }, 'subnet');
  }
  const havip = inventory.havipsOfSubnet(subnet).find((one) => one.address === address);
  if (havip !== undefined) return havip;
  const message = `no VIP of ${subnet} has the address "${address}": create its port first`;
  throw faultOf({ code: 'havip-not-found', message }, 'port');
}
