/**
 * Where the search for a free IPv4 address begins: everything below is known to be taken, so that
 * giving out ten thousand addresses does not look at each of them ten thousand times. A memory of
 * what a search found; it decides nothing.
 */
import { parseIpv4 } from '../../wire/ip-address.ts';

export class FreeHints {
  /** Subnet -> first address of a block -> where to begin in it. */
  private readonly begins = new Map<string, Map<number, number>>();

  from(subnet: string, first: number): number {
    return this.begins.get(subnet)?.get(first) ?? first;
  }

  /** Nothing of the block below `from` is free. */
  note(subnet: string, first: number, from: number): void {
    let blocks = this.begins.get(subnet);
    if (blocks === undefined) this.begins.set(subnet, (blocks = new Map()));
    blocks.set(first, from);
  }

  /** An address is nobody's again. */
  freed(subnet: string, address: string): void {
    const value = parseIpv4(address);
    for (const [first, from] of this.begins.get(subnet) ?? []) {
      if (value >= first && value < from) this.note(subnet, first, value);
    }
  }
}
