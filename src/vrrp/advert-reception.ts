/**
 * What a router does with a frame before its state machine sees an advert: RFC 3768 section 7.1
 * and RFC 9568 section 7.1, with the source and destination that its configuration allows. Adverts
 * of other virtual routers are none of its business; of its own, each refusal has a name.
 *
 * A few adverts a second come here: this is not a path of frames.
 */
import { FAULT_NONE } from '../wire/fault.ts';
import { readIpv6Words } from '../wire/ip-address.ts';
import {
  ipv4Check,
  ipv4End,
  isIpv4Cut,
  isIpv4Fragment,
  PROTOCOL_VRRP,
  readIpv4Destination,
  readIpv4HeaderLength,
  readIpv4Protocol,
  readIpv4Source,
  readIpv4TimeToLive,
  readIpv4TotalLength,
} from '../wire/ipv4.ts';
import {
  IPV6_HEADER_LENGTH,
  ipv6Check,
  ipv6DestinationAt,
  ipv6End,
  ipv6SourceAt,
  isIpv6Cut,
  readIpv6HopLimit,
  readIpv6NextHeader,
  readIpv6PayloadLength,
} from '../wire/ipv6.ts';
import {
  ETHERNET_HEADER_LENGTH,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  readEthernetType,
} from '../wire/link.ts';
import { type Address, compareAddresses, includesAddress } from './address.ts';
import {
  AUTH_DATA_LENGTH,
  AUTH_NONE,
  AUTH_SIMPLE,
  addressAt,
  advertCheck,
  authDataAt,
  isCarp,
  readAddressCount,
  readAuthType,
  readIntervalNanoseconds,
  readPriority,
  readVersion,
  readVrid,
} from './advert.ts';
import { ADVERT_TIME_TO_LIVE, vrrpGroup } from './advert-packet.ts';
import { advertChecksum, CHECKSUM_BAD } from './checksum.ts';
import type { ReceivedAdvert } from './instance-settings.ts';

/** Why an advert of this router is not believed. */
export type Refusal =
  | 'malformed'
  | 'ttl'
  /** It comes from this router's own address: the network returns it, or another host has it. */
  | 'own-address'
  | 'not-a-peer'
  | 'checksum'
  | 'authentication';

export interface ReceptionTerms {
  readonly family: 4 | 6;
  readonly vrid: number;
  /** The router's own address, to which unicast adverts come. */
  readonly source: Address;
  /** Whose adverts are heard; empty: those to the group. */
  readonly peers: readonly Address[];
  /** Version 2's password, up to eight octets; null where there is none. */
  readonly password: Uint8Array | null;
}

export interface Reception {
  readonly source: Address;
  /** Null where it is refused. */
  readonly advert: ReceivedAdvert | null;
  readonly refusal: Refusal | null;
}

/** The IP packet that a frame carries, as far as an advert needs it. */
interface Packet {
  at: number;
  message: number;
  end: number;
  /** Its length is 0, or more than has come. */
  isMisstated: boolean;
  timeToLive: number;
  source: Address;
  destination: Address;
}

/** Whether the untagged Ethernet frame `[at, end)` carries protocol 112, over IPv4 or IPv6. */
export function carriesAdvert(view: DataView, at: number, end: number): boolean {
  const packet = at + ETHERNET_HEADER_LENGTH;
  if (end - packet < 1) return false;
  const type = readEthernetType(view, at);
  if (type === ETHERTYPE_IPV4) {
    const isLawful = ipv4Check(view, packet, end) === FAULT_NONE;
    return isLawful && readIpv4Protocol(view, packet) === PROTOCOL_VRRP;
  }
  if (type !== ETHERTYPE_IPV6) return false;
  const isLawful = ipv6Check(view, packet, end) === FAULT_NONE;
  return isLawful && readIpv6NextHeader(view, packet) === PROTOCOL_VRRP;
}

