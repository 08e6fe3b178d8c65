/**
 * Whole frames for tests of the switch, as a sender would write them: ARP, neighbor discovery, IP.
 * Addresses and MACs are text here; a frame is a view of exactly its octets.
 */
import { emitArp } from '../../src/arp/arp.ts';
import { emitNeighbor } from '../../src/arp/neighbor.ts';
import { type Ipv6Words, parseIpv4, parseIpv6 } from '../../src/wire/ip-address.ts';
import { emitIpv4 } from '../../src/wire/ipv4.ts';
import { emitIpv6 } from '../../src/wire/ipv6.ts';
import { parseMac, writeMac } from '../../src/wire/mac.ts';

export const BROADCAST = 'ff:ff:ff:ff:ff:ff';
export const NO_MAC = '00:00:00:00:00:00';

/** An 802.1Q tag of this VID, or tags from the outermost to the innermost. */
export type Tags = readonly number[];

export interface LinkFields {
  source: string;
  destination?: string;
  tags?: Tags;
}

export interface ArpText extends LinkFields {
  operation: number;
  /** Sender hardware address; the Ethernet source where it is left out. */
  sha?: string;
  spa: string;
  tha?: string;
  tpa: string;
}

/** How long the header is with these tags. */
function headerLength(fields: LinkFields): number {
  return 14 + 4 * (fields.tags ?? []).length;
}

/** A frame of `payload` octets after the header, which is written; the payload is left to 0. */
export function ethernet(fields: LinkFields, etherType: number, payload: number): DataView {
  const view = new DataView(new ArrayBuffer(headerLength(fields) + payload));
  writeMac(view, 0, parseMac(fields.destination ?? BROADCAST));
  writeMac(view, 6, parseMac(fields.source));
  let at = 12;
  const tags = fields.tags ?? [];
  tags.forEach((vid, i) => {
    view.setUint16(at, i < tags.length - 1 ? 0x88a8 : 0x8100);
    view.setUint16(at + 2, vid);
    at += 4;
  });
  view.setUint16(at, etherType);
  return view;
}

export function arp(fields: ArpText): DataView {
  const view = ethernet(fields, 0x0806, 46);
  emitArp(view, headerLength(fields), {
    operation: fields.operation,
    senderHardwareAddress: parseMac(fields.sha ?? fields.source),
    senderProtocolAddress: parseIpv4(fields.spa),
    targetHardwareAddress: parseMac(fields.tha ?? NO_MAC),
    targetProtocolAddress: parseIpv4(fields.tpa),
  });
  return view;
}

/** The announcement of RFC 5227 as keepalived sends it: a broadcast request about oneself. */
export function announcement(source: string, ip: string, tags: Tags = []): DataView {
  return arp({ operation: 1, source, spa: ip, tpa: ip, tags });
}

export interface NeighborText extends LinkFields {
  type: 135 | 136;
  flags?: number;
  from: string;
  to?: string;
  target: string;
  /** MAC of the link-layer address option; none where it is null. */
  option: string | null;
}

/** A solicitation (135) or advertisement (136), to all nodes unless `to` says otherwise. */
export function neighbor(fields: NeighborText): DataView {
  const length = fields.option === null ? 24 : 32;
  const view = ethernet(fields, 0x86dd, 40 + length);
  const at = headerLength(fields);
  const icmpAt = emitIpv6(view, at, {
    payloadLength: length,
    nextHeader: 58,
    hopLimit: 255,
    source: words(fields.from),
    destination: words(fields.to ?? 'ff02::1'),
  });
  emitNeighbor(view, at, icmpAt, {
    type: fields.type,
    flags: fields.flags ?? 0,
    target: words(fields.target),
    linkLayerAddress: fields.option === null ? null : parseMac(fields.option),
  });
  return view;
}

export interface PacketText extends LinkFields {
  from: string;
  to: string;
  /** Octets after the IP header. */
  payload?: number;
  protocol?: number;
}

/** An IPv4 or IPv6 packet (UDP, unless told otherwise) whose payload is zeros. */
export function packet(fields: PacketText): DataView {
  const payload = fields.payload ?? 26;
  const protocol = fields.protocol ?? 17;
  const at = headerLength(fields);
  if (fields.from.includes(':')) {
    const view = ethernet(fields, 0x86dd, 40 + payload);
    emitIpv6(view, at, {
      payloadLength: payload,
      nextHeader: protocol,
      hopLimit: 64,
      source: words(fields.from),
      destination: words(fields.to),
    });
    return view;
  }
  const view = ethernet(fields, 0x0800, 20 + payload);
  emitIpv4(view, at, {
    totalLength: 20 + payload,
    timeToLive: 64,
    protocol,
    source: parseIpv4(fields.from),
    destination: parseIpv4(fields.to),
  });
  return view;
}

export function words(text: string): Ipv6Words {
  const value = parseIpv6(text);
  if (value === null) throw new Error(`${text} is no IPv6 address`);
  return value;
}
