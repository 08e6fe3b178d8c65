import type { IpTable4 } from '../fdb/ip-table.ts';
import { ETHERTYPE_ARP, ETHERTYPE_IPV4 } from '../wire/link.ts';
import { LINKTYPE_ETHERNET } from '../wire/link-type.ts';
import type { FrameBatch } from './frame-batch.ts';
import type { VlanPorts } from './vlan-ports.ts';

/**
 * Looks at a batch before its frames are judged and reads the table slots that they will ask for.
 * Each such read misses every cache where the table is large. Here the processor waits for many of
 * them at once; frame after frame it would wait for one at a time. It changes nothing, and a table
 * that fits into the caches is left alone, since there it would only cost time.
 */

/** Slots from which on an IPv4 table (28 octets a slot) is larger than a processor's own cache. */
const SLOTS_LARGE = 1 << 17;
/** Where an untagged frame has its type, the destination of a packet, and the target of ARP. */
const TYPE = 12;
const DESTINATION = 30;
const TARGET = 38;
const LENGTH_MIN = TARGET + 4;

export class LookAhead {
  /** Made of what was read, so that no compiler leaves the reading out; it means nothing. */
  trace = 0;
  private readonly table: IpTable4;
  private readonly vlans: VlanPorts | null;

  constructor(table: IpTable4, vlans: VlanPorts | null) {
    this.table = table;
    this.vlans = vlans;
  }

  /** Touches what the first `count` frames of `batch`, which came from `port`, will look up. */
  over(batch: FrameBatch, count: number, port: number): void {
    const { table, vlans } = this;
    if (count < 2 || table.slots < SLOTS_LARGE) return;
    const network = vlans === null ? 0 : vlans.untaggedOf(port);
    if (network < 0) return;
    const { view } = batch;
    let trace = 0;
    for (let i = 0; i < count; i++) {
      const at = batch.at[i]!;
      if (batch.end[i]! - at < LENGTH_MIN || batch.linkType[i] !== LINKTYPE_ETHERNET) continue;
      const type = view.getUint16(at + TYPE);
      if (type !== ETHERTYPE_ARP && type !== ETHERTYPE_IPV4) continue;
      const address = view.getInt32(at + (type === ETHERTYPE_ARP ? TARGET : DESTINATION));
      trace ^= table.touch(network, address);
    }
    this.trace = trace;
  }
}
