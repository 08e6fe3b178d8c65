import type { AddressBook } from '../dataplane/address-book.ts';
import type { EniTable } from '../dataplane/claim-guard.ts';
import { MacTable } from '../fdb/mac-table.ts';
import { macHigh, macLow } from '../wire/mac.ts';
import type { Topology } from './topology.ts';

/** MAC → ENI, as the guards read it. */
export class CompiledEnis implements EniTable {
  private readonly table: MacTable;
  private readonly subnets: number[] = [];
  private readonly checked: boolean[] = [];
  private readonly ports: number[] = [];
  private readonly book: AddressBook;

  constructor(topology: Topology, book: AddressBook) {
    this.book = book;
    this.table = new MacTable({ maximum: Math.max(1, topology.enis.length) });
    for (const [index, eni] of topology.enis.entries()) {
      this.subnets.push(topology.subnets.findIndex((subnet) => subnet.name === eni.subnet) + 1);
      this.checked.push(eni.sourceDestCheck);
      this.ports.push(-1);
      if (eni.mac === null) continue;
      const entry = this.table.insert(0, macHigh(eni.mac), macLow(eni.mac));
      this.table.setTag(entry, index);
    }
  }

  find(high: number, low: number): number {
    const entry = this.table.find(0, high, low);
    return entry < 0 ? -1 : this.table.tag(entry);
  }

  subnet(eni: number): number {
    return this.subnets[eni] ?? 0;
  }

  port(eni: number): number {
    return this.ports[eni] ?? -1;
  }

  /** Says where an ENI is attached: live only. */
  attach(eni: number, port: number): void {
    this.ports[eni] = port;
    this.book.edition++;
  }

  isChecked(eni: number): boolean {
    return this.checked[eni] ?? true;
  }
}
