/**
 * Ports: a VIP is a port of its own, a HaVip here; the port of a NIC is an ENI. The same in v1 and
 * in v2.0, but for a few fields and the status of a creation.
 */
import type { Step } from '../../havip/inventory/operation.ts';
import type { Eni, Havip } from '../../havip/inventory/resources.ts';
import type { ApiAnswer } from '../dialect.ts';
import { type Fields, readObjects, readText, readWrapped } from './body.ts';
import type { Call } from './call.ts';
import { badParameter, Fault, portNotFound } from './faults.ts';
import { membersOf, sourceDestCheckOf } from './pairs.ts';
import { nextLink, pageOfPorts } from './port-list.ts';
import { nicFacts, nicPort, VIP_OWNER, vipFacts, vipPort } from './port-view.ts';

/** Taken without complaint, as the vendor does, and kept nowhere. */
const NOT_KEPT = [
  'security_groups',
  'extra_dhcp_opts',
  'port_security_enabled',
  'binding:profile',
  'binding:vnic_type',
  'mac_address',
];
/** A port keeps these from its creation on. */
const FIXED = ['network_id', 'fixed_ips', 'device_id', 'device_owner', 'mac_address'];

export async function createPort(call: Call): Promise<ApiAnswer> {
  const fields = readWrapped(call.request.body, 'port');
  const subnet = readText(fields, 'network_id');
  if (subnet === undefined || subnet === '') throw badParameter('network_id is missing');
  const owner = readText(fields, 'device_owner') ?? '';
  if (owner !== '' && owner !== VIP_OWNER) {
    throw badParameter(`device_owner must be "" or "${VIP_OWNER}"`);
  }
  checkAdminState(fields);
  const address = readAddress(fields, subnet);
  const name = readText(fields, 'name');
  const pairs = readObjects(fields, 'allowed_address_pairs') ?? [];
  const members = membersOf(call, pairs, { subnet, members: [] });
  adviseOnFields(call, fields);
  const { subject } = await call.submit(
    {
      kind: 'create-havip',
      subnet,
      address,
      ...(name === undefined ? {} : { name }),
      ...(members.length === 0 ? {} : { members }),
    },
    'port',
  );
  // OpenStack answers a creation with 201, the vendor's own v1 with 200.
  return { status: call.isNeutron ? 201 : 200, body: { port: portOf(call, subject) } };
}

export async function showPort(call: Call): Promise<ApiAnswer> {
  return { status: 200, body: { port: portOf(call, call.id) } };
}

export async function listPorts(call: Call): Promise<ApiAnswer> {
  const { inventory } = call.plane;
  const facts = [
    ...inventory.all('havip').map((havip) => vipFacts(call, havip)),
    ...inventory.all('eni').map((eni) => nicFacts(call, eni)),
  ];
  const { ids, hasMore } = pageOfPorts(facts, call.request.query);
  const ports = ids.map((id) => portOf(call, id));
  if (!call.isNeutron) return { status: 200, body: { ports } };
  const ports_links = hasMore ? [nextLink(call, ids.at(-1) ?? '')] : [];
  return { status: 200, body: { ports, ports_links } };
}

export async function updatePort(call: Call): Promise<ApiAnswer> {
  const fields = readWrapped(call.request.body, 'port');
  const { inventory } = call.plane;
  const havip = inventory.havip(call.id);
  const eni = inventory.eni(call.id);
  if (havip === undefined && eni === undefined) throw portNotFound(call.id, 'port');
  checkAdminState(fields);
  const fixed = FIXED.find((name) => fields[name] !== undefined && fields[name] !== null);
  if (fixed !== undefined) throw badParameter(`${fixed} of a port cannot be changed`);
  adviseOnFields(call, fields);
  if (havip !== undefined) await updateVip(call, havip, fields);
  else if (eni !== undefined) await updateNic(call, eni, fields);
  return showPort(call);
}

export async function deletePort(call: Call): Promise<ApiAnswer> {
  const { inventory } = call.plane;
  const eni = inventory.eni(call.id);
  if (eni !== undefined && eni.instance !== null) {
    throw badParameter(`Port's device_id is not empty: ${eni.id} is a NIC of ${eni.instance}.`);
  }
  if (eni !== undefined) {
    await call.submit({ kind: 'delete-eni', eni: eni.id }, 'port');
  } else {
    if (inventory.havip(call.id) === undefined) throw portNotFound(call.id, 'port');
    await call.submit({ kind: 'delete-havip', havip: call.id }, 'port');
  }
  return { status: 204, body: '' };
}

async function updateVip(call: Call, havip: Havip, fields: Fields): Promise<void> {
  const steps: Step[] = [];
  const name = readText(fields, 'name');
  if (name !== undefined && name !== havip.name) {
    steps.push({ kind: 'edit-havip', havip: havip.id, name });
  }
  const pairs = readObjects(fields, 'allowed_address_pairs');
  if (pairs !== undefined) {
    const members = membersOf(call, pairs, havip);
    steps.push({ kind: 'set-members', havip: havip.id, members });
  }
  await call.submitAll(steps, 'port');
}

async function updateNic(call: Call, eni: Eni, fields: Fields): Promise<void> {
  const name = readText(fields, 'name');
  if (name !== undefined && name !== eni.name) {
    throw badParameter(`the name of a NIC is the lab file's; ${eni.id} stays "${eni.name}"`);
  }
  const pairs = readObjects(fields, 'allowed_address_pairs');
  if (pairs === undefined) return;
  const on = sourceDestCheckOf(call, pairs, eni);
  await call.submit({ kind: 'set-source-dest-check', eni: eni.id, on }, 'port');
}

/** Throws 404 where there is no such port. */
function portOf(call: Call, id: string): object {
  const { inventory } = call.plane;
  const havip = inventory.havip(id);
  if (havip !== undefined) return vipPort(call, havip);
  const eni = inventory.eni(id);
  if (eni !== undefined) return nicPort(call, eni);
  throw portNotFound(id, 'read-port');
}

/** Null where the first free one is asked for. */
function readAddress(fields: Fields, subnet: string): string | null {
  const fixed = readObjects(fields, 'fixed_ips') ?? [];
  if (fixed.length > 1) throw badParameter('a port has one of fixed_ips only');
  const [wanted] = fixed;
  if (wanted === undefined) return null;
  // The vendor has an id for the network and others for its subnets; here they are one.
  const within = readText(wanted, 'subnet_id') ?? '';
  if (within !== '' && within !== subnet) {
    throw new Fault(400, 'VPC.0705', 'InvalidIpForNetwork', `${within} is no subnet of ${subnet}`);
  }
  const address = readText(wanted, 'ip_address') ?? '';
  return address === '' ? null : address;
}

function checkAdminState(fields: Fields): void {
  const isUp = fields.admin_state_up ?? true;
  if (isUp !== true) throw badParameter('admin_state_up can only be true');
}

function adviseOnFields(call: Call, fields: Fields): void {
  const named = NOT_KEPT.filter((name) => {
    const value = fields[name] ?? undefined;
    return value !== undefined && !(Array.isArray(value) && value.length === 0);
  });
  if (named.length > 0) call.advice.push(`not kept by this switch: ${named.join(', ')}`);
}
