/**
 * The engine's end of `--capture`: every frame that comes in or leaves is copied into a ring, with
 * its virtio header before it, in the form that it has on its port. Allocates nothing; what has no
 * room is lost and counted by port.
 */
import { ALLOWED } from '../../dataplane/drop-reason.ts';
import type { FrameBatch } from '../../dataplane/frame-batch.ts';
import { TAG_KEEP, TAG_POP } from '../../dataplane/port.ts';
import type { RecordRing } from '../../dataplane/record-ring.ts';
import { DROP, verdictDetail, verdictKind } from '../../dataplane/verdict.ts';
import { ETHERTYPE_VLAN, VLAN_TAG_LENGTH } from '../../wire/link.ts';
import {
  readChecksumStart,
  VIRTIO_HEADER_LENGTH,
  writeChecksumStart,
} from '../../wire/virtio-header.ts';
import { DIRECTION_IN, DIRECTION_OUT, RECORD_CAPTURED } from './engine-requests.ts';

const ADDRESSES = 12;

export class FrameCapture {
  hasNews = false;
  private readonly ring: RecordRing;
  private readonly lost: Int32Array;

  /** `lost`: by port, shared with whoever writes the files. */
  constructor(ring: RecordRing, lost: Int32Array) {
    this.ring = ring;
    this.lost = lost;
  }

  wake(): void {
    if (!this.hasNews) return;
    this.hasNews = false;
    this.ring.wake();
  }

  came(batch: FrameBatch, index: number, port: number, way: number, now: number): void {
    const reason = verdictKind(way) === DROP ? verdictDetail(way) : ALLOWED;
    const at = this.put(batch, index, port, TAG_KEEP, now);
    if (at < 0) return;
    this.ring.mark(at, port, DIRECTION_IN, reason);
    this.ring.commit();
  }

  left(batch: FrameBatch, index: number, port: number, tag: number, now: number): void {
    const at = this.put(batch, index, port, tag, now);
    if (at < 0) return;
    this.ring.mark(at, port, DIRECTION_OUT, ALLOWED);
    this.ring.commit();
  }

  /** Copies header and frame; where they begin in the ring, or -1. */
  private put(batch: FrameBatch, index: number, port: number, tag: number, now: number): number {
    const { ring } = this;
    const from = batch.at[index]!;
    const length = batch.end[index]! - from;
    const grows = tag === TAG_KEEP ? 0 : tag === TAG_POP ? -VLAN_TAG_LENGTH : VLAN_TAG_LENGTH;
    const at = ring.begin(RECORD_CAPTURED, now, VIRTIO_HEADER_LENGTH + length + grows);
    if (at < 0) {
      this.lost[port]!++;
      return -1;
    }
    this.hasNews = true;
    const { view } = batch;
    const header = batch.offload[index]!;
    for (let i = 0; i < VIRTIO_HEADER_LENGTH; i++) {
      ring.octets[at + i] = header < 0 ? 0 : view.getUint8(header + i);
    }
    if (header >= 0 && grows !== 0) {
      writeChecksumStart(ring.view, at, readChecksumStart(ring.view, at) + grows);
    }
    const to = at + VIRTIO_HEADER_LENGTH;
    const rest = grows === 0 ? 0 : ADDRESSES + (tag === TAG_POP ? VLAN_TAG_LENGTH : 0);
    for (let i = 0; i < ADDRESSES && i < rest; i++) ring.octets[to + i] = view.getUint8(from + i);
    for (let i = rest; i < length; i++) ring.octets[to + i + grows] = view.getUint8(from + i);
    if (grows > 0) ring.view.setUint32(to + ADDRESSES, ETHERTYPE_VLAN * 0x10000 + (tag & 0xffff));
    return at;
  }
}
