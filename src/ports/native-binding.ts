/**
 * The addon that native/ is compiled into, loaded when it is first needed: replay runs without
 * it. Numbers in, numbers out; what they mean is in native/core.h. Also where the launcher lies.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export interface NativeBinding extends IoBinding {
  /** Flags are 0 or 1. */
  openTap(name: string, offload: number, persistent: number): TapDevice;
  /** `netns`: path of a network namespace, '' for the thread's own. */
  openPacket(
    name: string,
    protocol: number,
    promiscuous: number,
    offload: number,
    outgoing: number,
    netns: string,
  ): PacketDevice;
  closeDevice(fd: number): void;
  setCarrier(fd: number, on: number): void;
  /**
   * Puts the calling thread before all that has no real-time priority. 0, or the errno of why not.
   * What it starts does not inherit it.
   */
  goFirst(): number;
  /** Puts it among the others again. As `goFirst`. */
  goAlong(): number;
  /** Nanoseconds of a processor that the calling thread has had, the kernel's part included. */
  processorTime(): number;
  /** 0, or -1 where `fd` is no eventfd (any more). */
  signal(fd: number): number;
}

/** The part that receives, sends and waits. */
export interface IoBinding {
  /** Keeps the arrays; gives a handle for the calls below. Its thread's, like the arrays. */
  ioOpen(
    arena: Uint8Array,
    received: Int32Array,
    queue: Int32Array,
    ready: Int32Array,
    counters: Float64Array,
  ): number;
  ioClose(handle: number): void;
  ioWakeFd(handle: number): number;
  ioAttach(handle: number, fd: number, kind: number, hasHeader: number, name: string): number;
  ioDetach(handle: number, index: number): void;
  ioListen(handle: number, index: number, on: number): void;
  ioReceive(handle: number, index: number, capacity: number): number;
  ioSend(handle: number, count: number): number;
  ioWait(handle: number, milliseconds: number, capacity: number): number;
  /** Frames of a burst, octets from one to the next in the arena, ports of one thread. */
  readonly slots: number;
  readonly stride: number;
  readonly portsMax: number;
}

export interface TapDevice {
  readonly fd: number;
  /** As the kernel has it: a `%d` that was asked for has become a number. */
  readonly name: string;
  readonly hasOffload: boolean;
}

export interface PacketDevice extends TapDevice {
  /** Of the interface when it was opened. */
  readonly mtu: number;
}

/** Raised by the addon for a device, and here where there is no addon. */
export class NativeError extends Error {
  override readonly name = 'NativeError';
  /** Name of the errno, such as EPERM; ENOENT where there is no addon. */
  declare readonly code: string;
  declare readonly errno: number;
  declare readonly device: string;

  constructor(message: string) {
    super(message);
    Object.assign(this, { code: 'ENOENT', errno: 2, device: '' });
  }
}

/** What a port counts, as in native/core.h. */
export const LOST_FULL = 0;
export const LOST_DOWN = 1;
export const LOST_REFUSED = 2;
export const BAD_HEADERS = 3;
export const IS_GONE = 4;
export const LOST_BIG = 5;

const REMEDY = 'install a C compiler (apt install gcc libc6-dev) and run npm run build';

let loaded: NativeBinding | null = null;

export function nativeBinding(): NativeBinding {
  if (loaded === null) {
    const path = built('havip.node');
    if (path === null) throw new NativeError(`the native part is not built: ${REMEDY}`);
    loaded = createRequire(import.meta.url)(path) as NativeBinding;
  }
  return loaded;
}

/** Path of the program `havip-launch` (native/launch.c). */
export function launcherPath(): string {
  const path = built('havip-launch');
  if (path === null) throw new NativeError(`the launcher is not built: ${REMEDY}`);
  return path;
}

/** Below dist, seen from dist/ports or a bundle beside it, or from src/ports; null if absent. */
function built(file: string): string | null {
  const places = [`../native/${file}`, `../../dist/native/${file}`];
  const paths = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return paths.find((path) => existsSync(path)) ?? null;
}
