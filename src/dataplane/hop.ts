import { readIpv4TimeToLive } from '../wire/ipv4.ts';
import { readIpv6HopLimit } from '../wire/ipv6.ts';

/** What a router does to the packet that it passes on: one hop less to live, and nothing else. */
const TIME_TO_LIVE = 8;
const HEADER_CHECKSUM = 10;
const HOP_LIMIT = 7;

/** Hops that the IP packet at `at` may still take. */
export function hopsLeft(view: DataView, at: number, family: number): number {
  return family === 4 ? readIpv4TimeToLive(view, at) : readIpv6HopLimit(view, at);
}

/** Takes a hop off; the checksum follows by RFC 1624, equation 3: HC' = ~(~HC + ~m + m'). */
export function takeHop(view: DataView, at: number, family: number): void {
  if (family === 6) {
    view.setUint8(at + HOP_LIMIT, view.getUint8(at + HOP_LIMIT) - 1);
    return;
  }
  const before = view.getUint16(at + TIME_TO_LIVE);
  const after = before - 0x0100;
  view.setUint16(at + TIME_TO_LIVE, after);
  let sum = (~view.getUint16(at + HEADER_CHECKSUM) & 0xffff) + (~before & 0xffff) + after;
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  view.setUint16(at + HEADER_CHECKSUM, ~sum & 0xffff);
}
