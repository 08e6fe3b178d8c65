/**
 * What receivers do with a claim: for each of eight kinds of host, whether its cache follows to
 * the claimed MAC when it has an entry with another one. Rules only; who heard what, and when, is
 * the matter of those who ask. A claim is put into one of few shapes, and the rules of all
 * profiles for a shape are three bit masks, because most of a capture's claims are of one shape.
 *
 * Limits: a host that has no entry is not asked about; the first claim that it needs makes one.
 */

import {
  type Claim,
  FORM_ARP_REPLY,
  FORM_ARP_REQUEST,
  FORM_GRATUITOUS_REPLY,
  FORM_GRATUITOUS_REQUEST,
  FORM_NEIGHBOR_SOLICITATION,
  FORM_SOLICITED_NA,
  FORM_UNSOLICITED_NA,
  TARGET_SENDER,
} from './claim.ts';

/** An index into `PROFILE_NAMES`. */
export type Profile = number;
/** RFC 826 "Packet Reception" to the letter: known senders are updated, whatever the opcode. */
export const PROFILE_RFC826 = 0;
/** Linux net/ipv4/arp.c arp_process, net/ipv6/ndisc.c ndisc_recv_na, as installed. */
export const PROFILE_LINUX = 1;
/** With arp_accept 1 or 2: entries that exist are treated alike (ip-sysctl.rst). */
export const PROFILE_LINUX_ARP_ACCEPT = 2;
/** FreeBSD sys/netinet/if_ether.c in_arpinput, sys/netinet6/nd6_nbr.c nd6_na_input. */
export const PROFILE_FREEBSD = 3;
/** lwIP src/core/ipv4/etharp.c etharp_input, src/core/ipv6/nd6.c nd6_input. */
export const PROFILE_LWIP = 4;
/** gVisor pkg/tcpip/network/arp/arp.go, pkg/tcpip/stack/neighbor_entry.go. */
export const PROFILE_GVISOR = 5;
/** smoltcp src/iface/interface/ipv4.rs process_arp, ipv6.rs process_ndisc. */
export const PROFILE_SMOLTCP = 6;
/** Linux with drop_gratuitous_arp and drop_unsolicited_na; many gateways and fabrics alike. */
export const PROFILE_NO_GARP = 7;

export const PROFILE_NAMES: readonly string[] = [
  'rfc826',
  'linux',
  'linux-arp-accept',
  'freebsd',
  'lwip',
  'gvisor',
  'smoltcp',
  'no-garp',
];
export const ALL_PROFILES = (1 << PROFILE_NAMES.length) - 1;

/** Linux's neigh/default/locktime: an entry that changed within it keeps its MAC. Nanoseconds. */
export const LOCKTIME = 1e9;

/** What a claim is to receivers. */
export type Kind = number;
export const KIND_REQUEST = 0;
/** Gratuitous reply, target MAC = sender MAC (RFC 5944 4.6): gratuitous to Linux, too. */
export const KIND_REPLY = 1;
/** Any other target MAC (Cisco: the destination): no gratuitous ARP to Linux arp_is_garp. */
export const KIND_FOREIGN_REPLY = 2;
/** ARP that asks or tells another host, with the address as its sender. */
export const KIND_ASKING = 3;
export const KIND_TELLING = 4;
/** NA with the override flag, unsolicited or solicited. */
export const KIND_OVERRIDE = 5;
export const KIND_SOLICITED_OVERRIDE = 6;
/** NA with the override flag whose IPv6 source is another address. */
export const KIND_FOREIGN_OVERRIDE = 7;
/** NA without the override flag. */
export const KIND_NO_OVERRIDE = 8;
/** NA without target link-layer address. */
export const KIND_NO_ADDRESS = 9;
export const KIND_SOLICITATION = 10;

/** Who hears it: everybody, the host of a unicast destination, or only members of a group. */
export const HEARD_BY_ALL = 0;
export const HEARD_BY_ONE = 1;
export const HEARD_BY_GROUP = 2;

/** A kind and who hears it: an index into the masks below. */
export type Shape = number;
const HEARERS = 3;

export function shapeOf(claim: Claim): Shape {
  return kindOf(claim) * HEARERS + heardBy(claim);
}

export function shapeKind(shape: Shape): Kind {
  return Math.trunc(shape / HEARERS);
}

export function shapeHeardBy(shape: Shape): number {
  return shape % HEARERS;
}

function kindOf(claim: Claim): Kind {
  switch (claim.form) {
    case FORM_GRATUITOUS_REQUEST:
      return KIND_REQUEST;
    case FORM_GRATUITOUS_REPLY:
      return claim.targetHardware === TARGET_SENDER ? KIND_REPLY : KIND_FOREIGN_REPLY;
    case FORM_ARP_REQUEST:
      return KIND_ASKING;
    case FORM_ARP_REPLY:
      return KIND_TELLING;
    case FORM_NEIGHBOR_SOLICITATION:
      return KIND_SOLICITATION;
    default:
      break;
  }
  if (claim.isImplied) return KIND_NO_ADDRESS;
  if (!claim.override) return KIND_NO_OVERRIDE;
  if (!claim.isFromClaimed) return KIND_FOREIGN_OVERRIDE;
  return claim.solicited ? KIND_SOLICITED_OVERRIDE : KIND_OVERRIDE;
}

