/**
 * What clients ask about the account before they touch a port: its subnets, as Terraform does, and
 * its quotas, among which the vendor has none for VIPs.
 */
import type { Subnet } from '../../havip/inventory/resources.ts';
import type { ApiAnswer } from '../dialect.ts';
import type { Call } from './call.ts';
import { faultOf } from './faults.ts';
import { byId, pageOf } from './port-list.ts';

/** OpenStack's word for no limit. */
const UNLIMITED = -1;

export async function listSubnets(call: Call): Promise<ApiAnswer> {
  const { query } = call.request;
  const vpc = query.get('vpc_id');
  const subnets = call.plane.inventory
    .all('subnet')
    .filter((subnet) => vpc === null || subnet.vpc === vpc);
  const page = pageOf(byId(subnets), query).map((subnet) => subnetView(call, subnet));
  return { status: 200, body: { subnets: page } };
}

export async function showSubnet(call: Call): Promise<ApiAnswer> {
  const subnet = call.plane.inventory.subnet(call.id);
  if (subnet !== undefined) return { status: 200, body: { subnet: subnetView(call, subnet) } };
  const message = `Query resource by id ${call.id} fail.the subnet could not be found.`;
  throw faultOf({ code: 'subnet-not-found', message }, 'subnet');
}

/** No entry speaks of VIPs: 8 of them a host and 10 hosts each are advice, not a quota. */
export async function showQuotas(call: Call): Promise<ApiAnswer> {
  const { inventory } = call.plane;
  const wanted = call.request.query.get('type');
  const used = {
    vpc: inventory.count('vpc'),
    subnet: inventory.count('subnet'),
    publicIp: inventory.count('eip'),
    routetable: inventory.count('route-table'),
  };
  const resources = Object.entries(used)
    .map(([type, count]) => ({ type, used: count, quota: UNLIMITED, min: 0 }))
    .filter(({ type }) => wanted === null || type === wanted);
  return { status: 200, body: { quotas: { resources } } };
}

/** One id for the network and its IPv4 subnet, where the vendor has two. */
function subnetView(call: Call, { id, name, vpc, cidrs, gateways }: Subnet): object {
  const [cidr4, cidr6] = byFamily(cidrs);
  const [gateway4, gateway6] = byFamily(gateways);
  return {
    id,
    name,
    description: '',
    cidr: cidr4,
    gateway_ip: gateway4,
    ipv6_enable: cidr6 !== '',
    cidr_v6: cidr6,
    gateway_ip_v6: gateway6,
    dhcp_enable: true,
    primary_dns: '',
    secondary_dns: '',
    dnsList: [],
    availability_zone: call.context.region,
    vpc_id: vpc,
    status: 'ACTIVE',
    neutron_network_id: id,
    neutron_subnet_id: id,
    neutron_subnet_id_v6: '',
    tenant_id: call.project,
  };
}

function byFamily(texts: readonly string[]): [four: string, six: string] {
  const isSix = (text: string): boolean => text.includes(':');
  return [texts.find((text) => !isSix(text)) ?? '', texts.find(isSix) ?? ''];
}
