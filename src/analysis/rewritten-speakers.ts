import { isVirtualMac } from '../wire/mac.ts';
import type { Analysis } from './analysis.ts';
import type { Clients } from './clients.ts';
import type { Sighting } from './clock.ts';
import type { Router, Speaker } from './virtual-router.ts';

const NONE = -1;
const SEVERAL = -2;

/**
 * A speaker whose adverts a switch that forwards by IP has passed on, under its own MAC, as a host
 * of such a cloud sees them. What that speaker announces stays with the switch: that nothing of it
 * is in view says nothing. The MAC is known by the provider's rules, or it is that of others, too,
 * and neither announces nor asks, as a host does. Null where there is none.
 */
export function rewrittenSpeaker(analysis: Analysis): Speaker | null {
  const { claimants, owner, entries, outages, routers } = analysis;
  const asking = clientsByMac(outages.clients);
  const heard = new Map<Router, Set<number>>();
  for (const speaker of routers.speakers) {
    const { mac, router, index } = speaker;
    if (mac === 0 || isVirtualMac(mac)) continue;
    if (mac === owner.judge.proxyMac) return speaker;
    if (claimants.isHost(mac)) continue;
    if (isSecond(speaker, heard.get(router))) return speaker;
    const client = asking.get(mac) ?? NONE;
    if (client === SEVERAL) return speaker;
    if (client !== NONE && entries.clientIp(client) !== entries.speakerIp(index)) return speaker;
    // A single advert may be damaged.
    if (speaker.adverts > 1) heard.set(router, (heard.get(router) ?? new Set()).add(mac));
  }
  return null;
}

/** Its first advert. */
export function firstOf(speaker: Speaker): Sighting {
  const run = speaker.observer.newestFirst().at(-1);
  return { frame: speaker.firstFrame, stamp: run === undefined ? Number.NaN : run.start };
}

/** One host speaks once for a virtual router. */
function isSecond({ adverts, mac }: Speaker, heard: ReadonlySet<number> | undefined): boolean {
  return adverts > 1 && heard?.has(mac) === true;
}

/** By MAC: a client, or SEVERAL, of different IPs. */
function clientsByMac(clients: Clients): Map<number, number> {
  const found = new Map<number, number>();
  const wordsOf = (client: number): number[] => [0, 1, 2, 3].map((i) => clients.word(client, i));
  for (let client = 0; client < clients.size; client++) {
    const mac = clients.mac(client);
    const known = found.get(mac);
    if (known === undefined) found.set(mac, client);
    else if (known !== SEVERAL && wordsOf(known).join() !== wordsOf(client).join()) {
      found.set(mac, SEVERAL);
    }
  }
  return found;
}
