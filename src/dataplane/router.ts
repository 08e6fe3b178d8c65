import { isLoopbackIpv4, isMulticastIpv4 } from '../wire/ip-address.ts';
import { readIpv4Destination, readIpv4Source } from '../wire/ipv4.ts';
import { ipv6DestinationAt, ipv6SourceAt } from '../wire/ipv6.ts';
import type { Classifier } from './classifier.ts';

/**
 * The connected routes of each VPC: which subnet a destination lies in, and who the gateway is
 * that speaks for the ingress port. VPCs never meet, so the same block may lie in two of them. It
 * knows no holders and sends nothing. A subnet is given by the book's index + 1; 0 is none.
 */
export type AddressWords = readonly [number, number, number, number];

export interface RoutedBlock {
  readonly family: 4 | 6;
  /** An IPv4 address is the last word. */
  readonly words: AddressWords;
  readonly prefix: number;
}

export interface RoutedSubnet {
  readonly vpc: number;
  readonly networks: readonly number[];
  readonly blocks: readonly RoutedBlock[];
  readonly gateways: readonly { readonly family: 4 | 6; readonly words: AddressWords }[];
}

/** Of a route: VPC, family, subnet, four words of the block and four of its mask. */
const STRIDE = 11;
const FAMILY = 1;
const SUBNET = 2;
const WORDS = 3;
const MASKS = 7;
const NOTHING: readonly number[] = [];

export class Router {
  /** Of the packet that was routed last: the network it goes to, the MTU that it met there. */
  nextNetwork = 0;
  nextMtu = 0;
  private readonly subnets: readonly RoutedSubnet[];
  private readonly portSubnets: Uint16Array;
  private readonly routes: Int32Array;

  /** `portSubnets[port]` is the subnet that the port is in. */
  constructor(subnets: readonly RoutedSubnet[], portSubnets: readonly number[]) {
    this.subnets = subnets;
    this.portSubnets = Uint16Array.from(portSubnets);
    this.routes = Int32Array.from(routesOf(subnets).flat());
  }

  subnetOfPort(port: number): number {
    return this.portSubnets[port]!;
  }

  /** The networks that the subnet covers. */
  networksOf(subnet: number): readonly number[] {
    return this.subnets[subnet - 1]?.networks ?? NOTHING;
  }

  /** The gateway's address in the subnet of a port; null where it has none of this family. */
  gatewayOf(port: number, family: number): AddressWords | null {
    const gateways = this.subnets[this.portSubnets[port]! - 1]?.gateways;
    if (gateways === undefined) return null;
    for (const gateway of gateways) if (gateway.family === family) return gateway.words;
    return null;
  }

  /** The subnet of the port's VPC in which the destination of the packet lies, 0 for none. */
  destinationOf(seen: Classifier, view: DataView, port: number): number {
    const own = this.subnets[this.portSubnets[port]! - 1];
    if (own === undefined) return 0;
    if (seen.family === 4) {
      return this.find(own.vpc, 4, 0, 0, 0, readIpv4Destination(view, seen.packet));
    }
    const at = ipv6DestinationAt(seen.packet);
    const w0 = view.getInt32(at);
    const w1 = view.getInt32(at + 4);
    return this.find(own.vpc, 6, w0, w1, view.getInt32(at + 8), view.getInt32(at + 12));
  }

  /**
   * Whether a router may pass the packet on at all: from and to one host's address of more than
   * link scope (RFC 1812 sections 5.3.7 and 4.2.3.1, RFC 4291 section 2.5.6).
   */
  isRoutable(seen: Classifier, view: DataView): boolean {
    const { family, packet } = seen;
    if (family === 4) {
      const source = readIpv4Source(view, packet);
      return isGlobalIpv4(source) && isGlobalIpv4(readIpv4Destination(view, packet));
    }
    const isSource = isGlobalIpv6(view, ipv6SourceAt(packet));
    return isSource && isGlobalIpv6(view, ipv6DestinationAt(packet));
  }

  /** Whether the packet is for all hosts of the subnet (RFC 922), of which no error tells. */
  isBroadcast(seen: Classifier, view: DataView, subnet: number): boolean {
    if (seen.family !== 4) return false;
    const destination = readIpv4Destination(view, seen.packet);
    const blocks = this.subnets[subnet - 1]!.blocks;
    for (let i = 0; i < blocks.length; i++) {
      const { family, words, prefix } = blocks[i]!;
      if (family !== 4 || prefix > 30) continue;
      const hosts = prefix === 0 ? 0xffffffff : 0xffffffff >>> prefix;
      if ((words[3] | hosts) >>> 0 === destination) return true;
    }
    return false;
  }

  private find(
    vpc: number,
    family: number,
    w0: number,
    w1: number,
    w2: number,
    w3: number,
  ): number {
    const { routes } = this;
    for (let at = 0; at < routes.length; at += STRIDE) {
      if (routes[at] !== vpc || routes[at + FAMILY] !== family) continue;
      const isOutside =
        ((w3 ^ routes[at + WORDS + 3]!) & routes[at + MASKS + 3]!) |
        ((w2 ^ routes[at + WORDS + 2]!) & routes[at + MASKS + 2]!) |
        ((w1 ^ routes[at + WORDS + 1]!) & routes[at + MASKS + 1]!) |
        ((w0 ^ routes[at + WORDS]!) & routes[at + MASKS]!);
      if (isOutside === 0) return routes[at + SUBNET]!;
    }
    return 0;
  }
}

/** Every block of every subnet, longest prefix first. */
function routesOf(subnets: readonly RoutedSubnet[]): number[][] {
  const routes = subnets.flatMap(({ vpc, blocks }, index) =>
    blocks.map(({ family, words, prefix }) => {
      const bits = family === 4 ? prefix + 96 : prefix;
      return { bits, words: [vpc, family, index + 1, ...words, ...masksOf(family, bits)] };
    }),
  );
  return routes.sort((a, b) => b.bits - a.bits).map((route) => route.words);
}

/** Of an IPv4 block only the last word counts. */
function masksOf(family: 4 | 6, bits: number): number[] {
  return [0, 32, 64, 96].map((before) => {
    if (family === 4 && before < 96) return 0;
    const left = Math.max(0, Math.min(32, bits - before));
    return left === 0 ? 0 : -1 << (32 - left);
  });
}

function isGlobalIpv4(address: number): boolean {
  const isNobody = address >>> 24 === 0 || isLoopbackIpv4(address) || address >>> 16 === 0xa9fe;
  // Class E with the limited broadcast lies above the groups.
  return !isNobody && !isMulticastIpv4(address) && address < 0xf0000000;
}

function isGlobalIpv6(view: DataView, at: number): boolean {
  const w0 = view.getUint32(at);
  if (w0 >>> 24 === 0xff || w0 >>> 22 === 0x3fa) return false;
  const isZero = w0 === 0 && view.getUint32(at + 4) === 0 && view.getUint32(at + 8) === 0;
  return !(isZero && view.getUint32(at + 12) <= 1);
}
