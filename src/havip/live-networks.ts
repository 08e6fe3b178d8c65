/**
 * The networks of a live lab: its broadcast domains, numbered from 0. Each subnet with an ENI that
 * names no VLAN has one of its own, and so has each VLAN of a VPC: the same VID in two VPCs is two
 * networks, and one VLAN may hold ENIs of several subnets, as on a LAN. (In replay a network is the
 * VID of a capture, whichever VPC it belongs to.)
 */
import type { PortVlan } from '../dataplane/vlan-ports.ts';
import type { Eni, Topology } from './topology.ts';

export interface LiveNetwork {
  readonly vpc: string;
  /** The one subnet of an untagged network; null for a VLAN. */
  readonly subnet: string | null;
  /** 0 for an untagged network. */
  readonly vid: number;
}

/** As many as the dataplane's tables tell apart. */
const NETWORKS_MAX = 1 << 16;

export class LiveNetworks {
  /** By number. */
  readonly list: LiveNetwork[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly vpcs = new Map<string, string>();
  private readonly bySubnet = new Map<string, Set<number>>();

  /** Throws RangeError where there are more networks than the dataplane tells apart. */
  constructor(topology: Topology) {
    for (const { name, vpc } of topology.subnets) {
      this.vpcs.set(name, vpc);
      this.bySubnet.set(name, new Set());
    }
    for (const subnet of topology.subnets) {
      const enis = topology.enis.filter((eni) => eni.subnet === subnet.name);
      if (enis.length === 0) this.untagged(subnet.name);
      for (const eni of enis) this.portOf(eni);
    }
  }

  /** The networks that a subnet covers. */
  ofSubnet(name: string): readonly number[] {
    return [...(this.bySubnet.get(name) ?? [])];
  }

  /** Where an ENI's own addresses live: where its untagged frames go, else in all its VLANs. */
  ofAddresses(eni: Eni): readonly number[] {
    const { untagged, tagged } = this.portOf(eni);
    return untagged >= 0 ? [untagged] : tagged.map((pair) => pair.network);
  }

  /** What passes the port that an ENI is attached to. */
  portOf(eni: Eni): PortVlan {
    const { vlan } = eni;
    if (vlan === null) return { untagged: this.untagged(eni.subnet), tagged: [] };
    if ('access' in vlan) return { untagged: this.vlan(eni.subnet, vlan.access), tagged: [] };
    const tagged = vlan.trunk.map((vid) => ({ vid, network: this.vlan(eni.subnet, vid) }));
    const untagged = vlan.native === null ? -1 : this.vlan(eni.subnet, vlan.native);
    return { untagged, tagged };
  }

  private untagged(subnet: string): number {
    const vpc = this.vpcs.get(subnet) ?? '';
    return this.number(`subnet ${subnet}`, { vpc, subnet, vid: 0 }, subnet);
  }

  private vlan(subnet: string, vid: number): number {
    const vpc = this.vpcs.get(subnet) ?? '';
    return this.number(`${vid} of ${vpc}`, { vpc, subnet: null, vid }, subnet);
  }

  private number(key: string, network: LiveNetwork, subnet: string): number {
    let number = this.numbers.get(key);
    if (number === undefined) {
      if (this.list.length === NETWORKS_MAX) throw new RangeError('too many networks');
      number = this.list.push(network) - 1;
      this.numbers.set(key, number);
    }
    this.bySubnet.get(subnet)?.add(number);
    return number;
  }
}
