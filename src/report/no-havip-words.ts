/** Of a capture without a HaVip: what it lacks, and what its reader can do. */
import type { WrappedFrames } from '../analysis/asides.ts';
import type { ReplayResult } from '../analysis/result.ts';
import { cutShortText } from './cut-short.ts';
import { addressLabel } from './naming.ts';
import type { Tone } from './page.ts';
import { count, counted } from './quantity.ts';

/** The headline. */
export function noAddress(result: ReplayResult): string {
  const { counts } = result;
  const cutShort = cutShortText(result);
  if (cutShort !== null) return cutShort;
  const seen = `${counted(result.capture.frames, 'frame')}, ${counts.arp} ARP, ${counts.vrrp} VRRP`;
  const why =
    counts.vrrp > 0
      ? 'adverts were sent, but no virtual address was ever claimed'
      : 'no address is listed by an advert, named by --havip, or announced where two hosts ' +
        'claim it';
  return `No HaVip in this capture: ${why} (${seen}).`;
}

/** The lines after it. */
export function noHavipLines(result: ReplayResult): [string, Tone][] {
  const { capture, contested = [], counts } = result;
  if (capture.wrapped !== undefined) return unwrapping(capture.wrapped);
  if (contested.length > 0) {
    return contested.map(({ ip, vlan, macs }) => [
      `Two hosts answered for ${addressLabel(ip, vlan)}, which nobody announced: if it is a ` +
        `HaVip, add --havip ${ip}=${macs.join(',')}.`,
      'warn',
    ]);
  }
  if (counts.vrrp > 0 || cutShortText(result) !== null) return [];
  const name = 'If one of its addresses is a HaVip, name it, and the MACs that may hold it';
  return [[`${name}: --havip ADDRESS=MAC,MAC (or --lab FILE).`, 'plain']];
}

function unwrapping({ frames, of, outer }: WrappedFrames): [string, Tone][] {
  const first = counted(of, 'frame');
  const share = frames === of ? `The first ${first}` : `Of the first ${first} ${count(frames)}`;
  const text = `${share} are inside VXLAN, as traffic mirrors send them, and are not opened.`;
  return [
    [`${text} Unwrap the capture first:`, 'warn'],
    [`tshark -r CAPTURE -Y vxlan -w - | editcap -C ${outer} - inner.pcapng`, 'plain'],
  ];
}
