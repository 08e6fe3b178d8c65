/**
 * An ENI made real: a TAP device moved into its namespace and configured, a TAP device in the
 * present namespace, or an interface that is there already. A TAP is made under a unique name and
 * gets its own in the same step in which it moves, so that no name of the user's is in the way.
 */
import { cidrContains, parseAddress, parseCidr } from '../havip/cidr.ts';
import type { Eni, Subnet, Topology } from '../havip/topology.ts';
import { openPacketDevice } from '../ports/packet-device.ts';
import { openTapDevice } from '../ports/tap-device.ts';
import { formatMac } from '../wire/mac.ts';
import { LabError, LabFieldError } from './lab-error.ts';
import { isOwnNamespace } from './namespace.ts';
import { runIp, runProgram } from './program.ts';

/** What the engine's thread needs to know of a device. */
export interface Device {
  kind: 'tap' | 'packet';
  fd: number;
  name: string;
  hasOffload: boolean;
  mtu: number;
  /** Index of its ENI in the topology. */
  eni: number;
}

/** What `ip` says where the namespace has a device of that name. */
const NAME_TAKEN = /^ip link set dev \S+ netns .*File exists/;

/** What was done to a port by `cut` and `pause`, and by whoever deleted its namespace. */
export interface PortState {
  cut: boolean;
  hold: boolean;
  gone: boolean;
}

/**
 * Opens the device of ENI number `index`; the namespace exists already. Throws LabError, which
 * knows the field of the lab file where that is to be changed.
 */
export async function attachEni(topology: Topology, index: number): Promise<Device> {
  try {
    return await openDevice(topology, index);
  } catch (error) {
    throw attachError(topology.enis[index] as Eni, error as Error);
  }
}

/** With the field of the lab file, where that is to be changed. */
export function attachError({ instance, name, attach }: Eni, error: Error): Error {
  const [[kind = '', where = ''] = []] = Object.entries(attach ?? {});
  const path = ['instances', instance, 'enis', name, 'attach', kind];
  const { code } = error as NodeJS.ErrnoException;
  if (kind === 'interface' && code === 'ENODEV') {
    const mend = 'name one that `ip link` shows, or attach: { netns: NAME } to have one made';
    return new LabFieldError(path, `there is no interface ${where}`, mend);
  }
  if (kind === 'tap' && code === 'EINVAL') {
    const mend = `name another, or attach: { interface: ${where} }`;
    return new LabFieldError(path, `${where} is there already, and is no TAP device`, mend);
  }
  if (kind === 'tap' && code === 'EBUSY') {
    const what = `the TAP device ${where} has another program behind it`;
    return new LabFieldError(path, what, 'end that program, or name another');
  }
  if (NAME_TAKEN.test(error.message)) {
    const what = `the namespace ${where} has an interface ${name} already`;
    return new LabFieldError(path, what, 'name another namespace, or rename the ENI');
  }
  return error;
}

async function openDevice(topology: Topology, index: number): Promise<Device> {
  const eni = topology.enis[index] as Eni;
  const { attach, mtu } = eni;
  const label = `${eni.instance}/${eni.name}`;
  if (attach === null) throw new LabError(`${label}: no attach`, 'write attach: { netns: NAME }');
  if ('interface' in attach) {
    const { fd, name, hasOffload } = openPacketDevice(attach.interface);
    return { kind: 'packet', fd, name, hasOffload, mtu, eni: index };
  }
  if ('tap' in attach) {
    const { fd, name, hasOffload } = openTapDevice(attach.tap);
    await runProgram('ip', ['link', 'set', 'dev', name, 'up']);
    return { kind: 'tap', fd, name, hasOffload, mtu, eni: index };
  }
  const { netns } = attach;
  if (isOwnNamespace(netns)) throw ownNamespace(eni, netns);
  const { fd, name, hasOffload } = openTapDevice(temporaryName(index));
  await runProgram('ip', ['link', 'set', 'dev', name, 'netns', netns, 'name', eni.name]);
  await configureEni(topology, index);
  return { kind: 'tap', fd, name: label, hasOffload, mtu, eni: index };
}

/** `havip kill` would end all that runs on this machine. */
function ownNamespace({ instance, name }: Eni, netns: string): LabFieldError {
  const path = ['instances', instance, 'enis', name, 'attach', 'netns'];
  const what = `${netns} is a name of the network namespace that this machine itself is in`;
  return new LabFieldError(path, what, 'name another, or write attach: { tap: NAME }');
}

/**
 * Gives the ENI's device in its namespace what the lab file says, and takes away what it does not
 * say: the addresses that a dead keepalived left there, for one.
 */
export async function configureEni(topology: Topology, index: number): Promise<void> {
  const eni = topology.enis[index] as Eni;
  if (eni.attach === null || !('netns' in eni.attach)) return;
  const { netns } = eni.attach;
  const device = eni.name;
  const mac = formatMac(eni.mac as number);
  await runIp(netns, [
    `link set dev ${device} down`,
    `addr flush dev ${device}`,
    `link set dev ${device} address ${mac} mtu ${eni.mtu}`,
  ]);
  // Only once it is down; from the moment it is up it would listen to routers.
  const setting = `net/ipv6/conf/${device}/accept_ra=0`;
  await runProgram('ip', ['netns', 'exec', netns, 'sysctl', '-qw', setting]);
  const lines = [`link set dev ${device} up`];
  const subnet = topology.subnets.find((one) => one.name === eni.subnet) as Subnet;
  for (const text of eni.addresses) {
    const address = withPrefix(text, subnet);
    lines.push(`addr add ${address.text} dev ${device}${address.family === 6 ? ' nodad' : ''}`);
  }
  for (const family of defaultRoutes(topology, index)) {
    const gateway = subnet.gateways.find((one) => parseAddress(one)?.family === family);
    if (gateway === undefined) continue;
    lines.push(`route replace default via ${gateway} dev ${device}`);
  }
  await runIp(netns, lines);
}

/** Families of which this ENI is the first of its instance: its gateway is the way out. */
function defaultRoutes(topology: Topology, index: number): (4 | 6)[] {
  const eni = topology.enis[index] as Eni;
  const before = topology.enis.slice(0, index).filter((one) => one.instance === eni.instance);
  const has = (one: Eni, family: number): boolean =>
    one.addresses.some((text) => parseAddress(text)?.family === family);
  return ([4, 6] as const).filter(
    (family) => has(eni, family) && !before.some((one) => has(one, family)),
  );
}

/** The address with the prefix length of the subnet's block around it. */
function withPrefix(text: string, subnet: Subnet): { text: string; family: 4 | 6 } {
  const address = parseAddress(text);
  if (address === null) throw new RangeError(`${text} is no address`);
  const blocks = subnet.cidrs.map((cidr) => parseCidr(cidr));
  const block = blocks.find((one) => one !== null && cidrContains(one, address));
  const length = block?.prefix ?? (address.family === 4 ? 32 : 128);
  return { text: `${address.text}/${length}`, family: address.family };
}

/** At most 15 octets (IFNAMSIZ), and unlike any other process's. */
function temporaryName(index: number): string {
  return `hv${process.pid.toString(36)}.${index.toString(36)}`;
}
