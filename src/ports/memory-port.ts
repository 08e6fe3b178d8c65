import { ALLOWED, QUEUE_FULL, TOO_BIG } from '../dataplane/drop-reason.ts';
import type { FrameBatch } from '../dataplane/frame-batch.ts';
import { type Port, TAG_KEEP, TAG_POP } from '../dataplane/port.ts';
import { ETHERTYPE_VLAN, VLAN_TAG_LENGTH } from '../wire/link.ts';
import { LINKTYPE_ETHERNET } from '../wire/link-type.ts';

/**
 * Two ports joined by a cable in memory: what goes into one comes out of the other. Each direction
 * is a ring of slots with room for a fixed number of frames; a full ring takes no more. For tests,
 * simulation and benches; it knows no time and loses nothing that it took.
 */
export interface MemoryPortOptions {
  /** Frames that wait in one direction at most. */
  readonly slots?: number;
  /** Longest frame, in octets without FCS. */
  readonly maximumFrame?: number;
}

const SLOTS = 256;
/** An untagged frame of 1500 octets with room for two tags. */
const FRAME_MAX = 1522;

export function memoryPortPair(
  names: readonly [string, string],
  options: MemoryPortOptions = {},
): [MemoryPort, MemoryPort] {
  const slots = options.slots ?? SLOTS;
  const maximumFrame = options.maximumFrame ?? FRAME_MAX;
  const there = new Ring(slots, maximumFrame);
  const back = new Ring(slots, maximumFrame);
  return [new MemoryPort(names[0], back, there), new MemoryPort(names[1], there, back)];
}

export class MemoryPort implements Port {
  readonly name: string;
  readonly maximumFrame: number;
  private readonly incoming: Ring;
  private readonly outgoing: Ring;

  constructor(name: string, incoming: Ring, outgoing: Ring) {
    this.name = name;
    this.incoming = incoming;
    this.outgoing = outgoing;
    this.maximumFrame = outgoing.slotOctets;
  }

  receive(batch: FrameBatch): number {
    return this.incoming.take(batch);
  }

  transmit(batch: FrameBatch, index: number, tag: number): number {
    return this.outgoing.put(batch.view, batch.at[index]!, batch.end[index]!, tag);
  }

  /** Nothing waits: `transmit` has copied. */
  flush(): void {}
}

/** Octets before the first tag: both MAC addresses. */
const ADDRESSES = 12;

class Ring {
  readonly slotOctets: number;
  private readonly slots: number;
  private readonly octets: Uint8Array;
  private readonly view: DataView;
  private readonly lengths: Uint32Array;
  /** First slot in use, slots in use, and how many of them the last `take` handed out. */
  private head = 0;
  private used = 0;
  private taken = 0;

  constructor(slots: number, slotOctets: number) {
    this.slots = slots;
    this.slotOctets = slotOctets;
    this.octets = new Uint8Array(slots * slotOctets);
    this.view = new DataView(this.octets.buffer);
    this.lengths = new Uint32Array(slots);
  }

  /** Copies the frame, or says why not. */
  put(view: DataView, at: number, end: number, tag: number): number {
    const grows = tag === TAG_KEEP ? 0 : tag === TAG_POP ? -VLAN_TAG_LENGTH : VLAN_TAG_LENGTH;
    if (end - at + grows > this.slotOctets) return TOO_BIG;
    if (this.used === this.slots) return QUEUE_FULL;
    const slot = (this.head + this.used) % this.slots;
    const target = slot * this.slotOctets;
    // Octet by octet: a subarray would allocate, and frames are short.
    const { octets } = this;
    const rest = grows === 0 ? at : at + ADDRESSES + (tag === TAG_POP ? VLAN_TAG_LENGTH : 0);
    for (let i = at; i < at + ADDRESSES && i < rest; i++)
      octets[target + i - at] = view.getUint8(i);
    for (let i = rest; i < end; i++) octets[target + i - at + grows] = view.getUint8(i);
    if (grows > 0) {
      this.view.setUint16(target + ADDRESSES, ETHERTYPE_VLAN);
      this.view.setUint16(target + ADDRESSES + 2, tag & 0xffff);
    }
    this.lengths[slot] = end - at + grows;
    this.used++;
    return ALLOWED;
  }

  /** Frames stay the taker's until it takes again. */
  take(batch: FrameBatch): number {
    this.head = (this.head + this.taken) % this.slots;
    this.used -= this.taken;
    const count = Math.min(this.used, batch.capacity);
    for (let i = 0; i < count; i++) {
      const slot = (this.head + i) % this.slots;
      const length = this.lengths[slot]!;
      batch.at[i] = slot * this.slotOctets;
      batch.end[i] = slot * this.slotOctets + length;
      batch.wireLength[i] = length;
      batch.linkType[i] = LINKTYPE_ETHERNET;
      batch.offload[i] = -1;
      batch.now[i] = Number.NaN;
    }
    batch.view = this.view;
    batch.count = count;
    this.taken = count;
    return count;
  }
}
