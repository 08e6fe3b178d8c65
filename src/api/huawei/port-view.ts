/**
 * The port as the vendor shows it, every field of it: those that say something of the switch, and
 * those that a client may read and that are the same for all ports here.
 */
import { portMacOf } from '../../havip/inventory/new-id.ts';
import type { Eni, Havip } from '../../havip/inventory/resources.ts';
import type { Call } from './call.ts';
import { type Pair, pairsOfNic, pairsOfVip } from './pairs.ts';

export const VIP_OWNER = 'neutron:VIP_PORT';

/** What lists are filtered by. */
export interface PortFacts {
  id: string;
  name: string;
  status: 'ACTIVE' | 'DOWN';
  network_id: string;
  fixed_ips: { subnet_id: string; ip_address: string }[];
  mac_address: string;
  device_id: string;
  device_owner: string;
  tenant_id: string;
}

/** With every other field that the vendor's has. */
export interface Port extends PortFacts {
  allowed_address_pairs: Pair[];
}

/** Status DOWN for life, bound or not: nothing is plugged into it. */
export function vipFacts(call: Call, havip: Havip): PortFacts {
  return {
    id: havip.id,
    name: havip.name,
    status: 'DOWN',
    network_id: havip.subnet,
    fixed_ips: [{ subnet_id: havip.subnet, ip_address: havip.address }],
    mac_address: portMacOf(havip.id),
    device_id: '',
    device_owner: VIP_OWNER,
    tenant_id: call.project,
  };
}

export function nicFacts(call: Call, eni: Eni): PortFacts {
  const { instance, subnet } = eni;
  const status = instance === null ? undefined : call.plane.inventory.instance(instance)?.status;
  return {
    id: eni.id,
    name: eni.name,
    status: status === 'running' ? 'ACTIVE' : 'DOWN',
    network_id: subnet,
    fixed_ips: eni.addresses.map((ip_address) => ({ subnet_id: subnet, ip_address })),
    mac_address: eni.mac ?? portMacOf(eni.id),
    device_id: instance ?? '',
    device_owner: instance === null ? '' : `compute:${call.context.region}`,
    tenant_id: call.project,
  };
}

export function vipPort(call: Call, havip: Havip): Port {
  const facts = vipFacts(call, havip);
  const pairs = pairsOfVip(call, havip, facts.mac_address);
  return complete(call, facts, { pairs, createdAt: havip.createdAt, zone: '' });
}

export function nicPort(call: Call, eni: Eni): Port {
  const zone = eni.instance === null ? '' : call.context.region;
  return complete(call, nicFacts(call, eni), { pairs: pairsOfNic(eni), createdAt: 0, zone });
}

interface Extras {
  pairs: Pair[];
  /** Milliseconds since 1970, 0 where nobody wrote it down. */
  createdAt: number;
  zone: string;
}

/** Assigned rather than spread: of this many fields a spread takes twenty times as long. */
function complete(call: Call, facts: PortFacts, { pairs, createdAt, zone }: Extras): Port {
  const port = Object.assign(facts, {
    allowed_address_pairs: pairs,
    admin_state_up: true,
    security_groups: [],
    extra_dhcp_opts: [],
    'binding:vnic_type': 'normal',
    'binding:vif_details': {},
    'binding:profile': {},
    port_security_enabled: true,
    dns_assignment: [],
    dns_name: '',
  });
  if (!call.isNeutron) {
    const extras = { instance_id: '', instance_type: '', zone_id: zone };
    return Object.assign(port, extras, { enable_efi: false, ipv6_bandwidth_id: '' });
  }
  const at = timeText(createdAt);
  return Object.assign(port, { project_id: call.project, created_at: at, updated_at: at });
}

/** As the vendor writes times, without a zone: UTC. */
function timeText(at: number): string {
  return new Date(at).toISOString().slice(0, 19);
}
