import type { ClaimJudge } from './claim-judge.ts';
import type { Classifier } from './classifier.ts';
import type { NeighborTable } from './neighbor-table.ts';
import type { SwitchObserver } from './observer.ts';

/**
 * Tells the observer of packets to and from addresses that are in the neighbor table. Who only
 * watches has a configured HaVip put there by its first packet: nobody may have claimed it yet.
 */
export class ServiceNotes {
  private readonly seen: Classifier;
  private readonly neighbors: NeighborTable;
  private readonly judge: ClaimJudge;
  private readonly observer: SwitchObserver;

  constructor(
    seen: Classifier,
    neighbors: NeighborTable,
    judge: ClaimJudge,
    observer: SwitchObserver,
  ) {
    this.seen = seen;
    this.neighbors = neighbors;
    this.judge = judge;
    this.observer = observer;
  }

  /** The IP packet that has just been classified. */
  note(view: DataView): void {
    if (this.seen.family === 6) {
      this.note6(view);
      return;
    }
    this.noteTo4(view);
    this.noteFrom4(view);
  }

  noteTo4(view: DataView): void {
    const { seen } = this;
    const { addresses4 } = this.neighbors;
    const entry = this.find4(view.getInt32(seen.packet + 16));
    if (entry >= 0) this.observer.onPacketTo(addresses4.tag(entry), view, seen);
  }

  noteFrom4(view: DataView): void {
    const { seen } = this;
    const { addresses4 } = this.neighbors;
    const entry = this.find4(view.getInt32(seen.packet + 12));
    if (entry >= 0) this.observer.onPacketFrom(addresses4.tag(entry), view, seen);
  }

  private note6(view: DataView): void {
    const { seen, neighbors } = this;
    const { addresses6 } = neighbors;
    const at = seen.packet;
    if (view.getUint8(at + 24) !== 0xff) {
      const entry = this.find6(view, at + 24);
      if (entry >= 0) this.observer.onPacketTo(addresses6.tag(entry), view, seen);
    }
    const entry = this.find6(view, at + 8);
    if (entry >= 0) this.observer.onPacketFrom(addresses6.tag(entry), view, seen);
  }

  private find4(address: number): number {
    const { neighbors, seen } = this;
    const entry = neighbors.addresses4.find(seen.network, address);
    if (entry >= 0 || !neighbors.mayBeHavip(address)) return entry;
    return this.judge.defineHavip(seen.network, 4, 0, 0, 0, address >>> 0);
  }

  private find6(view: DataView, at: number): number {
    const { neighbors, seen } = this;
    const entry = neighbors.find6(seen.network, view, at);
    const last = view.getUint32(at + 12);
    if (entry >= 0 || !neighbors.mayBeHavip(last)) return entry;
    const w0 = view.getUint32(at);
    const w1 = view.getUint32(at + 4);
    return this.judge.defineHavip(seen.network, 6, w0, w1, view.getUint32(at + 8), last);
  }
}
