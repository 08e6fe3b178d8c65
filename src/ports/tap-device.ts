/**
 * TAP devices: an Ethernet interface of the kernel whose other end is a descriptor. A persistent
 * one that belongs to the user (`ip tuntap add dev tap0 mode tap user U`) needs no root.
 */
import { nativeBinding, type TapDevice } from './native-binding.ts';

export type { TapDevice } from './native-binding.ts';

export interface TapOptions {
  /** Whether the kernel may leave checksums and segmentation to whoever reads (default true). */
  readonly offload?: boolean;
  /** The device stays when its descriptor is closed (default false). */
  readonly persistent?: boolean;
}

/**
 * Creates the device, or opens the persistent one of that name. A `%d` in the name becomes the
 * first free number. Raises a `NativeError`. The descriptor keeps the namespace of the thread
 * alive, not the one to which the device is moved later.
 */
export function openTapDevice(name: string, options: TapOptions = {}): TapDevice {
  const { offload = true, persistent = false } = options;
  return nativeBinding().openTap(name, Number(offload), Number(persistent));
}

/** Closes the descriptor of a TAP device or packet socket; a TAP that is not persistent goes. */
export function closeDevice(fd: number): void {
  nativeBinding().closeDevice(fd);
}

/** Plugs and unplugs the cable of a TAP device, as its namespace sees it (Linux 5.0). */
export function setCarrier(fd: number, on: boolean): void {
  nativeBinding().setCarrier(fd, Number(on));
}
