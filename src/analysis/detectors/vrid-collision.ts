import { VRID_MAX } from '../../vrrp/advert.ts';
import type { FindingLog } from '../finding-log.ts';
import type { Router, Speaker } from '../virtual-router.ts';
import type { VirtualRouters } from '../virtual-routers.ts';
import type { RouterWords } from './router-words.ts';

/**
 * Two virtual routers that only share their number: masters at the same time with address lists
 * that have nothing in common, or with different versions of VRRP, which do not hear each other.
 * Where both send unicast they never meet, and it is worth a note at most.
 */
/** Each looks for a free number among all routers. */
const RAISED_MAX = 1000;

export class VridCollision {
  private readonly log: FindingLog;
  private readonly words: RouterWords;
  private readonly routers: VirtualRouters;
  private readonly raised = new Set<Router>();

  constructor(log: FindingLog, words: RouterWords, routers: VirtualRouters) {
    this.log = log;
    this.words = words;
    this.routers = routers;
  }

  /** Once a run: is the other version spoken on this VRID at the same time? */
  onSettled(speaker: Speaker, now: number): void {
    const { router } = speaker;
    const other = router.sibling === null ? null : router.sibling.lastSpeaker;
    if (other === null) return;
    const mine = speaker.observer.newestFirst()[0];
    const theirs = other.observer.newestFirst()[0];
    if (mine === undefined || theirs === undefined) return;
    if (!Number.isNaN(theirs.resigned) || now >= other.observer.endOf(theirs)) return;
    if (!(theirs.previous >= mine.start)) return;
    this.raiseVersions(speaker, other);
  }

  /** Masters of one VRID at the same time, with disjoint address lists. */
  raise(first: Speaker, second: Speaker): void {
    const { router } = first;
    if (this.raised.has(router) || this.raised.size >= RAISED_MAX) return;
    this.raised.add(router);
    const isHeard = router.multicast;
    this.log.raiseNow({
      code: 'vrid-collision',
      severity: isHeard ? 'error' : 'info',
      id: this.words.idOf(router),
      message:
        `VRID ${router.vrid} is used twice: by ${this.words.speaker(first)} for ` +
        `${this.words.list(first.addresses)} and by ${this.words.speaker(second)} for ` +
        `${this.words.list(second.addresses)}. ` +
        (isHeard
          ? "Each hears the other's adverts as bogus or yields to them."
          : 'Harmless as long as both send unicast and neither uses use_vmac.'),
      advice:
        'Give one of the two clusters another number on all its nodes: ' +
        `\`virtual_router_id ${this.free(router)}\`.`,
    });
  }

  private raiseVersions(speaker: Speaker, other: Speaker): void {
    const { router } = speaker;
    if (this.raised.has(router) || this.raised.has(other.router)) return;
    if (this.raised.size >= RAISED_MAX) return;
    this.raised.add(router);
    const both = speaker.addresses.filter((id) => other.addresses.includes(id));
    const version = (one: Speaker): string =>
      `${this.words.speaker(one)} speaks VRRPv${one.router.version}`;
    const isShared = both.length > 0;
    const harm = isShared ? `, and both are master of ${this.words.list(both)}` : '';
    this.log.raiseNow({
      code: 'vrid-collision',
      severity: isShared ? 'error' : 'warning',
      id: this.words.idOf(router),
      message:
        `VRID ${router.vrid}: ${version(speaker)}, ${version(other)}. ` +
        `They do not understand each other${harm}.`,
      advice: isShared
        ? 'Write the same `vrrp_version 3` (or 2) in global_defs of all nodes.'
        : `Give one of the two another number: \`virtual_router_id ${this.free(router)}\`.`,
    });
  }

  /** The next VRID that nobody was heard to use on this network. */
  private free({ network, vrid, family }: Router): number {
    const used = new Set<number>();
    for (const router of this.routers.routers) {
      if (router.network === network && router.family === family) used.add(router.vrid);
    }
    for (let step = 1; step < VRID_MAX; step++) {
      const candidate = ((vrid - 1 + step) % VRID_MAX) + 1;
      if (!used.has(candidate)) return candidate;
    }
    return vrid;
  }
}
