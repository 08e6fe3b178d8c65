import type { Classifier } from './classifier.ts';
import type { NeighborTable } from './neighbor-table.ts';
import type { SwitchObserver } from './observer.ts';

/** Tells the observer of packets to and from addresses that are in the neighbor table. */
export class ServiceNotes {
  private readonly seen: Classifier;
  private readonly neighbors: NeighborTable;
  private readonly observer: SwitchObserver;

  constructor(seen: Classifier, neighbors: NeighborTable, observer: SwitchObserver) {
    this.seen = seen;
    this.neighbors = neighbors;
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
    const entry = addresses4.find(seen.network, view.getInt32(seen.packet + 16));
    if (entry >= 0) this.observer.onPacketTo(addresses4.tag(entry), view, seen);
  }

  noteFrom4(view: DataView): void {
    const { seen } = this;
    const { addresses4 } = this.neighbors;
    const entry = addresses4.find(seen.network, view.getInt32(seen.packet + 12));
    if (entry >= 0) this.observer.onPacketFrom(addresses4.tag(entry), view, seen);
  }

  private note6(view: DataView): void {
    const { seen, neighbors } = this;
    const { addresses6 } = neighbors;
    const at = seen.packet;
    if (view.getUint8(at + 24) !== 0xff) {
      const entry = neighbors.find6(seen.network, view, at + 24);
      if (entry >= 0) this.observer.onPacketTo(addresses6.tag(entry), view, seen);
    }
    const entry = neighbors.find6(seen.network, view, at + 8);
    if (entry >= 0) this.observer.onPacketFrom(addresses6.tag(entry), view, seen);
  }
}
