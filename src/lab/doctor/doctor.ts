/**
 * What on a machine would spoil a lab, and how to mend it: one check after the other, each of
 * which gives one line or more. Reads nothing but what the `Machine` is asked.
 */
import type { Topology } from '../../havip/topology.ts';
import { LABS } from '../lab-record.ts';
import { labChecks } from './doctor-lab.ts';
import { type Check, isAtLeast, type Machine, note, ok, problem } from './machine.ts';

/** package.json, `engines`. */
const NODE_LEAST = '20.19.0';
/** Manual fact A12: Alibaba recommends this or newer. */
const KEEPALIVED_LEAST = '1.2.15';
/** linux/capability.h */
const CAPABILITIES = { CAP_NET_ADMIN: 12, CAP_NET_RAW: 13, CAP_SYS_ADMIN: 21 } as const;
const MODULES_NEEDED = 'only some examples need it';

export interface LabInQuestion {
  topology: Topology;
  /** Where its command lines start, as a path. */
  folder: string;
}

export function examine(machine: Machine, lab: LabInQuestion | null): Check[] {
  const privileges = privilegeCheck(machine);
  const isPrivileged = privileges.state === 'ok';
  return [
    systemCheck(machine),
    nodeCheck(machine),
    privileges,
    tunCheck(machine),
    nativeCheck(machine),
    ipCheck(machine),
    ...(isPrivileged ? [namespaceCheck(machine)] : []),
    keepalivedCheck(machine, lab),
    rawSocketCheck(machine),
    bridgeCheck(machine, lab),
    ok('firewall', "frames of a lab pass no iptables or nftables of this machine's FORWARD"),
    ...inheritedChecks(machine),
    ipvsCheck(machine),
    vlanCheck(machine),
    ...runningChecks(machine),
    ...(lab === null ? [] : labChecks(machine, lab)),
  ];
}

function systemCheck({ platform }: Machine): Check {
  if (platform === 'linux') return ok('system', 'Linux');
  const what = `${platform} has no TAP devices and network namespaces as a lab needs them`;
  return problem('system', what, 'run labs on Linux; replay works here');
}

function nodeCheck({ nodeVersion }: Machine): Check {
  if (isAtLeast(nodeVersion, NODE_LEAST)) return ok('node', `Node ${nodeVersion}`);
  return problem('node', `Node ${nodeVersion}`, `install Node ${NODE_LEAST} or newer`);
}

function privilegeCheck(machine: Machine): Check {
  const missing = missingCapabilities(machine);
  const isRoot = machine.userId === 0;
  if (missing.length === 0) {
    return ok('privileges', isRoot ? 'root' : 'not root, but with the capabilities of a lab');
  }
  if (!isRoot) return problem('privileges', 'not root', 'run it with sudo');
  const adding = missing.map((name) => `--cap-add ${name.slice('CAP_'.length)}`).join(' ');
  const mend = `start the container with ${adding}, or --privileged`;
  return problem('privileges', `root without ${missing.join(', ')}`, mend);
}

function missingCapabilities({ userId, read }: Machine): string[] {
  const status = read('/proc/self/status') ?? '';
  const [, hex] = /^CapEff:\s*([0-9a-fA-F]+)$/m.exec(status) ?? [];
  if (hex === undefined) return userId === 0 ? [] : Object.keys(CAPABILITIES);
  // Those asked for are among the lowest 32.
  const bits = Number.parseInt(hex.slice(-8), 16);
  const held = Object.entries(CAPABILITIES).filter(([, bit]) => (bits & (1 << bit)) !== 0);
  const names = held.map(([name]) => name);
  return Object.keys(CAPABILITIES).filter((name) => !names.includes(name));
}

function tunCheck(machine: Machine): Check {
  const device = '/dev/net/tun';
  if (!machine.exists(device)) {
    const mend = 'modprobe tun; in a container start it with --device /dev/net/tun';
    return problem('tun', `no ${device}`, mend);
  }
  const error = machine.openError(device);
  if (error === null) return ok('tun', `${device} opens`);
  const isRefused = error === 'EACCES' || error === 'EPERM';
  const mend = isRefused
    ? `run it as root, or allow the container this device`
    : 'modprobe tun, or boot a kernel with CONFIG_TUN';
  return problem('tun', `${device} does not open (${error})`, mend);
}

function nativeCheck({ nativePath, exists }: Machine): Check {
  if (exists(nativePath)) return ok('native', 'the native part is built');
  const mend = 'install a C compiler (apt-get install gcc libc6-dev) and run npm run build';
  return problem('native', `the native part is not built (${nativePath})`, mend);
}

function ipCheck({ run }: Machine): Check {
  const answer = run('ip', '-V');
  if (answer === null) return problem('ip', 'no ip command', 'apt-get install iproute2');
  return ok('ip', answer.output.trim() || 'the ip command is there');
}

/** A namespace of its own that ends with the program, so nothing is left behind. */
function namespaceCheck({ run }: Machine): Check {
  const answer = run('unshare', '--net', '--mount', 'true');
  if (answer === null) {
    const mend = 'apt-get install util-linux, and ask again';
    return note('namespaces', 'no unshare command to try a network namespace with', mend);
  }
  if (answer.status === 0) return ok('namespaces', 'network and mount namespaces can be made');
  const what = `no network namespace can be made: ${answer.output.trim().replace(/\s+/g, ' ')}`;
  return problem('namespaces', what, 'run it outside of the container, or start that privileged');
}

