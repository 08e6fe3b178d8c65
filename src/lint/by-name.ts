/** Each by its name, in their order; of those that share one, the first. */
export function byName<T>(
  all: readonly T[],
  nameOf: (one: T) => string | undefined,
): ReadonlyMap<string, T> {
  const named = new Map<string, T>();
  for (const one of all) {
    const name = nameOf(one);
    if (name !== undefined && !named.has(name)) named.set(name, one);
  }
  return named;
}
