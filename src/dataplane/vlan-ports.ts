import type { Link } from '../wire/link.ts';
import { ETHERTYPE_VLAN } from '../wire/link.ts';
import { pushedTag, TAG_KEEP, TAG_POP } from './port.ts';

/**
 * Which networks a port belongs to, and in which form their frames pass it: untagged on an access
 * port and for a trunk's native VLAN, tagged on a trunk (IEEE 802.1Q 6.9). A network is a broadcast
 * domain of the switch's own numbering; its VID is the one it has on every trunk. Stacked tags and
 * service tags (802.1ad) are not carried.
 */
export interface PortVlan {
  /** Network of untagged and priority-tagged frames; -1 where they are refused. */
  readonly untagged: number;
  /** The network of each VID that passes tagged. */
  readonly tagged: readonly { readonly vid: number; readonly network: number }[];
}

const VIDS = 4096;
const NONE = -1;
/** Octets before the tag, and those before its control information. */
const TYPE = 12;
const TCI = 14;

export class VlanPorts {
  private readonly untagged: Int32Array;
  private readonly tagged: (Int32Array | null)[];
  /** VID of each network on a trunk; 0 where none carries it. */
  private readonly vids: Uint16Array;
  private readonly members: Uint8Array;
  private readonly networks: number;

  constructor(ports: readonly PortVlan[]) {
    const pairs = ports.flatMap((port) => port.tagged);
    const numbers = [...pairs.map((pair) => pair.network), ...ports.map((port) => port.untagged)];
    this.networks = Math.max(0, ...numbers) + 1;
    this.untagged = Int32Array.from(ports, (port) => port.untagged);
    this.tagged = ports.map((port) => tableOf(port));
    this.vids = new Uint16Array(this.networks);
    for (const { vid, network } of pairs) this.vids[network] = vid;
    this.members = new Uint8Array(this.networks * ports.length);
    for (const [index, port] of ports.entries()) {
      for (const { network } of port.tagged) this.members[index * this.networks + network] = 1;
      if (port.untagged >= 0) this.members[index * this.networks + port.untagged] = 1;
    }
  }

  /** Network of the untagged frames of a port, -1 for none. */
  untaggedOf(port: number): number {
    return this.untagged[port]!;
  }

  /** Network of the frame at `at`, whose link header has been read; -1: not for this port. */
  networkOf(port: number, link: Link, view: DataView, at: number): number {
    if (link.tags === 0) return this.untagged[port]!;
    if (link.tags > 1 || view.getUint16(at + TYPE) !== ETHERTYPE_VLAN) return NONE;
    if (link.vlan === 0) return this.untagged[port]!;
    const table = this.tagged[port]!;
    return table === null ? NONE : table[link.vlan]!;
  }

  /** Whether the port belongs to the network. */
  has(port: number, network: number): boolean {
    return network < this.networks && this.members[port * this.networks + network] === 1;
  }

  /**
   * Puts the VID of `network` into the tag of the frame at `at`, so that it may leave as it is on
   * every trunk: for a priority-tagged frame and one that was routed.
   */
  retag(view: DataView, at: number, network: number): void {
    const tci = view.getUint16(at + TCI);
    view.setUint16(at + TCI, (tci & 0xf000) | this.vids[network]!);
  }

  /** What becomes of the tag of a frame of `network` that leaves by a port, see port.ts. */
  tagFor(port: number, network: number, hasTag: boolean): number {
    if (this.untagged[port] === network) return hasTag ? TAG_POP : TAG_KEEP;
    return hasTag ? TAG_KEEP : pushedTag(this.vids[network]!);
  }
}

/** VID → network, or null for a port without tagged VLANs. */
function tableOf(port: PortVlan): Int32Array | null {
  if (port.tagged.length === 0) return null;
  const table = new Int32Array(VIDS).fill(NONE);
  for (const { vid, network } of port.tagged) table[vid] = network;
  return table;
}
