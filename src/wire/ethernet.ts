import { ETHERNET_HEADER_LENGTH } from './link.ts';
import { writeMac } from './mac.ts';

const SOURCE = 6;
const TYPE = 12;

/**
 * A new Ethernet II frame (IEEE 802.3 clause 3.1.1, type above 0x0600), untagged and without
 * padding or checksum, with `length` octets of zeros to be filled from ETHERNET_HEADER_LENGTH on.
 * Both MACs are numbers below 2^48.
 */
export function ethernetFrame(
  length: number,
  destination: number,
  source: number,
  etherType: number,
): { octets: Uint8Array; view: DataView } {
  const octets = new Uint8Array(ETHERNET_HEADER_LENGTH + length);
  const view = new DataView(octets.buffer);
  writeMac(view, 0, destination);
  writeMac(view, SOURCE, source);
  view.setUint16(TYPE, etherType);
  return { octets, view };
}
