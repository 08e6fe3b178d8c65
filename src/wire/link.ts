/**
 * From a captured frame to the packet it carries: Ethernet II, 802.3 with LLC/SNAP, VLAN tags in
 * any stacking, cooked Linux captures, BSD loopback, raw IP.
 *
 * `readLink` fills one reused `Link` with small integers and never throws. It decides nothing:
 * a reserved VID, for one, is reported as a fault and read on, so that the frame is still counted
 * by its EtherType. Other link types are opaque (`etherType` is `ETHERTYPE_OPAQUE`). What is
 * inside a tunnel (PBB, VXLAN, MPLS) is not looked at.
 */

import {
  FAULT_ETHERNET_TRUNCATED,
  FAULT_LOOPBACK_TRUNCATED,
  FAULT_NONE,
  FAULT_RAW_TRUNCATED,
  FAULT_RAW_VERSION,
  FAULT_SLL_TRUNCATED,
  FAULT_SNAP_TRUNCATED,
  FAULT_VLAN_DEPTH,
  FAULT_VLAN_RESERVED,
  FAULT_VLAN_TRUNCATED,
  type Fault,
} from './fault.ts';
import {
  LINKTYPE_ETHERNET,
  LINKTYPE_IPV4,
  LINKTYPE_IPV6,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_LOOP,
  LINKTYPE_NULL,
  LINKTYPE_RAW,
  LINKTYPE_RAW_BSD,
  LINKTYPE_RAW_OPENBSD,
} from './link-type.ts';

export const ETHERNET_HEADER_LENGTH = 14;
export const VLAN_TAG_LENGTH = 4;
const VLAN_DEPTH_MAX = 8;
const TYPE = 12;

/** No EtherType here: LLC without SNAP, a foreign OUI, an undefined or damaged type. */
export const ETHERTYPE_NONE = 0;
/** The link type itself is not understood. */
export const ETHERTYPE_OPAQUE = -1;
export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_ARP = 0x0806;
export const ETHERTYPE_IPV6 = 0x86dd;
export const ETHERTYPE_VLAN = 0x8100;
export const ETHERTYPE_SERVICE_VLAN = 0x88a8;
const ETHERTYPE_QINQ_9100 = 0x9100;
const ETHERTYPE_QINQ_9200 = 0x9200;
/** IEEE 802.3 3.2.6: above it an EtherType, at or below it and not over 1500 a length. */
const ETHERTYPE_MIN = 0x0600;
const LENGTH_MAX = 1500;
const VID_MASK = 0x0fff;
const VID_RESERVED = 4095;

/** What `readLink` found. All offsets are octets in the view that was passed. */
export class Link {
  fault: Fault = FAULT_NONE;
  /** The EtherType after all tags, `ETHERTYPE_NONE` or `ETHERTYPE_OPAQUE`. */
  etherType = ETHERTYPE_NONE;
  /** First octet of the packet. */
  packet = 0;
  /** Innermost VID that is not 0; 0 for an untagged or a merely priority-tagged frame. */
  vlan = 0;
  /** The VID around it; 0 where there is none. */
  outerVlan = 0;
  tags = 0;
  tagged = false;
  /** An Ethernet header is present; false for cooked, loopback and raw captures. */
  hasEthernet = false;
  hasSource = false;
  hasDestination = false;
  sourceHigh = 0;
  sourceLow = 0;
  destinationHigh = 0;
  destinationLow = 0;
  /** Interface of a cooked version 2 record, else 0. */
  interfaceIndex = 0;
  /** Cooked captures: 0 to us, 1 broadcast, 2 multicast, 3 to others, 4 sent by us; else 0. */
  packetType = 0;
  /**
   * Where octets begin that two copies of one frame share, behind the link header: a switch that
   * forwards by IP rewrites the Ethernet addresses.
   */
  payload = 0;
}

/** The type or length field of the Ethernet header at `at`. */
export function readEthernetType(view: DataView, at: number): number {
  return view.getUint16(at + TYPE);
}

