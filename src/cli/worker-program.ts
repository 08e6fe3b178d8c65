/** Where a program lies that another thread or process loads: it must be a file of its own. */

/** Beside the bundled command; from the sources, the one that was built last. */
export function workerProgram(name: 'engine-worker' | 'receiver-worker' | 'main'): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? `../../dist/cli/${name}.js` : `./${name}.js`, import.meta.url);
}
