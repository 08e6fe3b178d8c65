/** The addresses of a drafted subnet: which are taken, and which a lab may choose. */
import { addressAt, type Cidr, formatAddress, parseCidr } from '../../havip/cidr.ts';
import type { RuleSet } from '../../havip/rule-set.ts';

/** Where choosing begins: small numbers are often a gateway's or a server's. */
const FIRST_PLACE = 10;
/** Places looked at before a block counts as full. */
const PLACES_MAX = 4096;

export class AddressPool {
  readonly #rules: RuleSet;
  /** Canonical texts. */
  readonly #taken = new Set<string>();

  constructor(rules: RuleSet) {
    this.#rules = rules;
  }

  take(address: string): void {
    this.#taken.add(address);
  }

  /** Takes and gives a free address of the block that the provider does not reserve, or null. */
  choose(block: string, first = FIRST_PLACE): string | null {
    const cidr = parsed(block);
    const reserved = this.#rules.reservedAddresses(block);
    const barred = new Set([...reserved, this.#rules.gatewayDefault(block), addressAt(cidr, 0)]);
    const size = cidr.last - cidr.first;
    const most = size < PLACES_MAX ? Number(size) : PLACES_MAX;
    for (let i = 0; i < most; i++) {
      const place = i + first <= most ? i + first : i + first - most;
      const address = formatAddress(cidr.family, cidr.first + BigInt(place));
      if (barred.has(address) || this.#taken.has(address)) continue;
      this.#taken.add(address);
      return address;
    }
    return null;
  }

  /** Another gateway where somebody has the address of the provider's own; null: no need. */
  gatewayInstead(block: string): string | null {
    if (!this.#taken.has(this.#rules.gatewayDefault(block))) return null;
    return this.choose(block, Math.min(254, Number(parsed(block).last - parsed(block).first) - 1));
  }
}

function parsed(block: string): Cidr {
  const cidr = parseCidr(block);
  if (cidr === null) throw new RangeError(`${block} is no CIDR block`);
  return cidr;
}
