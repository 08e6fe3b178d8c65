import { checksumOf, sumWords } from '../wire/checksum.ts';
import { ETHERTYPE_ARP, ETHERTYPE_IPV4, ETHERTYPE_IPV6, VLAN_TAG_LENGTH } from '../wire/link.ts';
import { macHigh, macLow, writeMacHalves } from '../wire/mac.ts';
import type { Switch } from './switch.ts';

/**
 * The headers of a frame that the switch sends in its own name, back to where the frame in hand
 * came from: Ethernet with the asker's tags, IPv4 or IPv6. What is written is written whole; the
 * octets before were another frame's.
 */
const ETHERNET_MIN = 60;
/** Hops that a message of ours may take (RFC 1700, IP TIME TO LIVE PARAMETER). */
export const HOPS = 64;

/** From the gateway to the asker. */
export class AnswerLink {
  private readonly high: number;
  private readonly low: number;

  constructor(gatewayMac: number) {
    this.high = macHigh(gatewayMac);
    this.low = macLow(gatewayMac);
  }

  /**
   * Writes the Ethernet header of an answer to the frame in hand, tagged as that is and of the
   * same type; returns the offset after it.
   */
  write(owner: Switch, view: DataView, answer: DataView, answerAt: number): number {
    const { link, family } = owner.classifier;
    writeMacHalves(answer, answerAt, link.sourceHigh, link.sourceLow);
    writeMacHalves(answer, answerAt + 6, this.high, this.low);
    const tags = link.tags * VLAN_TAG_LENGTH;
    for (let i = 12; i < 12 + tags; i += VLAN_TAG_LENGTH) {
      answer.setUint32(answerAt + i, view.getUint32(owner.at + i));
    }
    const isIp = family !== 0;
    const ip = family === 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6;
    answer.setUint16(answerAt + 12 + tags, isIp ? ip : ETHERTYPE_ARP);
    return answerAt + 14 + tags;
  }
}

/** Fills a short frame with zeros up to the least length (IEEE 802.3 4.2.3.3); its length. */
export function padded(answer: DataView, answerAt: number, end: number): number {
  let length = end - answerAt;
  for (; length < ETHERNET_MIN; length++) answer.setUint8(answerAt + length, 0);
  return length;
}

/** Writes the IPv4 header of an ICMP message; the addresses stand already at `at + 12`. */
export function writeIcmpIpv4(view: DataView, at: number, total: number, service: number): void {
  view.setUint16(at, 0x4500 | service);
  view.setUint16(at + 2, total);
  view.setUint32(at + 4, 0);
  view.setUint16(at + 8, (HOPS << 8) | 1);
  view.setUint16(at + 10, 0);
  view.setUint16(at + 10, checksumOf(sumWords(view, at, at + 20)));
}

/** Writes the IPv6 header of an ICMPv6 message, but for its addresses. */
export function writeIcmpIpv6(view: DataView, at: number, payload: number, hops: number): void {
  view.setUint32(at, 0x60000000);
  view.setUint16(at + 4, payload);
  view.setUint16(at + 6, (58 << 8) | hops);
}

/** Copies `length` octets. */
export function copyOctets(
  from: DataView,
  at: number,
  length: number,
  to: DataView,
  toAt: number,
): void {
  for (let i = 0; i < length; i++) to.setUint8(toAt + i, from.getUint8(at + i));
}
