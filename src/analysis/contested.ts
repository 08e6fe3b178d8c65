import { formatMac } from '../wire/mac.ts';
import type { Analysis } from './analysis.ts';
import type { ContestedAddress } from './asides.ts';

/** Shown at most: a host that answers for others (proxy ARP) contests many. */
const SHOWN_MAX = 3;

/**
 * Addresses that two hosts claimed, by answers and questions alone: nobody announced them, so
 * nothing says that they are virtual, but a host that took one over without an announcement leaves
 * just this.
 */
export function contestedOf({ tracks, entries }: Analysis): ContestedAddress[] {
  const contested: ContestedAddress[] = [];
  for (const track of tracks) {
    if (track === undefined || track.isVirtual || !track.isContested) continue;
    const other = track.foreignWithin(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    if (other === null || other.mac === track.holder || track.holder === 0) continue;
    const macs = [formatMac(track.holder), formatMac(other.mac)];
    contested.push({ ip: entries.ip(track.id), vlan: entries.vlan(track.id), macs });
    if (contested.length === SHOWN_MAX) break;
  }
  return contested;
}
