/**
 * The hosts of a picture, each with a place in the list of colours: holders first, then whoever
 * else spoke or claimed something. One host is one name, whatever of it a frame showed.
 */
import type { HavipSummary } from '../../analysis/result.ts';
import type { Naming, Who } from '../naming.ts';

export class PictureHosts {
  readonly names: string[] = [];
  private readonly naming: Naming;
  private readonly places = new Map<string, number>();

  /** `havips` are those that are drawn. */
  constructor(havips: readonly HavipSummary[], naming: Naming) {
    this.naming = naming;
    for (const { timeline } of havips) for (const entry of timeline) this.of(entry);
  }

  /** The host's place; a new one where it has none yet; -1 for nobody. */
  of(who: Who): number {
    if (who.mac === null && (who.speaker ?? null) === null) return -1;
    const name = this.naming.short(who);
    const known = this.places.get(name);
    if (known !== undefined) return known;
    this.places.set(name, this.names.length);
    return this.names.push(name) - 1;
  }

  name(place: number): string {
    return this.names[place] ?? 'nobody';
  }
}
