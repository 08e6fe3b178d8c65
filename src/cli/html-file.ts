/**
 * The page of `--html`: where it may be written, and the writing of it. It takes the place of an
 * older one only when it is whole, and never that of a file that the replay reads.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Lanes } from '../analysis/lanes.ts';
import type { ReplayResult } from '../analysis/result.ts';
import type { ReplayRequest } from './replay-spec.ts';
import { UsageError } from './usage-error.ts';

/** The bundled code of report/html/browser, which `npm run build` makes. */
const SCRIPT = fileURLToPath(new URL('../../dist/page/lanes.js', import.meta.url));

const NO_LANES: Lanes = { adverts: [], addresses: [], leftOut: 0 };

/** Says before a long replay what would only be found out after it. */
export function checkHtmlFile(file: string, request: ReplayRequest): void {
  if (file === '-') {
    throw new UsageError('--html - is no file', 'name one; the report goes to standard output');
  }
  const folder = path.dirname(path.resolve(file));
  if (statOf(folder)?.isDirectory() !== true) {
    throw new UsageError(`--html: ${folder}: no such folder`, 'make it, or name another file');
  }
  if (!fs.existsSync(SCRIPT)) {
    throw new UsageError(`--html: ${SCRIPT}: no such file`, 'build it: npm run build');
  }
  const there = statOf(file);
  if (there === undefined) return;
  if (!there.isFile()) {
    throw new UsageError(`--html: ${file} is there and no ordinary file`, 'name another file');
  }
  const inputs = [...request.captures, ...(request.lab === null ? [] : [request.lab])];
  for (const input of inputs) {
    const other = input === '-' ? undefined : statOf(input);
    if (other === undefined || other.ino !== there.ino || other.dev !== there.dev) continue;
    throw new UsageError(`--html: ${file} is ${input}, which is read`, 'name another file');
  }
}

/** Raises UsageError where the file cannot be written. */
export async function writeHtmlFile(
  file: string,
  result: ReplayResult,
  lanes: Lanes | null,
): Promise<void> {
  const { htmlReport } = await import('../report/html/page.ts');
  const text = htmlReport(result, lanes ?? NO_LANES, fs.readFileSync(SCRIPT, 'utf8'));
  const folder = path.dirname(path.resolve(file));
  const temporary = path.join(folder, `.${path.basename(file)}.${process.pid}.tmp`);
  try {
    fs.writeFileSync(temporary, text, { flag: 'wx' });
    fs.renameSync(temporary, file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') remove(temporary);
    throw new UsageError(`--html: ${file} cannot be written: ${message}`, 'name another file');
  }
}

/** What cannot be removed stays: there is an error to tell already. */
function remove(file: string): void {
  try {
    fs.rmSync(file, { force: true });
  } catch {
    // Never made, most likely.
  }
}

/** Undefined where there is nothing, or nothing that we may look at. */
function statOf(file: string): fs.Stats | undefined {
  try {
    return fs.statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
