/**
 * The frames by which a host says that an address is its own now, as keepalived sends them: a
 * gratuitous ARP request whose target MAC is broadcast, and for IPv6 a neighbor advertisement to
 * all nodes, from the address itself, with the override flag.
 */
import { ethernetFrame } from '../wire/ethernet.ts';
import { ICMPV6_NEIGHBOR_ADVERTISEMENT } from '../wire/icmpv6.ts';
import type { Ipv6Words } from '../wire/ip-address.ts';
import { PROTOCOL_ICMPV6 } from '../wire/ipv4.ts';
import { emitIpv6, IPV6_HEADER_LENGTH } from '../wire/ipv6.ts';
import { ETHERNET_HEADER_LENGTH, ETHERTYPE_ARP, ETHERTYPE_IPV6 } from '../wire/link.ts';
import { MAC_BROADCAST } from '../wire/mac.ts';
import { ARP_LENGTH, ARP_REQUEST, emitArp } from './arp.ts';
import {
  emitNeighbor,
  FLAG_OVERRIDE,
  FLAG_ROUTER,
  NEIGHBOR_HOP_LIMIT,
  NEIGHBOR_LENGTH_WITH_ADDRESS,
} from './neighbor.ts';

/** ff02::1, and the MAC address that it maps to (RFC 2464 section 7). */
const ALL_NODES: Ipv6Words = [0xff020000, 0, 0, 1];
const ALL_NODES_MAC = 0x333300000001;

/** An Ethernet frame without padding. `isRouter` is for IPv6: whether the host forwards. */
export function announcementFrame(
  address: number | Ipv6Words,
  mac: number,
  isRouter: boolean,
): Uint8Array {
  return typeof address === 'number'
    ? gratuitousArp(address, mac)
    : advertisement(address, mac, isRouter);
}

function gratuitousArp(address: number, mac: number): Uint8Array {
  const { octets, view } = ethernetFrame(ARP_LENGTH, MAC_BROADCAST, mac, ETHERTYPE_ARP);
  emitArp(view, ETHERNET_HEADER_LENGTH, {
    operation: ARP_REQUEST,
    senderHardwareAddress: mac,
    senderProtocolAddress: address,
    targetHardwareAddress: MAC_BROADCAST,
    targetProtocolAddress: address,
  });
  return octets;
}

function advertisement(address: Ipv6Words, mac: number, isRouter: boolean): Uint8Array {
  const length = IPV6_HEADER_LENGTH + NEIGHBOR_LENGTH_WITH_ADDRESS;
  const { octets, view } = ethernetFrame(length, ALL_NODES_MAC, mac, ETHERTYPE_IPV6);
  const at = emitIpv6(view, ETHERNET_HEADER_LENGTH, {
    payloadLength: NEIGHBOR_LENGTH_WITH_ADDRESS,
    nextHeader: PROTOCOL_ICMPV6,
    hopLimit: NEIGHBOR_HOP_LIMIT,
    source: address,
    destination: ALL_NODES,
  });
  emitNeighbor(view, ETHERNET_HEADER_LENGTH, at, {
    type: ICMPV6_NEIGHBOR_ADVERTISEMENT,
    flags: FLAG_OVERRIDE | (isRouter ? FLAG_ROUTER : 0),
    target: address,
    linkLayerAddress: mac,
  });
  return octets;
}
