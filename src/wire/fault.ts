/**
 * Why bytes are not what their header claims: small integers with names, in one table.
 *
 * A check returns one of these and never throws. `FAULT_NAMES[fault]` is the name that reports
 * and counters show; the names are part of the JSON output and do not change. A fault describes
 * the bytes only: whether a frame is then dropped, counted or forwarded is decided elsewhere.
 */

/** An index into `FAULT_NAMES`; 0 means the bytes are lawful. */
export type Fault = number;

export const FAULT_NONE = 0;
/** A runt: fewer than the 14 octets of an Ethernet header. */
export const FAULT_ETHERNET_TRUNCATED = 1;
export const FAULT_VLAN_TRUNCATED = 2;
/** More tags than `VLAN_DEPTH_MAX`; what follows is opaque. */
export const FAULT_VLAN_DEPTH = 3;
/** VID 4095, which IEEE 802.1Q 9.6 reserves. */
export const FAULT_VLAN_RESERVED = 4;
export const FAULT_SNAP_TRUNCATED = 5;
export const FAULT_SLL_TRUNCATED = 6;
export const FAULT_LOOPBACK_TRUNCATED = 7;
export const FAULT_RAW_TRUNCATED = 8;
/** A raw IP record whose version nibble is neither 4 nor 6. */
export const FAULT_RAW_VERSION = 9;
export const FAULT_ARP_TRUNCATED = 10;
/** ARP of another hardware or protocol type, or other address lengths than 6 and 4. */
export const FAULT_ARP_FORMAT = 11;
export const FAULT_IPV4_TRUNCATED = 12;
export const FAULT_IPV4_VERSION = 13;
/** An IHL below five words. */
export const FAULT_IPV4_HEADER = 14;
/** A total length shorter than the header. */
export const FAULT_IPV4_LENGTH = 15;
export const FAULT_IPV6_TRUNCATED = 16;
export const FAULT_IPV6_VERSION = 17;
/** An extension header that is cut off, or more of them than `EXTENSION_HEADERS_MAX`. */
export const FAULT_IPV6_EXTENSION = 18;
export const FAULT_ICMP_TRUNCATED = 19;
export const FAULT_ICMPV6_TRUNCATED = 20;
export const FAULT_ICMPV6_CHECKSUM = 21;
export const FAULT_TCP_TRUNCATED = 22;
/** A data offset below five words. */
export const FAULT_TCP_HEADER = 23;
export const FAULT_AH_TRUNCATED = 24;
/** An AH payload length too short for its fixed fields. */
export const FAULT_AH_LENGTH = 25;
export const FAULT_ND_HOP_LIMIT = 26;
export const FAULT_ND_CODE = 27;
export const FAULT_ND_LENGTH = 28;
/** An option of length zero, or one that ends past the message. */
export const FAULT_ND_OPTION = 29;
/** Neighbor discovery in a fragment (RFC 6980 section 5). */
export const FAULT_ND_FRAGMENT = 30;
/** A multicast target. */
export const FAULT_ND_TARGET = 31;
/** A solicitation from :: with a source link-layer option or to another group. */
export const FAULT_ND_SOURCE = 32;
/** An advertisement sent to a group with the solicited flag set. */
export const FAULT_ND_SOLICITED = 33;
export const FAULT_VRRP_TRUNCATED = 34;
export const FAULT_VRRP_VERSION = 35;
export const FAULT_VRRP_TYPE = 36;
export const FAULT_VRRP_VRID = 37;
/** A version 3 advert without an address. */
export const FAULT_VRRP_COUNT = 38;
/** More octets than the address count accounts for. */
export const FAULT_VRRP_LENGTH = 39;

export const FAULT_NAMES: readonly string[] = [
  'none',
  'ethernet-truncated',
  'vlan-truncated',
  'vlan-depth',
  'vlan-reserved',
  'snap-truncated',
  'sll-truncated',
  'loopback-truncated',
  'raw-truncated',
  'raw-version',
  'arp-truncated',
  'arp-format',
  'ipv4-truncated',
  'ipv4-version',
  'ipv4-header',
  'ipv4-length',
  'ipv6-truncated',
  'ipv6-version',
  'ipv6-extension',
  'icmp-truncated',
  'icmpv6-truncated',
  'icmpv6-checksum',
  'tcp-truncated',
  'tcp-header',
  'ah-truncated',
  'ah-length',
  'nd-hop-limit',
  'nd-code',
  'nd-length',
  'nd-option',
  'nd-fragment',
  'nd-target',
  'nd-source',
  'nd-solicited',
  'vrrp-truncated',
  'vrrp-version',
  'vrrp-type',
  'vrrp-vrid',
  'vrrp-count',
  'vrrp-length',
];
