// Makes a fresh clone ready: installs the packages when they are missing or older than the lock
// file, and builds dist when a source is newer. Runs before `npm start`, `npm test` and
// `npm run bench`; where everything is in place it does nothing and says nothing.

import { spawnSync } from 'node:child_process';
import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const LOCK = 'package-lock.json';
/** What npm writes last of all when it has installed. */
const INSTALLED = 'node_modules/.package-lock.json';
const BUILD_FILES = [
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/build.mjs',
  'scripts/build-native.mjs',
];

// A linked folder belongs to another tree, and npm ci would empty it there.
if (!isLink('node_modules') && changed(INSTALLED) < changed(LOCK)) {
  console.log('havip: installing packages (npm ci), which may take a minute or three');
  // One string through a shell, because npm is a script of another name on Windows.
  run('npm ci --include=dev --no-audit --no-fund --loglevel=error', [], { shell: true });
}
if (changed('dist') < newestSource()) {
  console.log('havip: building dist');
  run(process.execPath, ['scripts/build.mjs'], {});
}

function run(command, args, options) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (status !== 0) process.exit(status ?? 1);
}

function isLink(path) {
  return lstatSync(join(root, path), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** When a path below the root last changed, in ms; 0 where there is none. */
function changed(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** The latest change of a source; folders count too, as they change when a file is removed. */
function newestSource() {
  const paths = ['src', 'native'].flatMap((folder) => {
    const below = readdirSync(join(root, folder), { recursive: true });
    return [folder, ...below.map((path) => join(folder, path))];
  });
  return Math.max(...[...BUILD_FILES, ...paths].map(changed));
}
