/** Addresses that may be HaVips although nothing says so, and how to have them followed. */
import type { ReplayResult } from '../analysis/result.ts';
import { addressLabel } from './naming.ts';
import type { Tone } from './page.ts';

/** A line each, where the capture has no HaVip. */
export function contestedLines({ havips, contested = [] }: ReplayResult): [string, Tone][] {
  if (havips.length > 0) return [];
  return contested.map(({ ip, vlan, macs }) => [
    `Two hosts answered for ${addressLabel(ip, vlan)}, which nobody announced: if it is a HaVip, ` +
      `add --havip ${ip}=${macs.join(',')}.`,
    'warn',
  ]);
}
