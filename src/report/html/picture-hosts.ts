/**
 * The hosts of a picture, each with a place in the list of colours: holders first, then speakers,
 * then whoever else claimed something. One host is one name, whatever of it a frame showed.
 */
import type { ReplayResult } from '../../analysis/result.ts';
import type { Naming, Who } from '../naming.ts';

export class PictureHosts {
  readonly names: string[] = [];
  private readonly naming: Naming;
  private readonly places = new Map<string, number>();

  constructor(result: ReplayResult, naming: Naming) {
    this.naming = naming;
    for (const { timeline } of result.havips) for (const entry of timeline) this.of(entry);
    for (const { speakers } of result.virtualRouters) {
      for (const { ip, mac } of speakers) this.of({ mac, name: null, speaker: ip });
    }
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
