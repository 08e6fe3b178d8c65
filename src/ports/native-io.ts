/**
 * The live ports of one thread: the arena into which bursts are received, the queue of what all
 * ports are to send, and one wait for all of them. Nothing is allocated once it is made.
 *
 * Frames of a batch stay where they are until the next `receive` of any port of this thread;
 * frames that `transmit` took lie still until then, too, since `receive` sends them first.
 */
import type { FrameBatch } from '../dataplane/frame-batch.ts';
import { LINKTYPE_ETHERNET } from '../wire/link-type.ts';
import { type IoBinding, nativeBinding, type TapDevice } from './native-binding.ts';
import { NativePort } from './native-port.ts';

export interface NativePortOptions {
  /** The port's name in events and tables. */
  readonly name: string;
  /** Octets of the longest packet that goes out without offload. */
  readonly mtu: number;
}

/** As in native/core.h. */
const KIND_TAP = 0;
const KIND_PACKET = 1;
const RECEIVED_FIELDS = 3;
const QUEUE_FIELDS = 5;
const COUNTERS = 8;

/** Frames that wait for one `flush`; a full queue is sent at once. */
const QUEUE_FRAMES = 4096;
/** Ports that one `wait` reports. */
const READY_MAX = 64;
/** Room for frames that are not in the arena: a dozen segmented ones of 64 KiB. */
const COPY_OCTETS = 1 << 20;

export class NativeIo {
  /** The arena; frames whose batch has this view are sent from where they lie. */
  readonly view: DataView;
  /** To be handed to `NativeIo.signal` in another thread. */
  readonly wakeFd: number;
  readonly ports: NativePort[] = [];
  private readonly binding: IoBinding;
  private readonly handle: number;
  private readonly octets: Uint8Array;
  private readonly received: Int32Array;
  private readonly queue = new Int32Array(QUEUE_FRAMES * QUEUE_FIELDS);
  private readonly ready = new Int32Array(READY_MAX);
  private readonly counters: Float64Array;
  /** Frames in the queue, and where the next copy goes. */
  private queued = 0;
  private copyAt: number;

  /** `binding`: whose devices these are; the kernel's, unless they are made up. */
  constructor(binding: IoBinding = nativeBinding()) {
    const { slots, stride } = binding;
    this.binding = binding;
    this.octets = new Uint8Array(slots * stride + COPY_OCTETS);
    this.view = new DataView(this.octets.buffer);
    this.copyAt = slots * stride;
    this.received = new Int32Array(slots * RECEIVED_FIELDS);
    this.counters = new Float64Array(binding.portsMax * COUNTERS);
    const { octets, received, queue, ready, counters } = this;
    this.handle = binding.ioOpen(octets, received, queue, ready, counters);
    this.wakeFd = binding.ioWakeFd(this.handle);
  }

  /** Ends a `wait` of the thread whose `wakeFd` this is, now or the next one. From any thread. */
  static signal(wakeFd: number): void {
    nativeBinding().signal(wakeFd);
  }

  /** Attaches a TAP device. Raises a `NativeError` where its descriptor cannot be waited for. */
  tapPort(device: TapDevice, options: NativePortOptions): NativePort {
    return this.attach(device, KIND_TAP, options);
  }

  /** Attaches a packet socket. */
  packetPort(device: TapDevice, options: NativePortOptions): NativePort {
    return this.attach(device, KIND_PACKET, options);
  }

  /** Sends what waits, and forgets the port; its index is not used again. Closes nothing. */
  detach(port: NativePort): void {
    this.flush();
    this.binding.ioDetach(this.handle, port.index);
  }

  /** Whether a `wait` ends when this port can be read; at first it does. */
  listen(index: number, on: boolean): void {
    this.binding.ioListen(this.handle, index, Number(on));
  }

  /** Gives up the wait and the wake-up; devices stay open. */
  close(): void {
    this.binding.ioClose(this.handle);
  }

  /**
   * Sleeps until a port can be read, at most `milliseconds` from now: fractions count, a negative
   * number is for ever, 0 only asks. Fills `ready` with the indexes of ports that can be read and
   * returns their number; 0 where the time is over, a signal came or a port went (`isGone`).
   * Sends what is queued first.
   */
  wait(milliseconds: number, ready: Int32Array): number {
    this.flush();
    const count = this.binding.ioWait(this.handle, milliseconds, ready.length);
    for (let i = 0; i < count; i++) ready[i] = this.ready[i]!;
    return count;
  }

  /** Sends what all ports took, in one call; returns how many frames were lost. */
  flush(): number {
    const lost = this.send();
    this.copyAt = this.binding.slots * this.binding.stride;
    return lost;
  }

  /** A burst from the port of that index. */
  receive(index: number, batch: FrameBatch): number {
    this.flush();
    const count = this.binding.ioReceive(this.handle, index, batch.capacity);
    const { received } = this;
    for (let i = 0, field = 0; i < count; i++, field += RECEIVED_FIELDS) {
      const at = received[field]!;
      const end = received[field + 1]!;
      batch.at[i] = at;
      batch.end[i] = end;
      batch.wireLength[i] = end - at;
      batch.linkType[i] = LINKTYPE_ETHERNET;
      batch.offload[i] = received[field + 2]!;
      batch.now[i] = Number.NaN;
    }
    batch.view = this.view;
    batch.count = count;
    return count;
  }

  /** Queues a frame that lies in the arena; `header`: its virtio header's place, or -1. */
  put(index: number, at: number, end: number, header: number, tag: number): void {
    // Not `flush`: what has room in the arena may still be on its way to the queue.
    if (this.queued === QUEUE_FRAMES) this.send();
    const { queue } = this;
    const field = this.queued++ * QUEUE_FIELDS;
    queue[field] = index;
    queue[field + 1] = at;
    queue[field + 2] = end;
    queue[field + 3] = header;
    queue[field + 4] = tag;
  }

  /**
   * Room for `length` octets in the arena until the next `flush`, which this may be (then frames
   * that were given room before are gone: ask for all at once). -1 where there is never so much.
   */
  room(length: number): number {
    if (length > COPY_OCTETS) return -1;
    if (this.copyAt + length > this.octets.length) this.flush();
    const at = this.copyAt;
    // Starts stay even, so that words are read in one piece.
    this.copyAt += (length + 1) & ~1;
    return at;
  }

  /** Copies octets of any view to `to` in the arena. */
  copy(view: DataView, at: number, end: number, to: number): void {
    if (view === this.view) {
      this.octets.copyWithin(to, at, end);
      return;
    }
    const target = this.view;
    let from = at;
    for (; from + 4 <= end; from += 4, to += 4) target.setUint32(to, view.getUint32(from));
    for (; from < end; from++, to++) target.setUint8(to, view.getUint8(from));
  }

  /** Counter `what` of the port of that index. */
  counter(index: number, what: number): number {
    return this.counters[index * COUNTERS + what]!;
  }

  private send(): number {
    const { queued } = this;
    this.queued = 0;
    return queued === 0 ? 0 : this.binding.ioSend(this.handle, queued);
  }

  private attach(device: TapDevice, kind: number, options: NativePortOptions): NativePort {
    const { binding, handle } = this;
    const hasHeader = Number(device.hasOffload);
    const index = binding.ioAttach(handle, device.fd, kind, hasHeader, device.name);
    const port = new NativePort(this, index, device.hasOffload, options);
    this.ports.push(port);
    return port;
  }
}
