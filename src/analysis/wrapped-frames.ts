import { FAULT_NONE } from '../wire/fault.ts';
import {
  ipv4Check,
  isIpv4Fragment,
  PROTOCOL_UDP,
  readIpv4HeaderLength,
  readIpv4Protocol,
} from '../wire/ipv4.ts';
import { IPV6_HEADER_LENGTH, ipv6Check, readIpv6NextHeader } from '../wire/ipv6.ts';
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6, Link, readLink } from '../wire/link.ts';
import { vxlanFrameAt } from '../wire/vxlan.ts';
import type { WrappedFrames } from './asides.ts';

/**
 * Whether the capture is one of frames inside VXLAN, as the traffic mirrors of clouds send them.
 * The frames at the beginning of the capture tell; those of a mirror are all wrapped alike.
 */
const LOOKED_MAX = 256;

export class WrappedSample {
  private readonly link = new Link();
  private looked = 0;
  private wrapped = 0;
  /** Octets in front of the inner frame, of the first that has one. */
  private outer = 0;

  /** A frame; the first ones count. */
  onFrame(view: DataView, at: number, end: number, linkType: number): void {
    if (this.looked === LOOKED_MAX) return;
    this.looked++;
    const inner = this.innerAt(view, at, end, linkType);
    if (inner < 0) return;
    this.wrapped++;
    if (this.wrapped === 1) this.outer = inner - at;
  }

  /** Null where less than half are wrapped. */
  summary(): WrappedFrames | null {
    const { looked, wrapped, outer } = this;
    return wrapped === 0 || wrapped * 2 < looked ? null : { frames: wrapped, of: looked, outer };
  }

  private innerAt(view: DataView, at: number, end: number, linkType: number): number {
    const { link } = this;
    if (readLink(view, at, end, linkType, link) !== FAULT_NONE) return -1;
    const { packet, etherType } = link;
    if (etherType === ETHERTYPE_IPV4) {
      if (ipv4Check(view, packet, end) !== FAULT_NONE || isIpv4Fragment(view, packet)) return -1;
      if (readIpv4Protocol(view, packet) !== PROTOCOL_UDP) return -1;
      return vxlanFrameAt(view, packet + readIpv4HeaderLength(view, packet), end);
    }
    if (etherType !== ETHERTYPE_IPV6 || ipv6Check(view, packet, end) !== FAULT_NONE) return -1;
    if (readIpv6NextHeader(view, packet) !== PROTOCOL_UDP) return -1;
    return vxlanFrameAt(view, packet + IPV6_HEADER_LENGTH, end);
  }
}
