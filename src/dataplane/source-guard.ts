import { IpTable4, IpTable6 } from '../fdb/ip-table.ts';
import { isUnspecifiedIpv6 } from '../wire/ip-address.ts';
import { readIpv4Source } from '../wire/ipv4.ts';
import { ipv6SourceAt } from '../wire/ipv6.ts';

/**
 * Which IP sources an ENI may use: its own addresses, link-local ones, 0.0.0.0 and :: (DHCP and
 * duplicate address detection), any HaVip that it may claim whether or not it holds it, and
 * anything where its source/destination check is off. The table is keyed by (ENI, address), so a
 * packet costs one look-up however many addresses there are.
 */
const ENTRIES_MAX = 1 << 22;

export class SourceGuard {
  private readonly own4 = new IpTable4({ maximum: ENTRIES_MAX });
  private readonly own6 = new IpTable6({ maximum: ENTRIES_MAX });

  allow4(eni: number, address: number): void {
    this.own4.setStatic(this.own4.insert(eni, address), true);
  }

  allow6(eni: number, w0: number, w1: number, w2: number, w3: number): void {
    this.own6.setStatic(this.own6.insert(eni, w0, w1, w2, w3), true);
  }

  forbid4(eni: number, address: number): void {
    this.own4.remove(eni, address);
  }

  forbid6(eni: number, w0: number, w1: number, w2: number, w3: number): void {
    this.own6.remove(eni, w0, w1, w2, w3);
  }

  /** True where the IPv4 packet at `at` may come from this ENI. */
  allowsIpv4(eni: number, view: DataView, at: number): boolean {
    const source = readIpv4Source(view, at);
    if (source === 0 || source >>> 16 === 0xa9fe) return true;
    return this.own4.find(eni, source) >= 0;
  }

  /** True where the IPv6 packet at `at` may come from this ENI. */
  allowsIpv6(eni: number, view: DataView, at: number): boolean {
    const source = ipv6SourceAt(at);
    const w0 = view.getUint32(source);
    if (w0 >>> 22 === 0x3fa || isUnspecifiedIpv6(view, source)) return true;
    const w1 = view.getUint32(source + 4);
    const w2 = view.getUint32(source + 8);
    return this.own6.find(eni, w0, w1, w2, view.getUint32(source + 12)) >= 0;
  }
}
