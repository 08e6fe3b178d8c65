/**
 * Packet sockets: frames to and from an interface that exists, beside the kernel's own stack,
 * which goes on seeing them, too. Needs CAP_NET_RAW.
 */
import { nativeBinding, type PacketDevice } from './native-binding.ts';

export type { PacketDevice } from './native-binding.ts';

export interface PacketOptions {
  /** EtherType of the frames that are received (default ETH_P_ALL: all). */
  readonly protocol?: number;
  /** Whether frames for other MAC addresses are received (default true). */
  readonly promiscuous?: boolean;
  /** Whether frames come and go with a virtio header (default true, where the kernel can). */
  readonly offload?: boolean;
  /** Whether what this machine itself sends there is received, too (default false). */
  readonly outgoing?: boolean;
  /**
   * Path of the network namespace that the interface is in (default: that of the thread),
   * which the descriptor keeps alive.
   */
  readonly netns?: string;
}

const ETH_P_ALL = 3;

/**
 * Opens the interface of that name. Raises a `NativeError`.
 */
export function openPacketDevice(interfaceName: string, options: PacketOptions = {}): PacketDevice {
  const { protocol = ETH_P_ALL, promiscuous = true, offload = true } = options;
  const { outgoing = false, netns = '' } = options;
  const flags = [Number(promiscuous), Number(offload), Number(outgoing)] as const;
  return nativeBinding().openPacket(interfaceName, protocol, ...flags, netns);
}
