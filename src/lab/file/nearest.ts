/** The known word that a mistyped one probably meant. */

/** Longer words are compared by their beginning only, which bounds the work. */
const COMPARED_MAX = 40;
/** Shorter beginnings say too little. */
const BEGINNING_MIN = 3;

/**
 * The closest candidate within a third of the word's length (at least two edits), else the first
 * of which the word begins a part: `zombie` for `zombie-holder`; else null.
 */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const wanted = word.slice(0, COMPARED_MAX).toLowerCase();
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.slice(0, COMPARED_MAX).toLowerCase());
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best ?? candidates.find((candidate) => beginsPart(wanted, candidate)) ?? null;
}

/** Whether the word begins the candidate, or what follows a hyphen in it. */
function beginsPart(word: string, candidate: string): boolean {
  return word.length >= BEGINNING_MIN && `-${candidate.toLowerCase()}`.includes(`-${word}`);
}

/** `did you mean "subnet"?`, or the list of what there is where nothing is close. */
export function suggest(word: string, candidates: readonly string[]): string {
  const close = nearest(word, candidates);
  if (close !== null) return `did you mean "${close}"?`;
  if (candidates.length === 0) return 'there is none yet';
  const shown = candidates.slice(0, 12).join(', ');
  return `known here: ${shown}${candidates.length > 12 ? ', ...' : ''}`;
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(previous[j]! + 1, row[j - 1]! + 1, replace));
    }
    previous = row;
  }
  return previous[b.length]!;
}
