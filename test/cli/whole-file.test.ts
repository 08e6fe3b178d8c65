/** A file that takes its place only when it is whole, on a disk that says late what it lacks. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { UsageError } from '../../src/cli/usage-error.ts';
import { WholeFile } from '../../src/cli/whole-file.ts';

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), `havip-whole-${process.pid}-`));
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(folder, { recursive: true, force: true });
});

const refused = Object.assign(new Error('EDQUOT: disk quota exceeded'), { code: 'EDQUOT' });
const { closeSync } = fs;
const failures = {
  write: () =>
    vi.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw refused;
    }),
  close: () =>
    vi.spyOn(fs, 'closeSync').mockImplementation((descriptor) => {
      closeSync(descriptor);
      throw refused;
    }),
  rename: () =>
    vi.spyOn(fs, 'renameSync').mockImplementation(() => {
      throw refused;
    }),
  rm: () =>
    vi.spyOn(fs, 'rmSync').mockImplementation(() => {
      throw refused;
    }),
};

test.each<(keyof typeof failures)[]>([
  ['write'],
  ['close'],
  ['write', 'close'],
  ['rename'],
  ['rename', 'rm'],
])('the older one stays, and the user is told, where these fail: %s %s', (...failing) => {
  const place = path.join(folder, 'report');
  fs.writeFileSync(place, 'older');
  const file = new WholeFile({ option: 'html', file: place });
  for (const name of failing) failures[name]();
  const told = () => {
    file.write('newer');
    file.finish();
  };
  expect(told).toThrow(UsageError);
  expect(() => file.discard()).not.toThrow();
  expect(fs.readFileSync(place, 'utf8')).toBe('older');
  expect(fs.readdirSync(folder)).toHaveLength(failing.includes('rm') ? 2 : 1);
});

test.each([
  [0o600, 0o600],
  [0o640, 0o640],
  [0o666, 0o644],
  [0o400, 0o600],
])('what stands there with mode %o lets nobody more read it', (older, mode) => {
  const place = path.join(folder, 'report');
  fs.writeFileSync(place, 'older');
  fs.chmodSync(place, older);
  const file = new WholeFile({ option: 'html', file: place }, 0o644);
  file.write('newer');
  file.finish();
  expect(fs.readFileSync(place, 'utf8')).toBe('newer');
  expect(fs.statSync(place).mode & 0o777).toBe(mode & ~process.umask());
});
