/**
 * Parameters as a query or a form carries them: `Filters.0.Values.1=b` is a leaf of a tree, every
 * leaf is text, and a list is a branch whose names are numbers. Trees of text and trees of JSON
 * are read alike, by `parameter-reader.ts`.
 */

export interface ParameterTree {
  readonly [name: string]: unknown;
}

/** Deeper names than any request has are kept whole, as names that nobody knows. */
const DEPTH_MAX = 8;

/** Branches have no prototype, so that no name of a request means more than a name. */
export function treeOf(pairs: Iterable<readonly [string, string]>): ParameterTree {
  const root: Record<string, unknown> = Object.create(null);
  for (const [name, value] of pairs) {
    const steps = name.split('.');
    if (steps.length > DEPTH_MAX) {
      root[name] = value;
      continue;
    }
    const leaf = steps.pop() as string;
    let branch = root;
    for (const step of steps) branch = branchAt(branch, step);
    branch[leaf] = value;
  }
  return root;
}

function branchAt(branch: Record<string, unknown>, step: string): Record<string, unknown> {
  const there = branch[step];
  if (typeof there === 'object') return there as Record<string, unknown>;
  const made: Record<string, unknown> = Object.create(null);
  branch[step] = made;
  return made;
}

/** A body that is one JSON object; null where it is anything else. No body is an empty one. */
export function jsonTree(body: Buffer): ParameterTree | null {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as ParameterTree)
      : null;
  } catch {
    return null;
  }
}

/** Whether the body is a form, by the content type that the request states. */
export function isForm(headers: Readonly<Record<string, string>>): boolean {
  return (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
}
