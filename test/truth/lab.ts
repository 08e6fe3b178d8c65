/** A lab file made from the ground truth: who was there, and who is bound to which HaVip. */
import type { Truth } from './scenario.ts';

/**
 * The YAML text. Subnets have no gateway, because the captured networks had none. `extra` is put
 * into each HaVip's entry: "checkAssociate: true".
 */
export function labText(truth: Truth, provider: string, extra = ''): string {
  const vlans = [...new Set(truth.topology.hosts.flatMap((host) => vlansOf(host.interfaces)))];
  const subnets = vlans.map((vlan) => {
    const cidrs = cidrsOf(truth, vlan).map((cidr) => JSON.stringify(cidr));
    return `  ${subnetName(vlan)}: { cidr: [${cidrs.join(', ')}], gateway: [] }`;
  });
  const instances = truth.topology.hosts.flatMap(({ name, interfaces }) => [
    `  ${name}:`,
    '    enis:',
    ...interfaces.map((one, index) => {
      const ips = one.ips.map((ip) => JSON.stringify(ip.split('/')[0]));
      const vlan = one.vlan === null ? '' : `, vlan: { trunk: [${one.vlan}] }`;
      const where = `subnet: ${subnetName(one.vlan)}, ip: [${ips.join(', ')}]`;
      return `      eth${index}: { ${where}, mac: "${one.mac}"${vlan} }`;
    }),
  ]);
  const havips = truth.havips.map(({ ip, vlan, bound_hosts }, index) => {
    const bind = `bind: [${bound_hosts.join(', ')}]`;
    const where = `subnet: ${subnetName(vlan ?? null)}, ip: "${ip}"`;
    return `  havip-${index + 1}: { ${where}, ${bind}${extra === '' ? '' : `, ${extra}`} }`;
  });
  return [
    `provider: ${provider}`,
    'subnets:',
    ...subnets,
    'instances:',
    ...instances,
    'havips:',
    ...havips,
    '',
  ].join('\n');
}

function subnetName(vlan: number | null): string {
  return vlan === null ? 'untagged' : `vlan-${vlan}`;
}

function vlansOf(interfaces: { vlan: number | null }[]): (number | null)[] {
  return interfaces.map(({ vlan }) => vlan);
}

/** The networks of the hosts' own addresses, and fe80::/64 where a HaVip is link-local. */
function cidrsOf(truth: Truth, vlan: number | null): string[] {
  const cidrs = truth.topology.hosts
    .flatMap(({ interfaces }) => interfaces)
    .filter((one) => one.vlan === vlan)
    .flatMap(({ ips }) => ips.map(networkOf));
  const isLinkLocal = truth.havips.some(({ ip }) => ip.startsWith('fe80:'));
  return [...new Set(isLinkLocal ? [...cidrs, 'fe80::/64'] : cidrs)];
}

/** "10.0.0.7/24" lies in 10.0.0.0/24, "fd00:61::7/64" in fd00:61::/64; no other lengths occur. */
function networkOf(address: string): string {
  const [ip, length] = address.split('/') as [string, string];
  if (length === '24') return ip.replace(/\.\d+$/, '.0/24');
  if (length === '64') return ip.replace(/::.*$/, '::/64');
  throw new Error(`no rule for the network of ${address}`);
}
