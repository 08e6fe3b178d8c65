import { PROTOCOL_AH, PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_VRRP } from '../wire/ipv4.ts';
import { LINKTYPE_ETHERNET } from '../wire/link-type.ts';
import type { AddressFilter } from './address-filter.ts';
import { PLAIN_IPV4, PLAIN_IPV4_LENGTH, RESERVED_GROUP } from './classifier.ts';
import type { SourceCensus } from './source-census.ts';

/**
 * The short way of a batch when the switch only watches: untagged IPv4 packets that concern no
 * address which is followed are counted by their source, and nothing else. Written flat, because
 * this loop sees every frame of a capture. A packet *to* a followed address concerns it only
 * where it can ask for an answer (ICMP, TCP).
 */
export interface FrameSlices {
  readonly view: DataView;
  readonly at: Uint32Array;
  readonly end: Uint32Array;
  readonly linkType: Uint16Array;
  readonly count: number;
}

/** Passes over frames from index `from`; returns the index of the first that must be looked at. */
export function passOver(
  slices: FrameSlices,
  from: number,
  filter: AddressFilter,
  census: SourceCensus,
  tick: number,
): number {
  const { view, at, end, linkType, count } = slices;
  let i = from;
  for (; i < count; i++) {
    const frame = at[i]!;
    if (linkType[i] !== LINKTYPE_ETHERNET || end[i]! - frame < PLAIN_IPV4_LENGTH) break;
    if (view.getInt32(frame + 12) >>> 8 !== PLAIN_IPV4) break;
    const protocol = view.getUint8(frame + 23);
    if (protocol === PROTOCOL_VRRP || protocol === PROTOCOL_AH) break;
    if (view.getUint16(frame + 16) < 20 || view.getInt32(frame) === RESERVED_GROUP) break;
    const high = view.getUint16(frame + 6);
    const low = view.getInt32(frame + 8);
    if ((high & 0x0100) !== 0 || (high | low) === 0) break;
    if (filter.mayHold(view.getInt32(frame + 26))) break;
    const asks = protocol === PROTOCOL_ICMP || protocol === PROTOCOL_TCP;
    if (asks && filter.mayHold(view.getInt32(frame + 30))) break;
    census.count(high, low, tick);
  }
  return i;
}
