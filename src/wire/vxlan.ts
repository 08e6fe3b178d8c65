/**
 * Where the Ethernet frame inside a VXLAN datagram begins (RFC 7348, section 5): it is not opened,
 * but who replays what a traffic mirror has wrapped is told how to unwrap it.
 */
import { readUdpDestinationPort, UDP_HEADER_LENGTH } from './udp.ts';

/** RFC 7348, section 8. */
const VXLAN_PORT = 4789;
const VXLAN_HEADER_LENGTH = 8;
const FLAGS = UDP_HEADER_LENGTH;
/** The I flag, without which there is no valid network identifier. */
const FLAG_I = 0x08;

/** Offset of the inner frame in `view`, where the UDP header at `at` leads to one; else -1. */
export function vxlanFrameAt(view: DataView, at: number, end: number): number {
  const inner = at + UDP_HEADER_LENGTH + VXLAN_HEADER_LENGTH;
  if (inner >= end || readUdpDestinationPort(view, at) !== VXLAN_PORT) return -1;
  return (view.getUint8(at + FLAGS) & FLAG_I) === 0 ? -1 : inner;
}
