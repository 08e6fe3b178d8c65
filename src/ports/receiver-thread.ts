/**
 * A thread that waits for the frames of one packet socket, since waiting must not hold up the
 * thread that has timers to keep. What it receives leaves as records of the pcap format, little
 * endian with nanoseconds, a burst in one message; the frames of a burst have one time, that of
 * its reception. What the other thread has not taken yet is bounded; beyond that, frames are
 * dropped and counted.
 */
import type { MessagePort } from 'node:worker_threads';
import { FrameBatch } from '../dataplane/frame-batch.ts';
import { carriesAdvert } from '../vrrp/advert-reception.ts';
import { NativeIo } from './native-io.ts';
import type { NativePort } from './native-port.ts';
import type { PacketDevice } from './packet-device.ts';

export interface ReceiverSettings {
  readonly device: PacketDevice;
  /** Whether only VRRP adverts are handed on. */
  readonly isAdvertsOnly: boolean;
  /** Over a SharedArrayBuffer; see `SHARED_*`. */
  readonly shared: Int32Array;
}

/** What both threads see: 1 to stop, octets not yet taken, frames dropped. */
export const SHARED_STOP = 0;
export const SHARED_PENDING = 1;
export const SHARED_DROPPED = 2;
export const SHARED_LENGTH = 3;

export type ReceiverMessage =
  | { readonly wakeFd: number }
  | { readonly records: Uint8Array }
  /** The interface is gone. */
  | { readonly isGone: true };

export const RECORD_HEADER = 16;
const PENDING_MAX = 64 << 20;
const SECOND = 1e9;
/** Milliseconds after which it looks whether it shall stop, although nobody signalled. */
const SLEEP_MAX = 1000;

/** Runs until it is told to stop. `wall` gives nanoseconds since 1970. */
export function runReceiver(
  settings: ReceiverSettings,
  outbox: MessagePort,
  wall: () => number,
): void {
  const { device, shared } = settings;
  const io = new NativeIo();
  const port = io.packetPort(device, { name: device.name, mtu: device.mtu });
  const batch = new FrameBatch();
  const ready = new Int32Array(1);
  outbox.postMessage({ wakeFd: io.wakeFd } satisfies ReceiverMessage);
  while (Atomics.load(shared, SHARED_STOP) === 0 && !port.isGone) {
    if (io.wait(SLEEP_MAX, ready) === 0) continue;
    drain(port, batch, settings, outbox, wall);
  }
  if (port.isGone) outbox.postMessage({ isGone: true } satisfies ReceiverMessage);
  io.close();
}

function drain(
  port: NativePort,
  batch: FrameBatch,
  settings: ReceiverSettings,
  outbox: MessagePort,
  wall: () => number,
): void {
  const count = port.receive(batch);
  if (count === 0) return;
  const records = recordsOf(batch, settings.isAdvertsOnly, wall());
  if (records.length === 0) return;
  const { shared } = settings;
  if (Atomics.load(shared, SHARED_PENDING) + records.length > PENDING_MAX) {
    Atomics.add(shared, SHARED_DROPPED, count);
    return;
  }
  Atomics.add(shared, SHARED_PENDING, records.length);
  outbox.postMessage({ records } satisfies ReceiverMessage, [records.buffer as ArrayBuffer]);
}

function recordsOf(batch: FrameBatch, isAdvertsOnly: boolean, time: number): Uint8Array {
  const { view, at, end, count } = batch;
  const isKept = (i: number): boolean => !isAdvertsOnly || carriesAdvert(view, at[i]!, end[i]!);
  let length = 0;
  for (let i = 0; i < count; i++) if (isKept(i)) length += RECORD_HEADER + end[i]! - at[i]!;
  const octets = new Uint8Array(length);
  const target = new DataView(octets.buffer);
  const seconds = Math.floor(time / SECOND);
  let to = 0;
  for (let i = 0; i < count; i++) {
    if (!isKept(i)) continue;
    const frameLength = end[i]! - at[i]!;
    target.setUint32(to, seconds, true);
    target.setUint32(to + 4, Math.floor(time - seconds * SECOND), true);
    target.setUint32(to + 8, frameLength, true);
    target.setUint32(to + 12, frameLength, true);
    to += RECORD_HEADER;
    octets.set(new Uint8Array(view.buffer, view.byteOffset + at[i]!, frameLength), to);
    to += frameLength;
  }
  return octets;
}
