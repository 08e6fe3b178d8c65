/**
 * Lines that stand for several: `~SEQ(var, start, step, end)`, `~SEQx`, `~LST(var, a, b)` and
 * `~LST({v, w}, {a, b}, {c, d})` (keepalived.conf(5), "Sequence blocks" and "List blocks").
 */
import type { Definition } from './parameters.ts';
import { type SourceText, sliced } from './source-text.ts';

/** Lines that one `~SEQ` or `~LST` may make; the man page's own example makes 254 of each. */
export const REPETITIONS_MAX = 10_000;

export interface Repetition {
  /** What is defined for each round. */
  rounds: Definition[][];
  /** The line behind the parenthesis. */
  rest: SourceText;
}

const HEAD = /^\s*~(SEQx?|LST)\(([^)]*)\)/;

/** What makes more than `REPETITIONS_MAX` lines. */
const TOO_MANY = 'too-many';

/** The repetition that a line begins with; null where it begins with none, or with a wrong one. */
export function repetitionOf(source: SourceText): Repetition | typeof TOO_MANY | null {
  const [head, kind, inside = ''] = HEAD.exec(source.text) ?? [];
  if (head === undefined) return null;
  const rounds = kind === 'LST' ? listRounds(inside) : sequenceRounds(inside, kind === 'SEQx');
  if (rounds === null || rounds === TOO_MANY) return rounds;
  return { rounds, rest: sliced(source, head.length) };
}

/** The start is 1 (-1) and the step 1 (-1) where they are left out. */
function sequenceRounds(inside: string, isHex: boolean): Definition[][] | typeof TOO_MANY | null {
  const [name = '', ...texts] = inside.split(',').map((part) => part.trim());
  const numbers = texts.map(Number);
  const last = numbers.at(-1);
  const isWrong = numbers.length > 3 || !numbers.every(Number.isSafeInteger) || texts.includes('');
  if (name === '' || last === undefined || isWrong) return null;
  const start = numbers.length > 1 ? (numbers[0] ?? 0) : last > 0 ? 1 : -1;
  const step = numbers.length > 2 ? (numbers[1] ?? 0) : last >= start ? 1 : -1;
  if (step === 0) return null;
  if ((last - start) / step >= REPETITIONS_MAX) return TOO_MANY;
  const rounds: Definition[][] = [];
  for (let value = start; step > 0 ? value <= last : value >= last; value += step) {
    rounds.push([{ name, value: value.toString(isHex ? 16 : 10) }]);
  }
  return rounds;
}

function listRounds(inside: string): Definition[][] | typeof TOO_MANY | null {
  const groups = [...inside.matchAll(/\{([^}]*)\}|([^,{}]+)/g)].map((match) =>
    (match[1] ?? match[2] ?? '').split(',').map((part) => part.trim()),
  );
  const [names, ...values] = groups.filter((group) => group.some((part) => part !== ''));
  if (names === undefined || values.length === 0) return null;
  if (values.length > REPETITIONS_MAX) return TOO_MANY;
  return values.map((group) => names.map((name, i) => ({ name, value: group[i] ?? '' })));
}
