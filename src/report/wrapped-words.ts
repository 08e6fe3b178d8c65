/** A capture of frames inside VXLAN, as traffic mirrors send them, and how to unwrap it. */
import type { ReplayResult } from '../analysis/result.ts';
import type { Tone } from './page.ts';
import { count, counted } from './quantity.ts';

/** Where the capture has no HaVip; else what is wrapped is other traffic. */
export function wrappedLines({ havips, capture }: ReplayResult): [string, Tone][] {
  const { wrapped } = capture;
  if (wrapped === undefined || havips.length > 0) return [];
  const { frames, of, outer } = wrapped;
  const first = counted(of, 'frame');
  const share = frames === of ? `The first ${first}` : `Of the first ${first} ${count(frames)}`;
  const text = `${share} are inside VXLAN, as traffic mirrors send them, and are not opened.`;
  return [
    [`${text} Unwrap the capture first:`, 'warn'],
    [`tshark -r CAPTURE -Y vxlan -w - | editcap -C ${outer} - inner.pcapng`, 'plain'],
  ];
}
