import { type Claim, isAnnouncement } from '../arp/claim.ts';
import { IpTable4, IpTable6 } from '../fdb/ip-table.ts';
import type { TableOptions } from '../fdb/table.ts';
import { isGroupMacHigh } from '../wire/mac.ts';
import type { AddressBook } from './address-book.ts';
import { AddressFilter } from './address-filter.ts';
import type { AddressPlan } from './address-plan.ts';
import { CLAIM_CONFIRMED, CLAIM_MOVED, CLAIM_NOTED } from './verdict.ts';

/**
 * The neighbor table: IPv4 and IPv6 address → MAC and port, each entry tagged with its id in the
 * address book. It applies claims that may stand; whether they may is the guard's.
 */
export class NeighborTable {
  readonly addresses4: IpTable4;
  readonly addresses6: IpTable6;
  /** Which IPv4 addresses may have an entry, for the short way. */
  readonly filter = new AddressFilter();
  /** Which addresses may be configured HaVips, by their last words, where ids are kept. */
  private readonly configured = new AddressFilter();
  private readonly book: AddressBook;
  private readonly plan: AddressPlan | null;
  private readonly keepsIds: boolean;
  private readonly idsMax: number;

  /** Holds at most as many addresses of each family as `size` says. */
  constructor(book: AddressBook, plan: AddressPlan | null, size: TableOptions, keepsIds: boolean) {
    this.keepsIds = keepsIds;
    this.idsMax = book.size + size.maximum;
    this.book = book;
    this.plan = plan;
    this.addresses4 = new IpTable4(size);
    this.addresses6 = new IpTable6(size);
    if (plan !== null && keepsIds) this.expect(plan);
  }

  /** False where the address is certainly no configured HaVip; `last` is its last word. */
  mayBeHavip(last: number): boolean {
    return this.configured.mayHold(last);
  }

  /** The table that holds the claimed address. */
  tableOf(claim: Claim): IpTable4 | IpTable6 {
    return claim.family === 4 ? this.addresses4 : this.addresses6;
  }

  /** The entry of the claimed address, or -1. */
  find(claim: Claim): number {
    if (claim.family === 4) return this.addresses4.find(claim.network, claim.address);
    const { network, word0, word1, word2, word3 } = claim;
    return this.addresses6.find(network, word0, word1, word2, word3);
  }

  /** The table that holds the address with this id of the book. */
  tableOfId(id: number): IpTable4 | IpTable6 {
    return this.book.family(id) === 4 ? this.addresses4 : this.addresses6;
  }

  /** The entry of the address with this id, or -1. */
  entryOf(id: number): number {
    const { book } = this;
    const network = book.network(id);
    const last = book.word(id, 3);
    const entry =
      book.family(id) === 4
        ? this.addresses4.find(network, last)
        : this.addresses6.find(network, book.word(id, 0), book.word(id, 1), book.word(id, 2), last);
    return entry >= 0 && this.tableOfId(id).tag(entry) === id ? entry : -1;
  }

  /** The entry of the IPv6 address at `at` of `view`, or -1. */
  find6(network: number, view: DataView, at: number): number {
    const w0 = view.getUint32(at);
    const w1 = view.getUint32(at + 4);
    const w2 = view.getUint32(at + 8);
    return this.addresses6.find(network, w0, w1, w2, view.getUint32(at + 12));
  }

  /**
   * Gives the claimed address an entry and an id, with the policy that the plan has for it.
   * Returns the entry, or -1 where there is no room. A full table lets an old entry go, whose id
   * the new one takes over; with `keepsIds` an id stays its address's for ever, and what comes
   * after `maximum` addresses finds no room.
   */
  define(claim: Claim): number {
    if (this.keepsIds && this.book.size >= this.idsMax) return -1;
    const { network, word0, word1, word2, word3, address } = claim;
    const isIpv4 = claim.family === 4;
    const entry = isIpv4
      ? this.addresses4.insert(network, address)
      : this.addresses6.insert(network, word0, word1, word2, word3);
    if (entry < 0) return entry;
    if (isIpv4) this.filter.add(address);
    const last = isIpv4 ? address : word3;
    const table = this.tableOf(claim);
    const id = table.evictedTag || this.book.reserve();
    table.evictedTag = 0;
    this.book.describe(id, network, claim.family, [word0, word1, word2, last]);
    if (this.plan !== null) this.book.copyPolicy(this.plan.policyOf(claim), id);
    table.setTag(entry, id);
    return entry;
  }

  /**
   * Applies a claim that stands; returns CLAIM_MOVED, CLAIM_CONFIRMED or CLAIM_NOTED.
   * Announcements move, any form sets the first holder, what the holder says is confirmed.
   */
  apply(claim: Claim, entry: number, port: number, tick: number): number {
    // Nobody has the null MAC or a group's (RFC 1812 section 3.3.2): such a claim takes nothing.
    const isNobody = claim.macHigh === 0 && claim.macLow === 0;
    if (isNobody || isGroupMacHigh(claim.macHigh)) return CLAIM_NOTED;
    const table = this.tableOf(claim);
    const high = table.macHigh(entry);
    const low = table.macLow(entry);
    if (high === claim.macHigh && low === claim.macLow) {
      table.repoint(entry, high, low, port, tick);
      return CLAIM_CONFIRMED;
    }
    const hasHolder = high !== 0 || low !== 0;
    if (hasHolder && !isAnnouncement(claim.form, claim.override)) return CLAIM_NOTED;
    table.repoint(entry, claim.macHigh, claim.macLow, port, tick);
    return CLAIM_MOVED;
  }

  /** Packets of HaVips are to be noted before anybody claims them. */
  private expect({ havips }: AddressPlan): void {
    for (const { family, words } of havips) {
      const last = words[3];
      this.configured.add(last);
      if (family === 4) this.filter.add(last);
    }
  }
}
