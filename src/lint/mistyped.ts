/**
 * Blocks whose keyword is mistyped. keepalived reads their lines as if they stood outside, but they
 * are to be judged as what they are meant for, once the keyword is mended.
 */
import type { Statement } from './blocks.ts';
import type { Nearest } from './cluster.ts';
import type { KeepalivedConf } from './keepalived-conf.ts';
import type { Notice, Place, Unknown } from './notices.ts';

/** The remarks but those about lines of such blocks. */
export function outsideMistyped(
  { statements, notices }: Pick<KeepalivedConf, 'statements' | 'notices'>,
  nearest: Nearest,
): Notice[] {
  const unknown = new Map<Place, Unknown>();
  for (const { place, unknown: about } of notices) if (about) unknown.set(place, about);
  const hidden = new Set<Place>();
  const visit = (list: readonly Statement[], isWithin: boolean): void => {
    for (const { keyword, values, block } of list) {
      if (isWithin) for (const { place } of [keyword, ...values]) hidden.add(place);
      if (block === null) continue;
      const about = isWithin ? undefined : unknown.get(keyword.place);
      const isMistyped = about !== undefined && nearest(about.word, about.known) !== null;
      visit(block, isWithin || isMistyped);
    }
  };
  visit(statements, false);
  // A block that nothing closes is one whatever it is called.
  return notices.filter(({ code, place }) => code === 'unclosed-block' || !hidden.has(place));
}
