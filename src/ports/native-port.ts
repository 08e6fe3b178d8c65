/**
 * A live port: a TAP device or a packet socket, attached to the `NativeIo` of its thread. What the
 * device does not take is lost and counted here; what is never offered to it (`transmit` says
 * why), the caller counts.
 */
import { ALLOWED, MALFORMED, TOO_BIG } from '../dataplane/drop-reason.ts';
import type { FrameBatch } from '../dataplane/frame-batch.ts';
import { type Port, TAG_KEEP, TAG_POP } from '../dataplane/port.ts';
import {
  ETHERNET_HEADER_LENGTH,
  ETHERTYPE_SERVICE_VLAN,
  ETHERTYPE_VLAN,
  VLAN_TAG_LENGTH,
} from '../wire/link.ts';
import { GSO_NONE, readGsoType, VIRTIO_HEADER_LENGTH } from '../wire/virtio-header.ts';
import * as native from './native-binding.ts';
import type { NativeIo, NativePortOptions } from './native-io.ts';
import { completeChecksum, Segmenter } from './segmentation.ts';

/** Tags that a frame may have beyond the MTU. */
const TAGS_MAX = 2;
const TYPE = 12;

export class NativePort implements Port {
  /** By which `NativeIo.wait` names it: ports are numbered as they are attached. */
  readonly index: number;
  readonly name: string;
  readonly mtu: number;
  /** With two tags; without them the MTU counts, see `transmit`. */
  readonly maximumFrame: number;
  /** Whether the device completes checksums and segments by itself. */
  readonly hasOffload: boolean;
  private readonly io: NativeIo;
  /** The longest frame without tags. */
  private readonly untaggedMax: number;
  private readonly segmenter = new Segmenter();

  constructor(io: NativeIo, index: number, hasOffload: boolean, options: NativePortOptions) {
    this.io = io;
    this.index = index;
    this.hasOffload = hasOffload;
    this.name = options.name;
    this.mtu = options.mtu;
    this.untaggedMax = options.mtu + ETHERNET_HEADER_LENGTH;
    this.maximumFrame = this.untaggedMax + TAGS_MAX * VLAN_TAG_LENGTH;
  }

  /** Frames lost because the device's queue was full. */
  get lostFull(): number {
    return this.io.counter(this.index, native.LOST_FULL);
  }

  /** Frames lost because the device was down, or gone. */
  get lostDown(): number {
    return this.io.counter(this.index, native.LOST_DOWN);
  }

  /** Frames that were longer than the interface takes, whatever `mtu` says. */
  get lostBig(): number {
    return this.io.counter(this.index, native.LOST_BIG);
  }

  /** Frames that the kernel refused otherwise, and those whose octets did not make sense. */
  get lostRefused(): number {
    return this.io.counter(this.index, native.LOST_REFUSED);
  }

  /** Frames received and dropped for a virtio header that cannot be, or as too long or short. */
  get badHeaders(): number {
    return this.io.counter(this.index, native.BAD_HEADERS);
  }

  /** Whether the device is gone, with its namespace or alone; it is not waited for any more. */
  get isGone(): boolean {
    return this.io.counter(this.index, native.IS_GONE) !== 0;
  }

  receive(batch: FrameBatch): number {
    return this.io.receive(this.index, batch);
  }

  /**
   * TOO_BIG where the frame, or a segment of it, would be longer than the MTU, tags apart, without
   * an offload that takes care of it; MALFORMED where its header asks for what the frame is not.
   */
  transmit(batch: FrameBatch, index: number, tag: number): number {
    const { io, untaggedMax } = this;
    const { view } = batch;
    const at = batch.at[index]!;
    const end = batch.end[index]!;
    const header = batch.offload[index]!;
    if (header === -1) {
      const isLong = end - at > untaggedMax - VLAN_TAG_LENGTH;
      if (isLong && this.isTooLong(view, at, end - at, tag)) return TOO_BIG;
    } else if (!this.hasOffload) {
      const isWhole = readGsoType(view, header) === GSO_NONE;
      if (isWhole) return this.putComplete(view, at, end, header, tag);
      return this.putSegments(view, at, end, header, tag);
    }
    if (view !== io.view) return this.putCopy(view, at, end, header, tag);
    io.put(this.index, at, end, header, tag);
    return ALLOWED;
  }

  /** Sends what all ports of the thread took. */
  flush(): void {
    this.io.flush();
  }

  private putCopy(view: DataView, at: number, end: number, header: number, tag: number): number {
    const { io } = this;
    const target = io.room(VIRTIO_HEADER_LENGTH + end - at);
    if (target === -1) return TOO_BIG;
    const frame = target + VIRTIO_HEADER_LENGTH;
    if (header !== -1) io.copy(view, header, header + VIRTIO_HEADER_LENGTH, target);
    io.copy(view, at, end, frame);
    io.put(this.index, frame, frame + end - at, header === -1 ? -1 : target, tag);
    return ALLOWED;
  }

  private putComplete(
    view: DataView,
    at: number,
    end: number,
    header: number,
    tag: number,
  ): number {
    const { io } = this;
    const target = io.room(VIRTIO_HEADER_LENGTH + end - at);
    if (target === -1 || this.isTooLong(view, at, end - at, tag)) return TOO_BIG;
    const frame = target + VIRTIO_HEADER_LENGTH;
    io.copy(view, header, header + VIRTIO_HEADER_LENGTH, target);
    io.copy(view, at, end, frame);
    completeChecksum(io.view, frame, frame + end - at, target);
    io.put(this.index, frame, frame + end - at, -1, tag);
    return ALLOWED;
  }

  private putSegments(
    view: DataView,
    at: number,
    end: number,
    header: number,
    tag: number,
  ): number {
    const { io, segmenter } = this;
    if (!segmenter.begin(view, at, end, header)) return MALFORMED;
    if (this.isTooLong(view, at, segmenter.lengthMax, tag)) return TOO_BIG;
    let next = io.room(segmenter.lengthSum);
    if (next === -1) return TOO_BIG;
    for (let i = 0; i < segmenter.count; i++) {
      const segmentEnd = segmenter.emit(i, io.view, next);
      io.put(this.index, next, segmentEnd, -1, tag);
      next = segmentEnd;
    }
    return ALLOWED;
  }

  /** Whether a frame of that length is, as it leaves, longer than the MTU and its tags. */
  private isTooLong(view: DataView, at: number, octets: number, tag: number): boolean {
    const popped = tag === TAG_POP ? 1 : 0;
    const pushed = tag === TAG_KEEP || tag === TAG_POP ? 0 : 1;
    const length = octets + (pushed - popped) * VLAN_TAG_LENGTH;
    if (length <= this.untaggedMax) return false;
    let tags = 0;
    for (let i = 0; i < TAGS_MAX && TYPE + VLAN_TAG_LENGTH * (i + 1) <= octets; i++) {
      const type = view.getUint16(at + TYPE + VLAN_TAG_LENGTH * i);
      if (type !== ETHERTYPE_VLAN && type !== ETHERTYPE_SERVICE_VLAN) break;
      tags++;
    }
    const kept = Math.min(tags - popped + pushed, TAGS_MAX);
    return length > this.untaggedMax + kept * VLAN_TAG_LENGTH;
  }
}
