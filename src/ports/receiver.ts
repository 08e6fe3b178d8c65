/** The main thread's end of `receiver-thread.ts`: opens the socket, starts the thread, stops it. */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { nativeBinding } from './native-binding.ts';
import { NativeIo } from './native-io.ts';
import type { PacketDevice } from './packet-device.ts';
import {
  RECORD_HEADER,
  type ReceiverMessage,
  type ReceiverSettings,
  SHARED_DROPPED,
  SHARED_LENGTH,
  SHARED_PENDING,
  SHARED_STOP,
} from './receiver-thread.ts';

export interface ReceiverOutput {
  /** Records of the pcap format; to be given back with `taken` once they are done with. */
  onRecords(records: Uint8Array): void;
  /** The interface is gone: nothing will come any more. */
  onGone(): void;
  onFailure(error: Error): void;
}

export class Receiver {
  private readonly inbox: MessagePort;
  private readonly device: PacketDevice;
  private readonly shared: Int32Array;
  /** Resolves when the thread has ended, which it does by itself where the interface goes. */
  private readonly ended: Promise<void>;
  private wakeFd = -1;
  private isStopping = false;

  private constructor(worker: Worker, inbox: MessagePort, settings: ReceiverSettings) {
    this.ended = new Promise((resolve) => worker.once('exit', () => resolve()));
    this.inbox = inbox;
    this.device = settings.device;
    this.shared = settings.shared;
  }

  /** Resolves when the thread listens. `entry` is its program; the device is then its own. */
  static async start(
    entry: URL,
    device: PacketDevice,
    isAdvertsOnly: boolean,
    output: ReceiverOutput,
  ): Promise<Receiver> {
    const { port1, port2 } = new MessageChannel();
    const buffer = new SharedArrayBuffer(SHARED_LENGTH * Int32Array.BYTES_PER_ELEMENT);
    const settings = { device, isAdvertsOnly, shared: new Int32Array(buffer) };
    const workerData = { settings, outbox: port2 };
    const worker = new Worker(entry, { workerData, transferList: [port2], env: {} });
    const receiver = new Receiver(worker, port1, settings);
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      port1.on('message', (message: ReceiverMessage) => {
        if ('wakeFd' in message) {
          receiver.wakeFd = message.wakeFd;
          resolve();
        } else if ('records' in message) output.onRecords(message.records);
        else output.onGone();
      });
    });
    worker.on('error', (error) => {
      if (!receiver.isStopping) output.onFailure(error);
    });
    return receiver;
  }

  /** Frames that were dropped since nobody took them. */
  get dropped(): number {
    return Atomics.load(this.shared, SHARED_DROPPED);
  }

  /** Octets of records that are done with. */
  taken(octets: number): void {
    Atomics.sub(this.shared, SHARED_PENDING, octets);
  }

  async stop(): Promise<void> {
    if (this.isStopping) return;
    this.isStopping = true;
    Atomics.store(this.shared, SHARED_STOP, 1);
    NativeIo.signal(this.wakeFd);
    await this.ended;
    this.inbox.close();
    nativeBinding().closeDevice(this.device.fd);
  }
}

/** Calls `take` with the place of each frame in a message of records. */
export function forEachFrame(
  records: Uint8Array,
  take: (view: DataView, at: number, end: number) => void,
): void {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  let record = 0;
  while (record < view.byteLength) {
    const at = record + RECORD_HEADER;
    const end = at + view.getUint32(record + 8, true);
    take(view, at, end);
    record = end;
  }
}
