/**
 * A live port: a TAP device or a packet socket, attached to the `NativeIo` of its thread. What the
 * device does not take is lost and counted here; what is never offered to it (`transmit` says
 * false), the caller counts.
 */
import type { FrameBatch } from '../dataplane/frame-batch.ts';
import { type Port, TAG_KEEP, TAG_POP } from '../dataplane/port.ts';
import {
  ETHERNET_HEADER_LENGTH,
  ETHERTYPE_SERVICE_VLAN,
  ETHERTYPE_VLAN,
  VLAN_TAG_LENGTH,
} from '../wire/link.ts';
import * as native from './native-io.ts';

/** Tags that a frame may have beyond the MTU. */
const TAGS_MAX = 2;
/** Of a virtio header. */
const HEADER_LENGTH = 10;
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
  private readonly io: native.NativeIo;
  /** The longest frame without tags. */
  private readonly untaggedMax: number;

  constructor(
    io: native.NativeIo,
    index: number,
    hasOffload: boolean,
    options: native.NativePortOptions,
  ) {
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

  /** Frames that the kernel refused, and those whose octets did not make sense. */
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

  /** False where the frame is longer than the MTU, tags apart, and no offload takes care of it. */
  transmit(batch: FrameBatch, index: number, tag: number): boolean {
    const { io } = this;
    const { view } = batch;
    const at = batch.at[index]!;
    const end = batch.end[index]!;
    const header = batch.offload[index]!;
    if (header === -1) {
      if (end - at > this.untaggedMax - VLAN_TAG_LENGTH && this.isTooLong(view, at, end, tag)) {
        return false;
      }
      if (view === io.view) io.put(this.index, at, end, -1, tag);
      else return this.putCopy(view, at, end, -1, tag);
      return true;
    }
    if (!this.hasOffload) return false;
    if (view !== io.view) return this.putCopy(view, at, end, header, tag);
    io.put(this.index, at, end, header, tag);
    return true;
  }

  /** Sends what all ports of the thread took. */
  flush(): void {
    this.io.flush();
  }

  private putCopy(view: DataView, at: number, end: number, header: number, tag: number): boolean {
    const { io } = this;
    const target = io.room(HEADER_LENGTH + end - at);
    if (target === -1) return false;
    const frame = target + HEADER_LENGTH;
    if (header !== -1) io.copy(view, header, header + HEADER_LENGTH, target);
    io.copy(view, at, end, frame);
    io.put(this.index, frame, frame + end - at, header === -1 ? -1 : target, tag);
    return true;
  }

  /** Whether the frame, as it leaves, is longer than the MTU and the tags that it then has. */
  private isTooLong(view: DataView, at: number, end: number, tag: number): boolean {
    const popped = tag === TAG_POP ? 1 : 0;
    const pushed = tag === TAG_KEEP || tag === TAG_POP ? 0 : 1;
    let tags = 0;
    for (let type = at + TYPE; tags < TAGS_MAX && type + 2 <= end; type += VLAN_TAG_LENGTH) {
      const found = view.getUint16(type);
      if (found !== ETHERTYPE_VLAN && found !== ETHERTYPE_SERVICE_VLAN) break;
      tags++;
    }
    const kept = Math.min(tags - popped + pushed, TAGS_MAX);
    const length = end - at + (pushed - popped) * VLAN_TAG_LENGTH;
    return length > this.untaggedMax + kept * VLAN_TAG_LENGTH;
  }
}
