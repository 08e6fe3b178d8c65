/** Sends whole frames to an interface and hears none: a packet socket bound to no type. */
import { FrameBatch } from '../dataplane/frame-batch.ts';
import { TAG_KEEP } from '../dataplane/port.ts';
import { LINKTYPE_ETHERNET } from '../wire/link-type.ts';
import { nativeBinding } from './native-binding.ts';
import { NativeIo } from './native-io.ts';
import type { NativePort } from './native-port.ts';
import { openPacketDevice, type PacketDevice } from './packet-device.ts';

/** Protocol 0: packet(7) says that such a socket hears nothing. */
const NO_PROTOCOL = 0;

export class Announcer {
  private readonly device: PacketDevice;
  private readonly io = new NativeIo();
  private readonly port: NativePort;
  private readonly batch = new FrameBatch(1);

  /** Throws NativeError. */
  constructor(interfaceName: string) {
    const options = { protocol: NO_PROTOCOL, promiscuous: false, offload: false };
    this.device = openPacketDevice(interfaceName, options);
    this.port = this.io.packetPort(this.device, { name: interfaceName, mtu: this.device.mtu });
  }

  get mtu(): number {
    return this.device.mtu;
  }

  send(frames: readonly Uint8Array[]): void {
    for (const frame of frames) {
      const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
      this.port.transmit(this.batch.hold(view, 0, frame.length, LINKTYPE_ETHERNET), 0, TAG_KEEP);
    }
    this.port.flush();
  }

  close(): void {
    this.io.close();
    nativeBinding().closeDevice(this.device.fd);
  }
}
