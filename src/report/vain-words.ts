/** Addresses asked for in vain, and HaVips whose outages the capture cannot show. */

import type { VainQuestion } from '../analysis/asides.ts';
import type { ReplayResult } from '../analysis/result.ts';
import { addressLabel } from './naming.ts';
import type { Tone } from './page.ts';
import { counted } from './quantity.ts';

export function questionLines({ questions = [] }: ReplayResult): [string, Tone][] {
  return questions.map((question) => [questionText(question), 'warn']);
}

function questionText({ ip, vlan, asker, asks, isToTheEnd, vrid }: VainQuestion): string {
  const until = isToTheEnd ? ', to the end' : '';
  const asked = `${asker} asked ${counted(asks, 'time')} who has ${addressLabel(ip, vlan)}${until}`;
  const what = vrid === null ? '' : `: it may be the address that VRID ${vrid} lacks`;
  return `${asked}, and nobody answered${what}.`;
}

/** Whether no answer of any HaVip is in the capture, so that it cannot show an outage either. */
export function isUnmeasurable({ havips }: ReplayResult): boolean {
  return havips.every(({ isUnanswered }) => isUnanswered === true);
}