/** Reads the frame `[at, end)` of a link type (pcap's LINKTYPE numbers) into `link`. */
export function readLink(
  view: DataView,
  at: number,
  end: number,
  linkType: number,
  link: Link,
): Fault {
  if (linkType !== LINKTYPE_ETHERNET) return readOther(view, at, end, linkType, link);
  clear(link, at);
  link.hasEthernet = true;
  if (end - at < ETHERNET_HEADER_LENGTH) return (link.fault = FAULT_ETHERNET_TRUNCATED);
  link.payload = at + ETHERNET_HEADER_LENGTH;
  link.hasSource = true;
  link.hasDestination = true;
  link.destinationHigh = view.getUint16(at);
  link.destinationLow = view.getUint32(at + 2);
  link.sourceHigh = view.getUint16(at + 6);
  link.sourceLow = view.getUint32(at + 8);
  const type = readEthernetType(view, at);
  if (type === ETHERTYPE_IPV4 || type === ETHERTYPE_ARP || type === ETHERTYPE_IPV6) {
    link.etherType = type;
    link.packet = at + ETHERNET_HEADER_LENGTH;
    return FAULT_NONE;
  }
  return readType(view, type, at + ETHERNET_HEADER_LENGTH, end, link);
}

function clear(link: Link, at: number): void {
  link.fault = FAULT_NONE;
  link.etherType = ETHERTYPE_NONE;
  link.packet = at;
  link.vlan = 0;
  link.outerVlan = 0;
  link.tags = 0;
  link.tagged = false;
  link.hasEthernet = false;
  link.hasSource = false;
  link.hasDestination = false;
  link.sourceHigh = 0;
  link.sourceLow = 0;
  link.destinationHigh = 0;
  link.destinationLow = 0;
  link.interfaceIndex = 0;
  link.packetType = 0;
  link.payload = at;
}

/** Whether a type announces a VLAN tag: 802.1Q, 802.1ad and the two older stacking types. */
export function isVlanType(type: number): boolean {
  return (
    type === ETHERTYPE_VLAN ||
    type === ETHERTYPE_SERVICE_VLAN ||
    type === ETHERTYPE_QINQ_9100 ||
    type === ETHERTYPE_QINQ_9200
  );
}

/** Follows a type field whose next octet is `next` through tags and LLC to the packet. */
function readType(view: DataView, type: number, next: number, end: number, link: Link): Fault {
  while (isVlanType(type)) {
    link.packet = next;
    link.tagged = true;
    if (link.tags === VLAN_DEPTH_MAX) return (link.fault = FAULT_VLAN_DEPTH);
    if (end - next < VLAN_TAG_LENGTH) return (link.fault = FAULT_VLAN_TRUNCATED);
    const vid = view.getUint16(next) & VID_MASK;
    link.tags++;
    if (vid === VID_RESERVED) link.fault = FAULT_VLAN_RESERVED;
    if (vid !== 0) {
      link.outerVlan = link.vlan;
      link.vlan = vid;
    }
    type = view.getUint16(next + 2);
    next += VLAN_TAG_LENGTH;
  }
  link.packet = next;
  if (type >= ETHERTYPE_MIN) link.etherType = type;
  else if (type <= LENGTH_MAX) readLlc(view, next, end, link);
  return link.fault;
}

/** IEEE 802.2 LLC; SNAP with OUI 00-00-00 carries an EtherType (RFC 1042). */
function readLlc(view: DataView, at: number, end: number, link: Link): void {
  if (end - at < 3) {
    link.fault = FAULT_SNAP_TRUNCATED;
    return;
  }
  if (view.getUint16(at) !== 0xaaaa || view.getUint8(at + 2) !== 0x03) return;
  if (end - at < 8) {
    link.fault = FAULT_SNAP_TRUNCATED;
    return;
  }
  link.packet = at + 8;
  const isEncapsulatedEthernet = view.getUint16(at + 3) === 0 && view.getUint8(at + 5) === 0;
  if (isEncapsulatedEthernet) link.etherType = view.getUint16(at + 6);
}

function readOther(view: DataView, at: number, end: number, linkType: number, link: Link): Fault {
  clear(link, at);
  switch (linkType) {
    case LINKTYPE_LINUX_SLL:
      return readCooked(view, at, end, link);
    case LINKTYPE_LINUX_SLL2:
      return readCooked2(view, at, end, link);
    case LINKTYPE_NULL:
    case LINKTYPE_LOOP:
      return readLoopback(view, at, end, link);
    case LINKTYPE_RAW:
    case LINKTYPE_RAW_BSD:
    case LINKTYPE_RAW_OPENBSD:
      return readRaw(view, at, end, link);
    case LINKTYPE_IPV4:
      link.etherType = ETHERTYPE_IPV4;
      return FAULT_NONE;
    case LINKTYPE_IPV6:
      link.etherType = ETHERTYPE_IPV6;
      return FAULT_NONE;
    default:
      link.etherType = ETHERTYPE_OPAQUE;
      return FAULT_NONE;
  }
}

