import type { AddressBook } from '../dataplane/address-book.ts';
import type { EniTable } from '../dataplane/claim-guard.ts';
import { MacTable } from '../fdb/mac-table.ts';
import { macHigh, macLow } from '../wire/mac.ts';
import type { Eni, Havip, Topology } from './topology.ts';

/** MAC → ENI, as the guards read it. */
export class CompiledEnis implements EniTable {
  private readonly table: MacTable;
  private readonly subnets: number[] = [];
  private readonly checked: boolean[] = [];
  private readonly ports: number[] = [];
  private readonly book: AddressBook;
  private readonly macs: (number | null)[] = [];
  private readonly gone = new Set<number>();
  /** The instance that each is attached to; it may be moved. */
  private readonly instances: (string | null)[] = [];

  constructor(topology: Topology, book: AddressBook) {
    this.book = book;
    this.table = new MacTable({ maximum: Math.max(1, topology.enis.length) });
    for (const [index, eni] of topology.enis.entries()) {
      this.subnets.push(topology.subnets.findIndex((subnet) => subnet.name === eni.subnet) + 1);
      this.checked.push(eni.sourceDestCheck);
      this.ports.push(-1);
      this.macs.push(eni.mac);
      this.instances.push(eni.instance);
      this.enter(index);
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

  setChecked(eni: number, on: boolean): void {
    this.checked[eni] = on;
    this.book.edition++;
  }

  /** Of which instance an ENI is a part now; null where it is detached or gone. */
  instance(eni: number): string | null {
    return this.instances[eni] ?? null;
  }

  /** Whether a binding to `member` covers the ENI: by its instance now, or by its own name. */
  isOf(eni: number, { instance, name }: Eni, member: Havip['members'][number]): boolean {
    if (member.eni === null) return member.instance === this.instance(eni);
    return member.instance === instance && member.eni === name;
  }

  setInstance(eni: number, instance: string | null): void {
    this.instances[eni] = instance;
  }

  isGone(eni: number): boolean {
    return this.gone.has(eni);
  }

  private enter(eni: number): void {
    const mac = this.macs[eni] ?? null;
    if (mac === null) return;
    this.table.setTag(this.table.insert(0, macHigh(mac), macLow(mac)), eni);
  }

  /** It was dropped, and is there again. */
  restore(eni: number): void {
    this.gone.delete(eni);
    this.enter(eni);
    this.book.edition++;
  }

  /** Its MAC is nobody's from now on, and no frame may come from it. */
  drop(eni: number): void {
    const mac = this.macs[eni] ?? null;
    if (mac !== null) this.table.remove(0, macHigh(mac), macLow(mac));
    this.gone.add(eni);
    this.instances[eni] = null;
    this.book.edition++;
  }
}
