/** Scripts with a weight: the priority while they succeed, when one fails, and what would do. */
import { PRIORITY_OWNER } from '../../vrrp/advert.ts';
import { byName } from '../by-name.ts';
import type { Cluster } from '../cluster.ts';
import type { Fix, Report, Rule } from '../finding.ts';
import { replaceWord } from '../fixes.ts';
import { formatPlace, type Place } from '../notices.ts';
import type { Running } from '../running.ts';

/** keepalived 2.2.7 keeps every priority but the owner's within these, whatever is added. */
const PRIORITY_LEAST = 1;
const PRIORITY_MOST = PRIORITY_OWNER - 1;
const WEIGHT_MOST = 253;

export interface Weight {
  readonly name: string;
  readonly value: number;
  /** It takes away while the check succeeds, or adds when it fails. */
  readonly isReversed: boolean;
  readonly place: Place;
}

interface Weighted {
  readonly host: string;
  /** Those by which a failure lowers the priority. */
  readonly weights: readonly Weight[];
  /** Those of them above 0. */
  readonly gains: ReadonlyMap<string, Weight>;
  /** The priority and all weights above 0, out of bounds or not. */
  readonly sum: number;
  /** The priority while every check succeeds. */
  readonly healthy: number;
}

export const trackWeightIdle: Rule = {
  id: 'track-weight-idle',
  severity: 'warning',
  title: 'a failing check that moves nothing',
  source: 'keepalived.conf(5), vrrp_script: what a weight above and below 0 does',
  check(cluster, report) {
    for (const { members } of cluster.routers) {
      const ranked = members.map((one) => weighted(cluster, one));
      const [best, second] = ranked.sort((a, b) => b.healthy - a.healthy);
      if (best === undefined || second === undefined) continue;
      // No weight would be enough.
      if (isLeftAlone(members, best.host)) continue;
      for (const weight of best.weights) reportIdle(cluster, best, second, weight, report);
    }
  },
};

/** Nobody takes the address from this host, however low its priority, as long as it runs. */
export function isLeftAlone(members: readonly Running[], host: string): boolean {
  const others = members.filter((one) => one.host !== host);
  return others.length > 0 && others.every(({ isNonPreempting }) => isNonPreempting);
}

function reportIdle(
  { source }: Cluster,
  best: Weighted,
  second: Weighted,
  weight: Weight,
  report: Report,
): void {
  // A failure adds what is below 0, and takes back what is above.
  const failed = bounded(best.sum - Math.abs(weight.value));
  if (failed < second.healthy) return;
  const message =
    `when ${weight.name} fails, ${best.host} still has ${failed} (${best.healthy} while it ` +
    `succeeds) against ${second.healthy} of ${second.host}: the address stays where it is`;
  const peer = peerOf(best, second, weight);
  const enough =
    peer === null ? enoughAlone(best, second, weight) : enoughOnBoth(best, second, weight, peer);
  const write = [`weight ${enough}`];
  const words = peer === null || isSame(peer.place, weight.place) ? [weight] : [weight, peer];
  const edits = words.map(
    ({ value, place }) => replaceWord(source, { text: `${value}`, place }, `${enough}`).edits,
  );
  const isWhole = edits.every((list) => list.length > 0);
  const fix: Fix = { edits: isWhole ? edits.flat() : [], write };
  const related = words.slice(1).map(({ place }) => {
    return { place, message: `write weight ${enough} here too, on ${second.host}` };
  });
  report({ host: best.host, place: weight.place, message, fix, related });
}

/** What the check has to take away from this host, whose other weights stay; 0: FAULT. */
function enoughAlone({ sum }: Weighted, second: Weighted, { value }: Weight): number {
  const least = sum - Math.max(0, value) - second.healthy + 1;
  return second.healthy > PRIORITY_LEAST && least <= WEIGHT_MOST ? -least : 0;
}

/** What both checks have to give, so that the peer's alone is more than this host's priority. */
function enoughOnBoth(best: Weighted, second: Weighted, own: Weight, peers: Weight): number {
  return best.sum - own.value - (second.sum - peers.value) + 1;
}

/** The peer's weight that counts against this one; null where none does, or no room is left. */
function peerOf({ sum }: Weighted, { gains }: Weighted, { name, value }: Weight): Weight | null {
  const isRoom = sum - value <= PRIORITY_MOST - 2;
  if (value < 0 || !isRoom) return null;
  const [first] = gains.values();
  return gains.get(name) ?? first ?? null;
}

function weighted(cluster: Cluster, one: Running): Weighted {
  const all = weightsOf(cluster, one);
  const weights = all.filter(({ isReversed }) => !isReversed);
  const added = all.map(({ value, isReversed }) => Math.max(0, value) * (isReversed ? -1 : 1));
  const sum = added.reduce((total, gain) => total + gain, one.priority);
  const healthy = one.priority === PRIORITY_OWNER ? PRIORITY_OWNER : bounded(sum);
  const adding = weights.filter(({ value }) => value > 0);
  return { host: one.host, weights, gains: byName(adding, ({ name }) => name), sum, healthy };
}

/**
 * Scripts that change the priority; weight 0, the default, means FAULT and always moves. Nothing
 * changes the owner's.
 */
export function weightsOf(cluster: Cluster, { config, host, priority }: Running): Weight[] {
  if (priority === PRIORITY_OWNER) return [];
  const conf = cluster.hosts.find(({ name }) => name === host)?.conf;
  const scripts = byName(conf?.scripts ?? [], (script) => script.name);
  return config.tracks.flatMap(({ kind, name, weight, weightOption, place }) => {
    const script = scripts.get(name);
    if (kind !== 'script' || script === undefined) return [];
    const value = weight?.value ?? script.weight?.value ?? 0;
    const at = weight?.place ?? script.weight?.place ?? place;
    const isReversed = (weightOption ?? script.weightOption) === 'reverse';
    return Number.isInteger(value) && value !== 0 ? [{ name, value, isReversed, place: at }] : [];
  });
}

function bounded(sum: number): number {
  return Math.min(PRIORITY_MOST, Math.max(PRIORITY_LEAST, sum));
}

function isSame(a: Place, b: Place): boolean {
  return formatPlace(a) === formatPlace(b);
}
