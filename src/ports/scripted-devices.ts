/**
 * Devices that are not there: which frames come from them, and in which order, is written down
 * beforehand, and what is sent to them is forgotten. For a `NativeIo` that is to run without a
 * kernel.
 */
import type { IoBinding } from './native-binding.ts';

/** A frame that comes from a port, with the virtio header before it where it has one. */
export interface ScriptedFrame {
  readonly port: number;
  readonly frame: Uint8Array;
  readonly header: Uint8Array | null;
}

const PORTS_MAX = 64;
const HEADROOM = 64;
const FRAME_MAX = 1536;

export class ScriptedDevices implements IoBinding {
  readonly slots = 64;
  readonly stride = HEADROOM + FRAME_MAX;
  readonly portsMax = PORTS_MAX;
  private readonly script: readonly ScriptedFrame[];
  private arena!: Uint8Array;
  private received!: Int32Array;
  private ready!: Int32Array;
  private attached = 0;
  private next = 0;

  /** After the last frame of the script comes the first again. */
  constructor(script: readonly ScriptedFrame[]) {
    this.script = script;
  }

  ioOpen(arena: Uint8Array, received: Int32Array, _queue: Int32Array, ready: Int32Array): number {
    this.arena = arena;
    this.received = received;
    this.ready = ready;
    return 0;
  }

  /** The port of the next frame, at once. */
  ioWait(): number {
    this.ready[0] = this.script[this.next]!.port;
    return 1;
  }

  ioReceive(): number {
    const { header, frame } = this.script[this.next]!;
    this.next = (this.next + 1) % this.script.length;
    this.arena.set(frame, HEADROOM);
    const at = HEADROOM - (header?.length ?? 0);
    if (header !== null) this.arena.set(header, at);
    this.received[0] = HEADROOM;
    this.received[1] = HEADROOM + frame.length;
    this.received[2] = header === null ? -1 : at;
    return 1;
  }

  ioSend(): number {
    return 0;
  }

  ioAttach(): number {
    return this.attached++;
  }

  ioWakeFd(): number {
    return -1;
  }

  ioDetach(): void {}

  ioListen(): void {}

  ioClose(): void {}
}
