import type { Link } from '../wire/link.ts';

/**
 * Numbers for broadcast domains. A network is the VID of its tag, 0 for none; each pair of stacked
 * tags is a domain of its own and is numbered from 4096 as it first appears.
 */
const FIRST_STACKED = 4096;
/** What comes after all numbers are given shares the last one. */
const LAST = 0xffff;

export class Networks {
  private readonly numbers = new Map<number, number>();
  private readonly vlans: number[] = [];

  /** The network of a frame with at least one tag. */
  numberOf(link: Link): number {
    if (link.outerVlan === 0) return link.vlan;
    const key = link.outerVlan * 4096 + link.vlan;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    if (this.vlans.length === LAST - FIRST_STACKED) return LAST;
    const network = FIRST_STACKED + this.vlans.length;
    this.numbers.set(key, network);
    this.vlans.push(link.vlan);
    return network;
  }

  /** The VID to show for a network: the innermost tag's; 0 for none. */
  vlanOf(network: number): number {
    return network < FIRST_STACKED ? network : (this.vlans[network - FIRST_STACKED] ?? 0);
  }
}
