/**
 * One part of a path as a pattern of glob(7): `*`, `?`, `[a-z]`, `[!a-z]`. No pattern takes longer
 * than its length times that of the name: a regular expression would try every way to share a name
 * out among the stars.
 */

/** Whether one character fits; null for a star. */
type Token = ((character: string) => boolean) | null;

const TOKEN = /\*|\?|\[(!?)([^\]]+)\]|[\s\S]/g;

/** Whether a name fits the pattern; none does where the pattern is wrong. */
export function wildcard(part: string): (name: string) => boolean {
  try {
    const tokens = [...part.matchAll(TOKEN)].map(tokenOf);
    return (name) => fits(name, tokens);
  } catch {
    return () => false;
  }
}

/** Throws where the range of a set is none (`[z-a]`). */
function tokenOf([text, not, set]: RegExpExecArray): Token {
  if (text === '*') return null;
  if (text === '?') return () => true;
  if (set === undefined) return (character) => character === text;
  const inside = set.replace(/[\\\]^]/g, '\\$&');
  const one = new RegExp(`[${not === '!' ? '^' : ''}${inside}]`);
  return (character) => one.test(character);
}

/** Where the rest does not fit, the last star takes one more: those before it have enough. */
function fits(name: string, tokens: readonly Token[]): boolean {
  let token = 0;
  let star = -1;
  let taken = 0;
  for (let at = 0; at < name.length; ) {
    const wanted = tokens[token];
    if (wanted === null) {
      star = token++;
      taken = at;
    } else if (wanted?.(name.charAt(at)) === true) {
      at++;
      token++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++taken;
    } else {
      return false;
    }
  }
  while (tokens[token] === null) token++;
  return token === tokens.length;
}