/** Null for a frame that is not addressed to this router. */
export function receiveAdvert(
  view: DataView,
  at: number,
  end: number,
  terms: ReceptionTerms,
): Reception | null {
  if (!carriesAdvert(view, at, end)) return null;
  const packet = readPacket(view, at + ETHERNET_HEADER_LENGTH, end);
  if (packet === null || typeof packet.source !== typeof terms.source) return null;
  const isUnicast = terms.peers.length > 0;
  const mine = isUnicast ? terms.source : vrrpGroup(terms.family);
  if (compareAddresses(packet.destination, mine) !== 0) return null;
  const { message, source } = packet;
  if (packet.end - message < 2 || isCarp(view, message, packet.end)) return null;
  if (readVrid(view, message) !== terms.vrid) return null;
  const refusal = refusalOf(view, packet, terms);
  const advert = refusal === null ? readAdvert(view, packet, terms.family) : null;
  return { source, advert, refusal };
}

function refusalOf(view: DataView, packet: Packet, terms: ReceptionTerms): Refusal | null {
  const { at, message, end } = packet;
  if (packet.isMisstated || advertCheck(view, message, end, terms.family) !== FAULT_NONE)
    return 'malformed';
  if (isFarSender(packet, terms)) return 'ttl';
  // Answering it as one that lost the election would never end.
  if (compareAddresses(packet.source, terms.source) === 0) return 'own-address';
  const isPeer = terms.peers.length === 0 || includesAddress(terms.peers, packet.source);
  if (!isPeer) return 'not-a-peer';
  const isBad = advertChecksum(view, at, message, end, terms.family) === CHECKSUM_BAD;
  if (isBad) return 'checksum';
  return isAuthentic(view, message, terms.password) ? null : 'authentication';
}

/**
 * Whether the time to live tells of a router on the way (RFC 9568 section 7.1). Unicast IPv6 does
 * not tell: keepalived leaves the kernel's own hop limit there, which is 64.
 */
function isFarSender({ timeToLive }: Packet, { family, peers }: ReceptionTerms): boolean {
  const isSilent = family === 6 && peers.length > 0;
  return !isSilent && timeToLive !== ADVERT_TIME_TO_LIVE;
}

function isAuthentic(view: DataView, message: number, password: Uint8Array | null): boolean {
  if (readVersion(view, message) === 3) return true;
  const type = readAuthType(view, message);
  if (password === null) return type === AUTH_NONE;
  if (type !== AUTH_SIMPLE) return false;
  const data = authDataAt(view, message);
  for (let i = 0; i < AUTH_DATA_LENGTH; i++) {
    if (view.getUint8(data + i) !== (password[i] ?? 0)) return false;
  }
  return true;
}

function readAdvert(view: DataView, packet: Packet, family: 4 | 6): ReceivedAdvert {
  const { message, source } = packet;
  const addresses: Address[] = [];
  for (let i = 0; i < readAddressCount(view, message); i++) {
    const at = addressAt(message, i, family);
    addresses.push(family === 4 ? view.getUint32(at) : readIpv6Words(view, at));
  }
  return {
    version: readVersion(view, message),
    vrid: readVrid(view, message),
    priority: readPriority(view, message),
    interval: readIntervalNanoseconds(view, message),
    source,
    addresses,
  };
}

/** Null for a packet that is damaged or in pieces. */
function readPacket(view: DataView, at: number, end: number): Packet | null {
  if (view.getUint8(at) >>> 4 === 4) {
    if (isIpv4Fragment(view, at)) return null;
    return {
      at,
      message: at + readIpv4HeaderLength(view, at),
      end: ipv4End(view, at, end),
      isMisstated: readIpv4TotalLength(view, at) === 0 || isIpv4Cut(view, at, end),
      timeToLive: readIpv4TimeToLive(view, at),
      source: readIpv4Source(view, at),
      destination: readIpv4Destination(view, at),
    };
  }
  return {
    at,
    message: at + IPV6_HEADER_LENGTH,
    end: ipv6End(view, at, end),
    isMisstated: readIpv6PayloadLength(view, at) === 0 || isIpv6Cut(view, at, end),
    timeToLive: readIpv6HopLimit(view, at),
    source: readIpv6Words(view, ipv6SourceAt(at)),
    destination: readIpv6Words(view, ipv6DestinationAt(at)),
  };
}