const COOKED_LENGTH = 16;
const COOKED2_LENGTH = 20;
/** Protocol field of a cooked header where an LLC header follows. */
const COOKED_LLC = 0x0004;
/** ARPHRD values whose protocol field is no EtherType: Frame Relay, radiotap, netlink. */
const ARPHRD_FRAD = 770;
const ARPHRD_RADIOTAP = 803;
const ARPHRD_NETLINK = 824;

/** LINKTYPE_LINUX_SLL: packet type, ARPHRD, address length, address (8), protocol. */
function readCooked(view: DataView, at: number, end: number, link: Link): Fault {
  if (end - at < COOKED_LENGTH) return (link.fault = FAULT_SLL_TRUNCATED);
  link.packetType = view.getUint16(at);
  readCookedSource(view, at + 6, view.getUint16(at + 4), link);
  link.payload = at + COOKED_LENGTH;
  return readCookedType(view, view.getUint16(at + 2), view.getUint16(at + 14), end, link);
}

/** LINKTYPE_LINUX_SLL2: protocol, 0, ifindex, ARPHRD, packet type, address length, address. */
function readCooked2(view: DataView, at: number, end: number, link: Link): Fault {
  if (end - at < COOKED2_LENGTH) return (link.fault = FAULT_SLL_TRUNCATED);
  link.interfaceIndex = view.getUint32(at + 4);
  link.packetType = view.getUint8(at + 10);
  readCookedSource(view, at + 12, view.getUint8(at + 11), link);
  link.payload = at + COOKED2_LENGTH;
  return readCookedType(view, view.getUint16(at + 8), view.getUint16(at), end, link);
}

function readCookedSource(view: DataView, at: number, length: number, link: Link): void {
  if (length !== 6) return;
  link.hasSource = true;
  link.sourceHigh = view.getUint16(at);
  link.sourceLow = view.getUint32(at + 2);
}

/** Cooked headers end at `link.payload`; 802.1Q tags and LLC may follow them. */
function readCookedType(
  view: DataView,
  hardware: number,
  protocol: number,
  end: number,
  link: Link,
): Fault {
  link.packet = link.payload;
  if (hardware === ARPHRD_NETLINK || hardware === ARPHRD_RADIOTAP || hardware === ARPHRD_FRAD) {
    return FAULT_NONE;
  }
  // Other values below an EtherType name Linux frame kinds (raw 802.3, CAN), never a length.
  if (protocol < ETHERTYPE_MIN && protocol !== COOKED_LLC) return FAULT_NONE;
  return readType(view, protocol, link.payload, end, link);
}

/** Four octets of address family, in the writer's byte order for NULL. */
function readLoopback(view: DataView, at: number, end: number, link: Link): Fault {
  if (end - at < 4) return (link.fault = FAULT_LOOPBACK_TRUNCATED);
  const big = view.getUint32(at);
  const family = big > 0xffff ? view.getUint32(at, true) : big;
  link.packet = at + 4;
  link.payload = at + 4;
  if (family === 2) link.etherType = ETHERTYPE_IPV4;
  // AF_INET6 of Linux, of NetBSD and OpenBSD, of FreeBSD, of Darwin.
  else if (family === 10 || family === 24 || family === 28 || family === 30) {
    link.etherType = ETHERTYPE_IPV6;
  }
  return FAULT_NONE;
}

function readRaw(view: DataView, at: number, end: number, link: Link): Fault {
  if (end - at < 1) return (link.fault = FAULT_RAW_TRUNCATED);
  const version = view.getUint8(at) >>> 4;
  if (version === 4) link.etherType = ETHERTYPE_IPV4;
  else if (version === 6) link.etherType = ETHERTYPE_IPV6;
  else link.fault = FAULT_RAW_VERSION;
  return link.fault;
}
