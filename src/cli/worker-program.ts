/** Where the program of a thread lies: it must be a file of its own, which is then loaded. */

/** Beside the bundled command; from the sources, the one that was built last. */
export function workerProgram(name: 'engine-worker' | 'receiver-worker'): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? `../../dist/cli/${name}.js` : `./${name}.js`, import.meta.url);
}
