// What is measured, each as { name, missing, start(ground, hosts) }: it connects the hosts, each a
// namespace that gets a device eth0, and returns how to end it. Frames travel as each would have
// them travel by default; who gets virtio headers, and so segmentation offload, is said by name.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { has, run } from './ground.mjs';
import { option } from './options.mjs';

/** --dist FOLDER: another build of ours, to compare two. */
export const HAVIP = join(option('dist', join(import.meta.dirname, '../../dist')), 'cli/main.js');
export const HAVIP_ADDRESS = '10.77.0.88';
const HAVIP_NAME = 'shared';
/** VRRP's virtual MAC for VRID 51 (RFC 9568, section 7.3), for switches that go by MAC. */
const VIRTUAL_MAC = '00:00:5e:00:01:33';

/** Hosts of a bench by name: their namespace, address and MAC. */
export function makeHosts(ground, names) {
  return names.map((name, index) => ({
    name,
    namespace: ground.namespace(name),
    ip: `10.77.0.${10 + index}`,
    mac: `00:16:3e:00:00:${(10 + index).toString(16).padStart(2, '0')}`,
  }));
}

/** Each host knows the others' MACs beforehand: no ARP is part of any figure. */
function introduce(hosts) {
  for (const { namespace } of hosts) {
    const neighbor = (ip, mac) =>
      run('ip', '-n', namespace, 'neigh', 'replace', ip, 'lladdr', mac, 'dev', 'eth0');
    for (const { ip, mac, namespace: other } of hosts) {
      if (other !== namespace) neighbor(ip, mac);
    }
  }
}

/** Gives the device, which is in the present namespace, to the host, as its eth0. */
function give(device, { namespace, ip, mac }) {
  run('ip', 'link', 'set', 'dev', device, 'netns', namespace, 'name', 'eth0');
  run('ip', '-n', namespace, 'link', 'set', 'dev', 'eth0', 'address', mac);
  run('ip', '-n', namespace, 'addr', 'add', `${ip}/24`, 'dev', 'eth0');
  quiet(namespace);
  run('ip', '-n', namespace, 'link', 'set', 'dev', 'eth0', 'up');
}

/** Without IPv6, nobody sends what was not asked for. */
function quiet(namespace) {
  run('ip', 'netns', 'exec', namespace, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1');
}

/** Our switch, as `havip up` runs it, with `more` arguments; `ready` is what it says when it is. */
export function havip(provider, more = []) {
  const byIp = provider !== 'classic' && provider !== 'huawei';
  return {
    name: `havip (${provider})`,
    missing: null,
    /** Where a client's frames for the HaVip go to, and with which MAC a member announces it. */
    target: byIp ? 'ee:ff:ff:ff:ff:ff' : VIRTUAL_MAC,
    announcer: (host) => (byIp ? host.mac : VIRTUAL_MAC),
    async start(ground, hosts) {
      const folder = join(ground.folder, 'lab');
      const file = join(folder, 'lab.yaml');
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, labFile(provider, ground.prefix, hosts));
      for (const { namespace } of hosts) quiet(namespace);
      const node = process.env.WIRE_NODE_OPTIONS?.trim().split(/ +/) ?? [];
      const args = [...node, HAVIP, 'up', file, '--json', ...more];
      const lab = await ground.start(process.execPath, args, { ready: /"event":"ready"/ });
      introduce(hosts);
      const stop = () => ground.stop(lab);
      return Object.assign(stop, { ready: readyEvent(lab.output) });
    },
  };
}

function readyEvent(output) {
  return JSON.parse(output.split('\n').find((line) => line.includes('"event":"ready"')));
}

function labFile(provider, name, hosts) {
  const instances = hosts.map(
    ({ name: host, ip, mac, namespace }) =>
      `  ${host}:\n    enis:\n      eth0: { subnet: net, ip: ${ip}, mac: "${mac}", attach: { netns: ${namespace} } }\n`,
  );
  const members = hosts.filter((host) => host.name.startsWith('member')).map((host) => host.name);
  const havips =
    members.length === 0
      ? ''
      : `havips:\n  ${HAVIP_NAME}: { subnet: net, ip: ${HAVIP_ADDRESS}, bind: [${members.join(', ')}] }\n`;
  return `name: ${name}\nprovider: ${provider}\nsubnets:\n  net: { cidr: 10.77.0.0/24 }\ninstances:\n${instances.join('')}${havips}`;
}

const byMac = { target: VIRTUAL_MAC, announcer: () => VIRTUAL_MAC };

