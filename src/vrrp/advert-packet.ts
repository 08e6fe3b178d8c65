/**
 * An advert as the IP packet that a router sends: time to live 255 (RFC 9568 section 5.1.1.3),
 * internetwork control as its class, and the checksum that keepalived takes, in version 3 with the
 * pseudo-header of the packet's own addresses.
 */
import { type Ipv6Words, isMulticastIpv4, isMulticastIpv6 } from '../wire/ip-address.ts';
import { emitIpv4, INTERNETWORK_CONTROL, IPV4_HEADER_LENGTH, PROTOCOL_VRRP } from '../wire/ipv4.ts';
import { emitIpv6, IPV6_HEADER_LENGTH } from '../wire/ipv6.ts';
import type { Address } from './address.ts';
import { type AdvertFields, advertEnd, emitAdvert, VRRP_GROUP_IPV4 } from './advert.ts';
import { CHECKSUM_PSEUDO_HEADER, writeAdvertChecksum } from './checksum.ts';

/** ff02::12: RFC 9568 section 5.1.2.2. */
export const VRRP_GROUP_IPV6: Ipv6Words = [0xff020000, 0, 0, 0x12];
export const ADVERT_TIME_TO_LIVE = 255;
/** Of an advert, whose count is an octet. */
export const ADDRESSES_MAX = 255;
const LENGTH_MAX = IPV6_HEADER_LENGTH + 8 + ADDRESSES_MAX * 16 + 8;

/** Octets of the packet that `emitAdvertPacket` makes. */
export function advertPacketLength(version: 2 | 3, family: 4 | 6, addresses: number): number {
  const header = family === 4 ? IPV4_HEADER_LENGTH : IPV6_HEADER_LENGTH;
  return header + 8 + addresses * (family === 4 ? 4 : 16) + (version === 2 ? 8 : 0);
}

/** Where adverts of a family go that have no peers named. */
export function vrrpGroup(family: 4 | 6): Address {
  return family === 4 ? VRRP_GROUP_IPV4 : VRRP_GROUP_IPV6;
}

export function isMulticast(address: Address): boolean {
  return typeof address === 'number' ? isMulticastIpv4(address) : isMulticastIpv6(address[0]);
}

/** The whole packet, IP header first. Source and destination are of the advert's family. */
export function emitAdvertPacket(
  fields: AdvertFields,
  source: Address,
  destination: Address,
): Uint8Array {
  const octets = new Uint8Array(LENGTH_MAX);
  const view = new DataView(octets.buffer);
  const { family, version } = fields;
  const at = family === 4 ? IPV4_HEADER_LENGTH : IPV6_HEADER_LENGTH;
  emitAdvert(view, at, fields);
  const end = advertEnd(view, at, family);
  if (typeof source === 'number' && typeof destination === 'number') {
    const timeToLive = ADVERT_TIME_TO_LIVE;
    const typeOfService = INTERNETWORK_CONTROL;
    const protocol = PROTOCOL_VRRP;
    const header = { totalLength: end, timeToLive, protocol, source, destination, typeOfService };
    emitIpv4(view, 0, header);
  } else if (typeof source !== 'number' && typeof destination !== 'number') {
    const hopLimit = ADVERT_TIME_TO_LIVE;
    const trafficClass = INTERNETWORK_CONTROL;
    const nextHeader = PROTOCOL_VRRP;
    const payloadLength = end - at;
    emitIpv6(view, 0, { payloadLength, nextHeader, hopLimit, source, destination, trafficClass });
  }
  // Version 2 and IPv6 have one convention each, whatever is asked for.
  writeAdvertChecksum(view, 0, at, { family, convention: CHECKSUM_PSEUDO_HEADER });
  return octets.subarray(0, advertPacketLength(version, family, fields.addresses.length));
}
