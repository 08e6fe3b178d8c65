import { isVirtualMac } from '../wire/mac.ts';
import type { Analysis } from './analysis.ts';
import type { Sighting } from './clock.ts';
import type { Speaker } from './virtual-router.ts';

/**
 * A speaker whose adverts a switch that forwards by IP has passed on, under its own MAC, as a host
 * of such a cloud sees them. What that speaker announces stays with the switch: that nothing of it
 * is in view says nothing. The MAC is known by the provider's rules, or it is that of others, too,
 * and neither announces nor asks, as a host does. Null where there is none.
 */
export function rewrittenSpeaker(analysis: Analysis): Speaker | null {
  const { proxyMac } = analysis.owner.judge;
  const found = analysis.routers.speakers.find((speaker) => {
    if (speaker.mac === 0 || isVirtualMac(speaker.mac)) return false;
    return speaker.mac === proxyMac || isSwitch(analysis, speaker);
  });
  return found ?? null;
}

/** Its first advert. */
export function firstOf(speaker: Speaker): Sighting {
  const run = speaker.observer.newestFirst().at(-1);
  return { frame: speaker.firstFrame, stamp: run === undefined ? Number.NaN : run.start };
}

function isSwitch({ claimants, entries, outages }: Analysis, speaker: Speaker): boolean {
  const { mac, index, router } = speaker;
  if (claimants.isHost(mac)) return false;
  // One host speaks once for a virtual router; a single advert may be damaged.
  const twins = router.speakers.filter((one) => one.mac === mac && one.adverts > 1);
  if (twins.length > 1) return true;
  const own = entries.speakerIp(index);
  const { clients } = outages;
  for (let client = 0; client < clients.size; client++) {
    if (clients.mac(client) === mac && entries.clientIp(client) !== own) return true;
  }
  return false;
}
