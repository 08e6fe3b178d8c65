/** The instances of a lab file by what frames show of them: MACs and addresses of their ENIs. */
import { canonicalAddress } from './address-words.ts';
import type { Eni } from './topology.ts';

export class SiteNames {
  private readonly enis: readonly Eni[];
  private readonly byMac = new Map<number, Eni>();
  private byAddress: Map<string, string | null> | null = null;

  constructor(enis: readonly Eni[]) {
    this.enis = enis;
    for (const eni of enis) if (eni.mac !== null) this.byMac.set(eni.mac, eni);
  }

  nameOf(mac: number): string | null {
    return this.byMac.get(mac)?.instance ?? null;
  }

  /** Null where several instances have the address, each in its subnet. */
  nameAt(ip: string): string | null {
    this.byAddress ??= this.addresses();
    return this.byAddress.get(ip) ?? null;
  }

  addressesOf(mac: number): readonly string[] {
    return this.byMac.get(mac)?.addresses ?? [];
  }

  private addresses(): Map<string, string | null> {
    const names = new Map<string, string | null>();
    for (const { instance, addresses } of this.enis) {
      for (const text of addresses) {
        const ip = canonicalAddress(text);
        const isOthers = names.has(ip) && names.get(ip) !== instance;
        names.set(ip, isOthers ? null : instance);
      }
    }
    return names;
  }
}
