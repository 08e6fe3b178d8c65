/** Captures whose frames were cut before what they say: a small snapshot length. */
import type { ReplayResult } from '../analysis/result.ts';

/** Ethernet and ARP; more is needed of no frame that a length at or above this cuts. */
const ARP_WHOLE = 42;

/** Null where any ARP could be read, or where there was none to read. */
export function cutShortText({ capture, counts, virtualRouters }: ReplayResult): string | null {
  const cut = capture.malformed['arp-truncated'] ?? 0;
  if (cut === 0 || cut < counts.arp) return null;
  const { snapLength } = capture;
  const isWhole = snapLength === undefined || snapLength >= ARP_WHOLE;
  const what = isWhole
    ? 'Every ARP frame is cut short'
    : `Every frame is cut to ${snapLength} octets`;
  const isDeaf = counts.vrrp > 0 && virtualRouters.length === 0;
  const lost = isDeaf ? 'neither ARP nor adverts can be read' : 'no ARP can be read';
  return `${what}: ${lost}; capture with -s 0.`;
}
