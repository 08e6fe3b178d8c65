import type { Router, Speaker } from './virtual-router.ts';

/**
 * Addresses that no advert lists and that move with a master all the same, as those of keepalived's
 * `virtual_ipaddress_excluded`: the router whose masters they move between.
 */
const ROUTERS_OF_MAC_MAX = 64;

export class Companions {
  private readonly speakers: readonly Speaker[];
  private readonly byMac = new Map<number, Speaker[]>();
  /** Speakers of which it is known where they are. */
  private known = 0;

  /** `speakers` are all of the capture, growing. */
  constructor(speakers: readonly Speaker[]) {
    this.speakers = speakers;
  }

  /** The only router of the network in which both MACs speak; null for none, or several. */
  between(network: number, one: number, other: number): Router | null {
    this.learn();
    let found: Router | null = null;
    for (const { router } of this.byMac.get(one) ?? []) {
      if (router.network !== network || !router.speakers.some(({ mac }) => mac === other)) continue;
      if (found !== null) return null;
      found = router;
    }
    return found;
  }

  private learn(): void {
    for (; this.known < this.speakers.length; this.known++) {
      const speaker = this.speakers[this.known] as Speaker;
      const known = this.byMac.get(speaker.mac);
      if (known === undefined) this.byMac.set(speaker.mac, [speaker]);
      else if (known.length < ROUTERS_OF_MAC_MAX) known.push(speaker);
    }
  }
}
