/** Looks for statements in a tree: the last that applies counts, as in keepalived. */
import type { Statement } from './blocks.ts';
import type { KeepalivedConf } from './keepalived-conf.ts';
import type { Place } from './notices.ts';

export type { Statement } from './blocks.ts';

export function lastOf({ block }: Statement, keyword: string): Statement | null {
  return allOf(block ?? [], keyword).at(-1) ?? null;
}

export function allOf(statements: readonly Statement[], keyword: string): Statement[] {
  return statements.filter((one) => one.applies && one.keyword.text === keyword);
}

/** The last such statement of all `global_defs`. */
export function globalOf({ statements }: KeepalivedConf, keyword: string): Statement | null {
  const blocks = allOf(statements, 'global_defs').flatMap(({ block }) => block ?? []);
  return allOf(blocks, keyword).at(-1) ?? null;
}

/** The statement that has a word at a place, as its keyword or a value, with its surroundings. */
export function statementAt(
  statements: readonly Statement[],
  place: Place,
  depth = 0,
): Statement | null {
  for (const one of statements) {
    if (one.keyword.place === place) return one;
    if (one.values.some((word) => word.place === place)) return one;
    const inside = depth > DEPTH_MAX ? null : statementAt(one.block ?? [], place, depth + 1);
    if (inside !== null) return inside;
  }
  return null;
}

/** Deeper than the reader nests blocks. */
const DEPTH_MAX = 40;
