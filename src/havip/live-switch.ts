/**
 * A live lab's switch with everything that belongs to it, from a topology: its tables are filled
 * with what is configured before the first frame. It knows no devices and waits for nobody; an
 * engine with ports does that.
 */

import type { Site } from '../dataplane/address-plan.ts';
import { ArpPolicer, type PolicerRate } from '../dataplane/arp-policer.ts';
import { Forwarding, GATEWAY_PORT } from '../dataplane/forwarding.ts';
import { Gateway } from '../dataplane/gateway.ts';
import type { SwitchObserver } from '../dataplane/observer.ts';
import { type AddressWords, Router } from '../dataplane/router.ts';
import { Switch } from '../dataplane/switch.ts';
import { VlanPorts } from '../dataplane/vlan-ports.ts';
import { macHigh, macLow } from '../wire/mac.ts';
import { parseWords } from './address-words.ts';
import { CompiledTopology } from './compile.ts';
import { Control } from './control.ts';
import { LiveEntries } from './live-entries.ts';
import { LiveNetworks } from './live-networks.ts';
import { ruleSet } from './rule-sets.ts';
import type { Eni, Topology } from './topology.ts';

export interface LiveSwitchOptions {
  readonly observer: SwitchObserver;
  /** Report what the guards refuse, and let it pass. */
  readonly dryRun?: boolean;
  /** Claims by ARP and ND that a port may send; absent or null: as many as it likes. */
  readonly arpRate?: PolicerRate | null;
  /** Of the tables' hashes: a random one where senders are hostile. */
  readonly seed?: number;
}

/** What an engine needs, but for its ports, and what a control plane and a report need. */
export interface LiveSwitch {
  readonly owner: Switch;
  readonly forwarding: Forwarding;
  readonly responder: Gateway;
  readonly router: Router;
  readonly vlans: VlanPorts;
  readonly gatewayMac: number;
  readonly site: Site;
  readonly control: Control;
  /** The networks by number, for reports: VPC, subnet, VID. */
  readonly networks: LiveNetworks['list'];
  /** The ENIs that are attached, by port: their order in the topology. */
  readonly portEnis: readonly Eni[];
  /** The port of an ENI by its index in the topology, -1 where it is not attached. */
  portOf(eni: number): number;
}

/** Stations that a port may have learned: two full subnets of 2,048. */
const STATIONS_PER_PORT = 4096;
const STATIONS_MAX = 1 << 20;
/** Addresses of each family, beside those that are configured. */
const ADDRESSES_MAX = 1 << 16;

/**
 * Throws RangeError where the topology has no provider, or an attached ENI has no MAC (see
 * `completeTopology`).
 */
export function liveSwitchOf(topology: Topology, options: LiveSwitchOptions): LiveSwitch {
  if (topology.provider === null) throw new RangeError('a live lab needs a provider');
  const rules = ruleSet(topology.provider);
  const networks = new LiveNetworks(topology);
  const compiled = new CompiledTopology(topology, networks);
  const attached = attachedOf(topology);
  attached.forEach(({ index }, port) => {
    compiled.enis.attach(index, port);
  });
  const portEnis = attached.map(({ eni }) => eni);
  const subnets = portEnis.map((eni) => compiled.subnetIndex(eni.subnet));
  const router = new Router(compiled.routedSubnets(), subnets);
  const forwards = {
    byIp: rules.forwarding === 'by-ip',
    carriesMulticast: rules.carriesMulticast,
  };
  const mtus = portEnis.map((eni) => eni.mtu);
  const forwarding = new Forwarding(forwards, mtus, router);
  const vlans = new VlanPorts(portEnis.map((eni) => networks.portOf(eni)));
  const site = compiled.site();
  const ports = Math.max(1, portEnis.length);
  const { arpRate = null } = options;
  const owner = new Switch({
    observer: options.observer,
    plan: site.plan,
    forwarding,
    policer: arpRate === null ? null : new ArpPolicer(arpRate, ports),
    vlans,
    dryRun: options.dryRun ?? false,
    seed: options.seed,
    maximumStations: Math.min(STATIONS_MAX, (ports + 1) * STATIONS_PER_PORT + networks.list.length),
    maximumStationsPerPort: STATIONS_PER_PORT,
    maximumAddresses: ADDRESSES_MAX + configuredOf(topology) * networks.list.length,
  });
  const portOf = (eni: number): number => compiled.enis.port(eni);
  introduceGateways(owner, topology, networks, rules.gatewayMac);
  const entries = new LiveEntries({ rules, compiled, networks, owner });
  topology.enis.forEach((eni, index) => {
    entries.introduceEni(eni, portOf(index));
  });
  const control = new Control({ topology, rules, compiled, networks, owner });
  const responder = new Gateway(rules.gatewayMac, router, ports);
  const parts = { owner, forwarding, responder, router, vlans, site, control, portEnis, portOf };
  return { ...parts, gatewayMac: rules.gatewayMac, networks: networks.list };
}

/** Addresses that are configured: an upper bound. */
function configuredOf(topology: Topology): number {
  const enis = topology.enis.reduce((sum, eni) => sum + eni.addresses.length, 0);
  const gateways = topology.subnets.reduce((sum, subnet) => sum + subnet.gateways.length, 0);
  return enis + gateways + topology.havips.length;
}

function attachedOf(topology: Topology): { eni: Eni; index: number }[] {
  const attached = topology.enis
    .map((eni, index) => ({ eni, index }))
    .filter(({ eni }) => eni.attach !== null);
  for (const { eni } of attached) {
    if (eni.mac === null) throw new RangeError(`ENI ${eni.instance}/${eni.name} has no MAC`);
  }
  return attached;
}

/** The gateway is in every network: by its addresses, and by MAC as a station, too. */
function introduceGateways(
  owner: Switch,
  topology: Topology,
  networks: LiveNetworks,
  gatewayMac: number,
): void {
  for (const subnet of topology.subnets) {
    for (const network of networks.ofSubnet(subnet.name)) {
      for (const gateway of subnet.gateways) pin(owner, network, gateway);
      const { stations } = owner;
      const entry = stations.insert(network, macHigh(gatewayMac), macLow(gatewayMac));
      stations.setPort(entry, GATEWAY_PORT);
      stations.setStatic(entry, true);
    }
  }
}

/** Gives an address an entry that stays. */
function pin(owner: Switch, network: number, address: string): void {
  const { family, words } = parseWords(address);
  const id = owner.follow(network, family, ...(words as AddressWords));
  owner.neighbors.tableOfId(id).setPinned(owner.neighbors.entryOf(id), true);
}
