// Compiles src into dist, and bundles the command: a hundred modules cost more to find and load than
// a small capture costs to replay. Another bundle is the code that runs in an HTML report, with the
// parts of the charting library that it uses. The new dist is made beside the old one and takes its place only when it
// is whole, so that a failed build leaves a working command. Without a compiler (an installation
// without development packages) there is nothing to do, which is no error. The native part goes
// along (build-native.mjs) and is compiled only where its sources changed.

import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildNative } from './build-native.mjs';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const fresh = join(root, 'dist.new');

const compiler = findCompiler();
if (compiler === null) {
  const rest = existsSync(dist) ? 'dist stays as it is' : 'dist is not built';
  console.log(`havip build: TypeScript is not installed, ${rest}`);
  buildNative(join(dist, 'native'));
} else {
  process.exitCode = await build(compiler);
}

function findCompiler() {
  try {
    return createRequire(import.meta.url).resolve('typescript/bin/tsc');
  } catch {
    return null;
  }
}

async function build(tsc) {
  rmSync(fresh, { recursive: true, force: true });
  const args = [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', fresh];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    console.error('havip build: failed, see above; dist stays as it was');
    return 1;
  }
  await bundleCommand(join(fresh, 'cli'));
  await bundlePage(join(fresh, 'report', 'html', 'browser', 'main.js'), join(fresh, 'page'));
  const native = join(dist, 'native');
  const kept = { recursive: true, preserveTimestamps: true };
  if (existsSync(native)) cpSync(native, join(fresh, 'native'), kept);
  buildNative(join(fresh, 'native'));
  rmSync(dist, { recursive: true, force: true });
  renameSync(fresh, dist);
  return 0;
}

/**
 * Dependencies stay outside the bundle, but for zod: it is a hundred files, half of them languages
 * that nobody reads, and each start with a lab file would load them all. What a command loads only when it needs it stays a file of
 * its own, in the same folder, since some find the package's documents relative to themselves.
 */
async function bundleCommand(folder) {
  const main = join(folder, 'main.js');
  if (!existsSync(main)) return;
  const { rolldown } = await import('rolldown');
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const packages = { ...manifest.dependencies, ...manifest.optionalDependencies };
  const external = [/^node:/, ...Object.keys(packages).filter((name) => name !== 'zod')];
  // The programs of threads, each a file that is loaded by its name.
  const workers = ['engine-worker.js', 'receiver-worker.js'].map((file) => join(folder, file));
  const input = [main, ...workers.filter((file) => existsSync(file))];
  const bundle = await rolldown({ input, platform: 'node', external });
  const bundled = `${folder}.bundled`;
  await bundle.write({ dir: bundled, format: 'esm', chunkFileNames: '[name].js' });
  await bundle.close();
  rmSync(folder, { recursive: true, force: true });
  renameSync(bundled, folder);
  chmodSync(main, 0o755);
}

/** One script without imports, as `havip replay --html` puts it into the page. */
async function bundlePage(main, folder) {
  if (!existsSync(main)) return;
  const { rolldown } = await import('rolldown');
  const transform = { define: { 'process.env.NODE_ENV': '"production"' } };
  const bundle = await rolldown({ input: main, platform: 'browser', transform });
  const file = join(folder, 'lanes.js');
  await bundle.write({ file, format: 'iife', minify: true, postBanner: notices() });
  await bundle.close();
}

/** Whoever passes on a page passes on the charting library in it: its notices go along. */
function notices() {
  const modules = join(root, 'node_modules');
  const echarts = readFileSync(join(modules, 'echarts', 'NOTICE'), 'utf8').trim();
  const zrender = readFileSync(join(modules, 'zrender', 'LICENSE'), 'utf8').trim();
  const license = 'Apache License 2.0, https://www.apache.org/licenses/LICENSE-2.0';
  return `/*!\n${echarts}\n(${license})\n\nZRender: ${zrender}\n*/`;
}
