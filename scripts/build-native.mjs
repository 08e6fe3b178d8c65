// Compiles native/ into a folder: the addon havip.node (TAP devices and packet sockets) and the
// program havip-launch, each only where a source is newer. Replay needs neither: without Linux or
// a C compiler, and where compiling fails, one line says so and that is no error.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const sources = join(root, 'native');
const FLAGS = ['-O2', '-Wall', '-Wextra', '-std=gnu11'];
/** Not part of the addon. */
const LAUNCHER = 'launch.c';
const REMEDY = 'replay works; for live ports: apt install gcc libc6-dev, npm run build';

export function buildNative(folder) {
  if (process.platform !== 'linux') return;
  const files = readdirSync(sources);
  const code = files.filter((file) => file.endsWith('.c') && file !== LAUNCHER);
  const headers = join(
    dirname(createRequire(import.meta.url).resolve('node-api-headers')),
    'include',
  );
  const addon = ['-fPIC', '-shared', '-fvisibility=hidden', `-I${headers}`, ...paths(code)];
  mkdirSync(folder, { recursive: true });
  const isBuilt =
    build(join(folder, 'havip.node'), addon, files) &&
    build(join(folder, 'havip-launch'), paths([LAUNCHER]), [LAUNCHER]);
  if (!isBuilt) console.log(`havip build: the native part is not built; ${REMEDY}`);
}

function paths(files) {
  return files.map((file) => join(sources, file));
}

/** Whether `target` is there and up to date, or could be made. */
function build(target, args, dependencies) {
  const newest = Math.max(...paths(dependencies).map(changed), changed(import.meta.filename));
  if (changed(target) >= newest) return true;
  // A program that runs keeps the old file; and what is half written takes nobody's place.
  const fresh = `${target}.${process.pid}`;
  const command = [...FLAGS, '-o', fresh, ...args];
  const { status, stderr } = spawnSync('cc', command, { encoding: 'utf8' });
  if (stderr) process.stderr.write(stderr);
  if (status === 0) renameSync(fresh, target);
  else rmSync(fresh, { force: true });
  return status === 0;
}

/** When a file last changed, in ms; 0 where there is none. */
function changed(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
