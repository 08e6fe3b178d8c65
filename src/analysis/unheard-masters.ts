import type { Analysis } from './analysis.ts';
import type { Sighting } from './clock.ts';
import { TIMELINE } from './logs.ts';
import type { Peer, Router } from './virtual-router.ts';

/**
 * A peer that unicast adverts are sent to, that held the address by its claims and yet was never
 * heard to send an advert: its adverts pass where this capture does not look. Where only a part is
 * replayed, they may as well lie before it.
 */
export function unheardMaster(analysis: Analysis): Sighting | null {
  if (analysis.clock.start > analysis.times.first) return null;
  for (const router of analysis.routers.routers) {
    const macs = router.peers
      .filter((peer) => !isSpeaker(router, peer))
      .map((peer) => macOf(analysis, router, peer));
    const held = macs.length === 0 ? null : heldBy(analysis, router, new Set(macs));
    if (held !== null) return held;
  }
  return null;
}

function isSpeaker(router: Router, peer: Peer): boolean {
  return router.speakers.some((speaker) =>
    speaker.words.every((word, i) => word === peer.words[i]),
  );
}

/** A cooked capture shows no destination MAC, but the peer's ARP may have told it. */
function macOf(analysis: Analysis, router: Router, peer: Peer): number {
  if (peer.mac !== 0) return peer.mac;
  const { addresses4, addresses6 } = analysis.owner;
  const [w0, w1, w2, w3] = peer.words;
  const isIpv4 = router.family === 4;
  const table = isIpv4 ? addresses4 : addresses6;
  const entry = isIpv4
    ? addresses4.find(router.network, w3)
    : addresses6.find(router.network, w0, w1, w2, w3);
  return entry < 0 ? 0 : table.mac(entry);
}

function heldBy(analysis: Analysis, router: Router, macs: ReadonlySet<number>): Sighting | null {
  const { timeline } = analysis.logs;
  for (const sequence of timeline.kept()) {
    const mac = timeline.get(sequence, TIMELINE.MAC);
    const isListed = router.addresses.includes(timeline.get(sequence, TIMELINE.ID));
    if (!isListed || mac === 0 || !macs.has(mac)) continue;
    const stamp = timeline.get(sequence, TIMELINE.STAMP);
    return { frame: timeline.get(sequence, TIMELINE.FRAME), stamp };
  }
  return null;
}
