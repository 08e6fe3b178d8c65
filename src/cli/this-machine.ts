/** The machine that the program runs on, as `havip doctor` asks it. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Machine } from '../lab/doctor/machine.ts';

/** A program that says its version or makes a namespace needs far less. */
const RUN_MILLISECONDS = 5000;
/** Beside the compiled command line, also when this runs from the sources. */
const NATIVE = new URL('../../dist/native/havip.node', import.meta.url);

export function thisMachine(): Machine {
  const require = createRequire(import.meta.url);
  return {
    platform: process.platform,
    nodeVersion: process.versions.node,
    userId: process.geteuid?.() ?? null,
    nativePath: fileURLToPath(NATIVE),
    exists: (file) => fs.existsSync(file),
    read(file) {
      try {
        return fs.readFileSync(file, 'utf8');
      } catch {
        return null;
      }
    },
    list(folder) {
      try {
        return fs.readdirSync(folder).sort();
      } catch {
        return [];
      }
    },
    openError(file) {
      try {
        fs.closeSync(fs.openSync(file, 'r+'));
        return null;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? 'unknown';
      }
    },
    run(program, ...words) {
      const { status, stdout, stderr, error } = spawnSync(program, words, {
        encoding: 'utf8',
        timeout: RUN_MILLISECONDS,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return null;
      return { status, output: stdout + stderr };
    },
    hasProgram(name) {
      const folders = (process.env.PATH ?? '').split(':').filter((folder) => folder !== '');
      return folders.some((folder) => fs.existsSync(path.join(folder, name)));
    },
    canLoad(module) {
      try {
        require(module);
        return true;
      } catch {
        return false;
      }
    },
  };
}