function keepalivedCheck({ run }: Machine, lab: LabInQuestion | null): Check {
  const answer = run('keepalived', '--version');
  if (answer === null) {
    const lines = Object.values(lab?.topology.run ?? {}).flat();
    const isRun = lines.some((line) => /^\S*keepalived(\s|$)/.test(line));
    const mend = 'apt-get install keepalived';
    if (isRun) return problem('keepalived', 'not installed, and the lab runs it', mend);
    return note('keepalived', 'not installed', `${mend}, or let hosts run havip speak`);
  }
  const [, version] = /Keepalived v(\d+(?:\.\d+)+)/i.exec(answer.output) ?? [];
  if (version === undefined) return ok('keepalived', 'installed, of a version it does not say');
  if (isAtLeast(version, KEEPALIVED_LEAST)) return ok('keepalived', `keepalived ${version}`);
  const mend = `install ${KEEPALIVED_LEAST} or newer, as Alibaba recommends`;
  return note('keepalived', `keepalived ${version} is old`, mend);
}

function rawSocketCheck({ canLoad }: Machine): Check {
  if (canLoad('raw-socket')) return ok('raw-socket', 'havip speak can send');
  const mend = 'install a C++ compiler (apt-get install g++) and run npm ci; only speak needs it';
  return note('raw-socket', 'the module raw-socket is missing', mend);
}

/** Docker switches it on, and iptables then drops what a Linux bridge carries. */
function bridgeCheck({ read }: Machine, lab: LabInQuestion | null): Check {
  const enis = lab?.topology.enis ?? [];
  const isAside = lab !== null && enis.every(({ attach }) => attach === null || 'netns' in attach);
  const value = read('/proc/sys/net/bridge/bridge-nf-call-iptables')?.trim();
  if (value !== '1') return ok('br_netfilter', 'Linux bridges do not ask iptables');
  if (isAside)
    return ok('br_netfilter', 'Linux bridges ask iptables; no port of the lab is on one');
  const what = 'what a Linux bridge carries passes iptables, which may drop it';
  const mend = 'sysctl -w net.bridge.bridge-nf-call-iptables=0 where a lab attaches to a bridge';
  return note('br_netfilter', what, mend);
}

/**
 * What a new namespace takes over from the machine: all of net.ipv4.conf, unless
 * net.core.devconf_inherit_init_net is 2 (kernel, admin-guide/sysctl/net.rst).
 */
const INHERITED: [key: string, usual: RegExp, effect: string][] = [
  ['arp_ignore', /^[01]$/, 'hosts would leave requests for a HaVip unanswered'],
  ['arp_filter', /^0$/, 'hosts would answer ARP by their routes'],
  [
    'arp_accept',
    /^0$/,
    'hosts would learn addresses from announcements that they asked nothing of',
  ],
  ['arp_announce', /^[012]$/, 'hosts would ask from other addresses'],
  ['forwarding', /^0$/, 'hosts would route; a standby must not (Huawei asks for ip_forward = 0)'],
];

function inheritedChecks({ read }: Machine): Check[] {
  if (read('/proc/sys/net/core/devconf_inherit_init_net')?.trim() === '2') return [];
  const odd = INHERITED.flatMap(([key, usual, effect]) => {
    const value = read(`/proc/sys/net/ipv4/conf/all/${key}`)?.trim();
    if (value === undefined || usual.test(value)) return [];
    const name = `net.ipv4.conf.all.${key}`;
    const what = `${name} is ${value} and new namespaces inherit it: ${effect}`;
    return [note('sysctl', what, `sysctl -w ${name}=0 before havip up`)];
  });
  return odd.length > 0 ? odd : [ok('sysctl', 'hosts inherit the usual settings of ARP')];
}

function ipvsCheck(machine: Machine): Check {
  if (machine.exists('/proc/net/ip_vs') || isLoadable(machine, 'ip_vs')) {
    return ok('ipvs', 'the kernel has IPVS');
  }
  const mend = `${MODULES_NEEDED}: LVS by ipvsadm; the nftables form works without`;
  return note('ipvs', 'the kernel has no IPVS', mend);
}

function vlanCheck(machine: Machine): Check {
  if (machine.exists('/proc/net/vlan') || isLoadable(machine, '8021q')) {
    return ok('8021q', 'the kernel has VLAN devices');
  }
  const mend = `${MODULES_NEEDED}: hosts on a trunk`;
  return note('8021q', 'the kernel has no VLAN devices', mend);
}

function isLoadable({ run }: Machine, module: string): boolean {
  return run('modprobe', '-n', '-q', module)?.status === 0;
}

function runningChecks({ list }: Machine): Check[] {
  const labs = list(LABS);
  if (labs.length === 0) return [ok('labs', 'no other lab is running')];
  const names = labs.join(', ');
  const mend = 'havip status tells of them; havip down --lab NAME removes what a crash left';
  return [note('labs', `labs that run, or were left: ${names}`, mend)];
}