/** Without a destination (cooked captures) by what is usual for the form. */
function heardBy(claim: Claim): number {
  const { destinationHigh: high, destinationLow: low } = claim.link;
  if (high === 0xffff && low === 0xffffffff) return HEARD_BY_ALL;
  if (high === 0 && low === 0) return isUsuallyUnicast(claim) ? HEARD_BY_ONE : HEARD_BY_ALL;
  if ((high & 0x0100) === 0) return HEARD_BY_ONE;
  const isAllNodes = high === 0x3333 && low === 1;
  return isAllNodes ? HEARD_BY_ALL : HEARD_BY_GROUP;
}

function isUsuallyUnicast(claim: Claim): boolean {
  return claim.form === FORM_ARP_REPLY || claim.solicited;
}

/** Profiles whose entry has the claimed MAC after a claim of this shape. */
export const AT_ONCE = new Uint8Array(11 * HEARERS);
/** Profiles that follow where their entry did not change within `LOCKTIME`. */
export const UNLOCKED = new Uint8Array(11 * HEARERS);
/** Profiles of which one host alone follows: the one that it is sent to, or asks. */
export const BY_ONE = new Uint8Array(11 * HEARERS);

/** By form of claim: profiles of which any host at all can follow. */
export const BY_FORM = new Uint8Array(7);

export const LINUXES = (1 << PROFILE_LINUX) | (1 << PROFILE_LINUX_ARP_ACCEPT);
/** They take the sender of any ARP for an address that they know. */
const TRUSTING = (1 << PROFILE_RFC826) | (1 << PROFILE_FREEBSD) | (1 << PROFILE_LWIP);
const GVISOR = 1 << PROFILE_GVISOR;
const SMOLTCP = 1 << PROFILE_SMOLTCP;
export const NO_GARP = 1 << PROFILE_NO_GARP;
/** RFC 4861 7.2.5 (I): an NA with the override flag replaces the MAC, solicited or not. */
const NEIGHBORS = LINUXES | (1 << PROFILE_FREEBSD) | (1 << PROFILE_LWIP) | GVISOR;

/** Of a kind: who follows where all hear it, who after the locktime, who when asked or told. */
function rule(kind: Kind, atOnce: number, unlocked: number, alone: number): void {
  const shape = kind * HEARERS;
  AT_ONCE[shape + HEARD_BY_ALL] = atOnce;
  UNLOCKED[shape + HEARD_BY_ALL] = unlocked;
  BY_ONE[shape + HEARD_BY_ALL] = alone;
  BY_ONE[shape + HEARD_BY_ONE] = atOnce | unlocked | alone;
  // A solicited-node group has one member as a rule: the host that is asked.
  BY_ONE[shape + HEARD_BY_GROUP] = kind === KIND_SOLICITATION ? alone : 0;
}

rule(KIND_REQUEST, TRUSTING | LINUXES, 0, 0);
rule(KIND_REPLY, TRUSTING | LINUXES, 0, 0);
rule(KIND_FOREIGN_REPLY, TRUSTING, LINUXES, 0);
// The host that is asked notes who asks: Linux neigh_event_ns without locktime, gVisor
// HandleNeighborProbe, smoltcp (it reads nothing but ARP for its own address).
rule(KIND_ASKING, TRUSTING, LINUXES | NO_GARP, GVISOR | SMOLTCP);
// gVisor's ARP replies never override.
rule(KIND_TELLING, TRUSTING, LINUXES | NO_GARP, SMOLTCP);
rule(KIND_OVERRIDE, NEIGHBORS | SMOLTCP, 0, 0);
rule(KIND_SOLICITED_OVERRIDE, NEIGHBORS | SMOLTCP | NO_GARP, 0, 0);
// smoltcp notes the MAC for the packet's source, not for the target.
rule(KIND_FOREIGN_OVERRIDE, NEIGHBORS, 0, 0);
rule(KIND_NO_OVERRIDE, 0, 0, 0);
rule(KIND_NO_ADDRESS, 0, 0, 0);
// RFC 4861 7.2.3; lwIP keeps an entry that is complete.
rule(KIND_SOLICITATION, 0, 0, LINUXES | (1 << PROFILE_FREEBSD) | GVISOR | SMOLTCP | NO_GARP);

const FORM_OF: readonly number[] = [
  FORM_GRATUITOUS_REQUEST,
  FORM_GRATUITOUS_REPLY,
  FORM_GRATUITOUS_REPLY,
  FORM_ARP_REQUEST,
  FORM_ARP_REPLY,
  FORM_UNSOLICITED_NA,
  FORM_SOLICITED_NA,
  FORM_UNSOLICITED_NA,
  FORM_UNSOLICITED_NA,
  FORM_UNSOLICITED_NA,
  FORM_NEIGHBOR_SOLICITATION,
];
for (const [kind, form] of FORM_OF.entries()) {
  BY_FORM[form] = (BY_FORM[form] as number) | (BY_ONE[kind * HEARERS + HEARD_BY_ONE] as number);
}

/** The profiles that have no meaning for the family: RFC 826 knows IPv4 alone. */
export function meaningless(family: 4 | 6): number {
  return family === 4 ? 0 : 1 << PROFILE_RFC826;
}
