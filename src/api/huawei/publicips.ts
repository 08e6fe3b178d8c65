/**
 * Elastic IPs: assigned, listed, bound to a VIP port by its id, unbound by an empty or absent one,
 * released. Of a bandwidth nothing is known here.
 */
import type { Eip } from '../../havip/inventory/resources.ts';
import type { ApiAnswer } from '../dialect.ts';
import { readText, readWrapped } from './body.ts';
import type { Call } from './call.ts';
import { Fault, faultOf } from './faults.ts';
import { byId, pageOf } from './port-list.ts';

export async function createPublicip(call: Call): Promise<ApiAnswer> {
  const wanted = readText(readWrapped(call.request.body, 'publicip'), 'ip_address') ?? '';
  const address = wanted === '' ? null : wanted;
  const { subject } = await call.submit({ kind: 'create-eip', address }, 'publicip');
  return answer(call, subject);
}

export async function showPublicip(call: Call): Promise<ApiAnswer> {
  return answer(call, call.id);
}

export async function listPublicips(call: Call): Promise<ApiAnswer> {
  const { query } = call.request;
  const ports = new Set(query.getAll('port_id'));
  const addresses = new Set(query.getAll('public_ip_address'));
  const eips = call.plane.inventory
    .all('eip')
    .filter(({ havip }) => ports.size === 0 || (havip !== null && ports.has(havip)))
    .filter(({ address }) => addresses.size === 0 || addresses.has(address));
  const page = pageOf(byId(eips), query).map((eip) => view(call, eip));
  return { status: 200, body: { publicips: page } };
}

export async function updatePublicip(call: Call): Promise<ApiAnswer> {
  const fields = readWrapped(call.request.body, 'publicip');
  const port = readText(fields, 'port_id') ?? '';
  const eip = eipOf(call, call.id);
  if (port !== '') {
    const { inventory } = call.plane;
    if (inventory.havip(port) === undefined && inventory.eni(port) !== undefined) {
      const message = `Port is invalid: ${port} is a NIC; an EIP goes to a VIP port here`;
      throw new Fault(400, 'VPC.0508', 'BadRequest', message); // the status is ours
    }
    const operation = { kind: 'associate-eip', eip: eip.id, havip: port } as const;
    await call.submit(operation, 'publicip');
  } else if (eip.havip !== null) {
    await call.submit({ kind: 'disassociate-eip', eip: eip.id }, 'publicip');
  }
  return answer(call, eip.id);
}

export async function deletePublicip(call: Call): Promise<ApiAnswer> {
  const eip = eipOf(call, call.id);
  if (eip.havip !== null) {
    const message = 'Floatingip has associated with port, please disassociate it firstly.';
    throw new Fault(409, 'VPC.0517', 'FloatingIPInUse', message); // documented
  }
  await call.submit({ kind: 'delete-eip', eip: eip.id }, 'publicip');
  return { status: 204, body: '' };
}

function answer(call: Call, id: string): ApiAnswer {
  return { status: 200, body: { publicip: view(call, eipOf(call, id)) } };
}

function eipOf(call: Call, id: string): Eip {
  const eip = call.plane.inventory.eip(id);
  if (eip !== undefined) return eip;
  const message = `Floating IP ${id} could not be found.`;
  throw faultOf({ code: 'eip-not-found', message }, 'publicip');
}

/** `port_id` and `private_ip_address` are there only where it is bound, as the vendor says. */
function view(call: Call, { id, address, havip }: Eip): object {
  const port = havip === null ? undefined : call.plane.inventory.havip(havip);
  const bound = port && { port_id: port.id, private_ip_address: port.address };
  return {
    id,
    status: port === undefined ? 'DOWN' : 'ACTIVE',
    type: '5_bgp',
    ip_version: 4,
    public_ip_address: address,
    ...bound,
    tenant_id: call.project,
    enterprise_project_id: '0',
    profile: {},
    bandwidth_id: '',
    bandwidth_name: '',
    bandwidth_size: 0,
    bandwidth_share_type: 'PER',
  };
}
