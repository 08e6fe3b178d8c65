import type { Claim } from '../arp/claim.ts';
import { isVirtualMac, isVirtualMacHalves, macFromHalves } from '../wire/mac.ts';
import type { AddressBook } from './address-book.ts';
import type { NeighborTable } from './neighbor-table.ts';
import type { ClaimObserver, SwitchObserver } from './observer.ts';
import { CLAIM_MOVED, CLAIM_REFUSED } from './verdict.ts';

/**
 * What becomes of an address that has moved, live. It waits for the first frame to the new holder,
 * which ends the repoint; and where a virtual MAC holds addresses, it takes them all along when
 * that MAC turns up behind another port.
 */
const WAITING_MAX = 64;
const VIRTUAL_MAX = 1024;
/** A repoint that nobody's traffic shows within two seconds is not waited for any longer. */
const WAIT_MAX = 2e9;

export class Moves implements ClaimObserver {
  /** Addresses whose first frame is waited for; 0 almost always, so that it is cheap to ask. */
  waiting = 0;
  private readonly observer: SwitchObserver;
  private readonly book: AddressBook;
  private readonly neighbors: NeighborTable;
  private readonly ids = new Uint32Array(WAITING_MAX);
  private readonly since = new Float64Array(WAITING_MAX);
  /** Addresses that a virtual MAC has held. */
  private readonly virtual = new Uint32Array(VIRTUAL_MAX);
  private virtuals = 0;
  private now = 0;

  constructor(observer: SwitchObserver, book: AddressBook, neighbors: NeighborTable) {
    this.observer = observer;
    this.book = book;
    this.neighbors = neighbors;
  }

  setNow(now: number): void {
    this.now = now;
    for (let i = this.waiting - 1; i >= 0; i--) {
      if (now - this.since[i]! > WAIT_MAX) this.forget(i);
    }
  }

  onClaim(claim: Claim, id: number, outcome: number, reason: number): void {
    if (outcome === CLAIM_MOVED) this.await(id);
    if (outcome !== CLAIM_REFUSED && isVirtualMacHalves(claim.macHigh, claim.macLow)) {
      this.follow(id);
    }
    this.observer.onClaim(claim, id, outcome, reason);
  }

  /** A frame to this address, whose MAC in the table is its destination, leaves by this port. */
  sent(id: number, port: number): void {
    for (let i = 0; i < this.waiting; i++) {
      if (this.ids[i] !== id) continue;
      this.forget(i);
      this.observer.onRepointed?.(id, port, this.now);
      return;
    }
  }

  /** A known station has moved. */
  station(network: number, high: number, low: number, from: number, to: number): void {
    this.observer.onStationMove?.(network, high, low, from, to);
    if (!isVirtualMacHalves(high, low)) return;
    const mac = macFromHalves(high, low);
    const { book, neighbors } = this;
    for (let i = this.virtuals - 1; i >= 0; i--) {
      const id = this.virtual[i]!;
      if (book.network(id) !== network) continue;
      const table = neighbors.tableOfId(id);
      const entry = neighbors.entryOf(id);
      const holder = entry < 0 ? 0 : table.mac(entry);
      if (holder !== mac) {
        // What another virtual MAC holds waits for that one to move.
        if (!isVirtualMac(holder)) this.virtual[i] = this.virtual[--this.virtuals]!;
        continue;
      }
      table.setPort(entry, to);
      this.await(id);
      this.observer.onAddressPort?.(id, from, to);
    }
  }

  private await(id: number): void {
    if (this.observer.onRepointed === undefined) return;
    for (let i = 0; i < this.waiting; i++) if (this.ids[i] === id) this.forget(i);
    if (this.waiting === WAITING_MAX) return;
    this.ids[this.waiting] = id;
    this.since[this.waiting] = this.now;
    this.waiting++;
  }

  private forget(index: number): void {
    this.waiting--;
    this.ids[index] = this.ids[this.waiting]!;
    this.since[index] = this.since[this.waiting]!;
  }

  private follow(id: number): void {
    for (let i = 0; i < this.virtuals; i++) if (this.virtual[i] === id) return;
    if (this.virtuals < VIRTUAL_MAX) this.virtual[this.virtuals++] = id;
  }
}
