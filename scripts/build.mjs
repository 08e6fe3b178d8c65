// Compiles src into dist. The new dist is made beside the old one and takes its place only when it
// is whole, so that a failed build leaves a working command. Without a compiler (an installation
// without development packages) there is nothing to do, which is no error.

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const fresh = join(root, 'dist.new');

const compiler = findCompiler();
if (compiler === null) {
  const rest = existsSync(dist) ? 'dist stays as it is' : 'dist is not built';
  console.log(`havip build: TypeScript is not installed, ${rest}`);
} else {
  process.exitCode = build(compiler);
}

function findCompiler() {
  try {
    return createRequire(import.meta.url).resolve('typescript/bin/tsc');
  } catch {
    return null;
  }
}

function build(tsc) {
  rmSync(fresh, { recursive: true, force: true });
  const args = [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', fresh];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    console.error('havip build: failed, see above; dist stays as it was');
    return 1;
  }
  const main = join(fresh, 'cli', 'main.js');
  if (existsSync(main)) chmodSync(main, 0o755);
  rmSync(dist, { recursive: true, force: true });
  renameSync(fresh, dist);
  return 0;
}
