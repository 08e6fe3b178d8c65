/**
 * What an interface receives and sends as a capture that does not end: the octets that
 * `tcpdump -U -w -` would write, in nanoseconds, so that whoever reads captures reads this.
 */
import type { ByteSource } from '../capture/byte-source.ts';
import { PcapWriter } from '../capture/pcap-writer.ts';
import { LINKTYPE_ETHERNET } from '../wire/link-type.ts';
import { openPacketDevice } from './packet-device.ts';
import { Receiver } from './receiver.ts';

export class InterfaceSource implements ByteSource {
  readonly size = null;
  consumed = 0;
  private readonly queue: Uint8Array[] = [];
  /** Octets of the queue's first piece that were handed out. */
  private given = 0;
  private receiver: Receiver | null = null;
  private waiting: (() => void) | null = null;
  private error: Error | null = null;
  private isEnded = false;

  private constructor() {}

  /** Opens the interface; `entry` is the program of the receiving thread. */
  static async open(interfaceName: string, entry: URL): Promise<InterfaceSource> {
    const source = new InterfaceSource();
    const header = new PcapWriter((octets) => void source.queue.push(octets), {
      linkType: LINKTYPE_ETHERNET,
    });
    await header.flush();
    // Without offload: the frames are those that a capture would hold.
    const device = openPacketDevice(interfaceName, { offload: false, outgoing: true });
    source.receiver = await Receiver.start(entry, device, false, {
      onRecords: (records) => {
        source.queue.push(records);
        source.wake();
      },
      onGone: () => source.end(),
      onFailure: (error) => {
        source.error = error;
        source.end();
      },
    });
    return source;
  }

  /** Frames that were lost since they came faster than they were read. */
  get dropped(): number {
    return this.receiver?.dropped ?? 0;
  }

  /** The end of input, once what has come is read. */
  end(): void {
    this.isEnded = true;
    this.wake();
  }

  async read(into: Uint8Array, at: number, length: number): Promise<number> {
    while (this.queue.length === 0) {
      if (this.error !== null) throw this.error;
      if (this.isEnded) return 0;
      await new Promise<void>((resolve) => {
        this.waiting = resolve;
      });
    }
    const piece = this.queue[0] as Uint8Array;
    const part = piece.subarray(this.given, this.given + length);
    into.set(part, at);
    this.given += part.length;
    this.consumed += part.length;
    if (this.given === piece.length) {
      this.queue.shift();
      this.given = 0;
      // The file header, which is the first piece, was never counted as pending.
      if (this.consumed > piece.length) this.receiver?.taken(piece.length);
    }
    return part.length;
  }

  async close(): Promise<void> {
    this.end();
    await this.receiver?.stop();
  }

  private wake(): void {
    const { waiting } = this;
    this.waiting = null;
    waiting?.();
  }
}
