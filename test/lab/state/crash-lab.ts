/** The lab of the crash test: four hosts in a subnet, none of whose HaVips are of its file. */
import type { Topology } from '../../../src/havip/topology.ts';
import { parseMac } from '../../../src/wire/mac.ts';

export const HOSTS = ['i-1', 'i-2', 'i-3', 'i-4'];
export const MACS = HOSTS.map((_, i) => `00:16:3e:00:00:0${i + 1}`);
/** Not so many that a look at all of them takes long. */
export const HAVIPS_MOST = 12;

export const CRASH_LAB: Topology = {
  name: 'crash',
  provider: 'alibaba',
  subnets: [{ name: 'lan', vpc: 'vpc', cidrs: ['10.0.0.0/24'], gateways: ['10.0.0.253'] }],
  enis: HOSTS.map((instance, i) => ({
    ...{ instance, name: 'eth0', subnet: 'lan', addresses: [`10.0.0.${i + 11}`] },
    ...{ mac: parseMac(MACS[i] as string), mtu: 1500, vlan: null, sourceDestCheck: true },
    attach: null,
  })),
  havips: [],
  run: {},
  quotas: { havipsPerInstance: 50 },
};