/** The C loop between TAP devices: with more than two, it has a table of stations. */
export function loop({ offload = false, first = false } = {}) {
  return {
    ...byMac,
    name: `C loop${offload ? ', virtio headers' : ''}${first ? ', real-time' : ''}`,
    missing: null,
    async start(ground, hosts) {
      const devices = hosts.map((_, index) => ground.device(index));
      const options = [
        ...(offload ? ['--offload'] : []),
        ...(hosts.length > 2 ? ['--learn'] : []),
        ...(first ? ['--first'] : []),
      ];
      const child = await ground.start(ground.program('loop'), [...options, ...devices], {
        ready: /ready/,
      });
      for (const [index, host] of hosts.entries()) give(devices[index], host);
      introduce(hosts);
      return () => ground.stop(child);
    },
  };
}

/** Open vSwitch, forwarding in user space between TAP devices, with a database of its own. */
export const openVSwitch = {
  ...byMac,
  name: 'Open vSwitch, user space',
  missing: has('ovs-vswitchd') && has('ovsdb-server') ? null : 'openvswitch-switch',
  async start(ground, hosts) {
    const folder = join(ground.folder, `ovs${Date.now().toString(36)}`);
    mkdirSync(folder);
    const database = join(folder, 'conf.db');
    const socket = `unix:${join(folder, 'db.sock')}`;
    const schema = '/usr/share/openvswitch/vswitch.ovsschema';
    run('ovsdb-tool', 'create', database, schema);
    const own = (name) => [`--unixctl=${join(folder, name)}.ctl`, '--no-chdir', '-vconsole:off'];
    const remote = [`--remote=p${socket}`, database, ...own('db')];
    const server = await ground.start('ovsdb-server', remote);
    const vsctl = (...args) => run('ovs-vsctl', '--timeout=10', `--db=${socket}`, ...args);
    vsctl('--no-wait', '--retry', 'init');
    const daemon = await ground.start('ovs-vswitchd', [socket, ...own('vswitchd')]);
    const devices = hosts.map((_, index) => ground.device(index));
    const ports = devices.flatMap((device) => [
      '--',
      'add-port',
      'br0',
      device,
      '--',
      'set',
      'interface',
      device,
      'type=tap',
    ]);
    vsctl('add-br', 'br0', '--', 'set', 'bridge', 'br0', 'datapath_type=netdev', ...ports);
    for (const [index, host] of hosts.entries()) give(devices[index], host);
    introduce(hosts);
    return async () => {
      await ground.stop(daemon);
      await ground.stop(server);
    };
  },
};

/** vde_switch between TAP devices. */
export const vde = {
  ...byMac,
  name: 'vde_switch',
  missing: has('vde_switch') ? null : 'vde2',
  async start(ground, hosts) {
    const devices = hosts.map((_, index) => ground.device(index));
    const taps = devices.flatMap((device) => ['-t', device]);
    const folder = join(ground.folder, `vde${Date.now().toString(36)}`);
    const child = await ground.start('vde_switch', ['-s', folder, ...taps]);
    await appearance(devices.at(-1));
    for (const [index, host] of hosts.entries()) give(devices[index], host);
    introduce(hosts);
    return () => ground.stop(child);
  },
};

/** The kernel's bridge between veth pairs, in a namespace of its own: nobody has to be woken. */
export const bridge = {
  ...byMac,
  name: 'Linux bridge, veth',
  missing: null,
  async start(ground, hosts) {
    const middle = ground.namespace('bridge');
    run('ip', '-n', middle, 'link', 'add', 'br0', 'type', 'bridge');
    run('ip', '-n', middle, 'link', 'set', 'br0', 'up');
    for (const [index, host] of hosts.entries()) {
      const device = ground.device(index);
      run(
        'ip',
        'link',
        'add',
        device,
        'type',
        'veth',
        'peer',
        'name',
        `p${index}`,
        'netns',
        middle,
      );
      run('ip', '-n', middle, 'link', 'set', `p${index}`, 'master', 'br0', 'up');
      give(device, host);
    }
    introduce(hosts);
    return async () => {};
  },
};

async function appearance(device) {
  for (let i = 0; i < 100; i++) {
    try {
      run('ip', 'link', 'show', 'dev', device);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`${device} does not appear`);
}

/** Takes out those whose program is not there, and says so. */
export function present(peers) {
  return peers.filter(({ name, missing }) => {
    if (missing !== null) console.error(`bench: without ${name}: apt install ${missing}`);
    return missing === null;
  });
}
