import type { FrameBatch } from './frame-batch.ts';

/**
 * An attachment point of the switch. Ports move octets and know nothing else: they neither learn
 * nor judge nor forward.
 */
export interface Port {
  readonly name: string;
  /** Largest frame that `transmit` takes without offload, in octets without FCS. */
  readonly maximumFrame: number;
  /** Fills the batch with frames that have arrived, at most its capacity; returns their number. */
  receive(batch: FrameBatch): number;
  /**
   * Takes frame `index` of `batch` to be sent. `tag` says what becomes of its outer VLAN tag:
   * TAG_KEEP, TAG_POP, or `pushedTag(tci)`. The frame may be sent at once or by `flush`; until
   * then its octets must stay as they are. ALLOWED, or the drop reason of a frame that is refused
   * (the caller counts it).
   */
  transmit(batch: FrameBatch, index: number, tag: number): number;
  /** Sends what `transmit` took and has not sent yet. */
  flush(): void;
}

/** The frame leaves with the tags that it came with. */
export const TAG_KEEP = 0;
/** The frame leaves without its outer tag. */
export const TAG_POP = -1;

/** The frame leaves with an 802.1Q tag before those that it has; `tci`: IEEE 802.1Q 9.6. */
export function pushedTag(tci: number): number {
  return 0x10000 | tci;
}
