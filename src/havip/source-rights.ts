/** Which ENIs may use an address as a source, as the source guard is told. */
import { SourceGuard } from '../dataplane/source-guard.ts';
import { canonicalAddress, formatWords, parseWords } from './address-words.ts';
import type { Eni } from './topology.ts';

export class SourceRights {
  readonly guard = new SourceGuard();
  /** By index of the ENI, as canonical text. */
  private readonly own: ReadonlySet<string>[];

  constructor(enis: readonly Eni[]) {
    this.own = enis.map(({ addresses }) => new Set(addresses.map(canonicalAddress)));
  }

  allow(enis: readonly number[], address: string): void {
    const { family, words } = parseWords(address);
    for (const eni of enis) {
      if (family === 4) this.guard.allow4(eni, words[3]);
      else this.guard.allow6(eni, ...words);
    }
  }

  /** An ENI keeps what is its own, unless it `isGone`. */
  forbid(enis: readonly number[], address: string, isGone = false): void {
    const { family, words } = parseWords(address);
    const text = formatWords(family, words);
    for (const eni of enis) {
      if (!isGone && this.own[eni]?.has(text)) continue;
      if (family === 4) this.guard.forbid4(eni, words[3]);
      else this.guard.forbid6(eni, ...words);
    }
  }
}
